"""The kinds of nodes, synapses and neurons: all that the rest of the project asks of a network's parts."""

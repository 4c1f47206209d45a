"""Real-valued steps of a trained network that become parts of synapses and neurons, or addresses of
events.
"""

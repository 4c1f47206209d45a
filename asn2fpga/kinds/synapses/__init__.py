"""Synapses: trained and integer form of each kind, with the function that turns one into the other."""

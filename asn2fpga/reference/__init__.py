"""The trained network in real numbers: what integers are compared with."""

"""Training with the weights that the quantiser will make."""

from asn2fpga.train.aware.aware import quantise_aware

__all__ = ["quantise_aware"]

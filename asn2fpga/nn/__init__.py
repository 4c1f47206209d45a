"""PyTorch modules to train networks of graded spiking neurons with."""

from asn2fpga.nn.asn import ASN
from asn2fpga.nn.ilif import ILIF
from asn2fpga.nn.nasn import NASN
from asn2fpga.nn.time import RepeatTime, TimeMean, TimeSum

__all__ = ["ASN", "ILIF", "NASN", "RepeatTime", "TimeMean", "TimeSum"]

"""PyTorch modules to train spiking networks with: neurons, binary and graded, and what stands around them."""

from asn2fpga.nn.adaptive import AdaptiveNeuron, set_precision
from asn2fpga.nn.asn import ASN
from asn2fpga.nn.cuba_lif import CubaLIF
from asn2fpga.nn.delayed import DelayedLinear
from asn2fpga.nn.egru import EGRU
from asn2fpga.nn.if_neuron import IF
from asn2fpga.nn.ilif import ILIF
from asn2fpga.nn.integrator import Integrator
from asn2fpga.nn.lif import LIF
from asn2fpga.nn.lookup import Lookup
from asn2fpga.nn.nasn import NASN
from asn2fpga.nn.plif import PLIF
from asn2fpga.nn.recurrent import Recurrent
from asn2fpga.nn.sigma_delta import SigmaDelta
from asn2fpga.nn.time import RepeatTime, TimeMean, TimeSum

__all__ = [
    "ASN",
    "EGRU",
    "IF",
    "ILIF",
    "LIF",
    "NASN",
    "PLIF",
    "AdaptiveNeuron",
    "CubaLIF",
    "DelayedLinear",
    "Integrator",
    "Lookup",
    "Recurrent",
    "RepeatTime",
    "SigmaDelta",
    "TimeMean",
    "TimeSum",
    "set_precision",
]

"""A stand-in for pynq (3.x) whose board is an RTL simulation in another process; see simulated_board.py.

Offers what a driver of an accelerator behind an AXI DMA needs: Overlay (ip_dict, dma), MMIO, allocate; for a
bitstream without a description Bitstream and Clocks.
The environment variable ASN2FPGA_SIMULATED_BOARD holds, as JSON, the socket and the addresses of the board.
Standard library and numpy only.
"""

from pynq.bitstream import Bitstream, Clocks
from pynq.buffer import PynqBuffer, allocate
from pynq.link import inject, simulated_seconds, simulation
from pynq.mmio import MMIO
from pynq.overlay import Overlay

SIMULATED = simulation()
"""The real pynq has no such name."""

__version__ = "3.0.1"
__all__ = [
    "MMIO",
    "SIMULATED",
    "Bitstream",
    "Clocks",
    "Overlay",
    "PynqBuffer",
    "allocate",
    "get_rails",
    "inject",
    "simulated_seconds",
]


def get_rails():
    """Power rails by name: a simulation has none."""
    return {}

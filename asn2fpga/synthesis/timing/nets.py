"""Delay of a net before anything is placed: by its fan-out and by what it joins, in ns.

Least squares of 30 nets of routed Zynq-7000 and Artix-7 designs in grade -1, from Vivado's reports in public
repositories: they take 0.3 to 0.6 with one load, 0.2 to 1.1 with two to ten, 0.6 to 1.3 with 60 to 180, and
1.5 to 1.6 to and from block RAM.
"""

from __future__ import annotations

import math

BASE = 0.47
PER_DOUBLING = 0.07  # of the fan-out
COLUMN = 0.6  # block RAMs and DSP slices stand in columns of their own

_FAR = frozenset({"RAMB18E1", "RAMB36E1", "DSP48E1"})
_LUTS = frozenset({f"LUT{inputs}" for inputs in range(1, 7)} | {"INV"})


def net_delay(driver: str, output: str, load: str, port: str, fan_out: int) -> float:
    """From a driver's output (cell kind, port) to one of its loads."""
    if _is_inside_slice(driver, output, load, port, fan_out):
        return 0.0
    return BASE + PER_DOUBLING * math.log2(fan_out) + COLUMN * ((driver in _FAR) + (load in _FAR))


def _is_inside_slice(driver: str, output: str, load: str, port: str, fan_out: int) -> bool:
    """Whether a slice joins the two itself."""
    if load == "CARRY4":
        return (output == "CO" and port == "CI") or (driver in _LUTS and port in ("S", "DI") and fan_out <= 2)
    if load in ("MUXF7", "MUXF8"):
        return port != "S"
    to_register = load.startswith("FD") and port == "D" and fan_out == 1
    return to_register and (driver in _LUTS or driver in ("CARRY4", "MUXF7", "MUXF8"))

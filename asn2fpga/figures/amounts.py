"""Amounts of the resources of a device, as plain values."""

from __future__ import annotations

from typing import Literal, TypedDict

Resource = Literal["lut", "ff", "bram36", "dsp", "uram"]
RESOURCES: tuple[Resource, ...] = ("lut", "ff", "bram36", "dsp", "uram")


class Amounts(TypedDict):
    """Look-up tables, flip-flops, 36-Kb block RAMs (18-Kb ones are halves), DSP slices, UltraRAMs."""

    lut: float
    ff: float
    bram36: float
    dsp: float
    uram: float

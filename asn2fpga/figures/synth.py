"""Figures of stage synth: resources that Yosys counted."""

from __future__ import annotations

from typing import TypedDict

from asn2fpga.figures.amounts import Amounts


class NetlistTimingFigures(TypedDict):
    """The longest path of the mapped netlist; lines: those of the C++ that it was made for, in its order."""

    critical_path_ns: float
    lines: list[str]


class SynthFigures(Amounts):
    """The whole core. source: the program; modules: each module below the top, all its instances.

    timing: None for families whose cells have no figures.
    """

    source: str
    timing: NetlistTimingFigures | None
    modules: dict[str, Amounts]

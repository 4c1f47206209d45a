"""Figures of stage synth: resources that Yosys counted."""

from __future__ import annotations

from asn2fpga.figures.amounts import Amounts


class SynthFigures(Amounts):
    """The whole core. source: the program; modules: each module below the top, all its instances."""

    source: str
    modules: dict[str, Amounts]

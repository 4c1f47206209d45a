"""The resources in the report: what is used, as the best source counted it, and what there is."""

from __future__ import annotations

from asn2fpga.figures.amounts import Amounts
from asn2fpga.figures.bitstream import UtilisationFigures
from asn2fpga.figures.every import AllFigures
from asn2fpga.report.content import ResourcesPart, UsedPart

CORE = "the network alone"
WHOLE_DESIGN = "the whole design: accelerator, DMA, interconnect"
NOTHING: UsedPart = {
    "source": None,
    "scope": None,
    "lut": None,
    "ff": None,
    "bram36": None,
    "dsp": None,
    "uram": None,
}


def resources_part(figures: AllFigures, available: Amounts) -> ResourcesPart:
    """Placed and routed if they are, else Yosys' count, else the estimate before code generation."""
    used = _used(figures)
    if used["source"] and used["uram"] is None and not available["uram"]:
        used["uram"] = 0  # Vivado's report has no row for what the device lacks
    estimate = figures.get("quantise", {}).get("estimate", {})
    return {**used, "available": available.copy(), "estimate": estimate}


def _used(figures: AllFigures) -> UsedPart:
    bitstream, synth = figures.get("bitstream", {}), figures.get("synth")
    placed, tool = bitstream.get("utilisation"), bitstream.get("tool", "Vivado").lower()
    estimate = figures.get("quantise", {}).get("estimate")
    rows = (
        _row(tool, WHOLE_DESIGN, placed) if placed else NOTHING,
        _row(synth.get("source"), CORE, synth) if synth else NOTHING,
        _row("estimate before code generation", CORE, estimate) if estimate else NOTHING,
    )
    return next((row for row in rows if row["lut"] is not None), NOTHING).copy()


def _row(source: str | None, scope: str, found: UtilisationFigures | Amounts) -> UsedPart:
    return {
        "source": source,
        "scope": scope,
        "lut": found.get("lut"),
        "ff": found.get("ff"),
        "bram36": found.get("bram36"),
        "dsp": found.get("dsp"),
        "uram": found.get("uram"),
    }

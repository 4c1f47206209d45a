"""What the inferences of a build were made on, said beside every figure that depends on it."""

from __future__ import annotations

from asn2fpga.figures.load import Inputs
from asn2fpga.report.content import Content

INPUTS: dict[Inputs, str] = {
    "data": "inputs of --data",
    "calibration": "calibration inputs of the model",
    "random": "random inputs (NOT your data)",
}


def inputs_text(report: Content) -> str:
    """The inputs of the report's inferences, in words."""
    data = report["accuracy"]["data"]
    return "inputs" if data is None else INPUTS.get(data, "inputs")


def influenced(report: Content) -> str:
    """`; random inputs (NOT your data)`, for a figure whose inputs are named elsewhere; else empty."""
    return f"; {INPUTS['random']}" if report["accuracy"]["data"] == "random" else ""

"""What the inferences of a build were made on, said beside every figure that depends on it."""

from __future__ import annotations

from typing import Any

INPUTS = {
    "data": "inputs of --data",
    "calibration": "calibration inputs of the model",
    "random": "random inputs (NOT your data)",
}


def inputs_text(report: dict[str, Any]) -> str:
    """The inputs of the report's inferences, in words."""
    return INPUTS.get(str(report["accuracy"]["data"]), "inputs")


def influenced(report: dict[str, Any]) -> str:
    """`; random inputs (NOT your data)`, for a figure whose inputs are named elsewhere; else empty."""
    return f"; {INPUTS['random']}" if report["accuracy"]["data"] == "random" else ""

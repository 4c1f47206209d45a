"""Options that belong to NIR graphs alone, and those that mean nothing to them."""

from __future__ import annotations

from pathlib import Path

from asn2fpga.errors import InputError
from asn2fpga.importing import ImportOptions
from asn2fpga.loader.nir.discretise import DEFAULT_DT, TimeStep

OF_NIR = {"dt": "dt", "discretisation": "nir-discretisation"}
OF_MODULES = {"factory": "model", "weights": "weights", "arguments": "model-args", "time_axis": "time-axis"}
OF_EXPORTED = {
    **OF_NIR,
    "input_scale": "input-scale",
    "encoding": "encoding",
    "max_count": "max-count",
    "time_steps": "time-steps",
    "output": "output",
    "read_out": "read-out",
}
"""By field of ImportOptions: the option."""


def time_step(options: ImportOptions) -> TimeStep:
    """How a NIR graph's time passes."""
    return TimeStep(options.dt or DEFAULT_DT, options.discretisation or "euler")


def refuse_options_of_nir(where: str | Path, options: ImportOptions) -> None:
    """InputError for options that only a NIR graph has."""
    _refuse(f"{where}: ", options, OF_NIR, "it is for NIR graphs, whose time is continuous")


def refuse_options_of_modules(options: ImportOptions) -> None:
    """InputError for options that a NIR graph has not."""
    _refuse("", options, OF_MODULES, "a NIR graph holds its network and its weights")


def refuse_options_of_exported(options: ImportOptions) -> None:
    """InputError for what a file of `asn2fpga export-nir` says itself."""
    _refuse("", options, OF_EXPORTED, "a file of asn2fpga export-nir holds it")


def _refuse(where: str, options: ImportOptions, names: dict[str, str], why: str) -> None:
    for field, option in names.items():
        value = getattr(options, field)
        if value is not None and value != ():
            shown = " ".join("=".join(pair) for pair in value) if isinstance(value, tuple) else value
            raise InputError(f"{where}--{option} must be left out, not be {shown}; {why}.")

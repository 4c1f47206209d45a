"""Options of `asn2fpga build` about models that come from elsewhere."""

from __future__ import annotations

import math
from argparse import Namespace
from pathlib import Path
from typing import Any

from asn2fpga.errors import InputError
from asn2fpga.importing import DISCRETISATIONS, ENCODINGS, READ_OUTS, ImportOptions, is_code
from asn2fpga.options import Parser

NAMES = (
    "factory",
    "model_args",
    "weights",
    "input_scale",
    "encoding",
    "max_count",
    "time_steps",
    "output",
    "read_out",
    "dt",
    "nir_discretisation",
)
"""What options are called in a Namespace; all are None where not given."""


def add_import_options(parser: Parser, path: Any) -> None:
    """path: the type of arguments that are files."""
    add = parser.add_argument_group("models of other frameworks, and code that builds one").add_argument
    add("--weights", type=path, metavar="FILE", help="checkpoint for the module that MODEL.py:NAME builds")
    add("--model", dest="factory", metavar="MODULE:FUNCTION", help="builds the module of a checkpoint MODEL")
    add("--model-args", nargs="+", metavar="NAME=VALUE", help="what the module is built with")
    add("--input-scale", metavar="S", help="what the module sees for the integer 1, e.g. 1/255")
    add("--encoding", choices=ENCODINGS, help="of the input (default: frames, or events over time)")
    add("--max-count", type=int, metavar="N", help="the largest integer of an input (events: of a step)")
    add(
        "--time-steps",
        type=int,
        metavar="T",
        help="of a module called once per step; of NIR graphs (default: as --data)",
    )
    add(
        "--output",
        type=int,
        metavar="INDEX",
        help="which result of forward (default: the first that fits), or of a NIR graph",
    )
    add(
        "--read-out",
        choices=READ_OUTS,
        help="what becomes of membranes over time that forward or a NIR graph gives",
    )
    add("--dt", type=float, metavar="S", help="time step of a NIR graph in seconds (default: 1e-4)")
    add(
        "--nir-discretisation",
        choices=DISCRETISATIONS,
        help="how a NIR graph's equations are solved (default: euler)",
    )
    add("--unsafe-pickle", action="store_true", help="load a pickled module (this can run code in it)")


def import_options(options: Namespace) -> ImportOptions:
    """The options of a command line; InputError naming the one that is wrong."""
    _check_at_least("--max-count", options.max_count, 1)
    _check_at_least("--time-steps", options.time_steps, 1)
    _check_at_least("--output", options.output, 0)
    if options.dt is not None and not 0 < options.dt < math.inf:
        raise InputError(f"--dt: the value must be a time above 0 in seconds, not {options.dt:g}.")
    return ImportOptions(
        factory=options.factory,
        arguments=tuple(_argument(text) for text in options.model_args or ()),
        weights=options.weights,
        unsafe_pickle=options.unsafe_pickle,
        input_scale=parse_scale(options.input_scale),
        encoding=options.encoding,
        max_count=options.max_count,
        time_steps=options.time_steps,
        output=options.output,
        read_out=options.read_out,
        dt=options.dt,
        discretisation=options.nir_discretisation,
        data=options.data,
    )


def _check_at_least(option: str, value: int | None, least: int) -> None:
    if value is not None and value < least:
        raise InputError(f"{option}: the value must be at least {least}, not {value}.")


def _argument(text: str) -> tuple[str, str]:
    name, separator, value = text.partition("=")
    if not separator or not name.isidentifier():
        raise InputError(f"--model-args: an argument must be written NAME=VALUE, not '{text}'.")
    return name, value


def parse_scale(text: str | None) -> float | None:
    """`1/255` or `0.5` as a number above 0; InputError for anything else."""
    if text is None:
        return None
    number, _, divisor = text.partition("/")
    try:
        scale = float(number) / float(divisor or "1")
    except (ValueError, ZeroDivisionError):
        scale = 0.0
    if not 0 < scale < math.inf:
        raise InputError(
            f"--input-scale: the value must be a number above 0 like 1/255 or 0.5, not '{text}'."
        )
    return scale


def source_file(model: Path) -> Path | None:
    """The file of a MODEL: itself, or that of my_model.py:Net; None for package.module:function."""
    if not is_code(model):
        return model
    source = str(model).rpartition(":")[0]
    return Path(source) if source.endswith(".py") else None

"""What is said of a model that comes from elsewhere: options of the command line and of `asn2fpga.build`."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from asn2fpga.errors import InputError, shown
from asn2fpga.importing import DISCRETISATIONS, ENCODINGS, READ_OUTS, TIME_AXES, ImportOptions, is_code

NAMES = (
    "factory",
    "model_args",
    "weights",
    "input_scale",
    "encoding",
    "max_count",
    "time_steps",
    "time_axis",
    "output",
    "read_out",
    "dt",
    "nir_discretisation",
)
"""What these options are called; all are None where not given."""

CHOICES: dict[str, tuple[str, ...]] = {
    "encoding": ENCODINGS,
    "time_axis": TIME_AXES,
    "read_out": READ_OUTS,
    "nir_discretisation": DISCRETISATIONS,
}


def import_options(options: Mapping[str, Any], data: Path | None) -> ImportOptions:
    """Options by name, None or missing where not given; InputError naming the one that is wrong."""
    given = {name: options.get(name) for name in NAMES}
    _check_integer("--max-count", given["max_count"], 1)
    _check_integer("--time-steps", given["time_steps"], 1)
    _check_integer("--output", given["output"], 0)
    for name, known in CHOICES.items():
        _check_choice(f"--{name.replace('_', '-')}", given[name], known)
    return ImportOptions(
        factory=given["factory"],
        arguments=_arguments(given["model_args"]),
        weights=None if given["weights"] is None else Path(given["weights"]),
        unsafe_pickle=bool(options.get("unsafe_pickle")),
        input_scale=parse_scale(given["input_scale"]),
        encoding=given["encoding"],
        max_count=given["max_count"],
        time_steps=given["time_steps"],
        time_axis=given["time_axis"],
        output=given["output"],
        read_out=given["read_out"],
        dt=_time(given["dt"]),
        discretisation=given["nir_discretisation"],
        data=data,
    )


def _check_integer(option: str, value: object, least: int) -> None:
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int):
        raise InputError(f"{option}: the value must be an integer, not {shown(value)}.")
    if value < least:
        raise InputError(f"{option}: the value must be at least {least}, not {value}.")


def _check_choice(option: str, value: object, known: tuple[str, ...]) -> None:
    if value is not None and value not in known:
        raise InputError(f"{option}: the value must be one of {', '.join(known)}, not {shown(value)}.")


def _time(value: float | None) -> float | None:
    if value is None:
        return None
    if not isinstance(value, int | float) or not 0 < value < math.inf:
        text = f"{value:g}" if isinstance(value, int | float) else shown(value)
        raise InputError(f"--dt: the value must be a time above 0 in seconds, not {text}.")
    return value


def _arguments(given: Mapping[str, object] | Sequence[str] | None) -> tuple[tuple[str, str], ...]:
    """Of `NAME=VALUE, ...` or of a dict."""
    texts = [f"{name}={value}" for name, value in given.items()] if isinstance(given, Mapping) else given
    return tuple(_argument(text) for text in texts or ())


def _argument(text: str) -> tuple[str, str]:
    name, separator, value = text.partition("=")
    if not separator or not name.isidentifier():
        raise InputError(f"--model-args: an argument must be written NAME=VALUE, not '{text}'.")
    return name, value


def parse_scale(value: str | float | None) -> float | None:
    """`1/255`, `0.5` or a number, above 0; InputError for anything else."""
    if value is None:
        return None
    text = str(value)
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

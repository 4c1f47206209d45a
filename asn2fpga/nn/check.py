"""Checks of the parameters of the modules: InputError with one sentence, at construction."""

from __future__ import annotations

import math

from asn2fpga.errors import InputError


def check_integer(where: str, name: str, value: object, low: int, high: int) -> int:
    """`value` if it is an integer in low..high."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise InputError(f"{where}: {name} must be an integer in {low}..{high}, not {value!r}.")
    return value


def check_number(where: str, name: str, value: object, low: float, high: float) -> float:
    """`value` as float if it is a finite number in low..high."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise InputError(f"{where}: {name} must be a number in {low:g}..{high:g}, not {value!r}.")
    return float(value)


def check_positive(where: str, name: str, value: object) -> float:
    """`value` as float if it is finite and greater than 0."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < math.inf:
        raise InputError(f"{where}: {name} must be a finite number above 0, not {value!r}.")
    return float(value)

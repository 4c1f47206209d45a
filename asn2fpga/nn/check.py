"""Checks of the parameters and inputs of the modules: InputError with one sentence."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor

from asn2fpga.errors import InputError

Check = Callable[[str, str, object], float]
"""Where, name, value -> value as float."""


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


def check_fraction(where: str, name: str, value: object) -> float:
    """`value` as float if it is a number in 0..1."""
    return check_number(where, name, value, 0.0, 1.0)


def check_positive(where: str, name: str, value: object) -> float:
    """`value` as float if it is finite and greater than 0."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < math.inf:
        raise InputError(f"{where}: {name} must be a finite number above 0, not {value!r}.")
    return float(value)


def check_finite(where: str, name: str, value: object) -> float:
    """`value` as float if it is finite."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise InputError(f"{where}: {name} must be a finite number, not {value!r}.")
    return float(value)


def check_choice(where: str, name: str, value: object, choices: Sequence[str]) -> None:
    """Whether `value` is one of the choices."""
    if not isinstance(value, str) or value not in choices:
        raise InputError(f"{where}: {name} must be one of {', '.join(map(repr, choices))}, not {value!r}.")


def check_channels(where: str, name: str, value: object, check: Check) -> Tensor:
    """A number as (), a tensor of numbers as it is, float64; `check` is that of one number."""
    if not isinstance(value, Tensor):
        return torch.tensor(check(where, name, value), dtype=torch.float64)
    if value.numel() == 0:
        raise InputError(
            f"{where}: {name} must be a number, or a tensor (N,) for N channels, of a map (C, 1, 1) or "
            f"(C, H, W), not {tuple(value.shape)}."
        )
    numbers = value.detach().cpu().double()
    for index, number in enumerate(numbers.reshape(-1).tolist()):
        try:
            check(where, name, number)
        except InputError:
            check(where, _of_channel(name, index, tuple(numbers.shape)), number)
    return numbers.clone()


def _of_channel(name: str, index: int, shape: tuple[int, ...]) -> str:
    """The element of a tensor with that number in C order, as messages call it."""
    place = ", ".join(str(int(at)) for at in np.unravel_index(index, shape)) if shape else ""
    return f"{name} of channel {place}" if shape else name


def check_length(where: str, name: str, value: Tensor, x: Tensor) -> None:
    """Whether torch broadcasts a value to a sample of x (batch, ..), as it always does one for all, ()."""
    if value.dim() < 2:
        channels = x.shape[-1] if x.dim() else 1
        if value.dim() and len(value) != channels:
            raise InputError(
                f"{where}: {name} must have one number for each of the {channels} channels of the input "
                f"(its last axis), not {len(value)} numbers."
            )
        return
    sample = tuple(x.shape[1:])
    own = [1] * (len(sample) - value.dim()) + list(value.shape)
    first = len(own) - len(sample)  # axes before those of a sample
    pairs = zip(own[first:], sample, strict=True)
    if any(size != 1 for size in own[:first]) or any(size not in (1, wanted) for size, wanted in pairs):
        raise InputError(
            f"{where}: {name} must fit a sample of the input, of shape {sample}, as torch broadcasts it: "
            f"{by_channel(sample)} for channels, or {sample}, not {tuple(value.shape)}."
        )


def by_channel(sample: tuple[int, ...]) -> tuple[int, ...]:
    """The shape of one number for each channel of a map."""
    return (*sample[:1], *[1] * (len(sample) - 1))


def check_time_axis(where: str, x: Tensor, time_steps: int) -> None:
    """Whether x is (time_steps, batch, ..)."""
    if x.dim() < 2 or x.shape[0] != time_steps:
        raise InputError(
            f"{where}: the input must have time as its first axis, {time_steps} steps long, "
            f"not shape {tuple(x.shape)}; repeat a static input with RepeatTime({time_steps})."
        )

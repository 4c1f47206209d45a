"""Surrogate derivatives: what training takes for the derivative of a step, given the distance to it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal

from torch import Tensor

Surrogate = Literal["atan", "triangle"]


def atan(distance: Tensor) -> Tensor:
    """1 / (1 + (pi * x)^2), the derivative of arctan(pi * x) / pi."""
    return 1 / (1 + (math.pi * distance).square())


def triangle(distance: Tensor) -> Tensor:
    """max(0, 1 - |x|)."""
    return (1 - distance.abs()).clamp(min=0)


SURROGATES: dict[str, Callable[[Tensor], Tensor]] = {"atan": atan, "triangle": triangle}

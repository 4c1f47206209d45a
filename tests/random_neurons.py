"""Neurons of random networks of feature maps: of all kinds, alike, or different by channel or pixel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from asn2fpga.nn import ASN, IF, ILIF, LIF, NASN, CubaLIF

if TYPE_CHECKING:
    from random_maps import MapBuilder


def _numbers(builder: MapBuilder, shape: tuple[int, ...], value: float) -> float | Tensor:
    """A number, or tensors of numbers near it for each channel or neuron of a map."""
    each = builder.others.random()
    if each < 0.7:
        return value
    size = (shape[0], *[1] * (len(shape) - 1)) if each < 0.85 else shape
    return torch.from_numpy(value * (1.0 - builder.others.integers(0, 8, size) / 16))


def random_neuron(builder: MapBuilder, shape: tuple[int, ...]) -> tuple[nn.Module, float]:
    """Neurons on a map of that shape, and what one count of them is worth."""
    steps, levels = builder.spec.time_steps, builder.pick([1, 2, 4])
    beta = builder.pick([0.0, 0.25, 0.5, 1.0])
    alpha = float(builder.pick([0, 0, -1, -2, 1, 2]))
    kind = builder.pick(["asn", "nasn", "ilif", "lif", "if", "cuba"])
    if kind == "asn":
        return ASN(levels, alpha=alpha, beta=beta, time_steps=steps), 1.0
    if kind == "nasn":
        return NASN(levels, alpha=alpha, beta=beta, time_steps=steps), 1.0 / levels
    if kind == "ilif":
        return ILIF(levels, time_steps=steps), 1.0
    if kind == "cuba":
        return CubaLIF(0.5, _numbers(builder, shape, 0.5), time_steps=steps), 1.0
    options = {
        "threshold": _numbers(builder, shape, builder.pick([1.0, 0.7])),
        "reset": builder.pick(["soft", "hard", "none"]),
        "fires": builder.pick([">=", ">"]),
        "levels": builder.pick([1, 1, 3]),
        "signed": builder.chance(0.25),
        "v_min": builder.pick([None, None, -0.5]),
        "time_steps": steps,
    }
    if kind == "if":
        return IF(**options), 1.0
    leak = _numbers(builder, shape, beta)
    return LIF(leak, decay_input=beta < 1 and builder.chance(0.3), **options), 1.0

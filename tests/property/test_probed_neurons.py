"""Neurons written as black boxes: their equations are found, or they are refused; never others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from asn2fpga.kinds.neurons.semantics import NeuronSemantics
from asn2fpga.loader.probed.proof import Known, proven
from asn2fpga.loader.probed.refusal import UnknownNeuronError

BATCH, STEPS, SIZE = 3, 6, 8


@dataclass(frozen=True)
class Variant:
    """How a neuron is written."""

    beta: float
    threshold: float
    gain: float
    reset: str
    leak_first: bool
    reaches: bool
    levels: int
    amplitude: float
    axis: int
    floor: float | None

    @property
    def shape(self) -> tuple[int, ...]:
        shape = [BATCH, SIZE]
        shape.insert(self.axis, STEPS)
        return tuple(shape)


class Box(nn.Module):
    """A loop over time that does what a variant says."""

    def __init__(self, variant: Variant) -> None:
        super().__init__()
        self.variant = variant

    def forward(self, x: Tensor) -> Tensor:
        v, mem, out = self.variant, torch.zeros(BATCH, SIZE, dtype=x.dtype), []
        for step in x.unbind(v.axis):
            u = mem + v.gain * step
            spike = self.level(u)
            mem = v.beta * u if v.leak_first else u
            if v.reset == "hard":
                mem = mem * (spike == 0)
            elif v.reset == "soft":
                mem = mem - spike * v.threshold
            if v.floor is not None:
                mem = mem.clamp(min=v.floor)
            mem = mem if v.leak_first else v.beta * mem
            out.append(spike * v.amplitude)
        return torch.stack(out, v.axis)

    def level(self, u: Tensor) -> Tensor:
        v = self.variant
        found = torch.zeros_like(u)
        for level in range(1, v.levels + 1):
            reached = u >= level * v.threshold if v.reaches else u > level * v.threshold
            found = found + reached.to(u.dtype)
        return found


numbers = st.one_of(
    st.sampled_from([0.25, 0.3, 0.5, 0.75, 0.9, 0.95]),
    st.floats(0.0625, 0.9375, width=32),
    st.floats(0.05, 0.99),
)
variants = st.builds(
    Variant,
    beta=st.one_of(st.sampled_from([0.0, 1.0]), numbers),
    threshold=st.one_of(st.sampled_from([1.0, 2.0, 0.2]), numbers),
    gain=st.sampled_from([1.0, 0.5, 0.25]),
    reset=st.sampled_from(["hard", "soft", "none"]),
    leak_first=st.booleans(),
    reaches=st.booleans(),
    levels=st.sampled_from([1, 1, 2, 4]),
    amplitude=st.sampled_from([1.0, 0.5, 1.5]),
    axis=st.sampled_from([0, 1, 2]),
    floor=st.sampled_from([None, None, -0.5, 0.0]),
)


def close(one: Any, other: Any) -> bool:
    return bool(np.allclose(one, other, rtol=1e-10, atol=1e-12))


@settings(max_examples=30, deadline=None)
@given(variants)
def test_equations_are_found(variant: Variant) -> None:
    try:
        layout, found, _ = proven(Known(), Box(variant), variant.shape)
    except UnknownNeuronError:
        assert variant.floor is not None  # which may hide what a spike takes
        return
    assert found.levels == variant.levels and found.output_scale == variant.amplitude
    assert close(found.threshold, variant.threshold / variant.gain)
    check_membrane(variant, layout.kind, found)


def check_membrane(variant: Variant, kind: str, found: NeuronSemantics) -> None:
    """The leak, and what a spike takes; a neuron without a leak keeps what a soft reset after it takes."""
    if variant.beta == 0 and (kind == "stateless" or variant.reset != "soft"):
        return
    assert close(found.beta, variant.beta)
    if variant.reset == "soft" and variant.floor is None:
        taken = found.reset_gain * (found.beta if found.leak_order == "after_reset" else 1.0)
        assert close(taken, 1.0 if variant.leak_first else variant.beta)
    if variant.reset != "soft":
        assert found.reset == variant.reset

"""A sum of parts in place of the steps that compute it, and the Linear layer that it becomes."""

from __future__ import annotations

import dataclasses
from typing import Literal

import numpy as np
import torch
from torch import Tensor, nn

from asn2fpga.graph.arrays import RealArray
from asn2fpga.kinds.synapses.dense import Linear
from asn2fpga.loader.builder import GraphBuilder, Value
from asn2fpga.loader.call import Call
from asn2fpga.loader.combined.operations import Steps

OverTime = Literal["sum", "last"] | None


class Combination(nn.Module):
    """Runs the steps. weight: (results, elements). time: what becomes of the axis `axis`, if it is gone."""

    def __init__(self, steps: Steps, weight: RealArray, time: OverTime, axis: int) -> None:
        super().__init__()
        self.steps, self.weight, self.time, self.axis = steps, weight, time, axis

    def forward(self, x: Tensor) -> Tensor:
        found: Tensor = self.steps(x)
        return found

    def is_same(self, other: Combination) -> bool:
        """Whether it computes the same."""
        kinds = (self.time, self.axis) == (other.time, other.axis)
        return kinds and np.array_equal(self.weight, other.weight)


def combination_of(steps: Steps, shape: tuple[int, ...]) -> Combination | None:
    """Of steps on one axis of elements, the last one of `shape`, that are the same for all samples and time
    steps; None for others, and where each result is one element, in their order.
    """
    x = torch.randn(shape, dtype=torch.float64).requires_grad_()
    with torch.enable_grad():
        try:
            result = steps(x)
        except Exception:  # of the model: what fails is said where it is traced
            return None
    if not result.requires_grad:
        return None
    for time, axis in _readings(shape, tuple(result.shape)):
        weight = _weight(x, result, time, axis)
        wanted = _over_time(x.detach() @ weight.T, time, axis)
        if torch.allclose(result.detach(), wanted, rtol=1e-12, atol=1e-12):
            return None if _is_diagonal(weight) else Combination(steps, weight.numpy(), time, axis)
    return None


def _readings(before: tuple[int, ...], after: tuple[int, ...]) -> list[tuple[OverTime, int]]:
    """What may have become of the axis of time, by the shapes."""
    if len(before) not in (2, 3) or len(after) not in (2, 3):
        return []
    found: list[tuple[OverTime, int]] = []
    if after[:-1] == before[:-1]:
        found.append((None, 0))
    if len(before) == 3 and len(after) == 2:
        for axis in (0, 1):
            if before[1 - axis] == after[0]:
                found += [("sum", axis), ("last", axis)]
    return found


def _weight(x: Tensor, result: Tensor, time: OverTime, axis: int) -> Tensor:
    """What each result of the first sample, in one time step, takes of each element."""
    place: list[int] = [0] * (x.dim() - 1)
    if time == "last":
        place[axis] = -1
    first = result[(0,) * (result.dim() - 1)]
    where = tuple(place)
    rows = [torch.autograd.grad(one, x, retain_graph=True, materialize_grads=True)[0][where] for one in first]
    return torch.stack(rows)


def _over_time(x: Tensor, time: OverTime, axis: int) -> Tensor:
    if time is None:
        return x
    return x.sum(axis) if time == "sum" else x.select(axis, -1)


def _is_diagonal(weight: Tensor) -> bool:
    return weight.shape[0] == weight.shape[1] and bool((weight == torch.diag(weight.diagonal())).all())


def lower_combination(builder: GraphBuilder, call: Call) -> Value:
    """The sums as a Linear layer, and what becomes of time after it."""
    module, value = call.module, call.value
    assert isinstance(module, Combination)
    is_sequence = value.leading_axes == 2
    is_plain = not value.merged and value.reduced != "max" and call.x.dim() == value.leading_axes + 1
    if not is_plain or not builder.depends_on_neurons(value.layer):
        raise call.refuse("sums of parts must be of one axis of neurons.")
    if module.time is not None and (not is_sequence or module.axis != int(value.batch_first)):
        raise call.refuse("sums of parts must be over the axis of time.")
    name = builder.add_operation(
        Linear,
        call.place,
        (value.layer,),
        label="population",
        weight=module.weight,
        bias=np.zeros(len(module.weight)),
    )
    if module.time is None:
        return dataclasses.replace(value, layer=name)
    return dataclasses.replace(value, layer=name, time_steps=None, batch_first=False, reduced=module.time)

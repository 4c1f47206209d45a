"""How a module of neurons gets its input: which axes are time and samples, and whether it keeps states."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from asn2fpga.graph.arrays import RealArray

Kind = Literal["stateless", "time axis", "time and batch merged", "one step in a call"]


@dataclass(frozen=True)
class Layout:
    """shape: of the input and of the output. axis: of time, with kind "time axis".

    batch: samples of the input, where time is merged with them (time * batch, ..).
    """

    kind: Kind
    shape: tuple[int, ...]
    axis: int = 0
    batch: int = 1

    @property
    def steps(self) -> int | None:
        """Time steps of one call; None if a call takes one and keeps the states for the next."""
        if self.kind == "time axis":
            return self.shape[self.axis]
        if self.kind == "time and batch merged":
            return self.shape[0] // self.batch
        return 1 if self.kind == "stateless" else None

    @property
    def is_time_last(self) -> bool:
        """Whether time is the last axis."""
        return self.kind == "time axis" and self.axis == len(self.shape) - 1

    @property
    def rows(self) -> int:
        """Samples of one call."""
        return self.batch if self.kind == "time and batch merged" else self._rest[0]

    @property
    def sample(self) -> tuple[int, ...]:
        """The shape of one time step of one sample."""
        return self.shape[1:] if self.kind == "time and batch merged" else self._rest[1:]

    @property
    def neurons(self) -> int:
        """Neurons of one sample."""
        return math.prod(self.sample)

    @property
    def _rest(self) -> tuple[int, ...]:
        """The shape of one time step."""
        if self.kind != "time axis":
            return self.shape
        return self.shape[: self.axis] + self.shape[self.axis + 1 :]

    def to_tensor(self, drive: RealArray) -> Tensor:
        """What a call gets for (row, time, neuron)."""
        tensor = torch.from_numpy(drive)
        if self.kind == "time axis":
            return tensor.movedim(1, 0).reshape(-1, *self._rest).movedim(0, self.axis).contiguous()
        return tensor.movedim(1, 0).reshape(self.shape).contiguous()

    def from_tensor(self, tensor: Tensor) -> RealArray:
        """(row, time, neuron) float64 of what a call gave."""
        moved = tensor.detach().double()
        if self.kind == "time axis":
            moved = moved.movedim(self.axis, 0)
        found: RealArray = moved.reshape(-1, self.rows, self.neurons).movedim(0, 1).numpy()
        return found.copy()

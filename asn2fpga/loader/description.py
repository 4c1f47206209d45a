"""How the input of a module is to be understood: as frames or events, and what its integers are worth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

TRACE_BATCH = 3  # rows of the example: not 1, so that shapes tell the batch from other axes


@dataclass(frozen=True, eq=False)
class InputDescription:
    """What enters the network. example: (batch, *shape), or (time, batch, *shape) for events with T > 1."""

    example: Tensor
    encoding: Literal["frames", "events"]
    time_steps: int
    scale: float
    max_count: int

    @property
    def has_time_axis(self) -> bool:
        """Whether the module itself gets a time axis."""
        return self.encoding == "events" and self.time_steps > 1

    def values(self, integers: Tensor) -> Tensor:
        """What the module sees for raw integers: scaled, of the example's type."""
        return (integers.double() * self.scale).to(self.example.dtype)

    def random_input(self) -> Tensor:
        """TRACE_BATCH random inputs like the example, of the integers the input takes."""
        shape = list(self.example.shape)
        shape[1 if self.has_time_axis else 0] = TRACE_BATCH
        generator = torch.Generator().manual_seed(0)
        return self.values(torch.randint(0, self.max_count + 1, shape, generator=generator))

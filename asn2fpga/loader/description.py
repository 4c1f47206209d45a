"""How the input of a module is to be understood: as frames or events, and what its integers are worth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from asn2fpga.importing import ReadOut

TRACE_BATCH = 3  # rows of the example: not 1, so that shapes tell the batch from other axes


@dataclass(frozen=True, eq=False)
class InputDescription:
    """What enters the network. example: (batch, *shape), or (time, batch, *shape) for events with T > 1; of
    tokens their ids, (time, batch), of which max_count is the largest.

    batch_first: then it is (batch, time, *shape), as the module takes it. called_per_step: the module takes
    one time step, and keeps its states between its calls. time_last: it takes (batch, *shape, time), which
    the example is not. repeated: it takes (time, batch, *shape), the example in every time step. output,
    read_out: as in `save`.
    """

    example: Tensor
    encoding: Literal["frames", "events", "tokens"]
    time_steps: int
    scale: float
    max_count: int
    batch_first: bool = False
    called_per_step: bool = False
    time_last: bool = False
    repeated: bool = False
    output: int | None = None
    read_out: ReadOut | None = None

    @property
    def batch_axis(self) -> int | None:
        """Of the input, if it has a time axis too."""
        return (0 if self.batch_first else 1) if self.has_time_axis else None

    @property
    def calls(self) -> int:
        """How often the module is called, if it takes one time step; else 0."""
        return self.time_steps if self.called_per_step else 0

    @property
    def has_time_axis(self) -> bool:
        """Whether the module itself gets a time axis."""
        return self.encoding != "frames" and self.time_steps > 1

    @property
    def input_encoding(self) -> Literal["frames", "events"]:
        """How integers reach the network: a token is an event."""
        return "frames" if self.encoding == "frames" else "events"

    def values(self, integers: Tensor) -> Tensor:
        """What the module sees for raw integers: scaled, of the example's type; of counts of tokens ids."""
        if self.encoding == "tokens":
            return integers.argmax(-1).to(self.example.dtype)
        return (integers.double() * self.scale).to(self.example.dtype)

    def random_input(self) -> Tensor:
        """TRACE_BATCH random inputs like the example, of the integers the input takes."""
        shape = list(self.example.shape)
        shape[self.batch_axis or 0] = TRACE_BATCH
        generator = torch.Generator().manual_seed(0)
        integers = torch.randint(0, self.max_count + 1, shape, generator=generator)
        return integers.to(self.example.dtype) if self.encoding == "tokens" else self.values(integers)

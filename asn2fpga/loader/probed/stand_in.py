"""What stands in a network for a module of neurons that is known by what it does."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

from torch import Tensor, nn

from asn2fpga.kinds.neurons.semantics import NeuronSemantics
from asn2fpga.loader.foreign.neuron import ForeignNeuron, Understood, one_step_at_a_time
from asn2fpga.loader.probed.box import at_rest
from asn2fpga.loader.probed.layout import Layout


class StandIn(nn.Module):
    """Runs the user's own module. kind: how the user calls its class."""

    def __init__(self, module: nn.Module, semantics: NeuronSemantics, layout: Layout) -> None:
        super().__init__()
        self.neurons = at_rest(module)
        self.semantics, self.layout, self.kind = semantics, layout, type(module).__name__
        self._start = (at_rest(module),)  # in a tuple: not a part of the network

    def forward(self, x: Tensor) -> Any:
        return self.neurons(x)

    @property
    def is_batch_first(self) -> bool:
        """Whether it takes (batch, time, ..)."""
        return self.layout.kind == "time axis" and self.layout.axis == 1

    def reset(self) -> None:
        """As before the first time step."""
        if self.layout.kind == "one step in a call":
            self.neurons = copy.deepcopy(self._start[0])


class StandInCell(nn.Module):
    """Runs the user's own module, which takes its membrane and returns it."""

    def __init__(self, module: nn.Module, semantics: NeuronSemantics) -> None:
        super().__init__()
        self.neurons = module
        self.semantics, self.kind = semantics, type(module).__name__

    def forward(self, x: Tensor, mem: Tensor | None = None) -> Any:
        return self.neurons(x, mem)


def _steps(module: StandIn, shape: Sequence[int]) -> int | None:
    return None if module.layout.kind == "stateless" else module.layout.steps or 1


STAND_IN = f"{StandIn.__module__}.{StandIn.__qualname__}"
CELL = f"{StandInCell.__module__}.{StandInCell.__qualname__}"
NEURON = ForeignNeuron(
    framework="your own",
    source="docs/decisions/neurons-by-behaviour.md",
    understand=lambda module: Understood(module.semantics),
    is_sequence=lambda module: module.layout.kind != "one step in a call",
    reset=lambda module: module.reset(),
    steps=_steps,
)
CELLS = ForeignNeuron(
    framework="your own",
    source="docs/decisions/neurons-by-behaviour.md",
    understand=lambda module: Understood(module.semantics),
    is_sequence=one_step_at_a_time,
    reset=lambda module: None,
    states=(("mem", 1),),
    membrane=1,
)

"""What stands in a network for a module of neurons that is known by what it does."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
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


class StandInSteps(nn.Module):
    """Stands for operations of forward: takes one current in a call and keeps the states, as they did.

    start: gives what computes one time step after the other, from the first one on.
    """

    def __init__(self, start: Callable[[], Callable[[Tensor], Tensor]], semantics: NeuronSemantics) -> None:
        super().__init__()
        self.semantics, self._start = semantics, start
        self.reset()

    def forward(self, x: Tensor) -> Tensor:
        return self._sent(x)

    def reset(self) -> None:
        """As before the first time step."""
        self._sent = self._start()


class StandInMembranes(StandInSteps):
    """The same of membranes that never fire: gives its input, in place of spikes, and the membranes."""

    def forward(self, x: Tensor) -> Any:
        return x, self._sent(x)


class Inlined(nn.Module):
    """A mark in a module whose forward computes neurons by operations. fold: puts stand-ins into a trace of
    it; in a tuple, since it is no part of the network.
    """

    def __init__(self, fold: Callable[[Any], object]) -> None:
        super().__init__()
        self.fold = (fold,)

    def __deepcopy__(self, memo: dict[int, Any]) -> Inlined:
        return self


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
STEPS = f"{StandInSteps.__module__}.{StandInSteps.__qualname__}"
MEMBRANES = f"{StandInMembranes.__module__}.{StandInMembranes.__qualname__}"
INLINED = f"{Inlined.__module__}.{Inlined.__qualname__}"
IN_FORWARD = ForeignNeuron(
    framework="your own",
    source="docs/decisions/neurons-by-behaviour.md",
    understand=lambda module: Understood(module.semantics),
    is_sequence=one_step_at_a_time,
    reset=lambda module: getattr(module, "reset", int)(),
)
"""Operations of forward, and the mark of a module that has some."""
CELLS = ForeignNeuron(
    framework="your own",
    source="docs/decisions/neurons-by-behaviour.md",
    understand=lambda module: Understood(module.semantics),
    is_sequence=one_step_at_a_time,
    reset=lambda module: None,
    states=(("mem", 1),),
    membrane=1,
)

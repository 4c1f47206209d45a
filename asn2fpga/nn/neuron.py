"""What all spiking neurons share: they run step by step, and a sequence is one step after the other."""

from __future__ import annotations

from abc import ABC, abstractmethod

import torch
from torch import Tensor, nn

from asn2fpga.graph.limits import MAX_TIME_STEPS
from asn2fpga.nn.check import check_integer, check_time_axis

State = tuple[Tensor, ...]
"""What neurons carry from one time step to the next: the membranes first."""


class SpikingNeuron(nn.Module, ABC):
    """A population of neurons, one per element of the input without its time axis.

    time_steps = 1: x of any shape, no time axis (a neuron without state).
    time_steps = T > 1: x: (T, batch, ...); every call starts from `start`.
    Raises InputError for a parameter out of range, and for a time axis that is not `time_steps` long.
    """

    def __init__(self, time_steps: int) -> None:
        super().__init__()
        self.time_steps = check_integer(self._label, "time_steps (T)", time_steps, 1, MAX_TIME_STEPS)

    @property
    def _label(self) -> str:
        return type(self).__name__

    @abstractmethod
    def start(self, x: Tensor) -> State:
        """The state before the first time step; x: any input of a time step, for its shape and type."""

    @abstractmethod
    def step(self, state: State, x: Tensor) -> tuple[State, Tensor]:
        """The state after one time step with input x, and what the neurons send in it (the shape of x)."""

    def forward(self, x: Tensor) -> Tensor:
        if self.time_steps == 1:
            return self.step(self.start(x), x)[1]
        check_time_axis(self._label, x, self.time_steps)
        state, sent = self.start(x[0]), []
        for now in x:
            state, output = self.step(state, now)
            sent.append(output)
        return torch.stack(sent)

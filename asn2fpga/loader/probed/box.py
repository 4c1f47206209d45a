"""A module of neurons as a box: sequences in, sequences out."""

from __future__ import annotations

import copy

import numpy as np
import torch
from torch import Tensor, nn

from asn2fpga.graph.arrays import RealArray
from asn2fpga.loader.probed.layout import Layout

LONGEST = 12
"""Time steps that a module is watched for which takes one of them in a call."""
RESETS = ("reset", "reset_state", "reset_states", "reset_mem", "reset_membrane", "init_mem", "init_state")
"""Methods, without arguments, that users give neurons which keep their states."""


def at_rest(module: nn.Module) -> nn.Module:
    """A copy in eval mode as before its first time step."""
    found = copy.deepcopy(module).eval()
    reset = next((getattr(found, name) for name in RESETS if callable(getattr(found, name, None))), None)
    if reset is not None:
        reset()
    return found


def fresh(module: nn.Module) -> nn.Module:
    """The same in float64."""
    return at_rest(module).double()


class Box:
    """calls: of the module so far. Its rows are independent samples; every run starts at rest."""

    def __init__(self, module: nn.Module, layout: Layout) -> None:
        self.layout = layout
        self._module = fresh(module)
        self.calls = 0

    @property
    def steps(self) -> int:
        """Of one run."""
        return LONGEST if self.layout.steps is None else self.layout.steps

    @property
    def shape(self) -> tuple[int, int, int]:
        """(row, time, neuron) of a whole run."""
        return self.layout.rows, self.steps, self.layout.neurons

    def run(self, drive: RealArray) -> RealArray:
        """What the neurons send, (row, time, neuron); `drive` may be shorter than a whole run."""
        steps = drive.shape[1]
        if self.layout.steps is None:
            module = fresh(self._module)
            return np.concatenate([self._call(module, drive[:, t : t + 1]) for t in range(steps)], axis=1)
        missing = self.steps - steps
        padded = np.concatenate([drive, np.zeros((drive.shape[0], missing, drive.shape[2]))], axis=1)
        return self._call(self._module, padded)[:, :steps]

    def _call(self, module: nn.Module, drive: RealArray) -> RealArray:
        self.calls += 1
        with torch.no_grad():
            result: Tensor = module(self.layout.to_tensor(drive))
        return self.layout.from_tensor(result)

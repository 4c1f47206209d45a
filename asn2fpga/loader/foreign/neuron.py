"""What is known of a class of neurons of another framework."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from torch import Tensor, nn

from asn2fpga.errors import UnsupportedError
from asn2fpga.graph.arrays import RealArray
from asn2fpga.kinds.neurons.semantics import NeuronSemantics


@dataclass(frozen=True, eq=False)
class Understood:
    """One module of neurons. semantics: of its membranes and spikes.

    feedback: the module through which what it sent a step before comes back, a Linear layer or `OneToOne`.
    """

    semantics: NeuronSemantics
    feedback: nn.Module | None = None

    @property
    def never_fires(self) -> bool:
        """Whether its membranes are those of an integrator, whatever arrives."""
        return self.semantics.reset == "none" or float(self.semantics.all_thresholds.min()) >= NO_THRESHOLD


NO_THRESHOLD = 1e6
"""From here on a threshold says that the neuron shall not fire."""


@dataclass(frozen=True)
class ForeignNeuron:
    """A class of neurons. source: where its equations are written down.

    understand: what a module of it computes; UnsupportedError, without a place, for what is not built.
    is_sequence: whether a call takes all time steps, (time, batch, ..), and not one, (batch, ..). reset: as
    before the first time step. states: what a call of one step takes after its input, and which of its
    results each of them is the next time. membrane: which of its results is the membrane, if it has several.
    steps: T of a sequence of that shape; None of neurons that keep nothing of a time step.
    """

    framework: str
    source: str
    understand: Callable[[Any], Understood]
    is_sequence: Callable[[Any], bool]
    reset: Callable[[Any], object]
    states: tuple[tuple[str, int], ...] = ()
    membrane: int | None = None
    steps: Callable[[Any, Sequence[int]], int | None] = lambda module, shape: shape[0]


def one_step_at_a_time(module: Any) -> bool:
    """`is_sequence` of classes that take one time step."""
    return False


def numbers(values: Any) -> RealArray:
    """() or (N,) float64 of a number or tensor; a tensor of equal numbers is one."""
    array: RealArray = (
        values.detach().cpu().double().numpy() if isinstance(values, Tensor) else np.array(float(values))
    )
    if array.size and bool(np.all(array == array.flat[0])):
        return np.array(float(array.flat[0]))
    return array.copy()


def number(what: str, values: Any) -> float:
    """One number, or UnsupportedError."""
    found = numbers(values)
    if found.size != 1:
        raise UnsupportedError(f"{what} must be one number, not {found.size}; give a number.")
    return float(found.flat[0])


def per_neuron(what: str, values: Any) -> tuple[float, RealArray | None]:
    """One number of all neurons, and what torch broadcasts to what they read: (the only one, None), or (the
    largest beta, the smallest threshold; an array).
    """
    found = numbers(values)
    if found.size == 1:
        return float(found.flat[0]), None
    return float(found.max() if what == "beta" else found.min()), found


def full_name(module: nn.Module) -> str:
    """Of the module's class."""
    return f"{type(module).__module__}.{type(module).__qualname__}"

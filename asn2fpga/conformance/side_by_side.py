"""A whole network, run by the user's framework and by the golden model: where spikes differ, how often."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from asn2fpga.golden.simulate import simulate
from asn2fpga.golden.spikes import spikes_of
from asn2fpga.graph.arrays import RealArray
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.types import Array
from asn2fpga.kinds.neurons.neuron import Neuron
from asn2fpga.kinds.neurons.semantics import potential_of, start, step
from asn2fpga.kinds.nodes import real_nodes
from asn2fpga.kinds.sources.input import input_of
from asn2fpga.loader.data_file import Labels
from asn2fpga.loader.foreign.table import foreign_neuron, reads_time_last
from asn2fpga.loader.model_file import Origin
from asn2fpga.loader.trained_accuracy import module_scores
from asn2fpga.loader.wrappers import eval_copy
from asn2fpga.nn.neuron import SpikingNeuron
from asn2fpga.passes.prepare import prepare
from asn2fpga.quantise.apply import Quantised, quantise
from asn2fpga.quantise.network import network_of
from asn2fpga.quantise.scheme import Scheme
from asn2fpga.reference import float_model

Cause = Literal["a tie", "an earlier layer", "rounded weights", "a rounded membrane"]
NEAR = 1e-6  # of a threshold: closer, the float arithmetic of the framework decides


@dataclass(frozen=True)
class FirstDifference:
    """The first spike that differs: sample, time step, neuron; what framework and integers sent, and why.

    potential: the membrane potential of our real-valued equations there; distance: to the threshold.
    """

    sample: int
    step: int
    neuron: int
    framework: float
    integer: float
    potential: float
    distance: float
    cause: Cause


@dataclass(frozen=True)
class LayerComparison:
    """One layer of neurons. spikes: neuron-steps; differing: of these, those whose spikes differ.

    by_step: the share of differing ones in each time step. is_imported: the framework's spikes cannot be
    seen, since forward computes them by operations, or has them in another order: they are those of the
    imported network with its trained weights in float64.
    """

    name: str
    spikes: int
    differing: int
    rate: float
    first: FirstDifference | None
    by_step: tuple[float, ...]
    is_imported: bool = False


@dataclass(frozen=True)
class SideBySide:
    """accuracies: shares 0..1 with labels, else None; agreeing: of samples that both put in one class."""

    samples: int
    framework_accuracy: float | None
    integer_accuracy: float | None
    agreeing: float
    layers: tuple[LayerComparison, ...]


def side_by_side(graph: Graph, origin: Origin, scheme: Scheme, x: Array, y: Labels | None) -> SideBySide:
    """Run both on all samples x (B, ..). origin: the module that the graph was read from."""
    quantised = quantise(graph, scheme, x, y)
    scores = simulate(quantised.graph, x)
    with recorded(origin.module) as (module, sent):
        wanted = module_scores(module, origin.description, origin.output, x, copy=False)
    classes, ours = wanted.argmax(1).numpy(), scores.scores.argmax(axis=1)
    layers = tuple(_layers(graph, quantised, scores.counts, sent, x))
    return SideBySide(
        len(x),
        None if y is None else float((classes == y).mean()),
        None if y is None else float((ours == y).mean()),
        float((classes == ours).mean()),
        layers,
    )


# ---- the framework's spikes ------------------------------------------------------------------------------

Sent = dict[str, list[Tensor]]


@contextmanager
def recorded(module: nn.Module) -> Iterator[tuple[nn.Module, Sent]]:
    """A copy of the module whose neurons leave what they send, by their paths, call by call."""
    module = eval_copy(module)
    sent: Sent = {}
    with ExitStack() as stack:
        for path, part in module.named_modules():
            if foreign_neuron(part) is not None or isinstance(part, SpikingNeuron):
                sent[path] = []
                stack.enter_context(_kept(part, sent[path]))
        yield module, sent


@contextmanager
def _kept(part: nn.Module, into: list[Tensor]) -> Iterator[None]:
    def keep(_: nn.Module, __: Any, result: Any) -> None:
        sent = (result[0] if isinstance(result, tuple) else result).detach().cpu()
        into.append(sent.movedim(-1, 0) if reads_time_last(part) else sent)

    handle = part.register_forward_hook(keep)
    try:
        yield
    finally:
        handle.remove()


def _spikes_of(calls: list[Tensor], factor: float, shape: tuple[int, ...]) -> RealArray | None:
    """Spikes of all calls as `shape` says, (B, T, *map): one step after the other, or whole sequences, a part
    of the samples at a time; None if they have other shapes. factor: what a spike is worth there.
    """
    steps = shape[1]
    rounds = [calls[start : start + steps] for start in range(0, len(calls), steps)]
    is_stepwise = all(len({call.shape for call in steps_of}) == 1 for steps_of in rounds)
    if calls and is_stepwise and len(rounds[-1]) == steps:
        found = _as_shape([torch.stack(steps_of, 1) for steps_of in rounds], shape)
        if found is not None:
            return found / factor
    if not all(call.dim() > 1 and call.shape[0] == steps for call in calls):
        return None
    found = _as_shape([call.transpose(0, 1) for call in calls], shape)
    return None if found is None else found / factor


def _as_shape(parts: list[Tensor], shape: tuple[int, ...]) -> RealArray | None:
    """Parts of the samples, together; None if they do not fit. Pixels may be tokens in one axis, after the
    channels, if that cannot be meant the other way round.
    """
    if not parts or len({part.shape[1:] for part in parts}) > 1:
        return None
    found: RealArray = torch.cat(parts).double().numpy()
    if found.shape == shape:
        return found
    pixels = math.prod(shape[3:])
    fits = found.shape[:3] == shape[:3] and math.prod(found.shape[3:]) == pixels and pixels != shape[2]
    return found.reshape(shape) if fits else None


# ---- layer by layer --------------------------------------------------------------------------------------


def _layers(
    graph: Graph, quantised: Quantised, counts: Mapping[str, Array], sent: Sent, x: Array
) -> Iterator[LayerComparison]:
    prepared = prepare(graph)
    factors = {node.name: node.output_factor for node in real_nodes(graph) if node.fires}
    earlier = np.zeros((len(x), input_of(graph).time_steps), bool)  # where layers before differ
    imported: Mapping[str, RealArray] = {}
    for population in network_of(prepared).spiking:
        neuron = population.neuron
        assert neuron is not None
        ours = spikes_of(quantised.graph, population.name, counts[population.name])
        theirs = _spikes_of(sent.get(neuron.source, []), factors[neuron.name], ours.shape)
        is_imported = theirs is None
        if theirs is None:
            imported = imported or float_model.simulate(prepared, x).spikes
            theirs = imported[neuron.name].reshape(ours.shape)
        differs = (ours != theirs).reshape(*ours.shape[:2], -1)
        layer = _Layer(prepared, quantised.reference, neuron, theirs, ours)
        first = layer.first(x, earlier) if differs.any() else None
        by_step = tuple(differs.mean(axis=(0, 2)).tolist())
        yield LayerComparison(
            population.name,
            ours.size,
            int(differs.sum()),
            float(differs.mean()),
            first,
            by_step,
            is_imported,
        )
        earlier |= differs.any(axis=2)


@dataclass(frozen=True, eq=False)
class _Layer:
    """Spikes (B, T, *shape) of one layer by the framework and by integers.

    real, reference: the network with its trained weights, and with those of the integers.
    """

    real: Graph
    reference: Graph
    neuron: Neuron
    theirs: RealArray
    ours: RealArray

    def first(self, x: Array, earlier: NDArray[np.bool_]) -> FirstDifference:
        """The first difference in time, of the first sample that has one then.

        earlier: (B, T) where layers before this one differ.
        """
        theirs, ours = (found.reshape(*found.shape[:2], -1) for found in (self.theirs, self.ours))
        differs = theirs != ours
        when = int(differs.any(axis=(0, 2)).argmax())
        sample, index = (int(value[0]) for value in np.nonzero(differs[:, when]))
        potential = self._potential(x[sample : sample + 1], when, index)
        threshold = self._next_threshold(potential, index)
        if bool(earlier[sample, : when + 1].any()):
            cause: Cause = "an earlier layer"
        elif abs(potential - threshold) < NEAR * abs(threshold):
            cause = "a tie"
        else:
            spikes = float_model.simulate(self.reference, x[sample : sample + 1]).spikes[self.neuron.name]
            is_of_weights = spikes.reshape(1, len(theirs[0]), -1)[0, when, index] == ours[sample, when, index]
            cause = "rounded weights" if is_of_weights else "a rounded membrane"
        sent = float(theirs[sample, when, index]), float(ours[sample, when, index])
        return FirstDifference(sample, when, index, *sent, potential, potential - threshold, cause)

    def _potential(self, x: Array, when: int, index: int) -> float:
        """U of a neuron at a time step, for one sample, with trained weights in float64."""
        read, semantics = self.neuron.inputs[0], self.neuron.semantics
        drive = float_model.simulate(self.real, x, keep=(read,)).values[read]
        state = start(semantics, (1, *drive.shape[2:]))
        for now in range(when):
            state, _ = step(semantics, state, drive[:, now])
        return float(potential_of(semantics, state, drive[:, when]).reshape(-1)[index])

    def _next_threshold(self, potential: float, index: int) -> float:
        """The threshold of a level that is nearest to a potential."""
        semantics, shape = self.neuron.semantics, self.real.edges[self.neuron.name].shape
        unit = float(np.broadcast_to(semantics.all_thresholds, shape).flat[index])
        half = 0.5 if semantics.fires == "round" else 0.0
        level = np.clip(np.rint(potential / unit - half), 0 if half else 1, semantics.levels)
        return float((level + half) * unit)

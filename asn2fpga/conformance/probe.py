"""One layer of neurons behind weights that integers hold exactly, run by the framework and by golden."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from asn2fpga.conformance.cells import NEURONS
from asn2fpga.golden.simulate import simulate
from asn2fpga.golden.spikes import spikes_of
from asn2fpga.graph.arrays import IntArray, RealArray
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.types import Array
from asn2fpga.kinds.neurons.semantics import NeuronSemantics, potential_of, start, step
from asn2fpga.kinds.nodes import real_nodes, trained_synapses
from asn2fpga.loader.foreign.table import foreign_neuron, reset_states
from asn2fpga.loader.save import convert
from asn2fpga.passes.prepare import prepare
from asn2fpga.quantise.apply import quantise
from asn2fpga.quantise.network import network_of
from asn2fpga.quantise.scheme import Scheme
from asn2fpga.reference import float_model

MAX_COUNT = 3
UNIT = 64  # weights are multiples of 1 / UNIT


def random_weights() -> IntArray:
    """(N, 3) integers, of which every row has one of 127: the scale of a row is then 1 / UNIT."""
    weight = np.random.default_rng(7).integers(-80, 81, (NEURONS, 3))
    weight[:, 0] = 127
    weight[:, 2] = -np.abs(weight[:, 2])
    return weight


def random_events(time_steps: int, samples: int) -> Array:
    """Counts (B, T, 3) uint8, many of them 0."""
    random = np.random.default_rng(time_steps)
    x = random.integers(0, MAX_COUNT + 1, (samples, time_steps, 3)).astype(np.uint8)
    x[:, :, 0] *= random.random((samples, time_steps)) < 0.6
    return x


class Probe(nn.Module):
    """Events (time, batch, 3) through a Linear layer to the neurons; what they send, (T, B, N)."""

    def __init__(self, neuron: nn.Module) -> None:
        super().__init__()
        self.fc = nn.Linear(3, NEURONS, bias=False)
        with torch.no_grad():
            self.fc.weight.copy_(torch.from_numpy(random_weights() / UNIT))
        self.neuron = neuron
        _make_exact(neuron)

    def forward(self, x: Tensor) -> Tensor:
        known = foreign_neuron(self.neuron)
        if known is not None and known.is_sequence(self.neuron):
            found: Tensor = self.neuron(self.fc(x))
            return found
        is_pair = known is not None and known.membrane is not None and _is_pair(self.neuron)
        sent = []
        for now in x:
            result: Any = self.neuron(self.fc(now))
            sent.append(result[0] if is_pair else result)
        return torch.stack(sent)


def _is_pair(neuron: Any) -> bool:
    return bool(neuron.output) or not neuron.init_hidden


def _make_exact(neuron: nn.Module) -> None:
    """Weights of a recurrence as multiples of 1 / UNIT, each row with one of 127."""
    feedback = getattr(neuron, "recurrent", None)
    if not isinstance(feedback, nn.Linear):
        return
    random = np.random.default_rng(8)
    weight = random.integers(-60, 61, tuple(feedback.weight.shape))
    np.fill_diagonal(weight, -127)
    with torch.no_grad():
        feedback.weight.copy_(torch.from_numpy(weight / UNIT))
        if feedback.bias is not None:
            feedback.bias.copy_(torch.from_numpy(random.integers(-8, 9, len(weight)) / UNIT))


@dataclass(frozen=True, eq=False)
class Probed:
    """framework, real: spikes (B, T, N) of the framework and of our own equations, both in float64."""

    graph: Graph
    semantics: NeuronSemantics
    x: Array
    framework: RealArray
    real: RealArray

    def golden(self, frac_bits: int) -> RealArray:
        """Spikes (B, T, N) of the integers with so many fraction bits of the membrane."""
        found = quantise(self.graph, Scheme(scale_method="maxabs", state_frac_bits=frac_bits))
        (population,) = network_of(prepare(self.graph)).spiking
        return spikes_of(found.graph, population.name, simulate(found.graph, self.x).counts[population.name])

    @property
    def is_coupled(self) -> bool:
        """Whether neurons read the spikes of each other."""
        return len(trained_synapses(self.graph)) > 1

    @property
    def unit(self) -> float:
        """The real value of one unit of the sums, at most."""
        return 1.0 / UNIT

    def potentials(self) -> RealArray:
        """U (B, T, N), float64, of our own equations."""
        graph = prepare(self.graph)
        (layer,) = network_of(graph).spiking
        drive = float_model.simulate(graph, self.x, keep=(layer.value,)).values[layer.value]
        semantics = self.semantics
        state = start(semantics, (len(drive), *drive.shape[2:]))
        found = np.empty(drive.shape)
        for index in range(drive.shape[1]):
            found[:, index] = potential_of(semantics, state, drive[:, index])
            state, _ = step(semantics, state, drive[:, index])
        return found


def probe(neuron: nn.Module, time_steps: int, samples: int) -> Probed:
    """Run `neuron` on random events; the module is not changed."""
    module = Probe(neuron)
    example = torch.zeros(time_steps, 1, 3)
    graph = convert(module, "probe", example, encoding="events", max_count=MAX_COUNT).graph
    x = random_events(time_steps, samples)
    (layer,) = network_of(prepare(graph)).spiking
    assert layer.neuron is not None
    semantics = layer.neuron.semantics
    real = float_model.simulate(graph, x).spikes[layer.neuron.name]
    (factor,) = (node.output_factor for node in real_nodes(graph) if node.fires)
    return Probed(graph, semantics, x, _spikes_of(module, x) / factor, real)


def _heaviside(membrane: Tensor) -> Tensor:
    return (membrane > 0).to(membrane.dtype)


def _spikes_of(module: Probe, x: Array) -> RealArray:
    """What the framework's own neurons send for these events, with drives and states in float64."""
    module = module.double()
    if hasattr(module.neuron, "spike_grad"):  # snnTorch's own sends float32, which no Linear in float64 takes
        setattr(module.neuron, "spike_grad", _heaviside)  # noqa: B010  # no attribute of every nn.Module
    reset_states(module)
    with torch.no_grad():
        sent: RealArray = module(torch.from_numpy(x).double().transpose(0, 1)).double().numpy()
    return sent.swapaxes(0, 1)

"""The torch network with the quantised weights in it computes what golden computes, to the last tie."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from strategies import tied_weights
from torch import Tensor, nn

from asn2fpga.golden.simulate import simulate
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.types import Array
from asn2fpga.kinds.neurons.neuron import Neuron
from asn2fpga.kinds.population import Population
from asn2fpga.kinds.synapses.dense import Linear
from asn2fpga.loader.save import read_module
from asn2fpga.nn import ASN, IF, ILIF, LIF, NASN, CubaLIF, RepeatTime, TimeMean
from asn2fpga.nn.graded import GradedNeuron
from asn2fpga.nn.neuron import SpikingNeuron
from asn2fpga.quantise.apply import quantise
from asn2fpga.quantise.scheme import Scheme
from asn2fpga.reference import float_model

NEURONS = {
    "asn": lambda steps: ASN(4, alpha=-1.0, time_steps=steps),
    "asn from 2": lambda steps: ASN(3, alpha=2.0, time_steps=steps),
    "asn of a real alpha": lambda steps: ASN(4, alpha=-0.3125, integer_alpha=False, time_steps=steps),
    "nasn": lambda steps: NASN(4, time_steps=steps),
    "ilif": lambda steps: ILIF(8, time_steps=steps),
    "lif": lambda steps: LIF(0.5, threshold=1.5, time_steps=steps),
    "lif of levels": lambda steps: LIF(
        0.75, threshold=0.5, levels=3, fires=">", amplitude=0.5, time_steps=steps
    ),
    "lif, signed": lambda steps: LIF(0.5, levels=2, signed=True, reset="none", time_steps=steps),
    "lif, hard reset": lambda steps: LIF(0.5, reset="hard", v_reset=-0.5, decay_input=True, time_steps=steps),
    "lif, leak first": lambda steps: LIF(0.0, leak="before_reset", v_min=-1.0, time_steps=steps),
    "lif per channel": lambda steps: LIF(
        0.5, threshold=torch.tensor([0.5, 1.0, 2.0]).repeat(4), time_steps=steps
    ),
    "if": lambda steps: IF(threshold=2.0, time_steps=steps),
    "cuba": lambda steps: CubaLIF(0.5, 0.75, time_steps=steps),
}


def network(neuron: str, steps: int = 1) -> nn.Sequential:
    """6-12-12-4 in float64; weights are random multiples of 1/2, so that many sums are ties."""
    make, random = NEURONS[neuron], np.random.default_rng(5)
    linears = [nn.Linear(6, 12), nn.Linear(12, 12), nn.Linear(12, 4)]
    layers = (linears[0], make(steps), linears[1], make(steps), linears[2])
    module = nn.Sequential(*((RepeatTime(steps), *layers, TimeMean()) if steps > 1 else layers)).double()
    with torch.no_grad():
        for linear in linears:
            linear.weight.copy_(torch.from_numpy(tied_weights(random, tuple(linear.weight.shape))))
            linear.bias.copy_(torch.from_numpy(random.integers(-4, 5, len(linear.bias)) / 2))
    return module


def put_reference_weights(module: nn.Sequential, reference: Graph) -> None:
    """The reference's weights in the torch network; what neurons multiply their spikes by is divided back."""
    norm = 1.0
    linears = iter(reference.of_type(Linear))
    with torch.no_grad():
        for layer in module:
            if isinstance(layer, nn.Linear):
                linear = next(linears)
                layer.weight.copy_(torch.from_numpy(linear.weight) * norm)
                layer.bias.copy_(torch.from_numpy(linear.bias))
            if isinstance(layer, SpikingNeuron):
                norm = norm_of(layer)


def norm_of(layer: nn.Module) -> float:
    """What spikes are divided by before they leave."""
    return float(layer.norm) if isinstance(layer, GradedNeuron) else 1 / float(layer.amplitude)


def run(module: nn.Sequential, x: Array) -> tuple[list[Array], Array]:
    """Outputs of the neurons (B, T, N), and scores, of the torch network."""
    outputs: list[Array] = []

    def keep(layer: nn.Module, _: tuple[Tensor, ...], output: Tensor) -> None:
        spikes = output.numpy() * norm_of(layer)
        outputs.append(spikes.transpose(1, 0, 2) if spikes.ndim == 3 else spikes[:, None])

    handles = [layer.register_forward_hook(keep) for layer in module if isinstance(layer, SpikingNeuron)]
    with torch.no_grad():
        scores = module(torch.from_numpy(x.astype(np.float64))).numpy()
    for handle in handles:
        handle.remove()
    return outputs, scores


FRAMES = np.random.default_rng(6).integers(0, 4, (500, 6)).astype(np.uint8)


@pytest.mark.parametrize("bits", [2, 4, 8])
@pytest.mark.parametrize("name", NEURONS)
def test_golden_is_the_torch_network_of_quantised_weights(name: str, bits: int) -> None:
    module = network(name)
    graph = read_module(module, "net", torch.from_numpy(FRAMES[:1].astype(np.float64)))
    quantised = quantise(graph, Scheme(weight_bits=bits, alpha_snap="exact"), FRAMES)
    put_reference_weights(module, quantised.reference)
    spikes, scores = run(module, FRAMES)
    trace = simulate(quantised.graph, FRAMES)
    populations = [node for node in quantised.graph.of_type(Population) if not node.is_end]
    neurons = quantised.reference.of_type(Neuron)
    for torch_spikes, layer, neuron in zip(spikes, populations, neurons, strict=True):
        semantics = neuron.semantics
        unit = semantics.levels / layer.graded.level_values[-1]
        assert np.array_equal(torch_spikes, semantics.alpha + trace.counts[layer.name] * unit)
    assert np.array_equal(scores, trace.scores * quantised.decisions.score_scale)


@pytest.mark.parametrize("steps", [1, 2, 5])
@pytest.mark.parametrize("neuron", NEURONS)
def test_the_float_model_is_the_torch_network(neuron: str, steps: int) -> None:
    module = network(neuron, steps)
    graph = read_module(module, "net", torch.from_numpy(FRAMES[:1].astype(np.float64)))
    spikes, _ = run(module, FRAMES)
    trace = float_model.simulate(graph, FRAMES)
    for torch_spikes, own in zip(spikes, trace.spikes.values(), strict=True):
        assert np.array_equal(torch_spikes, own)

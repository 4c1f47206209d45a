"""Spike-driven Transformer V2 and V3, QSD-Transformer and Max-Former as their public code writes them: the
graph computes what the module does, the integers what the module does with the integers' weights.
"""

from __future__ import annotations

import functools
from collections.abc import Callable

import numpy as np
import pytest
import torch
from lsq import Conv1dLSQ, Conv2dLSQ, LinearLSQ, Multispike, qsd_transformer
from max_former import Max_Former, Max_Mixer
from meta_former import Spiking_vit_MetaFormer, Style, firing
from meta_former_v3 import Spiking_vit_MetaFormer_Spike_SepConv
from needs import missing
from often import often
from torch import Tensor, nn

from asn2fpga.golden.simulate import simulate
from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.neurons.neuron import Neuron
from asn2fpga.kinds.operators.attention import Attention
from asn2fpga.kinds.sources.input import input_of
from asn2fpga.kinds.synapses.dense import Linear
from asn2fpga.loader.save import convert
from asn2fpga.passes.prepare import prepare
from asn2fpga.quantise.apply import Quantised, decide, quantise
from asn2fpga.quantise.scheme import Scheme
from asn2fpga.reference import float_model
from asn2fpga.verify.reference import compare_reference

X = np.random.default_rng(0).integers(0, 17, (5, 1, 8, 8)).astype(np.uint8)


def lif(v_threshold: float = 1.0) -> nn.Module:
    """SpikingJelly's, as MultiStepLIFNode(tau=2.0, detach_reset=True) was."""
    try:
        from spikingjelly.activation_based import neuron
    except ImportError:
        missing("spikingjelly")
    found: nn.Module = neuron.LIFNode(tau=2.0, v_threshold=v_threshold, detach_reset=True, step_mode="m")
    return found


def easy(v_threshold: float = 1.0) -> nn.Module:
    """Neurons that one time step makes fire."""
    return lif(v_threshold / 4)


def with_steps_of_their_own(net: nn.Module) -> nn.Module:
    """Steps of channels that differ, as training leaves them."""
    for module in net.modules():
        if isinstance(module, Conv1dLSQ | Conv2dLSQ | LinearLSQ):
            module.alpha.data *= torch.empty_like(module.alpha).uniform_(0.8, 1.25)
    return net


def v2(**sizes: int) -> nn.Module:
    return Spiking_vit_MetaFormer(Style(lif, lambda: lif(0.5)), mlp_ratio=1, kernel_size=3, **sizes)  # type: ignore[arg-type]


NETWORKS: dict[str, Callable[[], nn.Module]] = {
    "V2": v2,
    "V2, T = 2": lambda: v2(T=2),
    "QSD": lambda: with_steps_of_their_own(qsd_transformer(mlp_ratio=1, kernel_size=3)),
    "V3": lambda: Spiking_vit_MetaFormer_Spike_SepConv(linear=False, mlp_ratio=1),
    "V3, wide values": lambda: Spiking_vit_MetaFormer_Spike_SepConv(linear=True, mlp_ratio=1),
    "Max-Former": lambda: Max_Former(easy, T=1),
    "Max-Former, T = 2": lambda: Max_Former(lif, T=2, with_dwc=False),
    "Max-Former, hidden features as many": lambda: Max_Former(easy, T=1, mlp_ratio=1),
    "Max-Former, the largest of the stream": lambda: Max_Former(easy, T=1, stage1=Max_Mixer),
}


EVERY_TIME = ("V2", "QSD", "Max-Former, T = 2")


@functools.cache
def network(name: str) -> nn.Module:
    torch.manual_seed(0)
    return firing(NETWORKS[name]()).double()


@functools.cache
def graph_of(name: str) -> Graph:
    example = torch.zeros(1, 1, 8, 8, dtype=torch.float64)
    said = {"input_scale": 1 / 16, "encoding": "frames", "max_count": 16}
    return convert(network(name), "net", example, **said).graph  # type: ignore[arg-type]


@functools.cache
def quantised(name: str) -> Quantised:
    return quantise(graph_of(name), x=X)


def module_scores(net: nn.Module) -> np.ndarray:
    for module in net.modules():
        if hasattr(module, "reset"):
            module.reset()  # type: ignore[operator]
    with torch.no_grad():
        found: Tensor = net(torch.from_numpy(X).double() / 16)
    return found.numpy()


@pytest.mark.parametrize("name", often(NETWORKS, EVERY_TIME.__contains__))
def test_the_graph_computes_what_the_module_does(name: str) -> None:
    """Bit by bit in float64, before passes and after them."""
    expected = module_scores(network(name))
    assert expected.std() > 0.1
    for found in (graph_of(name), prepare(graph_of(name))):
        assert np.array_equal(float_model.simulate(found, X).scores, expected)
    assert len(graph_of(name).of_type(Attention)) == 1


@pytest.mark.parametrize("name", often(NETWORKS, EVERY_TIME.__contains__))
def test_golden_is_the_network_of_the_integers_weights(name: str) -> None:
    """All spikes and scores, exactly, where no membrane is rounded."""
    found = quantised(name)
    report = compare_reference(found.reference, found.graph, X)
    assert report.exact or input_of(graph_of(name)).time_steps > 1
    trace = simulate(found.graph, X)
    assert all(len(np.unique(counts)) > 1 for counts in trace.counts.values()), "a layer never changes"


AS_TRAINED = {"ConvBlock1_1.0.Conv.pwconv1", "ConvBlock1_1.0.conv1", "block3.0.mlp.fc1_conv"}
"""Layers of the QSD-Transformer whose sums are theirs alone. The others add to a stream that has one unit,
become one convolution with those beside them, or give scores, which have one unit too.
"""


def lsq_integers(module: nn.Module) -> np.ndarray:
    """(N, M) the integers that a layer multiplies its steps by."""
    assert isinstance(module, Conv2dLSQ | Conv1dLSQ | LinearLSQ)
    with torch.no_grad():
        found = module.quantised_weight().flatten(1) / module.alpha[:, None]
    return found.round().numpy().astype(np.int64)


def test_weights_of_a_learned_step_are_kept() -> None:
    """The build's integers are those of the training, but for the sign of a gain and a common divisor."""
    prepared = prepare(graph_of("QSD"))
    decided = decide(graph_of("QSD"), Scheme(), X)
    kept = {found.layer for found in decided.weights if found.method == "as trained"}
    sources = {prepared[name].source: name for name in kept}
    assert set(sources) > AS_TRAINED  # a constant of the attention, too
    for source in AS_TRAINED:
        theirs = lsq_integers(network("QSD").get_submodule(source))
        ours = decided.aligned.weights[sources[source]].weight
        for row, own in zip(theirs, ours, strict=True):
            first = int(np.flatnonzero(row)[0])
            assert np.array_equal(own * row[first], row * own[first]) and own.any()
        assert np.abs(ours).max() <= 8


def test_every_other_layer_of_the_network_says_what_rounding_it_again_changed() -> None:
    """Those that are layers still; what several became one of has no grid."""
    rounded = [found for found in quantised("QSD").decisions.weights if found.method != "as trained"]
    assert len(rounded) == 10 and all(1e-4 < found.relative_error < 0.03 for found in rounded)
    on_grids = {found.layer for found in rounded if found.trained_bits is not None}
    assert on_grids == {
        "downsample1_1_encode_conv",
        "ConvBlock1_1_0_conv2",
        "downsample2_encode_conv",
        "block3_0_mlp_fc2_conv",
        "head",
    }


@pytest.mark.parametrize(
    ("name", "mode"),
    [("QSD", "half_up"), pytest.param("V3", "half_even", marks=pytest.mark.slow)],
)
def test_how_neurons_round_is_found(name: str, mode: str) -> None:
    neurons = graph_of(name).of_type(Neuron)
    assert {found.semantics.round_mode for found in neurons} == {mode}


def test_ties_are_rounded_upwards_as_the_module_does() -> None:
    """Sums that are odd multiples of an eighth lie between two levels."""
    module = nn.Sequential(nn.Linear(1, 8, bias=False), Multispike(), nn.Linear(8, 3)).eval()
    with torch.no_grad():
        module[0].weight.copy_(torch.tensor([[1.0, 0.5, -0.5, 0.25, 1.5, 2.0, -1.0, 0.75]]).T / 4)
    x = np.arange(16, dtype=np.uint8)[:, None]
    graph = convert(module.double(), "net", torch.zeros(1, 1).double(), encoding="frames", max_count=15).graph
    with torch.no_grad():
        expected, spikes = module(torch.from_numpy(x).double()), module[:2](torch.from_numpy(x).double())
    found = float_model.simulate(graph, x)
    assert np.array_equal(found.scores, expected.numpy())
    integer = quantise(graph, x=x)
    counts = next(
        counts for name, counts in simulate(integer.graph, x).counts.items() if counts.shape[2] == 8
    )
    assert np.array_equal(counts[:, 0] / 4, spikes.numpy())


@pytest.mark.parametrize("steps", [1, 2])
def test_scores_may_be_of_the_mean_of_the_stream(steps: int) -> None:
    """As V2 has it without its second head, and Spikingformer: Linear layers of what adds to the stream."""
    style = Style(lif, lambda: lif(0.5), head_reads_spikes=False)
    torch.manual_seed(0)
    module = firing(Spiking_vit_MetaFormer(style, mlp_ratio=1, kernel_size=3, T=steps)).double()
    example = torch.zeros(1, 1, 8, 8, dtype=torch.float64)
    graph = convert(module, "net", example, input_scale=1 / 16, encoding="frames", max_count=16).graph
    expected = module_scores(module)
    prepared = prepare(graph)
    for found in (graph, prepared):
        assert np.allclose(float_model.simulate(found, X).scores, expected, rtol=0, atol=1e-11)
    heads = [node.name for node in prepared.of_type(Linear)]
    assert len(heads) == 3 and all(name.startswith("head") for name in heads)
    integers = quantise(graph, x=X)
    assert compare_reference(integers.reference, integers.graph, X).exact or steps > 1

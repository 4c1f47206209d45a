"""Convolutions, pools and scores that change places or become one, and what is refused by name."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from kinds.map_bodies import PerStep
from rep_conv import BNAndPadLayer, RepConv
from torch import Tensor, nn
from torch.nn import functional

from asn2fpga.errors import UnsupportedError
from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.nodes import real_nodes, trained_synapses
from asn2fpga.kinds.synapses.conv import Conv
from asn2fpga.loader.save import read_module
from asn2fpga.nn import LIF, NASN, AdaptiveNeuron, RepeatTime, TimeMean
from asn2fpga.passes.merged_notes import merged_notes
from asn2fpga.passes.prepare import prepare
from asn2fpga.quantise.network import network_of

SHAPE = (1, 2, 6, 6)


def adaptive(before: nn.Module, neurons: int, example: Tensor | None = None) -> Graph:
    """Adaptive neurons that read a flattened map."""
    net = nn.Sequential(
        RepeatTime(2),
        PerStep(before),
        nn.Flatten(2),
        AdaptiveNeuron(neurons, time_steps=2),
        nn.Linear(neurons, 2),
        TimeMean(),
    )
    return read_module(net, "net", torch.zeros(SHAPE) if example is None else example)


class Current(nn.Module):
    """A current that neurons and scores read."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.neuron, self.head = nn.Conv2d(2, 3, 3), NASN(4), nn.Linear(48, 3)

    def forward(self, x: Tensor) -> Tensor:
        current = self.conv(x)
        found: Tensor = current.mean((2, 3)) + self.head(self.neuron(current).flatten(1))
        return found


def graph_of(*modules: nn.Module) -> Graph:
    return read_module(nn.Sequential(*modules), "net", torch.zeros(SHAPE))


def scored(*modules: nn.Module) -> Graph:
    """With neurons and a Linear layer at the end."""
    with torch.no_grad():
        size = nn.Sequential(*modules)(torch.zeros(SHAPE)).numel()
    return graph_of(*modules, NASN(4), nn.Flatten(), nn.Linear(size, 3))


class Stream(nn.Module):
    """The pool of a current and its shortcut, before neurons."""

    def __init__(self, pool: nn.Module) -> None:
        super().__init__()
        self.first, self.inner, self.pool = nn.Conv2d(2, 3, 3), nn.Conv2d(3, 3, 1), pool
        self.fired, self.last, self.head = NASN(4), NASN(4), nn.LazyLinear(3)

    def forward(self, x: Tensor) -> Tensor:
        x = self.first(x)
        x = self.last(self.pool(x + self.inner(self.fired(x))))
        found: Tensor = self.head(x.flatten(1))
        return found


def streamed(pool: nn.Module) -> Graph:
    module = Stream(pool)
    module(torch.zeros(SHAPE))
    return read_module(module, "net", torch.zeros(SHAPE))


def conv(inputs: int, outputs: int, kernel: int, **options: int) -> nn.Module:
    return nn.Conv2d(inputs, outputs, kernel, **options)  # type: ignore[arg-type]


def _several(neurons: int) -> Tensor:
    """Thresholds that differ."""
    return torch.linspace(0.5, 1.5, neurons)


def convs(graph: Graph) -> list[Conv]:
    return [node for node in trained_synapses(graph) if isinstance(node, Conv)]


def test_a_separable_convolution_is_one() -> None:
    (found,) = convs(prepare(scored(conv(2, 2, 3, groups=2), nn.BatchNorm2d(2), conv(2, 5, 1))))
    assert found.source == "0 and 2"
    assert found.weight.shape == (5, 2, 3, 3) and found.window.kernel == (3, 3)


def test_neurons_come_before_copies_of_their_currents() -> None:
    graph = prepare(scored(conv(2, 3, 3), nn.Upsample(scale_factor=2), nn.BatchNorm2d(3)))
    assert [node.pools for node in real_nodes(graph) if node.fires or node.pools] == ["", "copies"]


def test_copies_that_others_read_come_before_the_convolution() -> None:
    class Fine(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.side, self.fine, self.up = (
                conv(2, 3, 3, padding=1),
                conv(2, 3, 1),
                nn.Upsample(scale_factor=2),
            )

        def forward(self, x: Tensor) -> Tensor:
            found: Tensor = self.up(self.side(functional.max_pool2d(x, 2))) + self.fine(x)
            return found

    found = {node.name: node for node in convs(prepare(scored(Fine())))}
    assert found["layer_0_side"].window.dilation == (2, 2) and found["layer_0_side"].window.padding[:2] == (
        2,
        2,
    )
    assert found["layer_0_side"].inputs == ("layer_0_up",)


def test_a_rep_conv_is_one_convolution_whose_padding_adds_nothing() -> None:
    (found,) = convs(prepare(scored(_stirred(RepConv(2)))))
    assert found.window.padding == (1, 1, 1, 1) and found.window.kernel == (3, 3) and found.beyond is None


def _stirred(module: nn.Module) -> nn.Module:
    """With BatchNorms that shift."""
    for norm in module.modules():
        if isinstance(norm, nn.BatchNorm2d):
            nn.init.normal_(norm.bias)
            norm.running_mean = torch.randn(norm.num_features)
    return module


def test_what_became_one_is_told() -> None:
    graph = graph_of(conv(2, 2, 3, groups=2), conv(2, 4, 1), NASN(4), conv(4, 3, 4), nn.Flatten())
    assert merged_notes(graph, prepare(graph)) == (
        "0 and 1 are built as one convolution of 3 x 3",
        "3: the scores are built as a Linear layer of 3 x 64 weights",
    )


def test_dilation_and_stride_of_two_are_those_of_one() -> None:
    (found,) = convs(prepare(scored(conv(2, 3, 1, stride=2), conv(3, 3, 2))))
    assert (found.window.kernel, found.window.stride, found.window.dilation) == ((2, 2), (2, 2), (2, 2))


def test_the_mean_of_a_1x1_convolution_is_a_linear_layer_of_means() -> None:
    graph = prepare(graph_of(conv(2, 4, 3), NASN(4), conv(4, 3, 1), nn.AdaptiveAvgPool2d(1), nn.Flatten()))
    assert [node.pools for node in real_nodes(graph) if node.pools] == ["mean"]
    last = list(trained_synapses(graph))[-1]
    assert last.name == "layer_2" and last.weight.shape == (3, 4)


def test_scores_may_read_a_current_that_neurons_read_too() -> None:
    graph = prepare(read_module(Current(), "net", torch.zeros(SHAPE)))
    names = [node.name for node in trained_synapses(graph)]
    assert names[0] == "conv" and len(names) == 3
    assert all(np.isfinite(node.weight).all() for node in trained_synapses(graph))


REFUSED = {
    "a kernel that is too large": (
        lambda: scored(conv(2, 2, 5, padding=2), conv(2, 2, 5)),
        "layer_1: convolutions without a neuron between them must become one, and with layer_0 before it its "
        "kernel would be 9 x 9, where at most 7 x 7 are built; put a neuron between them, or padding into "
        "the first one alone.",
    ),
    "a stride that is too large": (
        lambda: scored(conv(2, 2, 1, stride=3), conv(2, 2, 1, stride=3)),
        "layer_1: convolutions without a neuron between them must become one, and with layer_0 before it its "
        "stride would be 9, where at most 7 is built; put a neuron between them, or padding into the "
        "first one alone.",
    ),
    "padding between them": (
        lambda: scored(conv(2, 2, 3), conv(2, 2, 3, padding=1)),
        "layer_1: convolutions without a neuron between them must become one, and with layer_0 before it its "
        "padding would have to be part of the first one; put a neuron between them, or padding into the "
        "first one alone.",
    ),
    "constants around a map that a pool reads": (
        lambda: scored(conv(2, 2, 1), BNAndPadLayer(1, 2), nn.MaxPool2d(2)),
        "layer_1: constants around a map must be read by convolutions without padding of their own, not by "
        "layer_2 (MaxPool); put padding=0 into the convolution, or the padding into a layer before it.",
    ),
    "constants within padding": (
        lambda: scored(conv(2, 2, 1), _stirred(BNAndPadLayer(1, 2)), conv(2, 2, 3, padding=1)),
        "layer_1: constants around a map must be read by convolutions without padding of their own, not by "
        "layer_2 (Conv); put padding=0 into the convolution, or the padding into a layer before it.",
    ),
    "an average of currents whose windows differ": (
        lambda: scored(conv(2, 2, 2), nn.AdaptiveAvgPool2d(3), conv(2, 2, 1)),
        "layer_1: an average of currents whose windows differ, reach beyond the map, or are larger than "
        "7 x 7 together with the kernel before it, must be read by one neuron layer, not by layer_2; put the "
        "pool after the neuron.",
    ),
    "a shift after an average that counts padding": (
        lambda: scored(conv(2, 2, 2), nn.AvgPool2d(3, 2, 1), _stirred(nn.BatchNorm2d(2))),
        "layer_2: a shift must not stand after an average that counts padding (layer_1), where neurons read "
        "that; put BatchNorm before the pool, or use count_include_pad=False.",
    ),
    "a padded average of a stream": (
        lambda: streamed(nn.AvgPool2d(3, 1, 1)),
        "pool: an average of currents must be of a convolution that nothing else reads, or have windows of "
        "one size without padding and be read by one neuron layer, not of first (Conv); put the pool after "
        "the neuron.",
    ),
    "the largest current as a score": (
        lambda: graph_of(conv(2, 2, 1), NASN(4), conv(2, 3, 3), nn.AdaptiveMaxPool2d(1), nn.Flatten()),
        "layer_3: scores must not be the largest of the currents of a convolution; put a neuron between "
        "them, or use an average pool.",
    ),
    "too many scores": (
        lambda: read_module(
            nn.Sequential(conv(1, 1, 1), NASN(4), conv(1, 2, 3)), "net", torch.zeros(1, 1, 60, 60)
        ),
        "layer_2: scores of a convolution are built as those of a Linear layer, which must have at most "
        "4,194,304 weights, not 24,220,800; put neurons after the convolution, or put a pool or a stride "
        "before it.",
    ),
    "too many weights of flattened neurons": (
        lambda: adaptive(conv(1, 2, 3), 6728, torch.zeros(1, 1, 60, 60)),
        "layer_1_inner: a convolution is built as a Linear layer for layer_3, flattened neurons, and must "
        "have at most 4,194,304 weights, not 24,220,800; use neurons that stand on the map itself, LIF or "
        "ASN, or put a pool or a stride before it.",
    ),
    "the largest current of flattened neurons": (
        lambda: adaptive(nn.Sequential(conv(2, 2, 3), nn.MaxPool2d(2)), 8),
        "layer_1_inner_1: what flattened neurons read must not be the largest of the currents of a "
        "convolution; put a neuron between them, or use an average pool.",
    ),
    "copies between convolutions": (
        lambda: scored(conv(2, 2, 3), nn.Upsample(scale_factor=3), conv(2, 2, 1)),
        "layer_1: pixels of currents must be copied for one neuron layer, or after a convolution without a "
        "stride of at most 2 x 2 times as many pixels, not after layer_0 (Conv) for layer_2; put it after "
        "neurons, or before the convolution.",
    ),
    "a transposed convolution of currents": (
        lambda: scored(conv(2, 2, 3), nn.ConvTranspose2d(2, 2, 2, 2)),
        "layer_1: a transposed convolution must read neurons or the input, not layer_0 (Conv); put a neuron "
        "between them.",
    ),
    "a pool between convolutions": (
        lambda: scored(conv(2, 2, 3), nn.MaxPool2d(2), conv(2, 2, 1)),
        "layer_1: a max-pool of currents must be read by neurons, or added to other currents, not read by "
        "layer_2; put the pool after the neuron.",
    ),
}


def test_flattened_neurons_stand_on_the_map_itself() -> None:
    """But for those that read Linear layers alone."""
    neurons = LIF(0.5, threshold=_several(32))
    assert len(convs(prepare(scored(conv(2, 2, 3), nn.Flatten())))) == 1
    assert len(convs(prepare(graph_of(conv(2, 2, 3), nn.Flatten(), neurons, nn.Linear(32, 2))))) == 1
    assert not convs(prepare(adaptive(conv(2, 2, 3), 32)))


@pytest.mark.parametrize("case", REFUSED)
def test_what_does_not_become_one_is_refused(case: str) -> None:
    make, message = REFUSED[case]
    with pytest.raises(UnsupportedError) as caught:
        prepare(make())
    assert str(caught.value) == message


class Shared(nn.Module):
    """A current that neurons read, and its pool, which others read."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.repeat = PerStep(nn.Conv2d(2, 3, 3)), RepeatTime(3)
        self.first, self.second = LIF(0.5, time_steps=3), LIF(0.5, time_steps=3)
        self.head, self.mean = nn.Linear(60, 3), TimeMean()

    def forward(self, x: Tensor) -> Tensor:
        current = self.conv(self.repeat(x))
        pooled = functional.max_pool2d(current.flatten(0, 1), 2).unflatten(0, (3, -1))
        both = [self.first(current).flatten(2), self.second(pooled).flatten(2)]
        scores: Tensor = self.mean(self.head(torch.cat(both, -1)))
        return scores


def test_a_current_and_its_pool_have_neurons_each() -> None:
    """What the pool reads are the sums of the other population, passed on."""
    network = network_of(prepare(read_module(Shared(), "net", torch.zeros(SHAPE))))
    pooled = next(population for population in network.populations if population.pool is not None)
    first, second = (network.population_of(name) for name in ("first", "second"))
    assert [branch.current for branch in pooled.branches] == [first.end]
    assert [branch.current for branch in second.branches] == [pooled.end]
    assert network.neuron_behind(pooled) is second.neuron


def test_a_mean_of_a_stream_stays_a_pool_with_its_factor() -> None:
    network = network_of(prepare(streamed(nn.AvgPool2d(2))))
    (pooled,) = (population for population in network.populations if population.pool is not None)
    assert pooled.pool is not None and pooled.pool.pools == "mean" and pooled.pool.output_factor == 0.25
    assert [branch.current or branch.synapses.name for branch in pooled.branches] == ["fired", "inner"]

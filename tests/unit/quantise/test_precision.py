"""Networks of several precisions: what each input says, arousal in golden, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from asn2fpga.board.spec import find_board
from asn2fpga.config import Config
from asn2fpga.errors import InputError, UnsupportedError
from asn2fpga.golden.arousal import arouse, aroused, levels_of
from asn2fpga.golden.simulate import scores_of, simulate
from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.sources.source import source_of
from asn2fpga.loader.data_file import Data
from asn2fpga.loader.save import convert
from asn2fpga.nn import ASN, AdaptiveNeuron, RepeatTime, TimeMean
from asn2fpga.quantise.apply import quantise
from asn2fpga.quantise.scheme import Scheme
from asn2fpga.stages.arousal import arousal_figures
from asn2fpga.stages.base import Build, Request
from asn2fpga.stages.folder import Folder
from asn2fpga.verify.reference import compare_reference
from asn2fpga.verify.vectors import input_messages

STEPS, BOTH = 12, (0.5, 0.1)
X = np.random.default_rng(1).integers(0, 16, (20, 2, 3)).astype(np.uint8)


def adaptive(size: int, direct: bool = False, m_f: object = BOTH) -> AdaptiveNeuron:
    return AdaptiveNeuron(size, m_f=m_f, direct=direct, time_steps=STEPS)  # type: ignore[arg-type]


def linear(inputs: int, outputs: int, bias: bool = False) -> nn.Linear:
    layer = nn.Linear(inputs, outputs, bias=bias)
    nn.init.normal_(layer.weight, std=1.0)
    return layer


def graph_of(*layers: nn.Module, encoding: str = "frames") -> Graph:
    start = (nn.Flatten(), RepeatTime(STEPS)) if encoding == "frames" else (nn.Flatten(2),)
    module = nn.Sequential(*start, *layers, TimeMean()).eval()
    example = torch.zeros(1, 2, 3) if encoding == "frames" else torch.zeros(STEPS, 1, 2, 3)
    return convert(module, "net", example, encoding=encoding, max_count=15, input_scale=1 / 15).graph


def good() -> Graph:
    torch.manual_seed(1)
    graph = graph_of(linear(6, 5), adaptive(5, True), linear(5, 4), adaptive(4), linear(4, 3))
    return quantise(graph, Scheme()).graph


GRAPH = good()


def test_each_input_has_its_own_precision() -> None:
    source = source_of(GRAPH)
    assert source.precisions == 2
    plain, fine = simulate(GRAPH, X), simulate(GRAPH, source.with_precision(X, 1))
    assert fine.counts["precision"].all() and not plain.counts["precision"].any()
    last = list(fine.counts)[-1]
    assert fine.counts[last].mean() > 2 * plain.counts[last].mean()
    mixed = scores_of(GRAPH, source.in_turn(X, 3))
    np.testing.assert_array_equal(mixed[1::2], plain.scores[1::2])
    np.testing.assert_array_equal(mixed[0::2], fine.scores[0::2])


def test_the_message_has_a_byte_more() -> None:
    source = source_of(GRAPH)
    messages = input_messages(source, source.with_precision(X[:1], 1))
    assert messages.words.astype("<u4").view(np.uint8).tolist() == [*X[0].ravel().tolist(), 1, 0]
    np.testing.assert_array_equal(
        input_messages(source, X).words, input_messages(source, source.with_precision(X, 0)).words
    )


def test_arousal_repeats_what_was_decided_narrowly() -> None:
    levels = levels_of(GRAPH, X)
    for margin in (0, 40, 1 << 30):
        found = aroused(levels, margin)
        labels, repeated = arouse(GRAPH, X, margin)
        np.testing.assert_array_equal(found.labels, labels)
        np.testing.assert_array_equal(found.repeated, repeated)
    assert not aroused(levels, 0).repeated.any() and aroused(levels, 1 << 30).repeated.all()
    assert aroused(levels, 1 << 30).rate == pytest.approx(levels.rates.sum(axis=0).mean())


def test_rates_are_those_of_adaptive_neurons() -> None:
    """Neither of the input nor of the population that sends the precision, which fires at 1."""
    levels = levels_of(GRAPH, X)
    for precision in (0, 1):
        trace = simulate(GRAPH, source_of(GRAPH).with_precision(X, precision))
        neurons = [counts for counts in trace.counts.values() if counts.shape[2] in (5, 4)]
        spikes = sum(counts.sum(axis=(1, 2)) for counts in neurons)
        np.testing.assert_array_equal(levels.rates[precision], spikes / (9 * STEPS))


def test_arousal_without_several_precisions() -> None:
    torch.manual_seed(1)
    one = quantise(graph_of(linear(6, 5), adaptive(5, True, 0.1), linear(5, 3)), Scheme()).graph
    for ask in (lambda: levels_of(one, X), lambda: arouse(one, X, 1)):
        with pytest.raises(InputError) as caught:
            ask()
        assert str(caught.value) == (
            "net: arousal needs adaptive neurons of several precisions, not one; train with "
            "AdaptiveNeuron(m_f=(0.2, 0.05))."
        )


def test_arousal_of_one_class() -> None:
    torch.manual_seed(1)
    one = quantise(graph_of(linear(6, 5), adaptive(5, True), linear(5, 1)), Scheme()).graph
    build = Build(Request(Path("m.pt"), find_board("pynq-z2"), Config()), Folder(Path("out")), {})
    found = arousal_figures(build, one, Data(X, np.zeros(len(X), np.int64)))
    assert found is not None and found["margins"] == []
    assert [level["accuracy"] for level in found["precisions"]] == [1.0, 1.0]
    with pytest.raises(InputError) as caught:
        arouse(one, X, 1)
    assert str(caught.value) == (
        "net: arousal compares the two largest scores, so there must be two classes at least, not 1."
    )


def test_golden_is_compared_with_real_numbers() -> None:
    torch.manual_seed(1)
    graph = graph_of(linear(6, 5), adaptive(5, True), linear(5, 3))
    made = quantise(graph, Scheme())
    report = compare_reference(made.reference, made.graph, X)
    assert report.layers[0].stateful and report.layers[0].different < 0.01 * report.layers[0].compared
    assert report.layers[0].explanation.endswith("decays to 16 bits")


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (np.zeros((1, 7), np.int64), "x: frames with a precision must be uint8, not int64."),
        (np.full((1, 7), 2, np.uint8), "x: precisions must be 0..1, not 2."),
        (np.full((1, 7), 16, np.uint8), "x: pixels must be 0..15, not 16..16."),
        (np.zeros((1, 8), np.uint8), "x: the shape must be frames (B, 2, 3), not (1, 8)."),
    ],
)
def test_inputs_that_are_none(x: np.ndarray, message: str) -> None:  # type: ignore[type-arg]
    with pytest.raises(InputError) as caught:
        simulate(GRAPH, x)
    assert str(caught.value) == message


class SharedSums(nn.Module):
    """Two populations that read what one Linear layer adds up."""

    def __init__(self) -> None:
        super().__init__()
        self.start = nn.Sequential(nn.Flatten(), RepeatTime(STEPS), linear(6, 5), adaptive(5, True))
        self.fc2, self.n2 = linear(5, 4), adaptive(4)
        self.fc3, self.n3 = linear(4, 4), adaptive(4)
        self.end = nn.Sequential(linear(4, 3), TimeMean())

    def forward(self, x: Tensor) -> Tensor:
        sums = self.fc2(self.start(x))
        scores: Tensor = self.end(self.n3(self.fc3(self.n2(sums)) + sums))
        return scores


def shared_sums() -> Graph:
    example = torch.zeros(1, 2, 3)
    return convert(SharedSums().eval(), "net", example, encoding="frames", input_scale=1 / 15).graph


REFUSED: list[tuple[Callable[[], Graph], str]] = [
    (
        lambda: graph_of(linear(6, 5), ASN(4, time_steps=STEPS), linear(5, 4), adaptive(4), linear(4, 3)),
        "2: all neurons of a network of 2 precisions must be adaptive with 2, not ASN, 4 levels above 0, "
        "leak 0.5.",
    ),
    (
        lambda: graph_of(linear(6, 5), adaptive(5, True), linear(5, 4), adaptive(4, m_f=0.1), linear(4, 3)),
        "4: all neurons of a network of 2 precisions must be adaptive with 2, not adaptive, m_f 0.1.",
    ),
    (
        lambda: graph_of(linear(6, 5), adaptive(5), linear(5, 3)),
        "2: in a network of several precisions it must read adaptive neurons alone; neurons that read the "
        "input must be direct, others not.",
    ),
    (
        lambda: graph_of(linear(6, 5), adaptive(5, True), linear(5, 3, bias=True)),
        "layer_4: scores of a network of several precisions must have no bias, which would count "
        "differently in each; use bias=False.",
    ),
    (
        lambda: graph_of(linear(6, 5), adaptive(5, True), linear(5, 3), encoding="events"),
        "events: a network of several precisions must read frames by Linear layers, not events or maps; put "
        "Flatten first.",
    ),
    (
        shared_sums,
        "fc3: in a network of several precisions it must not add the sums of n2, which count differently in "
        "each; give it a Linear layer of its own.",
    ),
]


@pytest.mark.parametrize(("make", "message"), REFUSED)
def test_networks_that_cannot_have_several(make: Callable[[], Graph], message: str) -> None:
    with pytest.raises(UnsupportedError) as caught:
        quantise(make(), Scheme())
    assert str(caught.value) == message

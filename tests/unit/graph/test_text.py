"""The printed form: what it looks like, that it reads back, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from mixed_graphs import mixed_graph
from strategies import random_graph, small_integer_graph

from asn2fpga.errors import InputError
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.serial import to_plain
from asn2fpga.graph.text import digest, from_text, layer_lines, to_text
from asn2fpga.kinds.operators.flatten import Flatten
from asn2fpga.kinds.operators.output import Output
from asn2fpga.kinds.registry import KINDS
from asn2fpga.kinds.sources.input import Input
from asn2fpga.kinds.synapses.dense import Linear

TINY = Graph(
    "tiny",
    (
        Input(name="pixels", shape=(1, 2), encoding="frames", time_steps=1, scale=0.5),
        Flatten(name="flatten", inputs=("pixels",), source="net.0"),
        Linear(name="fc", inputs=("flatten",), weight=np.array([[1.0, -2.0]]), bias=np.zeros(1)),
        Output(name="scores", inputs=("fc",)),
    ),
)

TINY_TEXT = """\
graph tiny

pixels = Input()
    source = ""
    shape = [1, 2]
    encoding = "frames"
    time_steps = 1
    max_count = 255
    scale = 0.5

flatten = Flatten(pixels)
    source = "net.0"

fc = Linear(flatten)
    source = ""
    weight = @fc.weight float64[1,2] #e6f228db2881
    bias = @fc.bias float64[1] #17b503116e05

scores = Output(fc)
    source = ""
    reduce = "mean"
    beta = null
"""


def test_a_graph_prints_one_field_a_line() -> None:
    assert to_text(TINY) == TINY_TEXT


MIXED = mixed_graph()
BOTH_TEXT = """\
both = Population(source, loop, loop)
    source = "net.both"
    projections[0].name = "both_0"
    projections[0].synapse.class = "Dense"
    projections[0].synapse.weight = @both.projections[0].synapse.weight int64[5,6] #%s
    projections[0].synapse.weight_bits = 4
    projections[0].synapse.memory = "auto"
    projections[0].synapse.products = "auto"
    projections[0].shift = 0
    projections[0].steps_late = 0
    projections[1].name = "both_1"
    projections[1].synapse.class = "CurrentIdentity"
    projections[1].synapse.size = 5
"""


def test_fields_of_parts_and_of_items_have_their_whole_path() -> None:
    weight = MIXED["both"].projections[0].synapse.weight  # type: ignore[attr-defined]
    lines = list(layer_lines(MIXED["both"]))
    assert "\n".join([*lines[:13], ""]) == BOTH_TEXT % digest(weight)
    assert '    neuron.class = "Graded"' in lines
    assert "    neuron.count_type = u3" in lines
    assert "    neuron.membrane.leak.multiplier = 3" in lines
    assert "    neuron.membrane.synaptic = null" in lines


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "projections[0].shift",
            "projections[0]..shift",
            "g: line 19: the field must be names and numbers of items, not 'projections[0]..shift'.",
        ),
        (
            "projections[0].shift",
            "projections[x].shift",
            "g: line 19: the field must be names and numbers of items, not 'projections[x].shift'.",
        ),
        (
            "projections[1].name",
            "projections[2].name",
            "g: line 21: the item must be number 0 or the next, not 2.",
        ),
        (
            "projections[0].name",
            "source[0].name",
            "g: line 13: source must have items, not a value and items.",
        ),
        (
            "projections[1].shift",
            "projections[0].shift",
            "g: line 27: the item must be number 1 or the next, not 0.",
        ),
    ],
)
def test_items_that_do_not_follow_one_another_are_refused(old: str, new: str, message: str) -> None:
    text = to_text(MIXED)
    assert old in text
    with pytest.raises(InputError) as error:
        from_text(text.replace(old, new, 1), to_plain(MIXED)[1], KINDS, where="g")
    assert str(error.value) == message


@pytest.mark.parametrize(
    "graph",
    [
        TINY,
        random_graph(1, time_steps=2, batch_norm=True),
        small_integer_graph(1),
        small_integer_graph(
            2, time_steps=3, encoding="events", alpha=0.3, integer_alpha=False, alpha_snap="exact"
        ),
        MIXED,
    ],
)
def test_text_reads_back(graph: Graph) -> None:
    text = to_text(graph)
    again = from_text(text, to_plain(graph)[1], KINDS)
    assert to_text(again) == text
    assert [type(layer) for layer in again.layers] == [type(layer) for layer in graph.layers]


def test_a_digest_depends_on_values_shape_and_type() -> None:
    arrays = (np.zeros(4), np.zeros((2, 2)), np.zeros(4, dtype=np.int64), np.ones(4))
    assert len({digest(array) for array in arrays}) == 4
    assert digest(np.arange(6.0).reshape(2, 3)) == digest(np.asfortranarray(np.arange(6.0).reshape(2, 3)))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "graph tiny",
            "network tiny",
            "g: line 1: the line must be a graph, a layer or a field, not 'network tiny'.",
        ),
        (
            'reduce = "mean"',
            "reduce = mean",
            "g: line 21: the value must be a tensor, a type or JSON, not 'mean'.",
        ),
        ("@fc.bias", "@fc.shift", "g: line 17: the tensor must be one of those given, not 'fc.shift'."),
        (
            "#17b503116e05",
            "#000000000000",
            "g: line 17: tensor fc.bias must be float64[1] #000000000000, not float64[1] #17b503116e05; "
            "these are the tensors of another graph.",
        ),
    ],
)
def test_text_that_does_not_read_is_refused_by_line(old: str, new: str, message: str) -> None:
    assert old in TINY_TEXT
    with pytest.raises(InputError) as error:
        from_text(TINY_TEXT.replace(old, new), to_plain(TINY)[1], KINDS, where="g")
    assert str(error.value) == message

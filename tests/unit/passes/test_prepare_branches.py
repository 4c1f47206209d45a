"""The passes before quantise on graphs with branches: what they make of them; the function stays."""

from __future__ import annotations

import pytest
from hand_graphs import (
    SIZE,
    add,
    biases,
    cat,
    heads,
    linear,
    net,
    neuron,
    norm,
    past,
    scores,
    times,
    transformed,
    weights,
    x,
)

from asn2fpga.graph import rules
from asn2fpga.graph.node import Node
from asn2fpga.kinds.operators.flatten import Flatten
from asn2fpga.kinds.sources.input import Input
from asn2fpga.passes.drop_flatten import drop_flatten
from asn2fpga.passes.join_events import join_events
from asn2fpga.passes.prepare import prepare

NASN = {"model": "nasn", "levels": 4, "output_scale": 0.25}
FIRST = (linear("fc1", "x"), neuron("n1", "fc1"))
FIRST_NASN = (linear("fc1", "x"), neuron("n1", "fc1", **NASN))
LAST = (linear("fc9", "n2"), scores("fc9"))


# ---- drop_flatten ------------------------------------------------------------------------------------------


def image(name: str = "x") -> Input:
    return Input(name=name, shape=(2, 2), encoding="events", time_steps=1, max_count=3, source=name)


def flatten(name: str, read: str) -> Flatten:
    return Flatten(name=name, inputs=(read,), source=f"net.{name}")


def test_a_flatten_stays_where_shapes_must_agree() -> None:
    found = transformed(
        drop_flatten,
        image(),
        flatten("flat", "x"),
        linear("fc1", "flat"),
        neuron("n1", "fc1"),
        flatten("again", "x"),
        cat("both", "again", "n1"),
        linear("fc2", "both", 8),
        scores("fc2"),
    )
    assert heads(found) == [
        "x = Input()",
        "fc1 = Linear(x)",
        "n1 = Neuron(fc1)",
        "again = Flatten(x)",
        "both = Concat(again, n1)",
        "fc2 = Linear(both)",
        "scores = Output(fc2)",
    ]


# ---- join_events -------------------------------------------------------------------------------------------


def test_events_on_a_sum_of_currents_get_synapses() -> None:
    found = transformed(
        join_events, x(), *FIRST, linear("fc2", "n1"), add("s", "n1", "fc2"), neuron("n2", "s"), *LAST
    )
    assert heads(found) == [
        "x = Input()",
        "fc1 = Linear(x)",
        "n1 = Neuron(fc1)",
        "fc2 = Linear(n1)",
        "n1_to_s = Diagonal(n1)",
        "s = Add(n1_to_s, fc2)",
        "n2 = Neuron(s)",
        "fc9 = Linear(n2)",
        "scores = Output(fc9)",
    ]
    assert weights(found, "n1_to_s").tolist() == [1.0] * SIZE
    assert not biases(found, "n1_to_s").any()
    assert found["n1_to_s"].source == "net.s"


def test_events_that_are_added_for_neurons_get_synapses_each() -> None:
    found = transformed(join_events, x(), *FIRST, add("s", "x", "n1"), neuron("n2", "s"), *LAST)
    assert heads(found)[3:7] == [
        "x_to_n2 = Diagonal(x)",
        "n1_to_n2 = Diagonal(n1)",
        "s_to_n2 = Add(x_to_n2, n1_to_n2)",
        "n2 = Neuron(s_to_n2)",
    ]


def test_events_added_twice_weigh_twice() -> None:
    found = transformed(join_events, x(), *FIRST, add("s", "n1", "x", "n1"), neuron("n2", "s"), *LAST)
    assert heads(found)[3:7] == [
        "n1_to_n2 = Diagonal(n1)",
        "x_to_n2 = Diagonal(x)",
        "s_to_n2 = Add(n1_to_n2, x_to_n2)",
        "n2 = Neuron(s_to_n2)",
    ]
    assert weights(found, "n1_to_n2").tolist() == [2.0] * SIZE


def test_a_sum_of_events_that_synapses_read_too_stays() -> None:
    nodes = (
        x(),
        *FIRST,
        add("s", "x", "n1"),
        neuron("n2", "s"),
        cat("c", "s", "n2"),
        linear("fc9", "c", 8),
        scores("fc9"),
    )
    assert heads(transformed(join_events, *nodes))[3:9] == [
        "s = Add(x, n1)",
        "x_to_n2 = Diagonal(x)",
        "n1_to_n2 = Diagonal(n1)",
        "s_to_n2 = Add(x_to_n2, n1_to_n2)",
        "n2 = Neuron(s_to_n2)",
        "c = Concat(s, n2)",
    ]


def test_events_as_scores_get_synapses() -> None:
    found = transformed(join_events, x(), *FIRST, add("s", "n1", "x"), scores("s"))
    assert heads(found)[3:] == [
        "n1_to_scores = Diagonal(n1)",
        "x_to_scores = Diagonal(x)",
        "s_to_scores = Add(n1_to_scores, x_to_scores)",
        "scores = Output(s_to_scores)",
    ]


def test_a_name_that_is_taken_gets_an_underscore() -> None:
    taken = (linear("n1_to_s", "n1"), neuron("n3", "n1_to_s"))
    nodes = (x(), *FIRST, *taken, linear("fc2", "n3"), add("s", "n1", "fc2"), neuron("n2", "s"), *LAST)
    assert "n1_to_s_ = Diagonal(n1)" in heads(transformed(join_events, *nodes))


def test_synapses_read_events_as_they_are() -> None:
    nodes = (x(), *FIRST, add("s", "x", "n1"), cat("c", "s", "x"), linear("fc9", "c", 8), scores("fc9"))
    assert heads(transformed(join_events, *nodes)) == heads(net(*nodes))


# ---- all of them -------------------------------------------------------------------------------------------


WHOLE: dict[str, tuple[tuple[Node, ...], list[str]]] = {
    "classic residual": (
        (
            *FIRST_NASN,
            linear("fc2", "n1"),
            norm("bn2", "fc2"),
            add("s", "n1", "bn2"),
            norm("bn", "s"),
            neuron("n2", "bn", **NASN),
            linear("fc9", "n2"),
        ),
        [
            "x = Input()",
            "fc1 = Linear(x)",
            "n1 = Neuron(fc1)",
            "fc2 = Linear(n1)",
            "n2 = Neuron(fc2)",
            "fc9 = Linear(n2)",
            "scores = Output(fc9)",
        ],
    ),
    "residual of spikes": (
        (
            *FIRST_NASN,
            linear("fc2", "n1"),
            neuron("n2", "fc2", **NASN),
            add("s", "n1", "n2"),
            linear("fc9", "s"),
        ),
        [
            "x = Input()",
            "fc1 = Linear(x)",
            "n1 = Neuron(fc1)",
            "fc2 = Linear(n1)",
            "n2 = Neuron(fc2)",
            "s = Add(n1, n2)",
            "fc9 = Linear(s)",
            "scores = Output(fc9)",
        ],
    ),
    "membrane shortcut": (
        (
            *FIRST,
            linear("fc2", "n1"),
            times("half", "fc2", 0.5),
            add("s", "fc1", "half"),
            neuron("n2", "s"),
            linear("fc9", "n2"),
        ),
        [
            "x = Input()",
            "fc1 = Linear(x)",
            "n1 = Neuron(fc1)",
            "fc2 = Linear(n1)",
            "s = Add(fc1, fc2)",
            "n2 = Neuron(s)",
            "fc9 = Linear(n2)",
            "scores = Output(fc9)",
        ],
    ),
    "side by side": (
        (
            norm("bn", "x"),
            linear("fc1", "bn"),
            neuron("n1", "fc1", **NASN),
            cat("c", "n1", "x"),
            norm("both", "c", 8),
            linear("fc9", "both", 8),
        ),
        [
            "x = Input()",
            "fc1 = Linear(x)",
            "n1 = Neuron(fc1)",
            "c = Concat(n1, x)",
            "fc9 = Linear(c)",
            "scores = Output(fc9)",
        ],
    ),
    "scores of two branches": (
        (*FIRST, linear("a", "x"), linear("b", "n1"), add("s", "a", "b"), times("fc9", "s", 0.25)),
        [
            "x = Input()",
            "fc1 = Linear(x)",
            "n1 = Neuron(fc1)",
            "a = Linear(x)",
            "b = Linear(n1)",
            "s = Add(a, b)",
            "scores = Output(s)",
        ],
    ),
}


@pytest.mark.parametrize("case", WHOLE)
@pytest.mark.parametrize("time_steps", [1, 3])
@pytest.mark.parametrize("encoding", ["frames", "events"])
def test_prepare_keeps_the_function(case: str, time_steps: int, encoding: str) -> None:
    nodes, expected = WHOLE[case]
    source = x(time_steps, encoding, 0.5)  # type: ignore[arg-type]
    prepared = transformed(prepare, source, *nodes, scores("fc9"))
    assert heads(prepared) == expected
    rules.check(prepared)


def test_a_loop_is_prepared_as_well() -> None:
    loop = (past("before", "n2"), linear("back", "before"), linear("fc1", "x"), add("s", "fc1", "back"))
    nodes = (norm("bn", "s"), neuron("n2", "bn", **NASN), *LAST)
    prepared = transformed(prepare, x(time_steps=4, scale=0.5), *loop, *nodes)
    assert heads(prepared)[1:6] == [
        "before = Delay(n2)",
        "back = Linear(before)",
        "fc1 = Linear(x)",
        "s = Add(fc1, back)",
        "n2 = Neuron(s)",
    ]
    rules.check(prepared)

"""A Linear layer on a sum of events of different scale: one Linear layer for each of them."""

from __future__ import annotations

import numpy as np
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
    scores,
    times,
    transformed,
    weights,
    x,
)

from asn2fpga.graph.node import Node
from asn2fpga.kinds.synapses.dense import Linear
from asn2fpga.passes.prepare import prepare
from asn2fpga.passes.split_sums import split_sums

QUARTERS = {"model": "nasn", "levels": 4, "output_scale": 0.25}
FIRST = (linear("fc1", "x"), neuron("n1", "fc1", **QUARTERS))
LAST = (neuron("n2", "fc2"), linear("fc3", "n2"), scores("fc3"))


def test_each_event_meets_the_weights_on_its_own() -> None:
    found = transformed(split_sums, x(), *FIRST, add("sum", "n1", "x"), linear("fc2", "sum"), *LAST)
    assert heads(found)[3:7] == [
        "fc2 = Linear(n1)",
        "fc2_2 = Linear(x)",
        "fc2_sum = Add(fc2, fc2_2)",
        "n2 = Neuron(fc2_sum)",
    ]
    assert weights(found, "fc2").tolist() == weights(found, "fc2_2").tolist()
    assert biases(found, "fc2").tolist() == biases(net(linear("fc2", "x")), "fc2").tolist()
    assert not biases(found, "fc2_2").any()


def test_the_factors_become_part_of_the_weights() -> None:
    found = transformed(prepare, x(), *FIRST, add("sum", "n1", "x"), linear("fc2", "sum"), *LAST)
    assert (weights(found, "fc2") * 4).tolist() == weights(found, "fc2_2").tolist()


def test_every_layer_that_reads_the_sum_is_split() -> None:
    found = transformed(
        split_sums,
        x(),
        *FIRST,
        add("sum", "n1", "x"),
        linear("fc2", "sum"),
        neuron("n2", "fc2"),
        linear("fc3", "sum"),
        linear("fc4", "n2"),
        add("ends", "fc3", "fc4"),
        scores("ends"),
    )
    assert "sum" not in found
    assert {"fc3_2", "fc3_sum", "fc2_2", "fc2_sum"} <= {node.name for node in found.layers}


@pytest.mark.parametrize(
    "nodes",
    [
        (neuron("n1", "fc1"), add("sum", "n1", "x"), linear("fc2", "sum")),
        (neuron("n1", "fc1", **QUARTERS), cat("sum", "n1", "x"), linear("fc2", "sum", 2 * SIZE)),
    ],
    ids=["events of one scale", "events side by side"],
)
def test_others_stay(nodes: tuple[Node, ...]) -> None:
    given = (x(), linear("fc1", "x"), *nodes, *LAST)
    assert heads(split_sums(net(*given))) == heads(net(*given))


def test_a_factor_on_the_way_counts() -> None:
    found = transformed(
        split_sums,
        *(x(), linear("fc1", "x"), neuron("n1", "fc1"), times("half", "n1", 0.5)),
        *(add("sum", "half", "x"), linear("fc2", "sum"), *LAST),
    )
    assert isinstance(found["fc2_2"], Linear)
    assert np.array_equal(weights(found, "fc2"), weights(found, "fc2_2"))

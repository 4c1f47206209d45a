"""What a graph answers about its two ends."""

from __future__ import annotations

import numpy as np
import pytest
from dense_graphs import dense_graph

from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.operators.output import Output
from asn2fpga.kinds.sources.input import Input
from asn2fpga.kinds.synapses.dense import Linear

REAL = Graph(
    "net",
    (
        Input(name="pixels", shape=(4,), encoding="frames", time_steps=1),
        Linear(name="fc1", inputs=("pixels",), weight=np.ones((3, 4)), bias=np.zeros(3)),
        Output(name="output", inputs=("fc1",)),
    ),
)
INTEGER = dense_graph(4, 6, 5)


def test_ends_of_both_kinds_of_graph() -> None:
    assert (REAL.input.name, REAL.classes) == ("pixels", 3)
    assert (INTEGER.source.name, INTEGER.readout.name, INTEGER.classes) == ("source", "fc2", 5)


def test_a_graph_of_the_other_kind_has_none_of_these_ends() -> None:
    with pytest.raises(ValueError, match=r"^net: the graph must have one Input, not 0$"):
        _ = INTEGER.input
    with pytest.raises(ValueError, match=r"^net: pixels is no input of an integer graph$"):
        _ = REAL.source
    with pytest.raises(ValueError, match=r"^net: the graph must have one DenseReadout, not 0$"):
        _ = REAL.readout

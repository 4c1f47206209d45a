"""Real-valued networks with loops over several populations, and the kinds that they become."""

from __future__ import annotations

import numpy as np
from hand_graphs import add, cat, diagonal, linear, net, neuron, past, recurrent, scores, x

from asn2fpga.graph.graph import Graph
from asn2fpga.graph.node import Node
from asn2fpga.kinds.operators.delay import Delay

T = 6


def two(*between: Node, reads: str = "back", **second: object) -> Graph:
    """Neurons n1 that hear n2, which reads them, through `between`. second: of the semantics of n2."""
    return net(
        x(T),
        *between,
        linear("fc1", "x"),
        add("sum", "fc1", reads),
        neuron("n1", "sum"),
        linear("fc2", "n1"),
        neuron("n2", "fc2", **second),
        linear("fc3", "n2"),
        scores("fc3"),
    )


def one(*between: Node, reads: str = "back") -> Graph:
    """Neurons that hear themselves, other than one time step later through one Linear layer."""
    return net(x(T), *recurrent(*between, reads=reads)[2:])


def each(name: str, read: str, *delays: int) -> Delay:
    return Delay(name=name, inputs=(read,), source=name, shape=(4,), each=np.array(delays))


LOOPS: dict[str, tuple[Graph, str]] = {
    "over two layers": (
        two(past("before", "n2"), linear("back", "before")),
        "ReceiveEvents LoopLine Dense+Dense Dense Dense",
    ),
    "of a longer delay": (
        two(past("before", "n2", 3), linear("back", "before")),
        "ReceiveEvents LoopLine Dense+Dense Dense Dense",
    ),
    "of each neuron": (
        two(each("before", "n2", 1, 3, 2, 5), linear("back", "before")),
        "ReceiveEvents LoopLine Dense+Dense Dense Dense",
    ),
    "of a level below 0": (
        two(each("before", "n2", 1, 3, 2, 5), linear("back", "before"), alpha=-1.0),
        "ReceiveEvents LoopLine Dense+Dense Dense Dense",
    ),
    "one to one": (
        two(past("before", "n2"), diagonal("back", "before")),
        "ReceiveEvents LoopLine Dense+OneToOne Dense Dense",
    ),
    "at two delays": (
        two(past("a", "n2"), past("b", "n2", 2), cat("beside", "a", "b"), linear("back", "beside", 8)),
        "ReceiveEvents LoopLine LoopLine Dense+Dense+Dense Dense Dense",
    ),
    "both late": (
        net(
            x(T),
            past("later", "n2"),
            linear("back", "later"),
            linear("fc1", "x"),
            add("sum", "fc1", "back"),
            neuron("n1", "sum"),
            past("late", "n1"),
            linear("fc2", "late"),
            neuron("n2", "fc2"),
            linear("fc3", "n2"),
            scores("fc3"),
        ),
        "ReceiveEvents LoopLine Dense+Dense LoopLine Dense Dense",
    ),
    "with currents, and a loop inside": (
        net(
            x(T),
            past("own", "n1"),
            linear("self", "own"),
            past("before", "n2"),
            linear("back", "before"),
            linear("fc1", "x"),
            add("sum", "fc1", "back", "self"),
            neuron("n1", "sum"),
            linear("fc2", "n1"),
            add("both", "fc2", "sum"),
            neuron("n2", "both"),
            linear("fc3", "n2"),
            scores("fc3"),
        ),
        "ReceiveEvents LoopLine Dense+Dense+Dense CurrentIdentity+Dense Dense",
    ),
    "itself two steps later": (
        one(past("before", "n", 2), linear("back", "before")),
        "ReceiveEvents LoopLine Dense+Dense Dense",
    ),
    "itself as it is": (
        one(past("before", "n"), diagonal("back", "before")),
        "ReceiveEvents LoopLine Dense+OneToOne Dense",
    ),
    "itself through two layers": (
        one(
            past("before", "n"),
            linear("back", "before"),
            past("again", "n"),
            linear("other", "again"),
            add("loops", "back", "other"),
            reads="loops",
        ),
        "ReceiveEvents LoopLine Dense+Dense+Dense Dense",
    ),
    "itself twice through one layer": (
        one(past("before", "n"), cat("twice", "before", "before"), linear("back", "twice", 8)),
        "ReceiveEvents LoopLine Dense+Dense+Dense Dense",
    ),
}

"""Networks of real layers that are not built, each refused with its place and what to do instead."""

from __future__ import annotations

import pytest
from hand_graphs import (
    add,
    cat,
    diagonal,
    linear,
    net,
    neuron,
    norm,
    past,
    recurrent,
    scores,
    times,
    x,
)

from asn2fpga.errors import UnsupportedError
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.rules import first_complaint
from asn2fpga.quantise.network import network_of

RESIDUAL = (linear("fc1", "x"), neuron("n1", "fc1"))
NETWORK = (
    "a network is the input, Linear layers (with BatchNorm), sums of them, neurons, "
    "and a Linear layer at the end."
)
NORM = (
    "BatchNorm must stand after a Linear layer, or a sum of some, that nothing else reads, or before Linear "
    "layers only, not here; its gain and shift become part of their weights."
)
REFUSED: dict[str, tuple[Graph, str]] = {
    "Linear behind Linear": (
        net(x(), linear("fc1", "x"), linear("fc2", "fc1"), scores("fc2")),
        f"net.fc1: the layer here must be the input or a neuron, not Linear; {NETWORK}",
    ),
    "Linear behind a sum of currents": (
        net(x(), linear("a", "x"), linear("b", "x"), add("s", "a", "b"), linear("fc", "s"), scores("fc")),
        f"net.a: the layer here must be the input or a neuron, not Linear; {NETWORK}",
    ),
    "neurons behind neurons": (
        net(x(), *RESIDUAL, neuron("n2", "n1"), linear("fc2", "n2"), scores("fc2")),
        f"net.n1: the layer here must be a Linear layer or a sum of some, not Neuron; {NETWORK}",
    ),
    "scores of neurons": (
        net(x(), *RESIDUAL, scores("n1")),
        f"net.n1: the layer here must be a Linear layer or a sum of some, not Neuron; {NETWORK}",
    ),
    "neurons at the input": (
        net(x(), neuron("n", "x"), linear("fc", "n"), scores("fc")),
        f"x: the layer here must be a Linear layer or a sum of some, not Input; {NETWORK}",
    ),
    "a sum of a current and events": (
        net(x(), *RESIDUAL, add("s", "fc1", "x"), neuron("n2", "s"), linear("fc2", "n2"), scores("fc2")),
        f"x: the layer here must be a Linear layer or a sum of some, not Input; {NETWORK}",
    ),
    "a scale that nothing took": (
        net(x(), linear("fc1", "x"), times("half", "fc1", 0.5), scores("half")),
        f"net.half: the layer here must be a Linear layer or a sum of some, not Scale; {NETWORK}",
    ),
    "a norm behind a current": (
        net(x(), *RESIDUAL, norm("bn", "fc1"), neuron("n2", "bn"), linear("fc2", "n2"), scores("fc2")),
        f"net.bn: {NORM}",
    ),
    "a norm of events": (
        net(x(), *RESIDUAL, norm("bn", "n1"), linear("fc2", "bn"), scores("fc2")),
        f"net.bn: {NORM}",
    ),
    "scores of a current that neurons read": (
        net(x(), *RESIDUAL, linear("fc2", "n1"), add("s", "fc1", "fc2"), scores("s")),
        "net.fc1: scores must not be a current that a neuron reads as well; "
        "let the scores have a Linear layer of their own.",
    ),
    "a delay of two time steps": (
        net(
            *(
                past("before", "n", 2) if node.name == "before" else node
                for node in recurrent(linear("back", "before"))
            )
        ),
        "net.back: what a layer reads of itself must come one time step later, not 2 (from net.n); a loop "
        "with a longer delay is not built.",
    ),
    "a loop over two layers": (
        net(
            x(time_steps=3),
            past("before", "n2"),
            linear("back", "before"),
            linear("fc1", "x"),
            add("sum", "fc1", "back"),
            neuron("n1", "sum"),
            linear("fc2", "n1"),
            neuron("n2", "fc2"),
            linear("fc3", "n2"),
            scores("fc3"),
        ),
        "net.back: it reads what net.n2 sends, which depends on it: a loop over several layers is not built; "
        "let each layer read itself alone, or cut the loop.",
    ),
    "a loop without a Linear": (
        net(*recurrent(diagonal("back", "before"))),
        "net.back: what a layer sent before must be read by a Linear layer, not be added as it is; "
        "put a Linear layer after the delay.",
    ),
    "two loops": (
        net(
            *recurrent(
                linear("back", "before"),
                past("again", "n"),
                linear("other", "again"),
                add("loops", "back", "other"),
                reads="loops",
            )
        ),
        "net.other: a layer must read what it sent before through one Linear layer, not 2 times "
        "(back, other); make one of them.",
    ),
    "one loop twice": (
        net(*recurrent(cat("twice", "before", "before"), linear("back", "twice", 8))),
        "net.back: a layer must read what it sent before through one Linear layer, not 2 times (back, back); "
        "make one of them.",
    ),
    "no end": (
        net(x(), *RESIDUAL),
        "net: the network must end with a Linear layer, not Neuron 'n1'.",
    ),
    "nothing": (net(), "net: the network must end with a Linear layer, not nothing."),
}


def test_sums_that_double_over_and_over_are_refused_at_the_door() -> None:
    """Small files, sums without end: neither time nor Python's stack is spent on them."""
    doubled = [add(f"a{i + 1}", f"a{i}", f"a{i}") for i in range(2000)]
    graph = net(
        x(), *RESIDUAL, linear("a0", "n1"), *doubled, neuron("n2", "a2000"), linear("fc", "n2"), scores("fc")
    )
    found = first_complaint(graph)
    assert found is not None
    assert (found.node.name, found.rule) == ("a9", "terms_are_few")


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_built_is_refused_by_its_place(case: str) -> None:
    graph, message = REFUSED[case]
    with pytest.raises(UnsupportedError) as error:
        network_of(graph)
    assert str(error.value) == message

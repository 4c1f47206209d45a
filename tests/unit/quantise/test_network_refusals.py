"""Networks of real layers that are not built, each refused with its place and what to do instead."""

from __future__ import annotations

import pytest
from hand_graphs import (
    add,
    linear,
    net,
    neuron,
    norm,
    numbers,
    scores,
    times,
    x,
)

from asn2fpga.errors import UnsupportedError
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.rules import first_complaint
from asn2fpga.kinds.maps.window import Window
from asn2fpga.kinds.operators.delay import Delay
from asn2fpga.kinds.operators.flatten import Flatten
from asn2fpga.kinds.sources.input import Input
from asn2fpga.kinds.synapses.conv import Conv
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


def conv(name: str, read: str) -> Conv:
    """Over one channel, 3 x 3."""
    window = Window(kernel=(3, 3), stride=(1, 1), padding=(1, 1, 1, 1))
    weight, bias = numbers(name, 1, 1, 3, 3), numbers(f"{name}.bias", 1)
    return Conv(name=name, inputs=(read,), source=f"net.{name}", weight=weight, bias=bias, window=window)


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
    "a convolution in a loop": (
        net(
            Input(name="x", shape=(1, 3, 3), encoding="events", time_steps=3, max_count=3),
            Delay(name="before", inputs=("n",), shape=(1, 3, 3)),
            conv("back", "before"),
            conv("conv", "x"),
            add("sum", "conv", "back"),
            neuron("n", "sum"),
            Flatten(name="flat", inputs=("n",)),
            linear("fc", "flat", 9),
            scores("fc"),
        ),
        "net.back: Conv must not be part of a loop, only Linear layers and neurons; cut the loop, or let it "
        "begin after this layer.",
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

"""The populations of a graph: names, order, what each reads, and what is refused."""

from __future__ import annotations

import dataclasses

import pytest
from hand_graphs import (
    add,
    cat,
    diagonal,
    linear,
    net,
    neuron,
    numbers,
    recurrent,
    scores,
    x,
)

from asn2fpga.errors import UnsupportedError
from asn2fpga.graph.node import Node
from asn2fpga.quantise.network import Branch, Network, network_of

RESIDUAL = (linear("fc1", "x"), neuron("n1", "fc1"))


def branch_text(branch: Branch) -> str:
    """`fc2 of n1[0:4] + n2[4:6]@1`, @ before a delay; `current of n1`."""
    if branch.synapse is None:
        return f"current of {branch.current}"
    origins = (
        f"{o.node}[{o.columns.start}:{o.columns.stop}]" + (f"@{o.delay}" if o.delay else "")
        for o in branch.origins
    )
    return f"{branch.synapses.name} of {' + '.join(origins)}"


def texts(network: Network) -> list[str]:
    """Each population: its name, its neurons, and its branches."""
    return [
        f"{p.name} ({p.neuron.name if p.neuron else 'scores'}): {', '.join(map(branch_text, p.branches))}"
        for p in network.populations
    ]


def populations(*nodes: Node) -> list[str]:
    return texts(network_of(net(*nodes)))


def test_a_chain_has_the_names_of_its_synapses() -> None:
    assert populations(x(), *RESIDUAL, linear("fc2", "n1"), scores("fc2")) == [
        "fc1 (n1): fc1 of x[0:4]",
        "fc2 (scores): fc2 of n1[0:4]",
    ]


def test_a_network_without_neurons_is_a_read_out() -> None:
    assert populations(x(), linear("fc1", "x"), scores("fc1")) == ["fc1 (scores): fc1 of x[0:4]"]


def test_a_sum_of_synapses_has_the_name_of_its_neurons() -> None:
    assert populations(
        x(),
        *RESIDUAL,
        linear("fc2", "n1"),
        diagonal("by_pass", "x"),
        add("sum", "fc2", "by_pass"),
        neuron("n2", "sum"),
        linear("fc3", "n2"),
        scores("fc3"),
    ) == [
        "fc1 (n1): fc1 of x[0:4]",
        "n2 (n2): fc2 of n1[0:4], by_pass of x[0:4]",
        "fc3 (scores): fc3 of n2[0:4]",
    ]


def test_sums_of_sums_are_flat() -> None:
    assert (
        populations(
            x(),
            linear("fc1", "x"),
            linear("fc2", "x"),
            add("two", "fc1", "fc2"),
            linear("fc3", "x"),
            add("three", "fc3", "two"),
            neuron("n", "three"),
            linear("fc4", "n"),
            scores("fc4"),
        )[0]
        == "n (n): fc3 of x[0:4], fc1 of x[0:4], fc2 of x[0:4]"
    )


def test_a_current_that_neurons_read_is_taken_from_them() -> None:
    assert populations(
        x(),
        *RESIDUAL,
        linear("fc2", "n1"),
        add("sum", "fc1", "fc2"),
        neuron("n2", "sum"),
        linear("fc3", "n2"),
        add("all", "sum", "fc3"),
        neuron("n3", "all"),
        linear("fc4", "n3"),
        scores("fc4"),
    ) == [
        "fc1 (n1): fc1 of x[0:4]",
        "n2 (n2): current of n1, fc2 of n1[0:4]",
        "n3 (n3): current of n2, fc3 of n2[0:4]",
        "fc4 (scores): fc4 of n3[0:4]",
    ]


def test_neurons_on_one_current_share_it() -> None:
    assert populations(
        x(), *RESIDUAL, neuron("n2", "fc1"), cat("both", "n1", "n2"), linear("fc2", "both", 8), scores("fc2")
    ) == [
        "fc1 (n1): fc1 of x[0:4]",
        "n2 (n2): current of n1",
        "fc2 (scores): fc2 of n1[0:4] + n2[4:8]",
    ]


def test_a_population_stands_behind_those_whose_currents_it_reads() -> None:
    assert [
        text.split()[0]
        for text in populations(
            x(),
            linear("fc1", "x"),
            linear("fc2", "x"),
            add("sum", "fc1", "fc2"),
            neuron("n2", "sum"),
            neuron("n1", "fc1"),
            cat("both", "n2", "n1"),
            linear("fc3", "both", 8),
            scores("fc3"),
        )
    ] == ["fc1", "n2", "fc3"]


def test_columns_of_what_is_side_by_side() -> None:
    assert (
        populations(
            x(),
            linear("fc1", "x", outputs=3),
            neuron("n1", "fc1"),
            linear("fc2", "n1", 3),
            neuron("n2", "fc2"),
            cat("inner", "n1", "x"),
            cat("outer", "n2", "inner", "n1"),
            linear("fc3", "outer", 14),
            scores("fc3"),
        )[-1]
        == "fc3 (scores): fc3 of n2[0:4] + n1[4:7] + x[7:11] + n1[11:14]"
    )


def test_added_events_share_columns() -> None:
    assert (
        populations(
            x(),
            *RESIDUAL,
            add("sum", "x", "n1"),
            cat("side", "n1", "sum"),
            linear("fc2", "side", 8),
            scores("fc2"),
        )[-1]
        == "fc2 (scores): fc2 of n1[0:4] + x[4:8] + n1[4:8]"
    )


def test_a_sum_of_what_is_side_by_side() -> None:
    assert (
        populations(
            x(),
            *RESIDUAL,
            cat("one", "x", "n1"),
            cat("two", "n1", "x"),
            add("sum", "one", "two"),
            linear("fc2", "sum", 8),
            scores("fc2"),
        )[-1]
        == "fc2 (scores): fc2 of x[0:4] + n1[4:8] + n1[0:4] + x[4:8]"
    )


def test_what_neurons_sent_before_is_delayed() -> None:
    assert populations(*recurrent(linear("back", "before"))) == [
        "n (n): fc1 of x[0:4], back of n[0:4]@1",
        "fc2 (scores): fc2 of n[0:4]",
    ]


def test_what_neurons_sent_before_may_stand_beside_other_events() -> None:
    side = (cat("side", "x", "before"), linear("back", "side", 8))
    assert populations(*recurrent(*side))[0] == "n (n): fc1 of x[0:4], back of x[0:4] + n[4:8]@1"


def test_scores_of_several_branches_have_the_name_of_the_last_synapses() -> None:
    assert (
        populations(
            x(), *RESIDUAL, linear("fc2", "x"), linear("fc3", "n1"), add("sum", "fc3", "fc2"), scores("sum")
        )[-1]
        == "fc2 (scores): fc3 of n1[0:4], fc2 of x[0:4]"
    )


def test_what_is_asked_of_a_network() -> None:
    network = network_of(
        net(
            x(),
            *RESIDUAL,
            linear("fc2", "n1"),
            add("sum", "fc1", "fc2"),
            neuron("n2", "sum", levels=1),
            linear("fc3", "n2"),
            scores("fc3"),
        )
    )
    assert network.input.name == "x" and network.output.name == "scores"
    assert [synapse.name for synapse in network.synapses] == ["fc1", "fc2", "fc3"]
    assert [population.name for population in network.spiking] == ["fc1", "n2"]
    assert {name: owner.name for name, owner in network.owner.items()} == {
        "fc1": "fc1",
        "fc2": "n2",
        "fc3": "fc3",
    }
    assert network.readout.name == "fc3" and network.readout.neuron is None
    assert network.population_of("n1").name == "fc1"
    assert network.semantics_of("n2").levels == 1
    assert [branch.synapses.name for branch in network.population_of("n2").weighted] == ["fc2"]
    assert (network.population_of("n2").value, network.readout.value) == ("sum", "fc3")


def test_a_population_can_be_made_of_currents_alone() -> None:
    network = network_of(
        net(
            x(),
            *RESIDUAL,
            linear("fc2", "n1"),
            neuron("n2", "fc2"),
            add("sum", "fc1", "fc2"),
            neuron("n3", "sum"),
            linear("fc3", "n3"),
            scores("fc3"),
        )
    )
    assert texts(network)[2] == "n3 (n3): current of n1, current of n2"
    assert network.populations[2].weighted == ()


def test_a_layer_whose_module_has_a_number_goes_by_its_name() -> None:
    first = dataclasses.replace(linear("layer_0", "x"), source="0")
    with pytest.raises(
        UnsupportedError, match=r"^layer_0: the layer here must be the input or a neuron, not"
    ):
        network_of(net(x(), first, linear("fc", "layer_0"), scores("fc")))


def test_numbers_of_a_hand_made_graph_are_exact() -> None:
    assert (numbers("any", 100) * 4 % 1 == 0).all() and numbers("any", 100).all()

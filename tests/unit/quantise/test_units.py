"""Units of sums: scales that are powers of two apart where several synapses add to one accumulator."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hand_graphs import add, cat, diagonal, inputs_of, linear, net, neuron, past, scores, x

from asn2fpga.graph import rules
from asn2fpga.graph.arrays import RealArray, as_real
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.node import Node
from asn2fpga.kinds.population import population_named
from asn2fpga.passes.prepare import prepare
from asn2fpga.quantise.apply import quantise
from asn2fpga.quantise.choose import choose_weights
from asn2fpga.quantise.edges import edges_of
from asn2fpga.quantise.network import Network, network_of
from asn2fpga.quantise.scheme import Scheme
from asn2fpga.quantise.units import MOST_DOUBLINGS, Aligned, Scale, align, common_unit, round_up_scale, stages
from asn2fpga.quantise.weights import QuantisedWeights, largest_integer, round_scale
from asn2fpga.verify.reference import compare_reference

SCHEME = Scheme(weight_bits=4, scale_method="maxabs")


def scaled(node: Node, factor: float) -> Node:
    """Synapses with weights so many times as large."""
    return dataclasses.replace(node, weight=as_real(node.weight) * factor)  # type: ignore[attr-defined, call-arg]


def two_on_a_sum(factor: float = 1.0, alpha: float = 0.0) -> Graph:
    """fc2 of neurons, and fc3 of the input, on one sum; the weights of fc3 are multiplied."""
    return net(
        x(),
        linear("fc1", "x"),
        neuron("n1", "fc1", alpha=alpha, integer_alpha=False),
        linear("fc2", "n1"),
        scaled(linear("fc3", "x"), factor),
        add("sum", "fc2", "fc3"),
        neuron("n2", "sum"),
        linear("fc4", "n2"),
        scores("fc4"),
    )


def names(network: Network) -> list[list[str]]:
    return [[population.name for population in stage] for stage in stages(network)]


def aligned(graph: Graph) -> tuple[dict[str, QuantisedWeights], Aligned]:
    """The integers of synapses that stand alone, and as they are on their sums."""
    network = network_of(graph)
    edges = edges_of(network, SCHEME.alpha_frac_bits)
    _, weights, _ = choose_weights(network, edges, SCHEME, None)
    return weights, align(network, weights, edges)


def test_populations_on_their_own_are_stages_of_their_own() -> None:
    assert names(network_of(two_on_a_sum())) == [["fc1"], ["n2"], ["fc4"]]


def test_a_current_joins_two_populations_and_all_that_they_read() -> None:
    graph = net(
        x(),
        linear("fc1", "x"),
        neuron("n1", "fc1"),
        linear("fc2", "n1"),
        neuron("n2", "fc2"),
        linear("fc3", "n2"),
        add("sum", "fc1", "fc3"),
        neuron("n3", "sum"),
        linear("fc4", "n3"),
        add("more", "fc2", "fc4"),
        neuron("n4", "more"),
        linear("fc5", "n4"),
        add("all", "sum", "more", "fc5"),
        neuron("n5", "all"),
        linear("fc6", "n5"),
        scores("fc6"),
    )
    assert names(network_of(graph)) == [["fc1", "n3", "fc2", "n4", "n5"], ["fc6"]]


def test_synapses_that_two_sums_share_join_them() -> None:
    graph = net(
        x(),
        linear("fc1", "x"),
        linear("fc2", "x"),
        linear("fc3", "x"),
        add("one", "fc1", "fc2"),
        add("two", "fc1", "fc3"),
        neuron("n1", "one"),
        neuron("n2", "two"),
        cat("both", "n1", "n2"),
        linear("fc4", "both", 8),
        scores("fc4"),
    )
    assert names(network_of(graph)) == [["n1", "n2"], ["fc4"]]
    _, found = aligned(graph)
    assert len({tuple(found.alignments[name].unit.tolist()) for name in ("fc1", "fc2", "fc3")}) == 1


def test_synapses_alone_stay_as_they_are() -> None:
    weights, found = aligned(two_on_a_sum())
    for name in ("fc1", "fc4"):
        assert found.weights[name] is weights[name]
        assert (found.alignments[name].unit.tolist(), found.alignments[name].exponent) == (
            weights[name].scale.tolist(),
            0,
        )


@pytest.mark.parametrize(
    ("factor", "exponents"),
    [(1.0, (0, 0)), (2.0, (0, 1)), (16.0, (0, 4)), (1 / 64, (6, 0)), (2.0**40, (0, MOST_DOUBLINGS))],
)
def test_scales_on_a_sum_are_powers_of_two_apart(factor: float, exponents: tuple[int, int]) -> None:
    weights, found = aligned(two_on_a_sum(factor))
    first, second = found.alignments["fc2"], found.alignments["fc3"]
    assert (first.exponent, second.exponent) == exponents
    assert first.unit.tolist() == second.unit.tolist() == round_scale(first.unit).tolist()
    for name in ("fc2", "fc3"):
        exponent = found.alignments[name].exponent
        assert found.weights[name].scale.tolist() == np.ldexp(first.unit, exponent).tolist()
        assert (found.weights[name].scale >= weights[name].scale).all()
        assert np.abs(found.weights[name].weight).max() <= largest_integer(4)
        assert (found.weights[name].bits, found.weights[name].method) == (4, "maxabs")


def test_the_finest_of_two_scales_is_not_halved_by_the_other() -> None:
    """Where both are used, the unit is the larger of what they need, no more than a rounding above."""
    weights, found = aligned(two_on_a_sum(3.0))
    exponent = found.alignments["fc3"].exponent
    needed = np.maximum(weights["fc2"].scale, np.ldexp(weights["fc3"].scale, -exponent))
    assert ((found.alignments["fc2"].unit / needed - 1) <= 2.0**-14).all()


def test_a_fraction_of_events_is_part_of_the_scale() -> None:
    """An alpha of 1/4 is kept to 4 bits: counts of n1 are sixteenths, and fc2 is as much finer on the sum."""
    scheme = dataclasses.replace(SCHEME, alpha_snap="exact")
    quantised = quantise(two_on_a_sum(alpha=0.25), scheme)
    network = network_of(two_on_a_sum(alpha=0.25))
    edges = edges_of(network, 4)
    assert edges["n1"].frac_bits == 4
    _, weights, _ = choose_weights(network, edges, scheme, None)
    found = align(network, weights, edges)
    fine = found.alignments["fc2"]
    assert (fine.exponent, found.alignments["fc3"].exponent) == (4, 4)
    assert np.array_equal(found.weights["fc2"].scale, np.ldexp(fine.unit, 4))
    shifts = {p.name: p.shift for p in population_named(quantised.graph, "n2").projections}
    assert shifts == {"fc2": 0, "fc3": 4}


def own(*values: float, used: str = "yyy", follows: bool = False) -> Scale:
    """The scale of synapses alone; used: y for a channel that has weights."""
    return Scale(np.array(values), np.array([mark == "y" for mark in used[: len(values)]]), follows)


def unit_of(*scales: Scale) -> tuple[list[float], list[int]]:
    unit, exponents = common_unit(scales)
    return unit.tolist(), exponents


def test_a_unit_follows_the_channels_that_have_weights() -> None:
    coarse, fine = (4.0, 4.0, 1024.0), (1.0, 1.0, 2.0**-20)
    assert unit_of(own(*coarse), own(*fine)) == ([1.0, 1.0, 256.0], [2, 0])
    assert unit_of(own(*coarse), own(*fine, used="yyn")) == ([1.0, 1.0, 256.0], [2, 0])
    assert unit_of(own(*coarse, used="yyn"), own(*fine)) == ([1.0, 1.0, 2.0**-20], [2, 0])


def test_synapses_without_weights_have_no_say_beside_others_and_one_alone() -> None:
    assert unit_of(own(8.0, 8.0, used="nn"), own(1.0, 2.0, used="yn")) == ([1.0, 2.0], [3, 0])
    unit, exponents = unit_of(own(8.0, 8.0, used="nn"), own(1.0, 2.0, used="nn"))
    assert min(exponents) == 0 and min(unit) > 0


def test_synapses_that_follow_others_take_a_scale_that_holds_their_largest_weight() -> None:
    assert unit_of(own(1.0, 1.0), own(5.0, 0.1, follows=True)) == ([1.0, 1.0], [0, 3])
    assert unit_of(own(1.0, 1.0), own(5.0, 0.1, used="ny", follows=True)) == ([0.125, 0.125], [3, 0])
    assert unit_of(own(1.0, 1.0), own(0.25, 0.1, follows=True)) == ([0.25, 0.25], [2, 0])
    assert unit_of(own(1.0, 1.0), own(5.0, 5.0, used="nn", follows=True)) == ([1.0, 1.0], [0, 0])
    assert unit_of(own(3.0, 3.0, follows=True), own(1.0, 1.0, follows=True)) == ([1.0, 1.0], [2, 0])


def test_a_scale_is_rounded_up() -> None:
    values: RealArray = np.random.default_rng(0).uniform(1e-9, 1e9, 1000)
    rounded = round_up_scale(values)
    assert (rounded >= values).all() and np.array_equal(round_scale(rounded), rounded)
    assert (rounded / values < 1 + 2.0**-14).all()
    assert round_up_scale(np.array([1.0, 3.0, 2.0**-30])).tolist() == [1.0, 3.0, 2.0**-30]


BRANCHES: dict[str, Graph] = {
    "two on a sum": two_on_a_sum(),
    "far apart": two_on_a_sum(2.0**12),
    "a fractional alpha": two_on_a_sum(alpha=0.25),
    "side by side": net(
        x(),
        linear("fc1", "x"),
        neuron("n1", "fc1", alpha=-1.0),
        cat("both", "x", "n1"),
        linear("fc2", "both", 8),
        neuron("n2", "fc2"),
        linear("fc3", "n2"),
        scores("fc3"),
    ),
    "a current": net(
        x(),
        linear("fc1", "x"),
        neuron("n1", "fc1", alpha=-1.0),
        linear("fc2", "n1"),
        add("sum", "fc1", "fc2"),
        neuron("n2", "sum"),
        linear("fc3", "n2"),
        scores("fc3"),
    ),
    "shared": net(
        x(),
        linear("fc1", "x"),
        linear("fc2", "x"),
        neuron("n0", "fc2"),
        scaled(linear("fc3", "n0"), 0.25),
        add("one", "fc1", "fc3"),
        neuron("n1", "one"),
        linear("fc4", "n1"),
        add("two", "fc1", "fc4"),
        neuron("n2", "two"),
        linear("fc5", "n2"),
        scores("fc5"),
    ),
    "one to one": net(
        x(),
        linear("fc1", "x"),
        neuron("n1", "fc1"),
        linear("fc2", "x"),
        diagonal("by_pass", "n1"),
        add("sum", "by_pass", "fc2"),
        neuron("n2", "sum"),
        linear("fc3", "n2"),
        linear("fc4", "x"),
        add("ends", "fc3", "fc4"),
        scores("ends"),
    ),
}


@pytest.mark.parametrize("case", BRANCHES)
@pytest.mark.parametrize("snap", ["nearest", "exact"])
def test_sums_of_several_synapses_are_exact(case: str, snap: str) -> None:
    graph = BRANCHES[case]
    quantised = quantise(graph, dataclasses.replace(SCHEME, alpha_snap=snap))
    rules.check(quantised.graph)
    assert compare_reference(quantised.reference, quantised.graph, inputs_of(graph, 100)).exact


def test_a_loop_is_on_the_sum_of_its_population() -> None:
    graph = net(
        x(time_steps=3),
        past("before", "n"),
        scaled(linear("back", "before"), 8.0),
        linear("fc1", "x"),
        add("sum", "fc1", "back"),
        neuron("n", "sum", beta=0.0),
        linear("fc2", "n"),
        scores("fc2"),
    )
    quantised = quantise(graph, SCHEME)
    rules.check(quantised.graph)
    shifts = [(p.name, p.shift, p.steps_late) for p in population_named(quantised.graph, "n").projections]
    assert shifts == [("fc1", 0, 0), ("back", 3, 1)]
    assert compare_reference(quantised.reference, quantised.graph, inputs_of(graph, 100)).exact
    assert prepare(graph).layers[1].name == "before"


@pytest.mark.parametrize("silent", ["fc3", "fc4"])
def test_a_class_that_one_of_two_synapses_never_reaches_keeps_its_scale(silent: str) -> None:
    """A row without weights asks for no unit of its own: the scores are what they would be without it."""
    ends = [linear("fc3", "n1"), linear("fc4", "x")]
    for place, synapse in enumerate(ends):
        if synapse.name == silent:
            weight = as_real(synapse.weight).copy()
            weight[1] = 0
            ends[place] = dataclasses.replace(synapse, weight=weight)
    graph = net(
        x(), linear("fc1", "x"), neuron("n1", "fc1"), *ends, add("ends", "fc3", "fc4"), scores("ends")
    )
    quantised = quantise(graph, SCHEME)
    rules.check(quantised.graph)
    found = compare_reference(quantised.reference, quantised.graph, inputs_of(graph, 100))
    assert found.exact
    _, integers = aligned(graph)
    other = "fc4" if silent == "fc3" else "fc3"
    assert not integers.weights[silent].weight[1].any()
    assert np.abs(integers.weights[other].weight[1]).max() > largest_integer(4) // 4

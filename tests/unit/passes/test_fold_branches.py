"""Scales, norms and branches of the same events become part of weights, wherever they fit."""

from __future__ import annotations

import numpy as np
import pytest
from hand_graphs import (
    SIZE,
    add,
    biases,
    cat,
    diagonal,
    heads,
    linear,
    net,
    neuron,
    norm,
    numbers,
    past,
    scores,
    times,
    transformed,
    weights,
    x,
)

from asn2fpga.errors import UnsupportedError
from asn2fpga.graph.node import Node
from asn2fpga.passes.fold_batchnorm import fold_batchnorm
from asn2fpga.passes.fold_scale import fold_scale
from asn2fpga.passes.merge_branches import merge_branches
from asn2fpga.passes.prepare import Pass

NASN = {"model": "nasn", "levels": 4, "output_scale": 0.25}
FIRST = (linear("fc1", "x"), neuron("n1", "fc1"))
FIRST_NASN = (linear("fc1", "x"), neuron("n1", "fc1", **NASN))
LAST = (linear("fc9", "n2"), scores("fc9"))


def refusal(transform: Pass, *nodes: Node) -> str:
    with pytest.raises(UnsupportedError) as error:
        transform(net(*nodes))
    return str(error.value)


# ---- fold_scale --------------------------------------------------------------------------------------------


def test_every_branch_of_an_add_takes_its_own_factor() -> None:
    found = transformed(
        fold_scale,
        x(scale=0.5),
        *FIRST_NASN,
        linear("fc2", "n1"),
        times("double", "fc2", 2.0),
        linear("fc3", "x"),
        add("s", "double", "fc3"),
        neuron("n2", "s"),
        *LAST,
    )
    assert heads(found) == [
        "x = Input()",
        "fc1 = Linear(x)",
        "n1 = Neuron(fc1)",
        "fc2 = Linear(n1)",
        "fc3 = Linear(x)",
        "s = Add(fc2, fc3)",
        "n2 = Neuron(s)",
        "fc9 = Linear(n2)",
        "scores = Output(fc9)",
    ]
    assert np.array_equal(weights(found, "fc2"), numbers("fc2", SIZE, SIZE) * 0.25 * 2)
    assert np.array_equal(biases(found, "fc2"), numbers("fc2.bias", SIZE) * 2)
    assert np.array_equal(weights(found, "fc3"), numbers("fc3", SIZE, SIZE) * 0.5)
    assert np.array_equal(biases(found, "fc3"), numbers("fc3.bias", SIZE))


def test_a_factor_behind_an_add_goes_into_all_branches() -> None:
    nodes = (x(), *FIRST, linear("fc2", "n1"), linear("fc3", "x"), linear("fc4", "x"))
    added = (add("in", "fc3", "fc4"), add("s", "fc2", "in"), times("half", "s", 0.5), neuron("n2", "half"))
    found = transformed(fold_scale, *nodes, *added, *LAST)
    for name in ("fc2", "fc3", "fc4"):
        assert np.array_equal(weights(found, name), numbers(name, SIZE, SIZE) * 0.5)
        assert np.array_equal(biases(found, name), numbers(f"{name}.bias", SIZE) * 0.5)
    assert "half" not in found


def test_a_branch_that_is_added_twice_takes_its_factor_once() -> None:
    nodes = (x(), linear("fc1", "x"), times("half", "fc1", 0.5), linear("fc2", "x"))
    found = transformed(fold_scale, *nodes, add("s", "half", "fc2", "half"), neuron("n2", "s"), *LAST)
    assert np.array_equal(weights(found, "fc1"), numbers("fc1", SIZE, SIZE) * 0.5)
    both = transformed(
        fold_scale,
        x(),
        linear("fc1", "x"),
        add("s", "fc1", "fc1"),
        times("h", "s", 0.5),
        neuron("n2", "h"),
        *LAST,
    )
    assert np.array_equal(weights(both, "fc1"), numbers("fc1", SIZE, SIZE) * 0.5)


def test_columns_of_what_is_side_by_side_take_their_own_factors() -> None:
    nodes = (x(scale=0.5), *FIRST_NASN, cat("c", "x", "n1"))
    found = transformed(fold_scale, *nodes, linear("fc9", "c", 8), scores("fc9"))
    factors = np.repeat([0.5, 0.25], SIZE)
    assert np.array_equal(weights(found, "fc9"), numbers("fc9", SIZE, 8) * factors)
    assert np.array_equal(biases(found, "fc9"), numbers("fc9.bias", SIZE))


def test_a_norm_of_what_is_side_by_side_takes_its_factors() -> None:
    nodes = (x(scale=0.5), *FIRST_NASN, cat("c", "x", "n1"), norm("bn", "c", 8))
    found = transformed(fold_scale, *nodes, linear("fc9", "bn", 8), scores("fc9"))
    gain = found["bn"].gain  # type: ignore[attr-defined]
    assert np.array_equal(gain, numbers("bn.gain", 8) * np.repeat([0.5, 0.25], SIZE))


def test_branches_of_one_scale_are_added_first() -> None:
    second = (linear("fc2", "n1"), neuron("n2", "fc2", **NASN))
    found = transformed(
        fold_scale, x(), *FIRST_NASN, *second, add("s", "n1", "n2"), linear("fc9", "s"), scores("fc9")
    )
    assert np.array_equal(weights(found, "fc9"), numbers("fc9", SIZE, SIZE) * 0.25)


def test_a_loop_takes_the_factor_of_its_neurons() -> None:
    loop = (past("before", "n2"), linear("back", "before"), linear("fc1", "x"), add("s", "fc1", "back"))
    found = transformed(fold_scale, x(time_steps=3), *loop, neuron("n2", "s", **NASN), *LAST)
    assert np.array_equal(weights(found, "back"), numbers("back", SIZE, SIZE) * 0.25)
    assert heads(found)[1] == "before = Delay(n2)"


def test_a_loop_takes_all_factors_on_its_way() -> None:
    loop = (past("before", "half"), linear("back", "before"), linear("fc1", "x"), add("s", "fc1", "back"))
    behind = (neuron("n2", "s", **NASN), times("half", "n2", 0.5), linear("fc9", "half"), scores("fc9"))
    found = transformed(fold_scale, x(time_steps=3), *loop, *behind)
    assert np.array_equal(weights(found, "back"), numbers("back", SIZE, SIZE) * 0.125)
    assert heads(found)[1] == "before = Delay(n2)"


ELSEWHERE = "a current that is scaled must not be used elsewhere too; scale the weights of"
SCALED: dict[str, tuple[tuple[Node, ...], str]] = {
    "sum of events of different scales": (
        (x(), *FIRST_NASN, add("s", "x", "n1"), linear("fc9", "s"), scores("fc9")),
        "net.s: branches of an add must have the same scale where a layer other than a neuron reads it, not "
        "different ones (the norm of NASN, amplitudes, pixels); give each branch a Linear layer of its own "
        "and add these.",
    ),
    "sum of events side by side": (
        (
            x(),
            *FIRST_NASN,
            cat("a", "x", "n1"),
            cat("b", "n1", "x"),
            add("s", "a", "b"),
            linear("fc9", "s", 8),
            scores("fc9"),
        ),
        "net.s: branches of an add must have the same scale where a layer other than a neuron reads it, not "
        "different ones (the norm of NASN, amplitudes, pixels); give each branch a Linear layer of its own "
        "and add these.",
    ),
    "current of two neurons": (
        (
            x(),
            *FIRST,
            times("half", "fc1", 0.5),
            neuron("n2", "half"),
            cat("c", "n1", "n2"),
            linear("fc9", "c", 8),
            scores("fc9"),
        ),
        f"net.n2: {ELSEWHERE} net.fc1 instead.",
    ),
    "sum that two neurons read": (
        (
            x(),
            linear("fc1", "x"),
            linear("fc2", "x"),
            add("s", "fc1", "fc2"),
            neuron("n1", "s"),
            times("half", "s", 0.5),
            neuron("n2", "half"),
            cat("c", "n1", "n2"),
            linear("fc9", "c", 8),
            scores("fc9"),
        ),
        f"net.n2: {ELSEWHERE} net.s instead.",
    ),
    "branch of two sums": (
        (
            x(),
            *FIRST,
            linear("fc2", "n1"),
            times("half", "fc2", 0.5),
            add("s", "half", "fc1"),
            add("t", "fc2", "fc1"),
            neuron("n2", "s"),
            neuron("n3", "t"),
            cat("c", "n2", "n3"),
            linear("fc9", "c", 8),
            scores("fc9"),
        ),
        f"net.s: {ELSEWHERE} net.fc2 instead.",
    ),
    "loop around a sum": (
        (
            x(time_steps=3),
            past("before", "t"),
            linear("back", "before"),
            linear("fc1", "x"),
            add("s", "fc1", "back"),
            neuron("n1", "s"),
            add("t", "n1", "x"),
            linear("fc9", "t"),
            scores("fc9"),
        ),
        "net.t: a delay must be of what neurons send, not of what Add makes of it; "
        "put a delay into each of its branches.",
    ),
}


@pytest.mark.parametrize("case", SCALED)
def test_factors_that_fit_nowhere_are_refused(case: str) -> None:
    nodes, message = SCALED[case]
    assert refusal(fold_scale, *nodes) == message


# ---- fold_batchnorm ----------------------------------------------------------------------------------------


def test_a_norm_behind_an_add_goes_into_every_branch_and_its_shift_into_one() -> None:
    nodes = (x(), *FIRST, linear("fc2", "n1"), linear("fc3", "x"), diagonal("d", "x"))
    added = (add("in", "fc3", "d"), add("s", "fc2", "in"), norm("bn", "s"), neuron("n2", "bn"))
    found = transformed(fold_batchnorm, *nodes, *added, *LAST)
    gain, shift = numbers("bn.gain", SIZE), numbers("bn.shift", SIZE)
    for name in ("fc2", "fc3"):
        assert np.array_equal(weights(found, name), gain[:, None] * numbers(name, SIZE, SIZE))
    assert np.array_equal(weights(found, "d"), gain * numbers("d", SIZE))
    assert np.array_equal(biases(found, "fc2"), gain * numbers("fc2.bias", SIZE) + shift)
    assert np.array_equal(biases(found, "fc3"), gain * numbers("fc3.bias", SIZE))
    assert "bn" not in found


def test_a_norm_behind_a_branch_that_is_added_twice() -> None:
    nodes = (x(), linear("fc1", "x"), add("s", "fc1", "fc1"), norm("bn", "s"), neuron("n2", "bn"))
    found = transformed(fold_batchnorm, *nodes, *LAST)
    gain, shift = numbers("bn.gain", SIZE), numbers("bn.shift", SIZE)
    assert np.array_equal(biases(found, "fc1"), gain * numbers("fc1.bias", SIZE) + shift / 2)


def test_a_norm_before_several_synapses_goes_into_each() -> None:
    nodes = (norm("bn", "x"), linear("fc1", "bn"), linear("fc2", "bn"), add("s", "fc1", "fc2"))
    found = transformed(fold_batchnorm, x(), *nodes, neuron("n2", "s"), *LAST)
    gain, shift = numbers("bn.gain", SIZE), numbers("bn.shift", SIZE)
    for name in ("fc1", "fc2"):
        weight = numbers(name, SIZE, SIZE)
        assert np.array_equal(weights(found, name), weight * gain)
        assert np.array_equal(biases(found, name), numbers(f"{name}.bias", SIZE) + weight @ shift)


@pytest.mark.parametrize(
    "nodes",
    [
        (*FIRST, norm("bn", "fc1"), neuron("n2", "bn"), add("s", "n1", "n2"), linear("fc9", "s")),
        (
            *FIRST,
            linear("fc2", "n1"),
            add("s", "fc1", "fc2"),
            norm("bn", "s"),
            neuron("n2", "bn"),
            linear("fc9", "n2"),
        ),
        (norm("bn", "x"), cat("c", "bn", "x"), linear("fc9", "c", 8)),
        (
            norm("bn", "x"),
            linear("fc1", "bn"),
            neuron("n1", "fc1"),
            cat("c", "bn", "n1"),
            linear("fc9", "c", 8),
        ),
    ],
)
def test_a_norm_whose_neighbours_are_used_elsewhere_stays(nodes: tuple[Node, ...]) -> None:
    graph = net(x(), *nodes, scores("fc9"))
    assert heads(fold_batchnorm(graph)) == heads(graph)


# ---- merge_branches ----------------------------------------------------------------------------------------


def test_branches_of_the_same_events_become_one() -> None:
    nodes = (x(), *FIRST, linear("fc2", "n1"), linear("fc3", "x"), linear("fc4", "n1"))
    found = transformed(merge_branches, *nodes, add("s", "fc2", "fc3", "fc4"), neuron("n2", "s"), *LAST)
    assert heads(found)[3:6] == ["fc2 = Linear(n1)", "fc3 = Linear(x)", "s = Add(fc2, fc3)"]
    both = numbers("fc2", SIZE, SIZE) + numbers("fc4", SIZE, SIZE)
    assert np.array_equal(weights(found, "fc2"), both)
    assert np.array_equal(biases(found, "fc2"), numbers("fc2.bias", SIZE) + numbers("fc4.bias", SIZE))


@pytest.mark.parametrize("operands", [("d", "fc2"), ("fc2", "d")])
def test_a_weight_a_neuron_becomes_part_of_the_matrix(operands: tuple[str, str]) -> None:
    nodes = (x(), *FIRST, diagonal("d", "n1"), linear("fc2", "n1"), add("s", *operands), neuron("n2", "s"))
    found = transformed(merge_branches, *nodes, *LAST)
    assert heads(found)[3:5] == ["fc2 = Linear(n1)", "n2 = Neuron(fc2)"]
    assert found["fc2"].source == "net.fc2"
    assert np.array_equal(weights(found, "fc2"), numbers("fc2", SIZE, SIZE) + np.diag(numbers("d", SIZE)))


def test_weights_a_neuron_are_added() -> None:
    nodes = (x(), *FIRST, diagonal("d", "n1"), diagonal("e", "n1"), add("s", "d", "e"), neuron("n2", "s"))
    found = transformed(merge_branches, *nodes, *LAST)
    assert heads(found)[3:5] == ["d = Diagonal(n1)", "n2 = Neuron(d)"]
    assert np.array_equal(weights(found, "d"), numbers("d", SIZE) + numbers("e", SIZE))


def test_a_branch_that_is_added_to_itself_is_doubled() -> None:
    found = transformed(
        merge_branches, x(), linear("fc1", "x"), add("s", "fc1", "fc1"), neuron("n2", "s"), *LAST
    )
    assert heads(found)[1:3] == ["fc1 = Linear(x)", "n2 = Neuron(fc1)"]
    assert np.array_equal(weights(found, "fc1"), numbers("fc1", SIZE, SIZE) * 2)


@pytest.mark.parametrize("steps", [1, 3])
def test_a_branch_that_is_read_elsewhere_stays(steps: int) -> None:
    nodes = (*FIRST, linear("fc2", "x"), add("s", "fc1", "fc2"), neuron("n2", "s"), *LAST)
    graph = net(x(time_steps=steps), *nodes[:-2], cat("c", "n1", "n2"), linear("fc9", "c", 8), scores("fc9"))
    assert heads(merge_branches(graph)) == heads(graph)


def test_what_was_sent_before_is_another_branch() -> None:
    loop = (past("before", "n2"), linear("back", "before"), linear("fc1", "x"), add("s", "fc1", "back"))
    graph = net(x(time_steps=3), *loop, neuron("n2", "s"), *LAST)
    assert heads(merge_branches(graph)) == heads(graph)

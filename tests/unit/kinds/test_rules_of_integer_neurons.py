"""What integer neurons and read-outs say of numbers that do not fit together."""

from __future__ import annotations

import numpy as np
import pytest
from broken_graphs import changed
from strategies import small_integer_graph

from asn2fpga.errors import RuleError
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.rules import check, first_complaint
from asn2fpga.graph.types import FixedType
from asn2fpga.kinds.neurons.leaky_integrator import LeakyIntegrator
from asn2fpga.kinds.neurons.membrane import Leak

FRAMES = small_integer_graph(1, (6, 4, 2), time_steps=2)
STATELESS = small_integer_graph(1, (6, 4, 2))
LEAKY = changed(
    FRAMES,
    "fc2",
    neuron=LeakyIntegrator(
        output_of="last",
        leak=Leak(3, 2),
        state_frac_bits=2,
        bias=np.array([5, -3]),
        shift=np.array([0, 2]),
        state_type=FixedType(24, True),
        total_type=FixedType(26, True),
    ),
)


def test_good_graphs_obey_all_rules() -> None:
    for graph in (FRAMES, STATELESS, LEAKY):
        check(graph)


def ints(*values: int) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    return np.array(values, dtype=np.int64)


READOUT: list[tuple[Graph, str]] = [
    (
        changed(FRAMES, "fc2", neuron__bias=ints(0, 2**31)),
        "fc2: scores must be in -2147483648..2147483647 (s32), not -536..2147485256",
    ),
    (
        changed(FRAMES, "fc2", neuron__shift=ints(0, 31)),
        "fc2: scores must be in -2147483648..2147483647 (s32), not -395136991331..3453153705885",
    ),
    (
        changed(FRAMES, "fc2", neuron__shift=ints(0, 32)),
        "fc2: the largest shift must be in 0..31, not 32",
    ),
    (
        changed(FRAMES, "fc2", neuron__shift=ints(1, 2)),
        "fc2: the smallest shift must be 0, not 1",
    ),
    (
        changed(FRAMES, "fc2", neuron__shift=ints(0, 0, 0)),
        "fc2: the shape of shift must be (2,), not (3,)",
    ),
    (
        changed(FRAMES, "fc2", neuron__bias=ints(0, 0, 0)),
        "fc2: the shape of bias must be (2,), not (3,)",
    ),
    (
        changed(FRAMES, "fc2", neuron__bias=None),
        "fc2: bias must be an array of integers, not none",
    ),
    (
        changed(LEAKY, "fc2", neuron__bias=ints(0, 0, 0)),
        "fc2: the shape of bias must be (2,), not (3,)",
    ),
    (
        changed(LEAKY, "fc2", neuron__shift=ints(1, 1)),
        "fc2: the smallest shift must be 0, not 1",
    ),
    (
        changed(LEAKY, "fc2", neuron__state_frac_bits=17),
        "fc2: state_frac_bits must be in 0..16, not 17",
    ),
    (
        changed(LEAKY, "fc2", neuron__leak=Leak(1, 17)),
        "fc2: leak.shift must be in 0..16, not 17",
    ),
    (
        changed(LEAKY, "fc2", neuron__leak=Leak(5, 2)),
        "fc2: leak.multiplier must be in 0..4, not 5",
    ),
    (
        changed(LEAKY, "fc2", neuron__state_type=FixedType(8, True)),
        "fc2: the potential must be in -128..127 (s8), not -1067..3213",
    ),
    (
        changed(LEAKY, "fc2", neuron__shift=ints(0, 7)),
        "fc2: scores must be in -2147483648..2147483647 (s32), not -4294967296..4294967168",
    ),
]

NEURONS: list[tuple[Graph, str]] = [
    (
        changed(FRAMES, "fc1", neuron__level_values=(0, 2, 1)),
        "fc1: level_values must increase and hold 0, not be [0, 2, 1]",
    ),
    (
        changed(FRAMES, "fc1", neuron__level_values=(1, 2, 3)),
        "fc1: level_values must increase and hold 0, not be [1, 2, 3]",
    ),
    (
        changed(FRAMES, "fc1", neuron__level_values=(0,)),
        "fc1: level_values must increase and hold 0, not be [0]",
    ),
    (
        changed(FRAMES, "fc1", neuron__level_values=(0, 1, 2, 3, 8)),
        "fc1: level_values must be in 0..7 (u3), not 0..8",
    ),
    (
        changed(FRAMES, "fc1", neuron__level_values=(-1, 0, 1, 2, 3)),
        "fc1: level_values must be in 0..7 (u3), not -1..3",
    ),
    (
        changed(FRAMES, "fc1", neuron__thresholds=np.array([[0, 1, 2, 3]] * 3 + [[0, 2, 1, 3]])),
        "fc1: thresholds must not decrease, not [0, 2, 1, 3] of neuron 3",
    ),
    (
        changed(
            FRAMES, "fc1", neuron__threshold_type=FixedType(2, True), neuron__thresholds=np.full((4, 4), 2)
        ),
        "fc1: thresholds must be in -2..1 (s2), not 2..2",
    ),
    (
        changed(FRAMES, "fc1", neuron__thresholds=np.zeros((4, 3), dtype=np.int64)),
        "fc1: the shape of thresholds must be (4, 4), not (4, 3)",
    ),
    (
        changed(FRAMES, "fc1", neuron__thresholds=np.zeros((4, 4))),
        "fc1: elements of thresholds must be int64, not float64",
    ),
    (
        changed(FRAMES, "fc1", membrane__bias=None),
        "fc1: bias must be an array of integers, not none",
    ),
    (
        changed(FRAMES, "fc1", membrane__resets=ints(1, 2, 3)),
        "fc1: the shape of resets must be (4,), not (3,)",
    ),
    (
        changed(FRAMES, "fc1", membrane__leaks=ints(1, 1, 1)),
        "fc1: the shape of leaks must be (4,), not (3,)",
    ),
    (
        changed(FRAMES, "fc1", membrane__floors=np.zeros(4)),
        "fc1: elements of floors must be int64, not float64",
    ),
    (
        changed(FRAMES, "fc1", membrane__state_frac_bits=17),
        "fc1: state_frac_bits must be in 0..16, not 17",
    ),
    (
        changed(FRAMES, "fc1", membrane__refractory=2, neuron__base=-1),
        "fc1: base of refractory neurons must be 0, not -1",
    ),
    (
        changed(FRAMES, "fc1", membrane__leak=Leak(1, 17)),
        "fc1: leak.shift must be in 0..16, not 17",
    ),
    (
        changed(FRAMES, "fc1", membrane__leak=Leak(3, 1)),
        "fc1: leak.multiplier must be in 0..2, not 3",
    ),
    (
        changed(
            STATELESS,
            "fc1",
            synapse0__weight=np.ones((4, 6), dtype=np.int64),
            neuron__potential_type=FixedType(4, True),
        ),
        "fc1: the potential must be in -8..7 (s4), not 0..1530",
    ),
]


@pytest.mark.parametrize(("graph", "message"), [*READOUT, *NEURONS])
def test_what_is_wrong_is_said_in_one_sentence(graph: Graph, message: str) -> None:
    with pytest.raises(RuleError) as error:
        check(graph)
    assert str(error.value).splitlines()[0] == f"{message}."
    complaint = first_complaint(graph)
    assert complaint is not None and complaint.rule == "neurons_are_sound"


def test_a_read_out_with_membranes_keeps_the_time_of_the_network() -> None:
    """One that accumulates takes a frame once; membranes are charged at each time step."""
    complaint = first_complaint(changed(LEAKY, "fc2", time_steps=1))
    assert complaint is not None and complaint.text == "time_steps must be 2, not 1"
    frame = small_integer_graph(1, (6, 2), time_steps=2)
    assert frame["fc1"].time_steps == 1  # type: ignore[attr-defined]
    leaky = changed(frame, "fc1", neuron=LEAKY["fc2"].neuron)  # type: ignore[attr-defined]
    complaint = first_complaint(leaky)
    assert complaint is not None and complaint.text == "time_steps must be 2, not 1"

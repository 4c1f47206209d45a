"""Neurons whose threshold is doubled in the step after one that ends above it."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from asn2fpga.graph.types import FixedType
from asn2fpga.kinds.neurons.graded import Graded
from asn2fpga.kinds.neurons.membrane import Leak, Membrane
from asn2fpga.kinds.neurons.reach import Firing, membrane_types
from asn2fpga.kinds.neurons.semantics import NeuronSemantics, fire

S16 = FixedType(16, True)
THRESHOLD, RESET, BIAS = 11, 10, 1
SUMS = (-12, 0, 7, 31)
SEQUENCES = np.array(list(itertools.product(SUMS, repeat=4)))[..., None]  # (B, T, 1)
MEMBRANE = Membrane(
    state_frac_bits=0,
    bias=np.array([BIAS]),
    leak=Leak(3, 2),
    resets=np.array([RESET]),
    doubles_threshold=True,
    state_type=S16,
)


def neurons(membrane: Membrane = MEMBRANE, **fields: object) -> Graded:
    made = Graded(
        thresholds=np.array([[THRESHOLD]]),
        level_values=(0, 1),
        count_type=FixedType(1, False),
        threshold_type=S16,
        potential_type=S16,
        membrane=membrane,
    )
    return replace(made, **fields)  # type: ignore[arg-type]


def steps(sums: list[int]) -> list[dict[str, int]]:
    """Every number of a neuron, time step by time step, in plain integers."""
    kept, above, found = 0, 0, []
    for value in sums:
        potential = kept + value + BIAS - above * RESET
        spike = int(potential >= THRESHOLD)
        reset = potential - (spike - above) * RESET
        before, kept, above = kept, (reset * 3 + 2) >> 2, int(reset >= THRESHOLD)
        found.append({"H": before, "U": potential, "S": spike, "V": reset, "leaked": kept})
    return found


def test_golden_computes_it_number_by_number() -> None:
    expected = [[step["S"] for step in steps(row)] for row in SEQUENCES[..., 0].tolist()]
    found = neurons().run(SEQUENCES, 4)[..., 0]
    assert found.tolist() == expected
    single = neurons(replace(MEMBRANE, doubles_threshold=False)).run(SEQUENCES, 4)[..., 0]
    assert (single != found).any(), "no threshold was ever doubled"


def test_the_types_hold_whatever_happens_and_are_no_wider() -> None:
    firing, sums = Firing(np.array([[THRESHOLD]]), (0, 1)), (np.array([min(SUMS)]), np.array([max(SUMS)]))
    types = membrane_types("fc1", MEMBRANE, firing, sums, 4)
    seen = [step for row in SEQUENCES[..., 0].tolist() for step in steps(row)]
    states = [step["H"] for step in seen]
    values = [step[name] for step in seen for name in ("H", "U", "V", "leaked")]
    assert types.state == FixedType.for_range(min(states), max(states))
    assert types.potential == FixedType.for_range(min(values), max(values))


def test_real_neurons_forget_nothing_even_without_a_membrane() -> None:
    semantics = NeuronSemantics(model="lif", levels=1, alpha=0.0, beta=0.0, fires=">", doubles_threshold=True)
    assert semantics.keeps_a_membrane(3)
    # 2.5 fires and leaves 1.5, above 1: then 1.5 does not fire, and is still above: 2.5 does, and leaves 1.5
    drive = np.array([2.5, 1.5, 2.5, 2.0, 1.0, 2.0])[None, :, None]
    assert fire(semantics, drive)[0, :, 0].tolist() == [1, 0, 1, 0, 0, 1]
    assert semantics.text == "LIF, binary, soft reset, leak 0, the threshold doubled while above it"


BINARY = "level_values of neurons that double their threshold must be [0, 1], not [0, 1, 2]"
RESETS = "neurons that double their threshold must have a soft reset before the leak and no floor"
OTHERS = "neurons that double their threshold must neither send changes nor be refractory"


@pytest.mark.parametrize(
    ("membrane", "fields", "message"),
    [
        ({}, {}, ""),
        (
            {},
            {
                "level_values": (0, 1, 2),
                "thresholds": np.array([[11, 21]]),
                "count_type": FixedType(2, False),
            },
            BINARY,
        ),
        ({"reset": "hard"}, {}, RESETS),
        ({"leak_order": "before_reset"}, {}, RESETS),
        ({"floors": np.array([0])}, {}, RESETS),
        ({"refractory": 1}, {}, OTHERS),
        ({"sends_change": True}, {"count_type": FixedType(2, True)}, OTHERS),
    ],
)
def test_what_doubles_its_threshold_is_binary_and_nothing_else(
    membrane: dict[str, object], fields: dict[str, object], message: str
) -> None:
    made = neurons(replace(MEMBRANE, **membrane), **fields)  # type: ignore[arg-type]
    assert made.complaints(1, (np.array([-9]), np.array([9])), S16) == message

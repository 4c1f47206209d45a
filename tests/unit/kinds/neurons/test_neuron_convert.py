"""Trained neurons as integers: leak, fractional bits, thresholds, resets, and that they then fire alike."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pytest

from asn2fpga.errors import UnsupportedError
from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.types import FixedType
from asn2fpga.kinds.neurons.convert import (
    Drive,
    graded,
    leak_of,
    leaks_of,
    membrane_of,
    state_frac_bits,
    threshold_unit,
)
from asn2fpga.kinds.neurons.graded import Graded
from asn2fpga.kinds.neurons.levels import levels_of
from asn2fpga.kinds.neurons.membrane import Leak, Membrane
from asn2fpga.kinds.neurons.semantics import NeuronSemantics, fire

SUMS = 12  # of the sums that neurons are compared with: within +-12
STEPS = 4


def asn(alpha: float = 0.0, beta: float = 0.5, threshold: float = 1.0) -> NeuronSemantics:
    return NeuronSemantics(
        model="asn", levels=2, alpha=alpha, beta=beta, threshold=threshold, integer_alpha=False
    )


def lif(**fields: object) -> NeuronSemantics:
    chosen: dict[str, object] = {"levels": 2, "beta": 0.5, "fires": ">="}
    return NeuronSemantics(model="lif", alpha=0.0, **(chosen | fields))  # type: ignore[arg-type]


def drive(scale: float = 0.01, bias: float = 0.0, offset: int = 0, sums: int = 1000) -> Drive:
    return Drive(
        layer="fc1",
        scale=np.array([scale]),
        offset=np.array([offset]),
        bias=np.array([bias]),
        sums=(np.array([-sums]), np.array([sums])),
        acc_type=FixedType.for_range(-sums, sums),
    )


def converted(semantics: NeuronSemantics, driven: Drive | None = None) -> tuple[Membrane, list[list[int]]]:
    """The membrane and its thresholds, with 4 fractional bits."""
    found, thresholds = membrane_of(
        semantics, levels_of(semantics, 2), driven or drive(), leaks_of(semantics), frac_bits=4
    )
    rows: list[list[int]] = thresholds.tolist()
    return found, rows


@pytest.mark.parametrize(
    ("beta", "multiplier", "shift"),
    [
        (0.0, 0, 0),
        (1.0, 1, 0),
        (0.5, 1, 1),
        (0.25, 1, 2),
        (0.75, 3, 2),
        (0.9, 230, 8),
        (1 / 256, 1, 8),
        (0.999, 256, 8),
    ],
)
def test_leak(beta: float, multiplier: int, shift: int) -> None:
    assert leak_of(beta) == Leak(multiplier, shift)


def test_neurons_that_are_compared_spike_by_spike_have_a_finer_leak() -> None:
    assert leaks_of(asn(beta=0.9)) == (Leak(230, 8), None)
    assert leaks_of(lif(beta=0.9)) == (Leak(58982, 16), None)
    assert leaks_of(lif(beta=0.75)) == (Leak(3, 2), None)


def test_leaks_of_neurons_have_the_shift_of_the_finest() -> None:
    leak, leaks = leaks_of(lif(betas=np.array([0.5, 0.0, 0.375, 1.0])))
    assert leak == Leak(8, 3)
    assert leaks is not None and leaks.tolist() == [4, 0, 3, 8]


def test_the_leak_rounds_half_up() -> None:
    assert Leak(1, 1).apply(np.array([-3, -2, -1, 0, 1, 2, 3])).tolist() == [-1, -1, 0, 0, 1, 1, 2]
    assert Leak(1, 0).apply(np.array([-3, 5])).tolist() == [-3, 5]


def test_fractional_bits_are_eight_minus_the_shift_or_what_the_threshold_needs() -> None:
    assert state_frac_bits(1.0, 0.01, Leak(1, 1), 2) == 7
    # th = 10^3 units: 2^14 are enough.  th = 10^5 units: enough without a fraction
    assert state_frac_bits(1.0, 0.001, Leak(1, 1), 2) == 5
    assert state_frac_bits(1.0, 0.00001, Leak(1, 1), 2) == 0
    assert state_frac_bits(1.0, 0.001, Leak(230, 8), 2) == 0
    # th = 7 units: 256 of them are asked for, 2^6 * 7 = 448
    assert state_frac_bits(1.0, 1 / 7, Leak(230, 8), 2) == 6
    assert state_frac_bits(1e-9, 1.0, Leak(1, 1), 2) == 16


def test_membrane_units() -> None:
    built, thresholds = converted(asn(), drive(scale=0.01, bias=0.5, offset=3))
    # th = 16 / 0.01 = 1600; bias = 800 + 3 * 16
    assert thresholds == [[801, 2400]]
    assert built.bias.tolist() == [848]
    assert built.resets.tolist() == [1600]


def test_a_fractional_alpha_keeps_thresholds_divisible() -> None:
    built, _ = converted(asn(alpha=0.25))
    assert threshold_unit(levels_of(asn(alpha=0.25), 2)) == 4
    assert threshold_unit(levels_of(asn(), 2)) == 2
    # th = 1600 = 4 * 400 a unit of event; values 0, 3/4, 7/4, 2 above 1/4
    assert built.resets.tolist() == [400]
    neuron = graded(asn(alpha=0.25), drive(), 2, 2, 4)
    assert (neuron.base, neuron.level_values, neuron.frac_bits) == (1, (0, 3, 7, 8), 2)


def test_a_threshold_is_never_zero() -> None:
    assert converted(asn(), drive(scale=1000.0))[0].resets.tolist() == [2]
    assert converted(lif(), drive(scale=1000.0))[0].resets.tolist() == [1]


def test_neurons_that_do_not_round_have_thresholds_of_any_number() -> None:
    # 16 / 0.03 = 533.3: reached at 534 and 1067, passed at 534 and 1067; a spike takes 533
    built, thresholds = converted(lif(), drive(scale=0.03))
    assert (thresholds, built.resets.tolist()) == ([[534, 1067]], [533])
    assert converted(lif(fires=">"), drive(scale=1 / 32))[1] == [[513, 1025]]
    assert converted(lif(), drive(scale=1 / 32))[1] == [[512, 1024]]


def test_what_a_reset_does_with_its_number() -> None:
    driven = drive(scale=1 / 32)
    assert converted(lif(reset_gain=0.25), driven)[0].resets.tolist() == [128]
    assert converted(lif(reset="none"), driven)[0].resets.tolist() == [0]
    hard = converted(lif(reset="hard", v_reset=-0.25), driven)[0]
    assert (hard.reset, hard.resets.tolist(), hard.start.tolist()) == ("hard", [-128], [-128])


def test_a_lower_bound_is_rounded_up() -> None:
    assert converted(lif(), drive(scale=0.03))[0].floors is None
    floors = converted(lif(floor=-0.1), drive(scale=0.03))[0].floors
    assert floors is not None and floors.tolist() == [-53]  # -53.3


def test_an_input_that_decays_counts_in_smaller_units_of_the_membrane() -> None:
    built, thresholds = converted(lif(beta=0.75, decay_input=True), drive(scale=1 / 32, bias=0.5, offset=3))
    # a quarter of each input reaches the membrane, so that its unit is 1/32 * 1/4 * 2^-4
    assert thresholds == [[2048, 4096]]
    assert built.bias.tolist() == [256 + 3 * 16]


def test_numbers_of_each_neuron() -> None:
    two = Drive(
        layer="fc1",
        scale=np.array([1 / 32, 1 / 16]),
        offset=np.zeros(2, np.int64),
        bias=np.zeros(2),
        sums=(np.full(2, -9), np.full(2, 9)),
        acc_type=FixedType(5, True),
    )
    own = lif(thresholds=np.array([1.0, 0.5]), betas=np.array([0.5, 0.75]), decay_input=True, reset_gain=0.5)
    built, thresholds = converted(own, two)
    assert thresholds == [[1024, 2048], [512, 1024]]
    assert built.resets.tolist() == [512, 256]
    assert built.leaks is not None and (built.leak.shift, built.leaks.tolist()) == (2, [2, 3])


def test_a_synaptic_current_has_a_leak_of_its_own() -> None:
    built, _ = converted(lif(synaptic_beta=0.9))
    assert built.synaptic is not None and built.synaptic.leak == Leak(58982, 16)
    assert converted(lif())[0].synaptic is None


@pytest.mark.parametrize(
    ("semantics", "bias", "what"),
    [
        (asn(), 1e15, "the bias must fit 48 bits, not 62"),
        (lif(threshold=1e14, reset="none"), 0.0, "thresholds must fit 48 bits, not 60"),
        (lif(threshold=1e14), 0.0, "the reset must fit 48 bits, not 59"),
        (lif(reset="hard", v_reset=-1e14), 0.0, "the reset must fit 48 bits, not 59"),
        (lif(floor=-1e14), 0.0, "the lower bound must fit 48 bits, not 59"),
    ],
)
def test_what_is_too_wide_is_refused_by_name(semantics: NeuronSemantics, bias: float, what: str) -> None:
    with pytest.raises(UnsupportedError) as error:
        converted(semantics, drive(bias=bias))
    assert str(error.value) == f"fc1: {what}; rescale the layer's weights and bias or use fewer time steps."


def test_one_time_step_or_nothing_to_remember_needs_no_membrane() -> None:
    assert graded(lif(), drive(), 1, 4, None).membrane is None
    assert graded(lif(beta=0.0), drive(), 5, 4, None).membrane is None
    assert graded(lif(betas=np.zeros(1)), drive(), 5, 4, None).membrane is None
    assert graded(lif(beta=0.0, synaptic_beta=0.5), drive(), 5, 4, None).membrane is not None
    assert graded(lif(), drive(), 2, 4, None).membrane is not None


def test_what_is_reset_behind_the_leak_is_remembered_even_with_beta_zero() -> None:
    last = {"beta": 0.0, "leak_order": "before_reset"}
    assert graded(lif(**last), drive(), 5, 4, None).membrane is not None
    assert graded(lif(**last, reset="hard"), drive(), 5, 4, None).membrane is None
    assert graded(lif(**last, reset="none"), drive(), 5, 4, None).membrane is None
    raised = lif(**last, reset="hard", v_reset=-0.5, floor=-0.25)
    assert graded(raised, drive(), 5, 4, None).membrane is not None
    assert graded(dataclasses.replace(raised, floor=-0.5), drive(), 5, 4, None).membrane is None


def test_fractional_bits_are_derived_or_asked_for() -> None:
    derived = graded(lif(beta=0.9), drive(scale=1 / 7), 2, 4, None).membrane
    asked = graded(lif(beta=0.9), drive(scale=1 / 7), 2, 4, 3).membrane
    assert derived is not None and asked is not None
    assert (derived.state_frac_bits, asked.state_frac_bits) == (6, 3)


FIELDS = {
    "fires": (">=", ">", "round"),
    "reset": ("soft", "hard", "none"),
    "leak_order": ("after_reset", "before_reset"),
    "decay_input": (False, True),
    "synaptic_beta": (None, 0.5),
    "floor": (None, -0.75),
    "signed": (False, True),
}
FAMILY = [
    dict(zip(FIELDS, values, strict=True))
    for values in itertools.product(*FIELDS.values())
    if values[0] != "round" or not values[-1]
]


def member(fields: dict[str, object], **others: object) -> NeuronSemantics:
    """One of the family, whose numbers are all multiples of a power of two."""
    chosen: dict[str, object] = {"threshold": 3.0, "reset_gain": 0.5, "levels": 2}
    if fields["reset"] == "hard":
        chosen |= {"v_reset": -0.5}
    if fields["fires"] == "round":
        chosen |= {"alpha": -0.75, "integer_alpha": False}
    every = {"model": "lif", "alpha": 0.0, "beta": 0.5} | chosen | fields | others
    return NeuronSemantics(**every)  # type: ignore[arg-type]


def spikes_of(neuron: Graded, acc: IntArray) -> IntArray:
    counts: IntArray = neuron.run(acc, acc.shape[1]).astype(np.int64)
    return neuron.base + counts


@pytest.mark.parametrize("fields", FAMILY, ids=lambda fields: " ".join(map(str, fields.values())))
def test_they_fire_as_the_trained_ones_do_where_nothing_is_rounded(fields: dict[str, object]) -> None:
    driven = drive(scale=0.5, bias=0.25, offset=1, sums=SUMS)
    acc = np.random.default_rng(0).integers(-SUMS, SUMS, (200, STEPS, 1), endpoint=True)
    real = driven.scale * (acc + driven.offset) + driven.bias
    stateful, forgetful = member(fields), member(fields, beta=0.0, synaptic_beta=None)
    for semantics, steps in ((stateful, STEPS), (stateful, 1), (forgetful, STEPS)):
        neuron = graded(semantics, driven, steps, 2, 12)
        expected = fire(semantics, real[:, :steps])
        assert np.array_equal(spikes_of(neuron, acc[:, :steps]), expected * 2**neuron.frac_bits)
        assert neuron.stateful == (steps > 1 and not semantics.forgets)
        assert not neuron.complaints(1, driven.sums, driven.acc_type)


def test_neurons_with_numbers_of_their_own_fire_alike() -> None:
    acc = np.random.default_rng(1).integers(-SUMS, SUMS, (200, STEPS, 3), endpoint=True)
    driven = Drive(
        layer="fc1",
        scale=np.array([0.5, 1.0, 0.25]),
        offset=np.array([0, 1, -2]),
        bias=np.array([0.25, -0.5, 0.0]),
        sums=(np.full(3, -SUMS), np.full(3, SUMS)),
        acc_type=FixedType.for_range(-SUMS, SUMS),
    )
    own = lif(thresholds=np.array([1.0, 2.5, 0.75]), betas=np.array([0.5, 0.25, 0.0]), reset="hard")
    for semantics in (own, dataclasses.replace(own, decay_input=True, reset="soft")):
        neuron = graded(semantics, driven, STEPS, 2, 12)
        real = driven.scale * (acc + driven.offset) + driven.bias
        assert np.array_equal(spikes_of(neuron, acc), fire(semantics, real))

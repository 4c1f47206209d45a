"""Every integer operation against the formula, written out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from asn2fpga.golden.ops import OPS, dense_population, dense_readout, encode, leak, receive_events
from asn2fpga.graph.layers import INTEGER_LAYERS, DensePopulation, DenseReadout
from asn2fpga.graph.neuron import IntegerNeuron

from asn2fpga.graph.types import FixedType
from asn2fpga.kinds.matmul import weighted_sums
from asn2fpga.kinds.sources.events import ReceiveEvents
from asn2fpga.kinds.sources.frames import Encode

S16 = FixedType(16, True)
WEIGHT = np.array([[1, -2], [3, 0]])


def population(neuron: IntegerNeuron, time_steps: int = 1, static: bool = False) -> DensePopulation:
    return DensePopulation(
        name="fc",
        inputs=("in",),
        weight=WEIGHT,
        weight_bits=3,
        input_count_type=FixedType(8, False),
        acc_type=S16,
        neuron=neuron,
        time_steps=time_steps,
        static_input=static,
    )


def stateless() -> IntegerNeuron:
    return IntegerNeuron(
        thresholds=np.array([[0, 2], [4, 4]]),
        level_values=(0, 3, 5),
        count_type=FixedType(3, False),
        stateful=False,
        threshold_type=S16,
        potential_type=S16,
    )


def stateful(base: int = 0) -> IntegerNeuron:
    return IntegerNeuron(
        thresholds=np.array([[8, 24], [8, 24]]),
        level_values=(0, 1, 2),
        count_type=FixedType(2, False),
        stateful=True,
        state_frac_bits=2,
        bias=np.array([1, 0]),
        reset_step=np.array([16, 16]),
        base=base,
        leak_multiplier=1,
        leak_shift=1,
        threshold_type=S16,
        state_type=S16,
        potential_type=S16,
    )


def test_every_integer_layer_has_an_op() -> None:
    assert set(OPS) == set(INTEGER_LAYERS)


def test_encode_flattens_in_c_order() -> None:
    layer = Encode(name="e", shape=(2, 2), max_count=255, time_steps=3)
    frames = np.arange(8, dtype=np.uint8).reshape(2, 2, 2)
    assert encode(layer, frames).tolist() == [[[0, 1, 2, 3]], [[4, 5, 6, 7]]]


def test_receive_events_keeps_time() -> None:
    layer = ReceiveEvents(name="r", shape=(1, 2), max_count=255, time_steps=2)
    assert receive_events(layer, np.arange(4).reshape(1, 2, 1, 2)).tolist() == [[[0, 1], [2, 3]]]


def test_stateless_neurons_count_thresholds_reached() -> None:
    # acc = [1*4 - 2*1, 3*4] = [2, 12], [1*1 - 2*1, 3*1] = [-1, 3]
    counts = np.array([[[4, 1]], [[1, 1]]])
    assert dense_population(population(stateless()), counts).tolist() == [[[5, 5]], [[0, 0]]]


def test_a_frame_is_fired_at_every_step() -> None:
    fired = dense_population(population(stateless(), time_steps=3, static=True), np.array([[[4, 1]]]))
    assert fired.tolist() == [[[5, 5]] * 3]


def test_stateful_neurons_keep_the_rest() -> None:
    # Neuron 0: drive 4 * acc + 1.   step 1: acc 3, U = 13, count 1, rest -3, H = (-3 + 1) >> 1 = -1
    # step 2: acc 5, U = 21 - 1 = 20, count 1, rest 4, H = 2.  step 3: acc 0, U = 3, count 0
    # Neuron 1: 9: U = 36, count 2, rest 4, H = 2; 15: U = 62, count 2, rest 30, H = 15; 0: U = 15, count 1
    counts = np.array([[[3, 0], [5, 0], [0, 0]]])
    assert dense_population(population(stateful(), 3), counts).tolist() == [[[1, 2], [1, 2], [0, 1]]]


def test_the_base_is_subtracted_by_the_reset() -> None:
    # base -1: neuron 0 at rest sends count 0, S = -1: U = 1, rest 17, H = 9; U = 10, count 1, S = 0, rest 10
    counts = np.zeros((1, 3, 2), dtype=np.int64)
    fired = dense_population(population(stateful(base=-1), 3), counts)
    assert fired[0, :, 0].tolist() == [0, 1, 0]


def test_a_static_sum_drives_every_step() -> None:
    moving = dense_population(population(stateful(), 3), np.array([[[3, 1]] * 3]))
    static = dense_population(population(stateful(), 3, static=True), np.array([[[3, 1]]]))
    assert np.array_equal(moving, static)


def test_the_leak_rounds_half_up() -> None:
    assert leak(stateful(), np.array([-3, -2, -1, 0, 1, 2, 3])).tolist() == [-1, -1, 0, 0, 1, 1, 2]


def test_readout_sums_over_time_and_shifts_the_sum_not_the_bias() -> None:
    layer = DenseReadout(
        name="out",
        inputs=("fc",),
        weight=WEIGHT,
        weight_bits=3,
        bias=np.array([10, -10]),
        shift=np.array([0, 3]),
        input_count_type=FixedType(3, False),
        acc_type=S16,
        time_steps=2,
    )
    assert dense_readout(layer, np.array([[[1, 1], [2, 0]]])).tolist() == [[10 - 1 + 2, -10 + 8 * (3 + 6)]]


@pytest.mark.parametrize("largest", [2**7, 2**20, 2**45])
def test_sums_are_exact_whatever_way_they_are_made(largest: int) -> None:
    random = np.random.default_rng(0)
    counts = random.integers(0, largest, (20, 50), endpoint=True)
    weight = random.integers(-127, 128, (10, 50))
    expected = [
        [sum(c * w for c, w in zip(row, col, strict=True)) for col in weight.tolist()]
        for row in counts.tolist()
    ]
    assert weighted_sums(counts, weight, largest).tolist() == expected

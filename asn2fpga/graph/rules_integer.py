"""Rules of integer layers: every number within its type, every type wide enough for every input."""

from __future__ import annotations

import itertools

import numpy as np

from asn2fpga.graph.arrays import as_integer
from asn2fpga.graph.layers import DensePopulation, DenseReadout, Encode, Layer, ReceiveEvents
from asn2fpga.graph.limits import MAX_COUNT, MAX_TIME_STEPS
from asn2fpga.graph.neuron import IntegerNeuron
from asn2fpga.graph.ranges import largest_count, sum_range
from asn2fpga.graph.rule import Context, Rule, differs, outside
from asn2fpga.graph.types import Array, FixedType, Shape, TensorType
from asn2fpga.graph.words import INPUT_WORD_BITS, SCORE_TYPE

Dense = DensePopulation | DenseReadout
MAX_LEAK_SHIFT = 8
MAX_SCORE_SHIFT = 31
MAX_STATE_FRAC_BITS = 16


def _integers(what: str, array: Array | None, shape: Shape) -> str:
    if array is None:
        return f"{what} must be an array of integers, not none"
    return differs(f"the shape of {what}", array.shape, shape) or differs(
        f"elements of {what}", str(array.dtype), "int64"
    )


def _within(what: str, low: int, high: int, kind: FixedType) -> str:
    if kind.min <= low and high <= kind.max:
        return ""
    return f"{what} must be in {kind.min}..{kind.max} ({kind}), not {low}..{high}"


def pixels_fit_a_byte(_: Context, layer: Encode) -> str:
    """Encode: a pixel is at most 255, eight bits of the input word."""
    return outside("max_count", layer.max_count, 1, MAX_COUNT)


def source_is_in_range(_: Context, layer: Encode | ReceiveEvents) -> str:
    """Encode, ReceiveEvents: no empty axis, 1..1024 time steps."""
    if not layer.shape or min(layer.shape) < 1:
        return f"shape must be of positive integers, not {layer.shape}"
    return outside("time_steps", layer.time_steps, 1, MAX_TIME_STEPS)


def events_fit_an_input_word(_: Context, layer: ReceiveEvents) -> str:
    """ReceiveEvents: end bit, address and count fit the 32-bit input word."""
    if layer.max_count < 1:
        return f"max_count must be positive, not {layer.max_count}"
    address_bits = max(1, (TensorType(layer.shape).size - 1).bit_length())
    width = 1 + address_bits + layer.count_type.width_bits
    return "" if width <= INPUT_WORD_BITS else f"an event must fit {INPUT_WORD_BITS} bits, not {width}"


def weights_are_within_their_bits(_: Context, layer: Dense) -> str:
    """Weights are (out, in) int64 of 2..8 bits, symmetric."""
    if layer.weight.ndim != 2 or layer.weight.size == 0:
        return f"weight must have 2 axes that are not empty, not shape {layer.weight.shape}"
    limit = (1 << (layer.weight_bits - 1)) - 1
    largest = int(np.abs(as_integer(layer.weight)).max())
    return (
        _integers("weight", layer.weight, layer.weight.shape)
        or outside("weight_bits", layer.weight_bits, 2, 8)
        or outside("the largest weight", largest, 0, limit)
    )


def dense_fits_its_input(context: Context, layer: Dense) -> str:
    """The weight has a column for each neuron of the input, whose counts have the type expected."""
    source = context.input_type(layer)
    return differs("columns of the weight", layer.weight.shape[1], source.size) or differs(
        "input_count_type", str(layer.input_count_type), str(source.fixed)
    )


def lanes_are_in_range(_: Context, layer: Dense) -> str:
    """There is at least one lane, and none without a neuron."""
    return outside("lanes", layer.lanes, 1, layer.weight.shape[0])


def population_keeps_time(context: Context, layer: DensePopulation) -> str:
    """A population has the time steps of the network; its input is static if it is a frame."""
    source = context.graph.layers[0]
    assert isinstance(source, Encode | ReceiveEvents)
    return differs("time_steps", layer.time_steps, source.time_steps) or differs(
        "static_input", layer.static_input, isinstance(context.producer(layer), Encode)
    )


def readout_keeps_time(context: Context, layer: DenseReadout) -> str:
    """A read-out takes the time steps its input has: one of a frame."""
    producer = context.producer(layer)
    assert isinstance(producer, Encode | ReceiveEvents | DensePopulation)
    steps = 1 if isinstance(producer, Encode) else producer.time_steps
    return differs("time_steps", layer.time_steps, steps)


def accumulator_cannot_overflow(context: Context, layer: Dense) -> str:
    """acc_type holds every partial sum of a time step (read-out: of all), whatever the order of events."""
    steps = layer.time_steps if isinstance(layer, DenseReadout) else 1
    low, high = sum_range(as_integer(layer.weight), largest_count(context.producer(layer)) * steps)
    return _within("the range of acc_type's sums", int(low.min()), int(high.max()), layer.acc_type)


def scores_fit_32_bits(context: Context, layer: DenseReadout) -> str:
    """Scores, their biases and the shifted sums are int32; a class is shifted by 0..31, one of them by 0."""
    complaint = _integers("bias", layer.bias, layer.weight.shape[:1]) or _shifts(layer)
    if complaint:
        return complaint
    counts = largest_count(context.producer(layer)) * layer.time_steps
    sums = sum_range(as_integer(layer.weight), counts)
    bias, shift = as_integer(layer.bias), as_integer(layer.shift)
    low, high = (bias.astype(object) + (bound.astype(object) << shift) for bound in sums)  # however wide
    return _within("scores", int(low.min()), int(high.max()), SCORE_TYPE)


def _shifts(layer: DenseReadout) -> str:
    complaint = _integers("shift", layer.shift, layer.weight.shape[:1])
    if complaint:
        return complaint
    shift = as_integer(layer.shift)
    return outside("the largest shift", int(shift.max()), 0, MAX_SCORE_SHIFT) or differs(
        "the smallest shift", int(shift.min()), 0
    )


def level_values_increase(_: Context, layer: DensePopulation) -> str:
    """Level values start at 0, increase and fit count_type, which is unsigned."""
    values = layer.neuron.level_values
    if len(values) < 2 or values[0] != 0 or any(b <= a for a, b in itertools.pairwise(values)):
        return f"level_values must start at 0 and increase, not {list(values)}"
    if layer.neuron.count_type.signed:
        return f"count_type must be unsigned, not {layer.neuron.count_type}"
    return _within("level_values", 0, values[-1], layer.neuron.count_type)


def thresholds_do_not_decrease(_: Context, layer: DensePopulation) -> str:
    """Thresholds are (neurons, levels) int64 within threshold_type, non-decreasing over the levels."""
    neuron = layer.neuron
    shape = (layer.weight.shape[0], len(neuron.level_values) - 1)
    complaint = _integers("thresholds", neuron.thresholds, shape)
    if complaint:
        return complaint
    thresholds = as_integer(neuron.thresholds)
    if (np.diff(thresholds, axis=1) < 0).any():
        index = int(np.argwhere((np.diff(thresholds, axis=1) < 0).any(axis=1))[0, 0])
        return f"thresholds must not decrease, not {thresholds[index].tolist()} of neuron {index}"
    return _within("thresholds", int(thresholds.min()), int(thresholds.max()), neuron.threshold_type)


def membrane_is_complete(_: Context, layer: DensePopulation) -> str:
    """A stateful neuron has bias, reset_step and state_type; a stateless one has none of them."""
    neuron = layer.neuron
    if neuron.stateful:
        return _membrane(neuron, layer.weight.shape[:1])
    for name in ("bias", "reset_step", "state_type"):
        if getattr(neuron, name) is not None:
            return f"{name} of a stateless neuron must be none, not {getattr(neuron, name)}"
    return ""


def _membrane(neuron: IntegerNeuron, shape: Shape) -> str:
    if neuron.state_type is None:
        return "state_type of a stateful neuron must be a type, not none"
    return (
        _integers("bias", neuron.bias, shape)
        or _integers("reset_step", neuron.reset_step, shape)
        or outside("state_frac_bits", neuron.state_frac_bits, 0, MAX_STATE_FRAC_BITS)
        or outside("leak_shift", neuron.leak_shift, 0, MAX_LEAK_SHIFT)
        or outside("leak_multiplier", neuron.leak_multiplier, 0, 1 << neuron.leak_shift)
    )


def potential_cannot_overflow(context: Context, layer: DensePopulation) -> str:
    """potential_type holds the potential of the first time step, whatever the input."""
    neuron = layer.neuron
    low, high = sum_range(as_integer(layer.weight), largest_count(context.producer(layer)))
    if neuron.bias is not None:
        low = (low << neuron.state_frac_bits) + as_integer(neuron.bias)
        high = (high << neuron.state_frac_bits) + as_integer(neuron.bias)
    return _within("the potential", int(low.min()), int(high.max()), neuron.potential_type)


_DENSE: tuple[Rule, ...] = (weights_are_within_their_bits, dense_fits_its_input, lanes_are_in_range)

INTEGER_RULES: dict[type[Layer], tuple[Rule, ...]] = {
    Encode: (source_is_in_range, pixels_fit_a_byte),
    ReceiveEvents: (source_is_in_range, events_fit_an_input_word),
    DensePopulation: (
        *_DENSE,
        population_keeps_time,
        accumulator_cannot_overflow,
        level_values_increase,
        thresholds_do_not_decrease,
        membrane_is_complete,
        potential_cannot_overflow,
    ),
    DenseReadout: (*_DENSE, readout_keeps_time, accumulator_cannot_overflow, scores_fit_32_bits),
}

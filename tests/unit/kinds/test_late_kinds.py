"""Delays of events and of sums: what golden makes of them, and what their synapses must not read."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from asn2fpga.graph.edge import Edge
from asn2fpga.graph.types import FixedType
from asn2fpga.kinds.delay_line import DelayLine, lanes_for
from asn2fpga.kinds.event_attention import EventAttention
from asn2fpga.kinds.loop_line import LoopLine
from asn2fpga.kinds.synapses.delayed import DelayedDense
from asn2fpga.kinds.synapses.diagonal import OneToOne

EDGE = Edge((3,), "events", FixedType(2, False), 0, 3, time_steps=4)
COUNTS = np.arange(1, 13, dtype=np.uint8).reshape(1, 4, 3)


def test_a_line_sends_each_count_later() -> None:
    line = DelayLine(name="late", inputs=("x",), shape=(3,), delays=np.array([0, 1, 3]))
    sent = line.run([EDGE], [COUNTS]).sent[0].T.tolist()
    assert sent == [[1, 4, 7, 10], [0, 2, 5, 8], [0, 0, 0, 3]]


def test_a_line_sends_what_stands_for_0_at_first() -> None:
    line = DelayLine(name="late", inputs=("x",), shape=(3,), delays=np.array([0, 1, 2]))
    edge = dataclasses.replace(EDGE, base=-5)
    assert line.run([edge], [COUNTS]).sent[0].T.tolist() == [[1, 4, 7, 10], [5, 2, 5, 8], [5, 5, 3, 6]]
    assert line.output([edge]).fixed == FixedType(3, False)


def test_lanes_of_a_line() -> None:
    assert [lanes_for(neurons) for neurons in (1, 3, 8, 512, 513, 4096)] == [1, 4, 8, 8, 16, 32]


def test_synapses_add_up_later() -> None:
    weight, delays = np.array([[1, 2, 0], [3, -1, 1]]), np.array([[0, 2, 0], [1, 1, 3]])
    synapse = DelayedDense(weight=weight, delays=delays, weight_bits=4)
    sums = [[1, 0], [4, 3 - 2], [7 + 4, 12 - 5], [10 + 10, 21 - 8 + 3]]
    assert synapse.sums(EDGE, COUNTS[0]).tolist() == sums
    assert synapse.sums_over_time(EDGE, np.repeat(COUNTS, 2, axis=0)).tolist() == [sums, sums]


def test_synapses_refuse_frames_and_counts_of_another_base() -> None:
    synapse = DelayedDense(weight=np.ones((2, 3), np.int64), delays=np.ones((2, 3), np.int64), weight_bits=4)
    assert synapse.complaint(EDGE) == ""
    frame = synapse.complaint(dataclasses.replace(EDGE, is_frame=True))
    assert frame == "synapses with delays must read events of every time step, not a frame"
    base = synapse.complaint(dataclasses.replace(EDGE, base=-1))
    assert base == "the base of counts that synapses with delays read must be 0, not -1"


def test_other_synapses_have_no_sums_of_their_own() -> None:
    with pytest.raises(TypeError, match=r"^OneToOne adds to the sums of its population$"):
        OneToOne(weight=np.ones(3, np.int64), weight_bits=2).own_sums(EDGE)


def test_what_is_due_at_a_step_is_that_of_the_whole_sequence() -> None:
    """Lines and synapses, step by step and at once."""
    line = DelayLine(name="late", inputs=("x",), shape=(3,), delays=np.array([0, 1, 3]))
    edge = dataclasses.replace(EDGE, base=-2)
    weight, delays = np.array([[1, 2, 0], [3, -1, 1]]), np.array([[0, 2, 0], [1, 1, 3]])
    synapse = DelayedDense(weight=weight, delays=delays, weight_bits=4)
    for index in range(4):
        sent = line.step([edge], [COUNTS], index, line.begin(1))[1].sent
        assert np.array_equal(sent, line.run([edge], [COUNTS]).sent[:, index])
        sums = synapse.sums_at(EDGE, COUNTS, index)
        assert np.array_equal(sums, synapse.sums_over_time(EDGE, COUNTS)[:, index])


def test_a_loop_line_sends_what_a_line_does() -> None:
    fields = {"name": "late", "inputs": ("x",), "shape": (3,), "delays": np.array([1, 2, 3])}
    edge = dataclasses.replace(EDGE, base=-5)
    line, loop = DelayLine(**fields), LoopLine(**fields, low=0, high=3, base=-5, time_steps=4)  # type: ignore[arg-type]
    assert np.array_equal(line.run([edge], [COUNTS]).sent, loop.run([edge], [COUNTS]).sent)
    assert loop.output([]) == line.output([edge]) and loop.delay(0) == 1


def test_attention_cannot_be_part_of_a_loop() -> None:
    attention = EventAttention(name="a", inputs=("q", "k", "v"), heads=1, size=3)
    assert not attention.goes_by_steps
    with pytest.raises(TypeError, match=r"^EventAttention cannot be part of a loop$"):
        attention.begin(1)
    with pytest.raises(TypeError, match=r"^EventAttention cannot be part of a loop$"):
        attention.step([], [], 0, None)

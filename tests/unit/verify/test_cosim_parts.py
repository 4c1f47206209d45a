"""Parts of the co-simulation that need no simulator."""

from __future__ import annotations

import numpy as np
import pytest

from asn2fpga.kinds.sources.precise import EncodePrecise
from asn2fpga.verify.cocotb_run import Phase, plan_phases
from asn2fpga.verify.cosim import WARM_UP, round_trip, timed
from asn2fpga.verify.fast import encode_messages
from asn2fpga.verify.result import CosimResult
from asn2fpga.verify.vectors import Messages


@pytest.mark.parametrize(
    ("vectors", "phases"),
    [
        (100, [Phase(0, 10, "isolated"), Phase(10, 20, "stream"), Phase(20, 100, "stall")]),
        (1, [Phase(0, 1, "isolated")]),
        (3, [Phase(0, 1, "isolated"), Phase(1, 3, "stream")]),
        (1000, [Phase(0, 10, "isolated"), Phase(10, 110, "stream"), Phase(110, 1000, "stall")]),
    ],
)
def test_phases_cover_every_vector_once(vectors: int, phases: list[Phase]) -> None:
    assert list(plan_phases(vectors)) == phases


def test_messages_are_a_count_offsets_and_words() -> None:
    messages = Messages(np.array([7, 8, 9], np.uint64), np.array([0, 1, 3], np.int64))
    assert np.frombuffer(encode_messages(messages), "<u4").tolist() == [2, 0, 1, 3, 7, 8, 9]


def test_vectors_per_second_of_an_instant_run_are_not_infinite() -> None:
    result = CosimResult("verilator", 10, 0, 0, 0.0, 0.0)
    assert result.vectors_per_second == 0.0
    assert CosimResult("verilator", 10, 0, 0, 0.0, 2.0).vectors_per_second == 5.0


@pytest.mark.parametrize(("vectors", "order"), [(1, [0, 0]), (3, [0, 1, 2, 0, 1, 2])])
def test_a_round_begins_anew_after_its_last_vector(vectors: int, order: list[int]) -> None:
    assert round_trip(timed(np.ones(vectors, bool)), vectors).tolist() == order


def test_only_the_timed_vectors_make_a_round_and_the_others_follow() -> None:
    numbers = timed(np.ones(250, bool))
    assert numbers.tolist() == [*range(100)]
    assert round_trip(numbers, 250).tolist() == [*range(100), *range(WARM_UP), *range(100, 250)]


def test_vectors_of_the_usual_precision_are_timed() -> None:
    source = EncodePrecise(
        name="x",
        inputs=(),
        shape=(3,),
        time_steps=2,
        source="x",
        max_count=255,
        precisions=2,
    )
    x = source.in_turn(np.zeros((5, 3), np.uint8), 1)
    assert timed(source.are_usual(x)).tolist() == [1, 3]
    assert round_trip(timed(source.are_usual(x)), 5).tolist() == [1, 3, 1, 3, 0, 2, 4]
    assert timed(source.are_usual(x[:1])).tolist() == [0]  # none is: verify --vector 1
    assert timed(source.are_usual(np.zeros((2, 3), np.uint8))).tolist() == [0, 1]

"""Cycles in which a process works: those that are left of an inference, and at least those of its words."""

from __future__ import annotations

import numpy as np

from asn2fpga.kinds.hardware import Process
from asn2fpga.verify.cosim import _slowest
from asn2fpga.verify.fast import FastRun
from asn2fpga.verify.recording import StreamRecord

STREAMS = ["left", "right", "out"]
COLLECT = Process("collect", "collect", "", (), ("left", "right"), ("out",))


def run_of(idle: list[int], moved: list[int]) -> FastRun:
    """One message in the cycles 10 to 19. moved: cycles of words on `out`."""
    none = np.zeros((1, len(STREAMS)), np.int64)
    words = StreamRecord(np.array(moved, np.int64), np.zeros((len(moved), 1), np.uint32))
    return FastRun(
        mode="isolated",
        vectors=1,
        recording={"out": words},
        cycles=30,
        first_cycle=np.array([10]),
        last_cycle=np.array([19]),
        idle=np.array([idle]),
        blocked=none,
        rest_cycles=np.array([5]),
        idle_after=none,
        blocked_after=none,
        states=np.zeros((0, len(STREAMS)), np.uint8),
        given_up="",
        seconds=0.0,
    )


def test_what_is_not_waited_is_work() -> None:
    assert _slowest([COLLECT], run_of([2, 1, 0], [12, 13]), STREAMS, False).cycles == 7


def test_waits_side_by_side_take_no_work_away() -> None:
    found = _slowest([COLLECT], run_of([5, 4, 0], [9, 10, 12, 14, 19, 20]), STREAMS, False)
    assert (found.process, found.cycles, found.waits_for_input) == ("collect", 4, 9)


def test_words_after_the_answer_count_where_the_rest_does() -> None:
    assert _slowest([COLLECT], run_of([10, 5, 0], [12, 20, 24, 25]), STREAMS, True).cycles == 3

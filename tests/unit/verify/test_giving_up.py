"""What is said of a simulation that was given up, and what limits a simulation has by what it sees."""

from __future__ import annotations

from typing import Any

import pytest
from dense_graphs import dense_graph

from asn2fpga.passes.time_limits import TimeLimits, time_limits
from asn2fpga.verify.giving_up import limits_of, sentence

LIMITS = TimeLimits(quiet_cycles=20_096, answer_cycles=1_234_567)
STREAMS = ("s_axis", "m_axis", "source_words", "source_events", "fc1_counts", "fc1_events", "fc2_scores")


def state(name: str, valid: bool, ready: bool, blocked: bool = False) -> dict[str, Any]:
    return {"name": name, "valid": valid, "ready": ready, "blocked": blocked}


def test_nothing_is_said_of_a_simulation_that_ended() -> None:
    assert sentence({"given_up": ""}, 2, LIMITS) == ""


def test_a_deadlock_without_waiting_words_says_so() -> None:
    summary = {
        "given_up": "quiet",
        "received": 0,
        "cycles": 9,
        "streams": [state("a_events", False, False)],
    }
    assert sentence(summary, 2, LIMITS) == (
        "cosim: the RTL answered 0 of 2 inferences (cycle 9); nothing moved for 20,096 cycles; "
        "words wait on: no stream; consumers wait on: no stream."
    )


def test_a_deadlock_of_a_small_fifo_says_which_to_deepen() -> None:
    streams = [
        state("a_events", True, False, blocked=True),
        state("b_events", False, True),
        state("c_events", True, False),
    ]
    assert sentence({"given_up": "quiet", "received": 0, "streams": streams}, 2, LIMITS) == (
        "cosim: the RTL answered 0 of 2 inferences; nothing moved for 20,096 cycles; "
        "words wait on: a_events, c_events (full: a_events); "
        "consumers wait on: b_events; deepen a_events if its consumer is among these."
    )


def test_words_that_move_for_ever_are_told_from_a_deadlock() -> None:
    summary = {"given_up": "late", "received": 1, "streams": [state("a_events", True, True)]}
    assert sentence(summary, 2, LIMITS) == (
        "cosim: the RTL answered 1 of 2 inferences; words move, but the next answer did not come "
        "within 1,234,567 cycles; words wait on: no stream; consumers wait on: no stream."
    )


@pytest.mark.parametrize(
    ("hidden", "seen"),
    [((), "streams"), (("fc1_counts",), "events"), (("fc2_scores",), "events"), (("fc1_events",), "ports")],
)
def test_what_is_not_seen_may_take_longer(hidden: tuple[str, ...], seen: Any) -> None:
    graph = dense_graph(784, 128, 10)
    assert limits_of(graph, set(STREAMS) - set(hidden)) == time_limits(graph, seen)

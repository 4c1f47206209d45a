from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator

import pytest

from asn2fpga.schedule import Failure, run_stages
from asn2fpga.stages.base import Result, Stage

TIMEOUT_SECONDS = 20.0


def stage(name: str, *needs: str) -> Stage:
    return Stage(name, name, needs, lambda request: {}, lambda build: Result(""))


LOAD, LEFT, RIGHT, LAST = (
    stage("load"),
    stage("left", "load"),
    stage("right", "load"),
    stage("last", "left", "right"),
)
DIAMOND = (LOAD, LEFT, RIGHT, LAST)


def nothing() -> None:
    """Stop nothing."""


def test_one_at_a_time_keeps_the_order() -> None:
    order: list[str] = []
    assert run_stages(DIAMOND, lambda stage: order.append(stage.name), 1, nothing) is None
    assert order == ["load", "left", "right", "last"]


def test_independent_stages_run_together() -> None:
    """Each of the two waits until the other has begun: alone, neither could end."""
    meeting = threading.Barrier(2, timeout=TIMEOUT_SECONDS)

    def run(stage: Stage) -> None:
        if stage in (LEFT, RIGHT):
            meeting.wait()

    assert run_stages(DIAMOND, run, 2, nothing) is None


def test_needs_are_done_before() -> None:
    done: list[str] = []

    def run(stage: Stage) -> None:
        assert set(stage.needs) <= set(done)
        done.append(stage.name)

    assert run_stages(DIAMOND, run, 8, nothing) is None
    assert done[0] == "load" and done[-1] == "last"


def test_needs_outside_count_as_done() -> None:
    order: list[str] = []
    assert run_stages((LAST,), lambda stage: order.append(stage.name), 2, nothing) is None
    assert order == ["last"]


def failing(at: Stage, error: BaseException) -> Callable[[Stage], None]:
    def run(stage: Stage) -> None:
        if stage is at:
            raise error

    return run


def test_failure_ends_the_build_and_is_returned() -> None:
    error, order = ValueError("x"), list[str]()

    def run(stage: Stage) -> None:
        order.append(stage.name)
        failing(LEFT, error)(stage)

    assert run_stages(DIAMOND, run, 1, nothing) == Failure(("left",), error)
    assert order == ["load", "left"]


def test_failure_stops_what_runs_beside_it() -> None:
    """`right` waits for something that only `stop` ends; its own error then does not count."""
    error, stopped = ValueError("x"), threading.Event()

    def run(stage: Stage) -> None:
        if stage is RIGHT:
            assert stopped.wait(TIMEOUT_SECONDS)
            raise RuntimeError("ended from outside")
        failing(LEFT, error)(stage)

    assert run_stages(DIAMOND, run, 2, stopped.set) == Failure(("left",), error)


@pytest.fixture
def interrupts() -> Iterator[None]:
    """SIGINT interrupts, also where this runs in the background of a shell, which has it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_interrupt_stops_what_runs_and_names_it(interrupts: None) -> None:
    stopped, main_thread = threading.Event(), threading.get_ident()

    def run(stage: Stage) -> None:
        if stage is RIGHT:
            signal.pthread_kill(main_thread, signal.SIGINT)
            assert stopped.wait(TIMEOUT_SECONDS)

    failure = run_stages((LOAD, RIGHT, LAST), run, 2, stopped.set)
    assert failure is not None and failure.stages == ("right",)
    assert isinstance(failure.error, KeyboardInterrupt)

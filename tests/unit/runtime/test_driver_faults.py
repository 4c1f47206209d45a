from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from board_tools import inputs_of

from asn2fpga.golden.simulate import simulate
from asn2fpga.runtime import driver
from asn2fpga.runtime.driver import Accelerator

Plug = Callable[..., tuple[Path, Any]]
TOO_LATE = "nothing moved for 0.05 s"
FAULTS = [
    ("stuck send", TOO_LATE, "0 of 2", "none", "idle", "send busy, receive busy"),
    ("no answer", TOO_LATE, "0 of 2", "none", "idle", "send idle, receive busy"),
    ("always dropped output last", TOO_LATE, "2 of 2", "none", "idle", "send idle, receive busy"),
    ("dropped last", "an error was flagged", "0 of 2", "missing last", "draining", "send idle, receive busy"),
    (
        "reset in the middle",
        "an error was flagged",
        "0 of 2",
        "short message",
        "draining",
        "send idle, receive busy",
    ),
    (
        "reset from outside",
        "the DMA was halted by someone else",
        "0 of 2",
        "none",
        "idle",
        "send halted, receive halted",
    ),
    ("short answer", "the scores had 20 bytes, not 24", "2 of 2", "none", "idle", "send idle, receive idle"),
    (
        "slave error",
        "the DMA reported an error",
        "0 of 2",
        "none",
        "idle",
        "send halted, slave error, receive busy",
    ),
    (
        "long answer",
        "the DMA reported an error",
        "2 of 2",
        "none",
        "idle",
        "send idle, receive halted, internal error",
    ),
]


@pytest.mark.parametrize(
    ("fault", "problem", "done", "errors", "core", "dma"), FAULTS, ids=[f for f, *_ in FAULTS]
)
def test_a_fault_is_named_and_recovered_from(
    plug: Plug, fault: str, problem: str, done: str, errors: str, core: str, dma: str
) -> None:
    folder, board = plug()
    x = inputs_of(board.graph, 2)
    with Accelerator(folder, timeout_seconds=0.05) as accelerator:
        board.faults.append(fault)
        if fault == "stuck send":
            board.faults[0] = "always stuck send"
        with pytest.raises(driver.DeviceError) as caught:
            accelerator.scores(x)
        board.faults.clear()
        assert str(caught.value) == (
            f"accelerator: no scores came for a message ({problem}); {done} "
            f"inferences done; errors: {errors}; core: {core}; DMA: {dma}; the device has been reset and can "
            "be used again."
        )
        assert np.array_equal(accelerator.scores(x), simulate(board.graph, x).scores)


def test_a_device_that_does_not_reset(plug: Plug, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driver, "RESET_SECONDS", 0.02)
    folder, board = plug()
    accelerator = Accelerator(folder, timeout_seconds=0.05)
    board.faults += ["no answer", "always no reset"]
    with pytest.raises(driver.DeadDeviceError) as caught:
        accelerator.scores(inputs_of(board.graph, 1))
    assert str(caught.value).endswith(
        "DMA: send idle, receive busy; accelerator: the DMA must end its reset within 0.02 s, not later; "
        "load the bitstream again: open a new Accelerator."
    )
    accelerator.close()
    assert board.freed == []  # the DMA might still write into the buffers


@pytest.mark.parametrize(
    ("fault", "what"),
    [("always no run", "the DMA must run"), ("always in reset", "the core must leave its reset")],
)
def test_other_resets_that_fail(plug: Plug, monkeypatch: pytest.MonkeyPatch, fault: str, what: str) -> None:
    monkeypatch.setattr(driver, "RESET_SECONDS", 0.02)
    folder, _ = plug(faults=[fault])
    with pytest.raises(driver.DeadDeviceError) as caught:
        Accelerator(folder)
    assert str(caught.value) == (
        f"accelerator: {what} within 0.02 s, not later; load the bitstream again: open a new Accelerator."
    )


def test_an_interrupted_call_is_cleaned_up_by_the_next(plug: Plug) -> None:
    folder, board = plug()
    x = inputs_of(board.graph, 2)
    with Accelerator(folder) as accelerator:
        board.faults.append("interrupt")
        with pytest.raises(KeyboardInterrupt):
            accelerator.scores(x)
        assert np.array_equal(accelerator.scores(x), simulate(board.graph, x).scores)


class Slow:
    """A board that is busy for so many seconds before it answers; meanwhile `work` is called at each poll."""

    def __init__(self, board: Any, seconds: float, work: Callable[[int], None]) -> None:
        self.began, self.polls, self.seconds, self.work, self.real = 0.0, 0, seconds, work, board._step
        board._step = self.step

    def step(self) -> None:
        self.began = self.began or time.monotonic()
        self.polls += 1
        if time.monotonic() - self.began < self.seconds:
            self.work(self.polls)
        else:
            self.real()


def count_inferences(board: Any) -> Callable[[int], None]:
    return lambda polls: board._set("INFERENCES_LOW", polls)


def count_events(board: Any) -> Callable[[int], None]:
    """In the last layer's counters; nothing else moves."""
    offset = board.registers["layers"]["offset"] + 2 * board.registers["layers"]["stride"]
    real, moved = board._layer, [0]
    board._layer = lambda at: real(at) + (moved[0] if at == offset else 0)
    return lambda polls: moved.__setitem__(0, polls)


def limited(folder: Path, **limits: int) -> Path:
    """The package with other limits."""
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["limits"].update(limits)
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


@pytest.mark.parametrize("count", [count_inferences, count_events])
def test_a_slow_device_is_waited_for_as_long_as_something_moves(plug: Plug, count: Any) -> None:
    folder, board = plug()
    x = inputs_of(board.graph, 2)
    with Accelerator(limited(folder, answer_cycles=10**9), timeout_seconds=0.02) as accelerator:
        Slow(board, 0.15, count(board))
        assert np.array_equal(accelerator.scores(x), simulate(board.graph, x).scores)


def test_what_is_quiet_for_longer_than_a_package_expects_is_stuck(plug: Plug) -> None:
    folder, board = plug()
    x = inputs_of(board.graph, 2)
    with Accelerator(limited(folder, quiet_cycles=10**8), timeout_seconds=0.02) as accelerator:
        Slow(board, 0.15, lambda polls: None)  # a package of 200 MHz expects half a second
        assert np.array_equal(accelerator.scores(x), simulate(board.graph, x).scores)
    with Accelerator(limited(folder, quiet_cycles=1), timeout_seconds=0.02) as accelerator:
        Slow(board, 0.15, lambda polls: None)
        with pytest.raises(
            driver.DeviceError, match=r"no scores came for a message \(nothing moved for 0\.02 s\); 0 of 2 "
        ):
            accelerator.scores(x)


@pytest.mark.parametrize("count", [count_inferences, count_events])
def test_work_without_an_end_is_given_up_and_told_from_quiet(plug: Plug, count: Any) -> None:
    folder, board = plug()
    x = inputs_of(board.graph, 2)
    with Accelerator(limited(folder, answer_cycles=3 * 10**6), timeout_seconds=0.02) as accelerator:
        Slow(board, 30, count(board))
        message = r"no scores came for a message \(work goes on, but did not end within 0\.03 s\); "
        with pytest.raises(driver.DeviceError, match=message):
            accelerator.scores(x)


def test_without_counters_of_events_an_inference_may_be_quiet(plug: Plug) -> None:
    folder, board = plug(layer_counters=False)
    x = inputs_of(board.graph, 2)
    limits = {"quiet_cycles": 1, "answer_cycles": 10**8}
    with Accelerator(limited(folder, **limits), timeout_seconds=0.02) as accelerator:
        Slow(board, 0.15, lambda polls: None)
        assert np.array_equal(accelerator.scores(x), simulate(board.graph, x).scores)

from __future__ import annotations

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
TOO_LATE = "no inference was finished for 0.05 s"
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
            f"accelerator: a message must be answered with its scores, not fail ({problem}); {done} "
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


def test_progress_extends_the_time(plug: Plug, monkeypatch: pytest.MonkeyPatch) -> None:
    """A message may take longer than the limit as long as inferences are being finished."""
    folder, board = plug()
    with Accelerator(folder, timeout_seconds=0.03) as accelerator:
        real, reads = board._step, [0]

        def slowly() -> None:
            reads[0] += 1
            if reads[0] < 600:  # ~0.1 s: several limits
                board._set("INFERENCES_LOW", reads[0])
            else:
                real()

        monkeypatch.setattr(board, "_step", slowly)
        x = inputs_of(board.graph, 2)
        assert np.array_equal(accelerator.scores(x), simulate(board.graph, x).scores)

"""Work for the tests of workers: what `asn2fpga.workers.work` calls, in this process or in another one."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from asn2fpga.errors import DoesNotFitError, EndedError

HERE = "worker_tasks"
DOUBLE, REFUSE, BREAK, DIE_ONCE, DIE, PRINT, WAIT, END_ONCE, END, OUT_OF_TIME = (
    f"{HERE}:{name}"
    for name in (
        *("double", "refuse", "break_down", "die_once", "die", "print_much", "wait_long"),
        *("end_once", "end", "out_of_time"),
    )
)


def double(given: Mapping[str, Any]) -> int:
    return 2 * int(given["number"])


def refuse(given: Mapping[str, Any]) -> int:
    raise DoesNotFitError("fc1: the network must fit, not this.")


def break_down(given: Mapping[str, Any]) -> int:
    raise ZeroDivisionError("by nothing")


def print_much(given: Mapping[str, Any]) -> int:
    print("what libraries print")
    return 1


def wait_long(given: Mapping[str, Any]) -> int:
    time.sleep(600)
    return 1


def die(given: Mapping[str, Any]) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


def die_once(given: Mapping[str, Any]) -> int:
    """Ends its process the first time."""
    return _once(given, die)


def _once(given: Mapping[str, Any], act: Callable[[Mapping[str, Any]], int]) -> int:
    """Does that the first time, and gives the number at all others."""
    mark = Path(given["mark"])
    if not mark.exists():
        mark.touch()
        act(given)
    return int(given["number"])


def end(given: Mapping[str, Any]) -> int:
    """A program of the job is ended from outside."""
    raise EndedError("g++: it was ended from outside (SIGTERM).\n    (no output)\n    log: /logs/g++.log")


def out_of_time(given: Mapping[str, Any]) -> int:
    """What submitit's own signal handler does in the middle of a job."""
    error = type("UncompletedJobError", (RuntimeError,), {"__module__": "submitit.core.utils"})
    raise error("Job not requeued because: timed-out and not checkpointable.")


def end_once(given: Mapping[str, Any]) -> int:
    """The same, the first time."""
    return _once(given, end)

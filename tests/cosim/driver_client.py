"""The driver of a package on a simulated board: `python driver_client.py PACKAGE SCENARIO`; prints JSON.

Started by test_driver_on_rtl.py in the environment that simulated_board() gives.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

PACKAGE = Path(sys.argv[1])
sys.path.insert(0, str(PACKAGE))

import pynq  # noqa: E402
from driver import Accelerator, DriverError, WrongDeviceError  # noqa: E402

DATA = np.load(PACKAGE / "vectors.npz")
X, SCORES = DATA["x"], DATA["scores"]
LAST = SCORES if SCORES.ndim == 2 else SCORES[:, -1]
SECONDS = 3.0


def exact() -> Any:
    """Batches of several sizes, single inferences, a stream: all equal; the counters at the end."""
    results = []
    for buffer_bytes in (1 << 20, 4 * max(64, SCORES[0].size)):
        with Accelerator(PACKAGE, buffer_bytes=buffer_bytes) as accelerator:
            results.append(np.array_equal(accelerator.scores(X), SCORES))
            results.append(np.array_equal(list(accelerator.stream(X[:3])), SCORES[:3]))
            results.append(np.array_equal(accelerator.predict(X), LAST.argmax(axis=1)))
            counters = accelerator.counters()
    return [results, counters]


def early() -> Any:
    """The same where answers come early; and the time steps used, in batches and alone."""
    results, counters = exact()
    with Accelerator(PACKAGE) as accelerator:
        scores, steps = accelerator.scores_and_steps(X)
        _, alone = accelerator.scores_and_steps(X[-1:])
    wanted = DATA["steps"]
    found = np.array_equal(scores, SCORES) and np.array_equal(steps, wanted) and alone[0] == wanted[-1]
    return [results, counters, bool(found)]


def cutting() -> Any:
    """Scores of one message and of single ones, and what reaches the layers, without and with cuts."""
    found = []
    with Accelerator(PACKAGE) as accelerator:
        for on in (False, True):
            accelerator.cut_inputs(on)
            accelerator.clear_counters()
            results = [accelerator.scores(X), np.array(list(accelerator.stream(X)))]
            counters = accelerator.counters()
            layers = [layer["events_in"] for layer in counters["layers"]]
            equal = all(np.array_equal(scores, SCORES) for scores in results)
            found.append([equal, counters["time_steps_used"], layers])
    return found


def faults() -> Any:
    """After each fault of the DMA's model one clear error, and exact scores again."""
    return overcome("stuck_send", "stuck_receive", "dropped_send_last", "dropped_receive_last", "reset")


def memory_faults() -> Any:
    """The same of the memory behind our own DMA."""
    return overcome("read_error", "write_error", "reset")


def overcome(*faults: str) -> Any:
    found = {}
    with Accelerator(PACKAGE, timeout_seconds=SECONDS) as accelerator:
        for fault in faults:
            pynq.inject(fault)
            try:
                accelerator.scores(X)
                message = "none"
            except DriverError as error:
                message = f"{type(error).__name__}: {error}"
            found[fault] = [message, np.array_equal(accelerator.scores(X), SCORES)]
    return found


def impatient() -> Any:
    """Without patience by the wall, only what the package says is waited for: scores, or an error."""
    with Accelerator(PACKAGE, timeout_seconds=0.001) as accelerator:
        try:
            return np.array_equal(accelerator.scores(X), SCORES)
        except DriverError as error:
            return f"{type(error).__name__}: {error}"


def loading() -> Any:
    """Clock 0, and the registers of the memory port, whose lowest bit said 32 bits before."""
    pynq.Clocks.fclk0_mhz = 142.0
    port = pynq.MMIO(0xF800_8000, 0x1000)
    port.write(0x00, 0x7)
    port.write(0x14, 0xF07)
    Accelerator(PACKAGE).close()
    return {"mhz": pynq.Clocks.fclk0_mhz, "port": [port.read(0x00), port.read(0x14)]}


def slow_clock() -> Any:
    """A clock below what the dividers make."""
    path = PACKAGE / "manifest.json"
    manifest = path.read_text()
    path.write_text(json.dumps({**json.loads(manifest), "clock_mhz": 0.2}))
    try:
        Accelerator(PACKAGE)
        return "none"
    except DriverError as error:
        return f"{type(error).__name__}: {error}"
    finally:
        path.write_text(manifest)


def wrong_hash() -> Any:
    try:
        Accelerator(PACKAGE)
    except WrongDeviceError as error:
        return str(error)
    return "none"


if __name__ == "__main__":
    scenarios = {
        "exact": exact,
        "early": early,
        "cutting": cutting,
        "faults": faults,
        "memory_faults": memory_faults,
        "loading": loading,
        "slow_clock": slow_clock,
        "impatient": impatient,
        "wrong_hash": wrong_hash,
    }
    print(json.dumps(scenarios[sys.argv[2]]()))

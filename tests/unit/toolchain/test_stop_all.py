from __future__ import annotations

import threading
import time
from pathlib import Path

from asn2fpga.errors import ToolError
from asn2fpga.toolchain import process


def _sleeps() -> bool:
    """Whether it runs; programs that other tests keep waiting for questions may, too."""
    return any("sleep" in str(running.args) for running in process._running)


def test_running_programs_end_and_their_callers_hear_of_it(tmp_path: Path) -> None:
    errors: list[ToolError] = []

    def run() -> None:
        try:
            process.run(["sleep", "60"], cwd=tmp_path, log=tmp_path / "log", timeout_seconds=60)
        except ToolError as error:
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    deadline = time.monotonic() + 20
    while not _sleeps() and time.monotonic() < deadline:
        time.sleep(0.01)
    process.stop_all()
    thread.join(20)
    assert not thread.is_alive() and not process._running
    assert str(errors[0]).startswith("sleep: exit status must be 0, not -15.")

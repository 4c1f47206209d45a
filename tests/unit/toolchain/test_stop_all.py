from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from asn2fpga.errors import ToolError
from asn2fpga.toolchain import process


def test_running_programs_end_and_their_callers_hear_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "_running", set())  # programs that other tests keep are none of these
    errors: list[ToolError] = []

    def run() -> None:
        try:
            process.run(["sleep", "60"], cwd=tmp_path, log=tmp_path / "log", timeout_seconds=60)
        except ToolError as error:
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    deadline = time.monotonic() + 20
    while not process._running and time.monotonic() < deadline:
        time.sleep(0.01)
    process.stop_all()
    thread.join(20)
    assert not thread.is_alive() and not process._running
    assert str(errors[0]).startswith("sleep: it was ended from outside (SIGTERM).")

"""A lock is held by one at a time, and let go when its process ends, however it does."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from asn2fpga.toolchain.lock import locked

HOLD = """import sys, time, pathlib
from asn2fpga.toolchain.lock import locked
with locked(pathlib.Path(sys.argv[1]), wait=False):
    print("held", flush=True)
    time.sleep(600)
"""


def test_it_is_held_by_one_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with locked(path, wait=False), pytest.raises(BlockingIOError), locked(path, wait=False):
        pytest.fail("two held it")
    with locked(path, wait=False):
        assert path.read_text() == ""


def test_who_waits_gets_it_afterwards(tmp_path: Path) -> None:
    order: list[str] = []

    def second() -> None:
        with locked(tmp_path / "lock", wait=True):
            order.append("second")

    with locked(tmp_path / "lock", wait=False):
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(0.2)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


def test_a_process_that_is_killed_lets_it_go(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path / "lock")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdout.readline() == "held\n"
        with pytest.raises(BlockingIOError), locked(tmp_path / "lock", wait=False):
            pytest.fail("two held it")
        process.kill()
    with locked(tmp_path / "lock", wait=False):
        pass


def test_what_cannot_be_opened_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotADirectoryError), locked(Path(__file__) / "lock", wait=True):
        pytest.fail("it was held")

"""How far simulations are: what their files hold together."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from asn2fpga.errors import StoppedError
from asn2fpga.verify import watch
from asn2fpga.verify.watch import watched


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "EVERY_SECONDS", 0.01)


def wait_for(told: list[tuple[int, int]], wanted: tuple[int, int]) -> None:
    last = time.monotonic() + 20
    while wanted not in told and time.monotonic() < last:
        time.sleep(0.01)
    assert wanted in told


def test_what_is_done_is_told_once(tmp_path: Path) -> None:
    files = [tmp_path / "a", tmp_path / "b"]
    files[0].write_text("old " * 100)
    told: list[tuple[int, int]] = []
    with watched(files, 12, lambda done, total: told.append((done, total))):
        files[0].write_text("..")
        wait_for(told, (2, 12))
        files[1].write_text("...")
        wait_for(told, (5, 12))
    files[1].write_text(".....")
    assert told == sorted(set(told)) and told[-1] == (5, 12)


def test_a_build_that_is_stopped_is_not_told_any_more(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []

    def tell(done: int, total: int) -> None:
        told.append((done, total))
        raise StoppedError("stopped")

    with watched([tmp_path / "a"], 9, tell):
        (tmp_path / "a").write_text(".")
        wait_for(told, (1, 9))
        (tmp_path / "a").write_text("...")
        time.sleep(0.1)
    assert told == [(1, 9)]

"""One process makes what several want."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from asn2fpga.toolchain.cache import VARIABLE
from asn2fpga.toolchain.kept import Kept
from asn2fpga.workers.once import made_once


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kept:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    return Kept("things", "1")


def test_it_is_made_once_however_many_ask(kept: Kept) -> None:
    made: list[int] = []

    def make() -> bytes:
        made.append(1)
        time.sleep(0.05)
        return b"thing"

    found: list[bytes] = []
    key = kept.key("a")
    threads = [threading.Thread(target=lambda: found.append(made_once(kept, key, make))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [b"thing"] * 8 and made == [1]
    assert made_once(kept, key, lambda: b"another") == b"thing"


def test_what_fails_is_not_kept(kept: Kept) -> None:
    def fail() -> bytes:
        raise ValueError("no")

    key = kept.key("a")
    with pytest.raises(ValueError, match="no"):
        made_once(kept, key, fail)
    assert made_once(kept, key, lambda: b"later") == b"later"


def test_room_is_made_beside_the_locks(kept: Kept) -> None:
    made_once(kept, kept.key("a"), lambda: b"x" * 100)
    kept.make_room(most_bytes=10)
    assert kept.get(kept.key("a")) is None and (kept.folder / "locks").is_dir()

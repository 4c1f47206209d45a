"""What was made before: by content and version, of this user, and not without bounds."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from asn2fpga.toolchain.kept import Kept, digest_of


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kept:
    monkeypatch.setenv("ASN2FPGA_CACHE", str(tmp_path / "cache"))
    return Kept("tool", "1")


def test_keys_are_of_the_texts_and_of_the_version(kept: Kept) -> None:
    assert kept.key("a", "b") == kept.key("a", "b")
    assert len({kept.key("a", "b"), kept.key("ab"), kept.key("a\n1 b"), Kept("tool", "2").key("a", "b")}) == 4


def test_what_is_kept_is_found(kept: Kept) -> None:
    assert kept.get("key") is None
    kept.put("key", b"content")
    assert kept.get("key") == b"content"


def test_what_another_user_wrote_is_not_trusted(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    kept.put("key", b"content")
    monkeypatch.setattr(os, "getuid", lambda: (kept.folder / "key").stat().st_uid + 1)
    assert kept.get("key") is None


def test_a_folder_that_cannot_be_made_keeps_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("ASN2FPGA_CACHE", str(tmp_path / "file"))
    kept = Kept("tool", "1")
    kept.put("key", b"content")
    kept.make_room()
    assert kept.get("key") is None


def test_room_is_made_by_what_was_used_longest_ago(kept: Kept) -> None:
    for number in range(4):
        kept.put(f"key{number}", bytes(100))
        os.utime(kept.folder / f"key{number}", (number + 1, number + 1))
    assert kept.get("key0") == bytes(100)  # used now
    kept.make_room(250)
    assert sorted(path.name for path in kept.folder.iterdir()) == ["key0", "key3"]


def test_the_digest_is_of_files_and_texts(tmp_path: Path) -> None:
    (tmp_path / "one").write_text("1")
    before = digest_of([tmp_path / "one"], "text")
    assert digest_of([tmp_path / "one"], "other") != before
    (tmp_path / "one").write_text("2")
    assert digest_of([tmp_path / "one"], "text") != before

"""Files appear whole or not at all, with the rights that the umask gives."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from asn2fpga.files import replacing


@pytest.fixture(params=[0o022, 0o077, 0o002, 0o027], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def test_rights_are_those_of_the_umask(tmp_path: Path, umask: int) -> None:
    with replacing(tmp_path / "new") as stream:
        stream.write(b"x")
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o666 & ~umask


def test_a_failure_leaves_the_old_file_alone(tmp_path: Path) -> None:
    path = tmp_path / "old"
    path.write_text("old")
    with pytest.raises(KeyboardInterrupt), replacing(path) as stream:
        stream.write(b"half")
        raise KeyboardInterrupt
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]


def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("mine")
    link.symlink_to(target)
    with replacing(link) as stream:
        stream.write(b"new")
    assert target.read_text() == "mine" and link.read_text() == "new" and not link.is_symlink()


def test_the_longest_name_a_file_can_have(tmp_path: Path) -> None:
    path = tmp_path / ("x" * 255)
    with replacing(path) as stream:
        stream.write(b"x")
    assert path.read_bytes() == b"x"

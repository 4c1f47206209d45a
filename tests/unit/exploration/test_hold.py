"""The folder of an exploration: of one process, and of nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from asn2fpga.errors import InputError
from asn2fpga.exploration.hold import hold
from asn2fpga.exploration.study import FILE


def test_two_explorations_in_one_folder(tmp_path: Path) -> None:
    out = tmp_path / "out"
    message = (
        f"--out {out}: the folder must be free, not in use by another exploration; wait for it or give "
        "another --out."
    )
    with hold(out):
        (out / FILE).touch()
        with pytest.raises(InputError, match=f"^{re.escape(message)}$"), hold(out):
            pass
    with hold(out):
        pass


def test_other_files_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").touch()
    message = (
        f"--out {tmp_path}: the folder must be empty or hold an exploration, not other files ('thesis.tex'); "
        "give another --out."
    )
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"), hold(tmp_path):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]
    with (
        pytest.raises(InputError, match=r"must be a folder, not a file; give another --out\.$"),
        hold(tmp_path / "thesis.tex"),
    ):
        pass


def test_nothing_is_left_where_nothing_came_of_it(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no"), hold(tmp_path / "a" / "b"):
        raise InputError("no")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(InputError, match=r"the folder cannot be used: Not a directory"),
        hold(tmp_path / "file/x"),
    ):
        pass

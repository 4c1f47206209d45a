"""Build plans: digest, atomic writing, refusal of paths outside the folder."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from asn2fpga.errors import InputError
from asn2fpga.toolchain.plan import BuildPlan, Command, write_file


def test_write_creates_folders_and_files(tmp_path: Path) -> None:
    BuildPlan({"a.txt": "text", "b/c.bin": b"\0\1"}).write(tmp_path / "out")
    assert (tmp_path / "out/a.txt").read_text() == "text"
    assert (tmp_path / "out/b/c.bin").read_bytes() == b"\0\1"


def test_equal_files_stay_untouched(tmp_path: Path) -> None:
    plan = BuildPlan({"a.txt": "text", "b.txt": "old"})
    plan.write(tmp_path)
    os.utime(tmp_path / "a.txt", (1, 1))
    os.utime(tmp_path / "b.txt", (1, 1))
    BuildPlan({"a.txt": "text", "b.txt": "new"}).write(tmp_path)
    assert (tmp_path / "a.txt").stat().st_mtime == 1
    assert (tmp_path / "b.txt").stat().st_mtime != 1


def test_digest_does_not_depend_on_order() -> None:
    assert BuildPlan({"a": "1", "b": "2"}).digest == BuildPlan({"b": "2", "a": "1"}).digest


@pytest.mark.parametrize(
    "other",
    [
        BuildPlan({"a": "2"}, (Command(("true",), "log", 1.0),)),
        BuildPlan({"b": "1"}, (Command(("true",), "log", 1.0),)),
        BuildPlan({"a": "1"}, (Command(("false",), "log", 1.0),)),
        BuildPlan({"a": "1"}, (Command(("true",), "log", 1.0, environment={"A": "1"}),)),
        BuildPlan({"a": "1"}),
    ],
)
def test_digest_covers_everything(other: BuildPlan) -> None:
    assert other.digest != BuildPlan({"a": "1"}, (Command(("true",), "log", 1.0),)).digest


@pytest.mark.parametrize("path", ["../a", "/tmp/a", "b/../../a"])
def test_paths_outside_the_folder_are_refused_before_anything_is_written(path: str, tmp_path: Path) -> None:
    message = f"{path}: file of a plan must lie below its folder, not outside."
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        BuildPlan({"0": "first", path: "x"}).write(tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_unwritable_file_is_one_sentence_and_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with pytest.raises(InputError) as caught:
        write_file(tmp_path / "a", "text")
    assert str(caught.value) == (
        f"{tmp_path / 'a'}: file must be writable, not refused (Is a directory); free space or permissions, "
        "then run the same command again: finished stages are kept."
    )
    assert [path.name for path in tmp_path.iterdir()] == ["a"]

"""Which folders a build takes, and what it never touches."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from staged import build, files, refused

from asn2fpga.errors import (
    InputError,
)
from asn2fpga.stages import workspace
from asn2fpga.stages.manifest import read_manifest


def test_foreign_folder_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    message = (
        f"--out {tmp_path}: the out folder must be empty or made by asn2fpga, not hold other files "
        "('thesis.tex'); give another --out."
    )
    with refused(InputError, message):
        build(tmp_path)
    assert files(tmp_path) == ["thesis.tex"]


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"schema": "another/1"}'])
def test_folder_with_a_manifest_of_others_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "manifest.json").write_text(content)
    message = (
        f"--out {tmp_path}: the out folder must be empty or made by asn2fpga, not hold other files "
        "('manifest.json'); give another --out."
    )
    with refused(InputError, message):
        build(tmp_path)


def test_out_that_is_a_file_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    message = f"--out {tmp_path}/out: the out folder must be a folder, not a file; give another --out."
    with refused(InputError, message):
        build(tmp_path / "out")


def test_out_below_a_file_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    message = (
        f"--out {tmp_path}/file/out: the out folder must be one that can be created, "
        "not 'Not a directory'; give another --out."
    )
    with refused(InputError, message):
        build(tmp_path / "file/out")


def test_folder_in_use_refused(tmp_path: Path) -> None:
    message = (
        f"--out {tmp_path}: the out folder must be free, not in use by another build; "
        "wait for it or give another --out."
    )
    with workspace.claim(tmp_path), refused(InputError, message):
        build(tmp_path)


def test_changed_manifest_refused(tmp_path: Path) -> None:
    build(tmp_path)
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    del manifest["stages"]["load"]["key"]
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    message = (
        f"{tmp_path}/manifest.json: the manifest must be as asn2fpga wrote it, not changed; "
        f"delete {tmp_path} and build again."
    )
    with refused(InputError, message):
        read_manifest(tmp_path)


@pytest.mark.parametrize("what", ["missing", "another folder", "a file"])
def test_folder_without_a_build_refused(tmp_path: Path, what: str) -> None:
    path = tmp_path / "x"
    if what == "another folder":
        path.mkdir()
    if what == "a file":
        path.write_text("")
    message = (
        f"{path}: the folder must be one made by `asn2fpga build`, not {what}; "
        "give the folder that was its --out."
    )
    with refused(InputError, message):
        read_manifest(path)

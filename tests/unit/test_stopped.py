"""Signals and full disks: what is finished is kept, and the sentence says how to resume."""

from __future__ import annotations

import errno
import shutil
import signal
from pathlib import Path

import pytest
from staged import build, fail, files, refused, stage, stages

from asn2fpga.errors import (
    Asn2FpgaError,
    CheckError,
    HlsError,
    InputError,
    Interrupted,
    StoppedError,
    ToolError,
)


@pytest.mark.parametrize(
    ("error", "status"),
    [(KeyboardInterrupt(), 130), (Interrupted(signal.SIGINT), 130), (Interrupted(signal.SIGTERM), 143)],
    ids=["Ctrl-C", "SIGINT", "SIGTERM"],
)
def test_interrupt_keeps_what_is_done(tmp_path: Path, error: BaseException, status: int) -> None:
    message = (
        f"{tmp_path}: interrupted in stage golden; load, quantise are kept; "
        "run the same command again to resume."
    )
    with refused(StoppedError, message) as caught:
        build(tmp_path, chosen=stages(golden=fail(error)))
    assert caught.value.exit_code == status
    again = build(tmp_path)
    assert again.kept == ["load", "quantise"] and again.ran == ["golden", "csim"]


def test_interrupt_of_a_second_build_keeps_the_unchanged_later_stages(tmp_path: Path) -> None:
    build(tmp_path)
    with pytest.raises(StoppedError):
        build(tmp_path, vectors=7, chosen=stages(golden=fail(KeyboardInterrupt())))
    assert build(tmp_path, vectors=7).ran == ["golden"]


def test_what_is_kept_is_told_in_the_order_of_the_flow(tmp_path: Path) -> None:
    """Whichever stage of two that run side by side, or again, was finished last."""
    build(tmp_path)
    message = (
        f"{tmp_path}: interrupted in stage package; load, quantise, golden, csim are kept; "
        "run the same command again to resume."
    )
    package = stage("package", "golden", "csim", hook=fail(KeyboardInterrupt()))
    with refused(StoppedError, message):
        build(tmp_path, vectors=7, chosen=(*stages(), package))


def test_interrupt_in_the_first_stage_leaves_nothing(tmp_path: Path) -> None:
    message = (
        f"{tmp_path}/x: interrupted in stage load; nothing is kept; run the same command again to resume."
    )
    with refused(StoppedError, message):
        build(tmp_path / "x", chosen=stages(load=fail(KeyboardInterrupt())))
    assert files(tmp_path) == []


def full_disk() -> OSError:
    return OSError(errno.ENOSPC, "No space left on device", "x")


def wrapped_full_disk() -> InputError:
    error = InputError("file must be writable")
    error.__cause__ = full_disk()
    return error


@pytest.mark.parametrize("error", [full_disk(), wrapped_full_disk()], ids=["direct", "as a cause"])
def test_full_disk_keeps_what_is_done(tmp_path: Path, error: Exception) -> None:
    message = (
        f"{tmp_path}: the disk is full in stage quantise; load is kept; "
        "free some space and run the same command again to resume."
    )
    with refused(StoppedError, message):
        build(tmp_path, chosen=stages(quantise=fail(error)))
    assert build(tmp_path).kept == ["load"]


@pytest.mark.parametrize(
    "error",
    [
        ToolError("g++: exit status must be 0, not 1."),
        HlsError("x.cpp:1: unexpected end of file"),
        FileNotFoundError(errno.ENOENT, "No such file or directory", "x.ll"),
        EOFError("no data left in file"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_program_that_fails_on_a_full_disk(
    tmp_path: Path, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr("shutil.disk_usage", lambda path: usage._replace(free=1000))
    message = (
        f"{tmp_path}: the disk is full in stage golden; load, quantise are kept; "
        "free some space and run the same command again to resume."
    )
    with refused(StoppedError, message):
        build(tmp_path, chosen=stages(golden=fail(error)))


@pytest.mark.parametrize("error", [InputError("bad data"), CheckError("layer fc1 differs")])
def test_what_is_wrong_whatever_is_free_on_the_disk(
    tmp_path: Path, error: Asn2FpgaError, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr("shutil.disk_usage", lambda path: usage._replace(free=1000))
    with refused(type(error), str(error)):
        build(tmp_path, chosen=stages(golden=fail(error)))


def test_full_disk_while_the_manifest_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build(tmp_path, until="load")
    before = (tmp_path / "manifest.json").read_bytes()

    def full(*_: object) -> None:
        raise full_disk()

    monkeypatch.setattr("asn2fpga.toolchain.plan._replace", full)
    message = (
        f"{tmp_path}: the disk is full in stage quantise; load is kept; "
        "free some space and run the same command again to resume."
    )
    with refused(StoppedError, message):
        build(tmp_path)
    assert (tmp_path / "manifest.json").read_bytes() == before

"""Claiming an out folder: created or recognised as ours, locked, and left as it was if nothing came of it."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from asn2fpga.errors import InputError
from asn2fpga.files import check_links
from asn2fpga.stages.folder import Folder
from asn2fpga.stages.manifest import Manifest, is_ours, is_outdated, read_any_manifest, write_manifest
from asn2fpga.toolchain.lock import locked

LOCK = ".lock"


@contextlib.contextmanager
def claim(out: Path) -> Iterator[Folder]:
    """Use `out` for one build. Afterwards, if no stage is finished, everything the build made is removed.

    What another version of asn2fpga built there counts as not done, and is replaced stage by stage.
    InputError if `out` holds other files, is a file, cannot be created, or another build is running in it.
    """
    check_ours(out)
    made = _make(out)
    try:
        with _lock(out):
            outdated = is_outdated(out)
            if outdated or not is_ours(out):
                write_manifest(out, Manifest({}))
            try:
                yield Folder(out)
            finally:
                if not outdated and not read_any_manifest(out).stages:
                    _empty(out)
    finally:
        for folder in made:
            with contextlib.suppress(OSError):
                folder.rmdir()  # refused by the system unless empty


def check_ours(out: Path) -> None:
    """InputError unless `out` is missing, empty, or a folder made by asn2fpga that no link leads out of."""
    try:
        _check_path(out)
        if not out.exists():
            return
        if not out.is_dir():
            raise InputError(f"--out {out}: the out folder must be a folder, not a file; give another --out.")
        others = sorted(path.name for path in out.iterdir() if path.name != LOCK)
    except OSError as error:
        raise _unusable(out, error) from error
    if others and not is_ours(out):
        raise InputError(
            f"--out {out}: the out folder must be empty or made by asn2fpga, not hold other files "
            f"('{others[0]}'); give another --out."
        )
    check_links(out, f"--out {out}")


def _check_path(out: Path) -> None:
    """InputError if the path holds what simulators do not take in names of files, or is not UTF-8."""
    for letter in os.path.realpath(out):
        if letter in '"\n\r' or "\ud800" <= letter <= "\udfff":
            raise InputError(
                f"--out {str(out)!r}: the path of the out folder must not hold {letter!r}, which no "
                "simulator takes; give another --out."
            )


def _unusable(out: Path, error: OSError) -> InputError:
    return InputError(f"--out {out}: the out folder cannot be used: {error.strerror}; give another --out.")


def _make(out: Path) -> list[Path]:
    """Create `out`; the folders that did not exist before, innermost first."""
    missing = [folder for folder in (out, *out.parents) if not folder.exists()]
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"--out {out}: the out folder must be one that can be created, not '{error.strerror}'; "
            "give another --out."
        ) from error
    return missing


@contextlib.contextmanager
def _lock(out: Path) -> Iterator[None]:
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(locked(out / LOCK, wait=False))
        except BlockingIOError:
            raise InputError(
                f"--out {out}: the out folder must be free, not in use by another build; "
                "wait for it or give another --out."
            ) from None
        except OSError as error:
            raise _unusable(out, error) from error
        yield


def _empty(out: Path) -> None:
    for path in out.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()

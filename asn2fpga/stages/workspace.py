"""Claiming an out folder: created or recognised as ours, locked, and left as it was if nothing came of it."""

from __future__ import annotations

import contextlib
import fcntl
import shutil
from collections.abc import Iterator
from pathlib import Path

from asn2fpga.errors import InputError
from asn2fpga.stages.folder import Folder
from asn2fpga.stages.manifest import Manifest, is_ours, read_manifest, write_manifest

LOCK = ".lock"


@contextlib.contextmanager
def claim(out: Path) -> Iterator[Folder]:
    """Use `out` for one build. Afterwards, if no stage is finished, everything the build made is removed.

    InputError if `out` holds other files, is a file, cannot be created, or another build is running in it.
    """
    check_ours(out)
    made = _make(out)
    try:
        with _lock(out):
            if not is_ours(out):
                write_manifest(out, Manifest({}))
            try:
                yield Folder(out)
            finally:
                if not read_manifest(out).stages:
                    _empty(out)
    finally:
        for folder in made:
            with contextlib.suppress(OSError):
                folder.rmdir()  # refused by the system unless empty


def check_ours(out: Path) -> None:
    """InputError unless `out` is missing, empty, or a folder made by asn2fpga."""
    if not out.exists():
        return
    if not out.is_dir():
        raise InputError(f"--out {out}: the out folder must be a folder, not a file; give another --out.")
    others = sorted(path.name for path in out.iterdir() if path.name != LOCK)
    if others and not is_ours(out):
        raise InputError(
            f"--out {out}: the out folder must be empty or made by asn2fpga, not hold other files "
            f"('{others[0]}'); give another --out."
        )


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
    with (out / LOCK).open("w") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise InputError(
                f"--out {out}: the out folder must be free, not in use by another build; "
                "wait for it or give another --out."
            ) from None
        yield


def _empty(out: Path) -> None:
    for path in out.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()

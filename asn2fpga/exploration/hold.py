"""The folder of an exploration: made or recognised, and held by one process at a time."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from asn2fpga.errors import InputError
from asn2fpga.exploration.study import FILE
from asn2fpga.toolchain.lock import locked

LOCK = ".lock"


@contextlib.contextmanager
def hold(root: Path) -> Iterator[None]:
    """Use the folder. InputError if it holds other files, cannot be used, or another exploration holds it."""
    made = [folder for folder in (root, *root.parents) if not folder.exists()]
    try:
        with contextlib.ExitStack() as stack:
            try:
                _check_ours(root)
                root.mkdir(parents=True, exist_ok=True)
                stack.enter_context(locked(root / LOCK, wait=False))
            except BlockingIOError:
                raise InputError(
                    f"--out {root}: the folder must be free, not in use by another exploration; wait for it "
                    "or give another --out."
                ) from None
            except OSError as error:
                raise InputError(
                    f"--out {root}: the folder cannot be used: {error.strerror}; give another --out."
                ) from error
            yield
            made = []
    finally:
        if made and not (root / FILE).exists():  # nothing came of it
            with contextlib.suppress(OSError):
                (root / LOCK).unlink(missing_ok=True)
                for folder in made:
                    folder.rmdir()


def _check_ours(root: Path) -> None:
    """InputError unless it is missing, empty, or holds an exploration."""
    if root.exists() and not root.is_dir():
        raise InputError(f"--out {root}: it must be a folder, not a file; give another --out.")
    others = sorted(path.name for path in root.iterdir() if path.name != LOCK) if root.exists() else []
    if others and not (root / FILE).is_file():
        raise InputError(
            f"--out {root}: the folder must be empty or hold an exploration, not other files ('{others[0]}')"
            "; give another --out."
        )

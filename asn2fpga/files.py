"""Files: written whole or not at all, with the rights of the umask; read and deleted where they belong."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from asn2fpga.errors import InputError

# fmt: off
DAMAGED = (
    OSError, ValueError, KeyError, TypeError, AttributeError, EOFError, zipfile.BadZipFile, zlib.error,
)
# fmt: on
"""What reading a file of ours raises if others changed it."""


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A stream whose content becomes the file `path` when the block ends well; else nothing changes.

    A symbolic link at `path` is replaced by the file, not followed. Raises OSError as the system gives it.
    """
    part = path.parent / f".{secrets.token_hex(6)}.part"
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), "wb") as stream:
            yield stream
        part.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise


def check_regular(path: Path, what: str) -> None:
    """InputError, starting with `what`, for a pipe or device, which may never end; others are not judged."""
    with contextlib.suppress(OSError):
        mode = path.stat().st_mode
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
            raise InputError(f"{what}: the file must be a regular file, not a pipe or device.")


@contextlib.contextmanager
def as_written(path: Path) -> Iterator[None]:
    """InputError for whatever reading a file says that asn2fpga wrote and others changed."""
    try:
        yield
    except InputError:
        raise
    except DAMAGED as error:
        raise InputError(f"{path}: missing, or not as asn2fpga wrote it; build again.") from error


def is_below(path: str) -> bool:
    """Whether a relative path, as the manifest names products, stays below the folder by its form."""
    parts = path.split("/")
    return path.isprintable() and not {"", ".", ".."} & set(parts)


def resolves_below(root: Path, path: str) -> bool:
    """Whether `path` below `root` is a place in `root` also after following links."""
    return is_below(path) and _is_in(root / path, root)


def remove_below(root: Path, path: str) -> None:
    """Delete the file `path` of the folder `root`, if it is there; none that a link makes lie elsewhere."""
    if is_below(path) and _is_in((root / path).parent, root):
        (root / path).unlink(missing_ok=True)


def check_links(root: Path, where: str) -> None:
    """InputError, starting with `where`, if a link in the folder leads out of it, or nowhere."""
    for folder, folders, files in os.walk(root):
        for path in (Path(folder, name) for name in (*folders, *files)):
            if path.is_symlink() and not (_is_in(path, root) and path.exists()):
                raise InputError(
                    f"{where}: {path.relative_to(root)} must lie in the build's folder, not be a link to "
                    f"{path.readlink()}; remove the link."
                )


def _is_in(path: Path, root: Path) -> bool:
    """Whether `path`, links followed (also endless ones, which Path.resolve refuses), lies in `root`."""
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(root))

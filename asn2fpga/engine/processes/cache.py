"""What the engine made before, by the content of what it was made from; one folder for each user."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
from functools import cache
from pathlib import Path

from asn2fpga.files import replacing
from asn2fpga.resources import PACKAGE_DIR
from asn2fpga.toolchain.cache import shared_folder

MOST_BYTES = 1 << 29  # of all that is kept; what was used longest ago goes first
_OWN = ("engine", "device", "rtl.py")  # what the engine's results depend on, of this package


def key_of(*parts: str) -> str:
    """The same for equal texts, as long as the engine is the same."""
    text = "\n".join(f"{len(part)} {part}" for part in (_engine(), *parts))
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def kept(key: str) -> bytes | None:
    """What was kept by this key; None if nothing was, or by another user."""
    path = _folder() / key
    with contextlib.suppress(OSError):
        if path.stat().st_uid == os.getuid():
            os.utime(path)
            return path.read_bytes()
    return None


def keep(key: str, content: bytes) -> None:
    """Keep something; a cache that cannot be written to is none."""
    with contextlib.suppress(OSError):
        _folder().mkdir(parents=True, exist_ok=True)
        with replacing(_folder() / key) as stream:
            stream.write(content)


def make_room(most_bytes: int = MOST_BYTES) -> None:
    """Remove what was used longest ago until the rest is small enough."""
    with contextlib.suppress(OSError):
        files = [(path, path.stat()) for path in _folder().iterdir()]
        excess = sum(found.st_size for _, found in files) - most_bytes
        for path, found in sorted(files, key=lambda file: file[1].st_mtime):
            if excess <= 0:
                return
            path.unlink(missing_ok=True)
            excess -= found.st_size


def _folder() -> Path:
    return shared_folder() / "engine"


@cache
def _engine() -> str:
    """The engine's version: of its own source, which changes more often than that of the package."""
    digest = hashlib.sha256(sys.version.encode())
    for part in _OWN:
        path = PACKAGE_DIR / part
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            digest.update(file.read_bytes())
    return digest.hexdigest()

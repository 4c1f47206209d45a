"""Processes that were made before, by the content of what they are made from; one folder for each user.

A process is made anew when its own function, a constant that it uses, the part, the clock or the engine has
changed, and also when its lines have moved: Verilog and report name them.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pickle
import sys
from functools import cache
from pathlib import Path

from asn2fpga.engine.processes.job import Job, Made
from asn2fpga.files import replacing
from asn2fpga.resources import PACKAGE_DIR
from asn2fpga.toolchain.cache import shared_folder

MOST_BYTES = 1 << 29  # of all that is kept; what was used longest ago goes first
_OWN = ("engine", "device", "rtl.py")  # what the engine's results depend on, of this package


def key_of(job: Job) -> str:
    """The same for jobs with the same result."""
    parts = (_engine(), job.function, job.name, str(job.handshake), repr(job.delays), job.text)
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogateescape")).hexdigest()


def kept(job: Job) -> Made | None:
    """What this job became before; None if it is not known, or was damaged."""
    path = _path(job)
    try:
        if path.stat().st_uid != os.getuid():  # reading it may run what it says
            return None
        made = pickle.loads(path.read_bytes())
        os.utime(path)
    except Exception:  # whatever a damaged file leads to: the process is made anew
        return None
    return made if isinstance(made, Made) else None


def keep(job: Job, made: Made) -> None:
    """Keep a result that is none of an error; a cache that cannot be written to is none."""
    if made.error is not None:
        return
    path = _path(job)
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as stream:
            stream.write(pickle.dumps(made, pickle.HIGHEST_PROTOCOL))


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


def _path(job: Job) -> Path:
    return _folder() / key_of(job)


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

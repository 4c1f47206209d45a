"""Locks between processes: files that the kernel locks (flock), and lets go when their process ends."""

from __future__ import annotations

import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def locked(path: Path, *, wait: bool) -> Iterator[None]:
    """Hold the lock of a file, which is made if it is missing and stays when the lock is let go.

    BlockingIOError at once if another call, here or in another process, holds it and we do not `wait`;
    another OSError where the file cannot be opened, or its file system has no locks.
    """
    with path.open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield

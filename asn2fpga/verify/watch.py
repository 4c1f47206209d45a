"""How far simulations are that run as programs: each appends a byte to a file for every inference it ends."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from asn2fpga.errors import StoppedError

EVERY_SECONDS = 0.5

Tell = Callable[[int, int], object]
"""Gets how many inferences are done, and of how many."""


@contextmanager
def watched(files: Sequence[Path], total: int, tell: Tell) -> Iterator[None]:
    """While the block runs, `tell` what the files hold together whenever it is more, from another thread.

    Files of an earlier run are removed first.
    """
    for file in files:
        file.unlink(missing_ok=True)
    over = threading.Event()
    watcher = threading.Thread(target=_watch, args=(files, total, tell, over), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def _watch(files: Sequence[Path], total: int, tell: Tell, over: threading.Event) -> None:
    told = 0
    while not over.wait(EVERY_SECONDS):
        done = sum(file.stat().st_size for file in files if file.exists())
        if done > told:
            told = done
            try:
                tell(done, total)
            except StoppedError:  # the build ends; the simulations are being ended too
                return

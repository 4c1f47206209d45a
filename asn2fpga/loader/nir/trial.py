"""Whether HDF5's library comes back from a file at all: tried out by another process, within a time."""

from __future__ import annotations

import atexit
import functools
import os
import sys
import tempfile
import threading
from pathlib import Path

from asn2fpga.errors import InputError, ToolError
from asn2fpga.toolchain.process import Talking

WORKER = "asn2fpga.toolchain.hdf5_worker"
TIMEOUT_SECONDS = 30.0
NOTHING = "0 "
"""A question about no file."""
_asking = threading.Lock()


def refuse_unreadable(data: bytes, most_bytes: int) -> None:
    """InputError for bytes that HDF5's library hangs or crashes on; what else is wrong with them is not seen.

    most_bytes: of a dataset that is read.
    """
    with _asking, tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(data)
        worker = _living_worker()
        try:
            worker.ask(f"{most_bytes} {path}", TIMEOUT_SECONDS)
        except ToolError as error:
            _forget(worker)
            raise InputError(
                "the file must be a NIR graph, not damaged: HDF5 crashes on it, or does not come back in "
                f"{TIMEOUT_SECONDS:g} s; write it with nir.write."
            ) from error


def _living_worker() -> Talking:
    """The one of this process; a new one where that has ended, as all programs do when a build is stopped."""
    worker = _worker(os.getpid())
    try:
        worker.ask(NOTHING, TIMEOUT_SECONDS)
    except ToolError:
        _forget(worker)
        worker = _worker(os.getpid())
    return worker


def _forget(worker: Talking) -> None:
    worker.close()
    _worker.cache_clear()


@functools.cache
def _worker(process: int) -> Talking:
    """One for all files that this process reads. ToolError if it cannot be started."""
    environment = {"PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)}
    found = Talking([sys.executable, "-m", WORKER], Path(os.devnull), environment)
    atexit.register(found.close)
    found.ask(NOTHING, TIMEOUT_SECONDS)
    return found

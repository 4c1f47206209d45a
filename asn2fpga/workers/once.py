"""What several workers need is made by one of them: the others wait and take it from the shared folder."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

from asn2fpga.toolchain.kept import Kept
from asn2fpga.toolchain.lock import locked

LOCKS = "locks"


def made_once(kept: Kept, key: str, make: Callable[[], bytes]) -> bytes:
    """What is kept by this key; made and kept if nothing is, by one process at a time.

    A process that is killed lets the lock go. Where locks are not possible, several make the same.
    """
    found = kept.get(key)
    if found is not None:
        return found
    with _locked(kept.folder / LOCKS / key[:2]):
        found = kept.get(key)
        if found is None:
            found = make()
            kept.put(key, found)
    return found


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold one of 256 locks; which differ from each other for most keys is enough."""
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            stack.enter_context(locked(path, wait=True))
        yield

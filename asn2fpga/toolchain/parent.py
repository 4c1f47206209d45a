"""For programs of ours that work for another one: they end when that is gone, however it went."""

from __future__ import annotations

import os
import threading
import time

SECONDS = 1.0  # between two looks


def end_with_parent(seconds: float = SECONDS) -> None:
    """End this program soon after the one that started it has ended: by SIGKILL it stops nobody itself."""
    thread = threading.Thread(target=_watch, args=(os.getppid(), seconds), daemon=True)
    thread.start()


def _watch(parent: int, seconds: float) -> None:
    while os.getppid() == parent:
        time.sleep(seconds)
    os._exit(1)

"""How far a search is, told now and then to who watches; who wants it to end raises an error then."""

from __future__ import annotations

import time
from collections.abc import Callable

SECONDS = 0.5  # from one word to the next


def to_nobody(text: str) -> None:
    """Where nobody watches."""


class Telling:
    """Counts what is done. say: is given `text` with the count in it, no more often than every SECONDS."""

    def __init__(self, text: str, say: Callable[[str], None] = to_nobody) -> None:
        self.count = 0
        self._text, self._say, self._said = text, say, time.monotonic()

    def one_more(self) -> None:
        """One is begun; raises what `say` raises."""
        self.count += 1
        now = time.monotonic()
        if now - self._said >= SECONDS:
            self._said = now
            self._say(self._text.format(f"{self.count:,}"))

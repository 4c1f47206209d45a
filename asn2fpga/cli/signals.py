"""Ctrl-C and SIGTERM both end a command with one sentence; what is finished is kept."""

from __future__ import annotations

import signal

from asn2fpga.errors import Interrupted

TYPE_CHECKING = False  # as in asn2fpga/__init__.py
if TYPE_CHECKING:
    from types import FrameType, TracebackType

NUMBERS = (signal.SIGINT, signal.SIGTERM)


class Signals:
    """While entered, a signal raises Interrupted. `number`: the first one's, also if C code swallowed it.

    A signal that the caller ignores (`nohup`, a job of a script in the background) stays ignored.
    """

    def __init__(self) -> None:
        self.number: int | None = None
        self._before = {number: signal.getsignal(number) for number in NUMBERS}

    def __enter__(self) -> Signals:
        for number, handler in self._before.items():
            if handler is not signal.SIG_IGN:
                signal.signal(number, self._end)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler if handler is not None else signal.SIG_DFL)

    def _end(self, number: int, frame: FrameType | None) -> None:
        self.number = self.number or number
        raise Interrupted(self.number)

"""Waiting in a cocotb testbench: as long as something moves, and not for ever."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

import cocotb
from cocotb.triggers import First, Timer

PERIOD_NS = 10
Value = TypeVar("Value")


class GivenUpError(Exception):
    """`quiet`: nothing moved for too long; `late`: something moved, but there was no end."""


@dataclass(frozen=True)
class Watch:
    """What moves, read once in `quiet_cycles`; it must have changed by the next time."""

    progress: Callable[[], Awaitable[object]]
    quiet_cycles: int

    async def result(self, work: Coroutine[Any, Any, Value], most_cycles: int) -> Value:
        """What `work` returns; GivenUpError if nothing moves, or it takes more than `most_cycles`."""
        task = cocotb.start_soon(work)
        seen, waited = await self.progress(), 0
        while True:
            await First(task.complete, Timer(self.quiet_cycles * PERIOD_NS, "ns"))
            if task.done():
                return task.result()
            last, seen, waited = seen, await self.progress(), waited + self.quiet_cycles
            if seen == last or waited >= most_cycles:
                task.cancel()
                raise GivenUpError("quiet" if seen == last else "late")

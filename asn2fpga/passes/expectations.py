"""What a step brought when it was tried last, and what it should bring now that others have been taken.

How long a layer works is cut by the same part while others get faster. Of the latency a step may save more
than when it was tried, where slower layers hid it, but hardly more than layers work less; the larger of both
is expected, so that rather too many steps are tried than too few.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

from asn2fpga.device.resources import Resources
from asn2fpga.passes.speed import Speed, smooth_maximum


@dataclass(frozen=True)
class Brought:
    """saved_cycles: of the latency. busy: by each layer whose time changed, its part of that before. added:
    resources. age: steps that were taken since.
    """

    saved_cycles: float
    busy: Mapping[str, float]
    added: Resources
    age: int = 0

    @classmethod
    def of(cls, before: Speed, after: Speed, need: Resources, needs: Resources) -> Brought:
        """need: before the step; needs: after it."""
        busy = {
            name: cycles / before.busy[name]
            for name, cycles in after.busy.items()
            if cycles != before.busy[name]
        }
        return cls(before.latency - after.latency, busy, needs.plus(need.times(-1)))

    def after(self, taken: Brought | None) -> Brought:
        """What is left of it once another step was taken. taken: what that brought, if it was in the same
        layer, where this one includes it.
        """
        if taken is None:
            return dataclasses.replace(self, age=self.age + 1)
        names = {**self.busy, **taken.busy}
        return Brought(
            self.saved_cycles - taken.saved_cycles,
            {name: self.busy.get(name, 1.0) / taken.busy.get(name, 1.0) for name in names},
            self.added.plus(taken.added.times(-1)),
            self.age + 1,
        )

    def need(self, now: Resources) -> Resources:
        """What a network that needs so much should need with it."""
        return now.plus(self.added)

    def speed(self, now: Speed) -> Speed:
        """How fast a network that is so fast should be with it, in what steps are compared by."""
        busy = {name: cycles * self.busy.get(name, 1.0) for name, cycles in now.busy.items()}
        less = sum(max(0.0, cycles - busy[name]) for name, cycles in now.busy.items())
        latency = now.latency - max(self.saved_cycles, less)
        return dataclasses.replace(now, latency=latency, busy=busy, smooth_interval=smooth_maximum(busy))

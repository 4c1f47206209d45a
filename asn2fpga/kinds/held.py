"""What a node's accumulators and membranes held: the range of the values, and the type they were given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.types import FixedType


@dataclass(frozen=True)
class Held:
    """what: `sums`, `membranes` or `currents`. low, high: the extremes that were seen. type: as provided."""

    what: str
    type: FixedType
    low: int
    high: int

    @classmethod
    def of(cls, what: str, given: FixedType, values: Sequence[IntArray]) -> Held:
        """Of arrays of which none is empty."""
        low = min(int(part.min()) for part in values)
        return cls(what, given, low, max(int(part.max()) for part in values))

    def joined(self, other: Held) -> Held:
        """Of what this and the other were seen to hold."""
        return replace(self, low=min(self.low, other.low), high=max(self.high, other.high))

    @property
    def used_bits(self) -> int:
        """Bits that would have held what was seen, with a sign where the type has one."""
        if not self.type.signed:
            return FixedType.for_range(self.low, self.high).width_bits
        return FixedType.for_range(min(self.low, -1), self.high).width_bits


class Holds:
    """A node that may hold values between its inputs and what it sends."""

    def held(self, sums: IntArray | None) -> tuple[Held, ...]:
        """Nothing unless a kind says so. sums: (B, T, N) what it added up for B inferences, if it did."""
        return ()

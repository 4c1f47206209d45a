"""What nodes and synapses answer of delays; those without any have these answers."""

from __future__ import annotations

from typing import ClassVar

from asn2fpga.graph.edge import Edge
from asn2fpga.graph.types import FixedType


class IsLate:
    """A part of IntegerNode."""

    @property
    def is_late(self) -> bool:
        """Whether it sends the very events of its only input, later."""
        return False

    @property
    def closes_a_loop(self) -> bool:
        """Whether it sends what is due at a time step before it reads those of that step."""
        return False

    @property
    def first_cycles(self) -> int:
        """Cycles of an inference before it sends or takes anything."""
        return 0


class AddsUp:
    """A part of EventSynapse."""

    adds_up_first: ClassVar[str] = ""
    """The kernel of a process of its own that makes words of sums of its events, which `kernel` then takes
    as it takes currents; its words are of `own_sums`. Empty: `kernel` takes the events.
    """

    def own_sums(self, edge: Edge) -> FixedType:
        """The type of a sum of these synapses alone, where a process adds them up first."""
        raise TypeError(f"{type(self).__name__} adds to the sums of its population")

    def first_cycles(self, lanes: int) -> int:
        """Cycles of an inference before such a process takes events."""
        return 0

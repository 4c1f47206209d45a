"""What nodes compute: of whole sequences, or of one time step after the other, as parts of loops."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.types import Array


@dataclass(frozen=True, eq=False)
class Values:
    """Of B inferences: events or scores (B, T, N); currents, or sums that no other node may read, if any."""

    sent: Array
    currents: IntArray | None = None
    sums: IntArray | None = None

    def put(self, index: int, step: Values) -> None:
        """Note what was computed of one time step, (B, N)."""
        self.sent[:, index] = step.sent
        if self.currents is not None:
            assert step.currents is not None, "it has currents at every time step or at none"
            self.currents[:, index] = step.currents


class Stepwise:
    """A part of IntegerNode: those that cannot be part of a loop have these answers."""

    goes_by_steps: ClassVar[bool] = False
    """Whether `begin` and `step` compute what `run` does, and its hardware takes and sends a time step before
    the next one comes.
    """

    def begin(self, batch: int) -> Any:
        """The state before the first time step of so many inferences."""
        raise TypeError(f"{type(self).__name__} cannot be part of a loop")

    def step(
        self, edges: Sequence[Edge], inputs: Sequence[Array], index: int, state: Any
    ) -> tuple[Any, Values]:
        """The state after time step `index`, and what it sends in it, (B, N).

        inputs: (B, T, M) of every input, those with a delay included, and of each what is known by then.
        """
        raise TypeError(f"{type(self).__name__} cannot be part of a loop")

    def for_steps(self, steps: int) -> Self:
        """The same in a network of so many time steps: to predict a part of them."""
        return self

    def keeps(self, position: int) -> bool:
        """Whether no stream carries input number `position`: it is what the node itself sent before."""
        return False

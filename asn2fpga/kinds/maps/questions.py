"""What a node answers of the maps that it reads; one that reads none has these answers."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import Self

from asn2fpga.graph.edge import Edge
from asn2fpga.kinds.maps.demand import WindowKey
from asn2fpga.kinds.maps.pace import Reads


class ReadsMaps:
    """A part of IntegerNode. position: number of an input.

    works_by_step: whether it can read maps that come time step by time step: its kernels then run once for
    each, as for an inference of one time step.
    """

    works_by_step: bool = False

    def sent_by_step(self, inputs: Sequence[Edge]) -> Self | None:
        """The same sending its map time step by time step; None of what does not make maps over time of a
        frame, or of what comes from outside.
        """
        return None

    def window_key(self, position: int, edge: Edge) -> WindowKey | None:
        """The kind of windows in which it reads the map `edge` at input number `position`, if it does."""
        return None

    def rests(self, edges: Sequence[Edge]) -> bool:
        """Whether it rests between the turns of a map, so that the cycles of each count."""
        return False

    def works_for_long(self, position: int) -> bool:
        """Whether it takes the map at input number `position` more slowly than word by word."""
        return False

    def map_intake(self) -> Iterator[tuple[Reads, ...]]:
        """What it has read of each input, step by step, before it sends its first pixel: of all others,
        map_reads tells.
        """
        yield from ()

    @property
    def reading(self) -> Hashable:
        """What map_reads depends on where it works on one pixel at a time."""
        return ()

    def map_reads(self, position: int, pixel: int) -> Reads:
        """Pixels of the map at input number `position` that it has read once it has sent that pixel."""
        raise TypeError(f"{type(self).__name__} sends no map made of others")

    @property
    def other_forms(self) -> Sequence[Self]:
        """Itself in other hardware, which computes the same: the quickest is chosen once lanes are."""
        return ()


class HasPixels:
    """A part of Foldable. parallel_pixels: of a map, worked on at a time, each with weights of its own."""

    parallel_pixels: int = 1

    @property
    def most_parallel_pixels(self) -> int:
        """Pixels of a map that it can work on at a time; 1 where there is nothing to choose."""
        return 1

    def follows(self, position: int) -> bool:
        """Whether it is best with the lanes of what it reads at input number `position`."""
        return False

    @property
    def map_columns(self) -> int:
        """Columns of the map that it sends; 1 of what is no map."""
        return 1

    def in_form(self, form: str, edges: Sequence[Edge]) -> Self | None:
        """The same reading maps in that form of config.FORMS; None if it cannot read any so."""
        return None

    def takes_every_tap(self, edges: Sequence[Edge]) -> bool:
        """Whether it reads maps in form frame."""
        return False

    def with_parallel_pixels(self, pixels: int) -> Self:
        """The same working on so many pixels at a time, each in a unit of its own."""
        return self

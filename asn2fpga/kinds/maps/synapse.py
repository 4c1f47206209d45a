"""What synapses between maps answer: channels and pixels in place of neurons one by one."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Hashable
from typing import Self

from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.edge import Edge
from asn2fpga.kinds.maps.demand import WindowKey
from asn2fpga.kinds.maps.pace import Intake, Reads
from asn2fpga.kinds.synapses.contract import Synapse
from asn2fpga.kinds.timing import Demand


class MapSynapse(Synapse):
    """Synapses onto a map of neurons. Sums lie pixel by pixel, channels last; ranges are of channels.

    image: (channels, height, width) of the map that it reads.
    """

    image: tuple[int, ...]

    @property
    @abstractmethod
    def channels(self) -> int:
        """Of the map that it adds to."""

    @property
    @abstractmethod
    def pixels(self) -> tuple[int, int]:
        """Rows and columns of that map."""

    @property
    def neurons(self) -> int:
        return self.channels * math.prod(self.pixels)

    @property
    @abstractmethod
    def reading(self) -> Hashable:
        """What map_reads depends on."""

    @abstractmethod
    def map_reads(self, pixel: int) -> Reads:
        """Pixels that it has read once the sums of pixel number `pixel` have left."""

    @abstractmethod
    def of_columns(self, first: int, step: int) -> Self:
        """Its part in the columns first, first + step, ... of the map that it adds to."""

    # ---- cycles -------------------------------------------------------------------------------------------

    @abstractmethod
    def window_key(self, edge: Edge, lanes: int) -> WindowKey | None:
        """The kind of its windows, adding to so many lanes; None if it reads no events."""

    @property
    @abstractmethod
    def intake(self) -> Intake:
        """How it takes its map in, for each pixel of sums."""

    @abstractmethod
    def walked_words(self, edge: Edge, lanes: int) -> int:
        """The most words, or parts of words, of its map that it sends on for a pixel and time step, counted
        again for each group of lanes.
        """

    @abstractmethod
    def counts_in_cycles(self, edge: Edge, lanes: int) -> int:
        """Counts of such a word that each take a cycle, if they are not zero; 1 where the word takes one."""

    @abstractmethod
    def pixel_cycles(self, edge: Edge, demand: Demand | None, lanes: int, inferences: int) -> IntArray:
        """(B, rows, columns) cycles in which it adds to the sums of each pixel, so many lanes at a time: all
        groups of lanes and time steps; of a map that comes step by step, rows of all steps.
        """

    @abstractmethod
    def turn_cycles(self, edge: Edge, demand: Demand, lanes: int) -> IntArray:
        """(B, rows, columns, walks, steps) the same of each time step of a word, and of each walk through a
        window, of which each serves equally many groups of lanes. Only of events.
        """

    @abstractmethod
    def additions(self, edge: Edge, demand: Demand | None, lanes: int) -> tuple[int, int]:
        """Additions executed in all inferences, and the same times the counts added."""

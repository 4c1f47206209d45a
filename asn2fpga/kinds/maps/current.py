"""The current of another map as it is: a membrane shortcut, x + f(x) before the neuron."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Hashable
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.edge import Carries, Edge
from asn2fpga.graph.rule import differs
from asn2fpga.graph.types import Array
from asn2fpga.kinds.maps.demand import WindowKey
from asn2fpga.kinds.maps.pace import Intake, Reads, one_by_one, pixel_intake
from asn2fpga.kinds.maps.synapse import MapSynapse
from asn2fpga.kinds.timing import Demand


@dataclass(frozen=True, eq=False, kw_only=True)
class MapCurrent(MapSynapse):
    """sum = current, pixel by pixel and channel by channel. image: (channels, height, width)."""

    title = "currents of a map"
    reads: ClassVar[Carries] = "currents"

    image: tuple[int, ...]

    @property
    def channels(self) -> int:
        return self.image[0]

    @property
    def pixels(self) -> tuple[int, int]:
        return self.image[1], self.image[2]

    @property
    def inputs(self) -> int:
        return math.prod(self.image)

    def complaint(self, edge: Edge) -> str:
        return differs("channels and pixels", self.image, edge.image)

    def sums(self, edge: Edge, values: Array) -> IntArray:
        return values.astype(np.int64)

    def sum_range(self, edge: Edge) -> tuple[IntArray, IntArray]:
        return np.full(self.channels, edge.low, np.int64), np.full(self.channels, edge.high, np.int64)

    @property
    def fanout(self) -> int:
        return 1

    @property
    def reading(self) -> Hashable:
        return self.image

    def map_reads(self, pixel: int) -> Reads:
        return one_by_one(pixel, self.image[1] * self.image[2])

    def of_columns(self, first: int, step: int) -> Self:
        channels, rows, columns = self.image
        return dataclasses.replace(self, image=(channels, rows, len(range(first, columns, step))))

    def window_key(self, edge: Edge, lanes: int) -> WindowKey | None:
        return None

    @property
    def intake(self) -> Intake:
        return pixel_intake(math.prod(self.pixels))

    def walked_words(self, edge: Edge, lanes: int) -> int:
        """None: words are taken as they come."""
        return 0

    def counts_in_cycles(self, edge: Edge, lanes: int) -> int:
        return 1

    def pixel_cycles(self, edge: Edge, demand: Demand | None, lanes: int, inferences: int) -> IntArray:
        """None: sums start from it."""
        return np.zeros((inferences, edge.rounds * self.image[1], self.image[2]), np.int64)

    def turn_cycles(self, edge: Edge, demand: Demand, lanes: int) -> IntArray:
        raise TypeError("currents are no events")

    def additions(self, edge: Edge, demand: Demand | None, lanes: int) -> tuple[int, int]:
        return 0, 0

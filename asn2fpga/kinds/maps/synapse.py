"""What synapses between maps answer: channels and pixels in place of neurons one by one."""

from __future__ import annotations

import math
from abc import abstractmethod

from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.edge import Edge
from asn2fpga.kinds.contract import Synapse
from asn2fpga.kinds.maps.demand import WindowKey
from asn2fpga.kinds.maps.pace import Reads
from asn2fpga.kinds.timing import Demand


class MapSynapse(Synapse):
    """Synapses onto a map of neurons. Sums lie pixel by pixel, channels last; ranges are of channels."""

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

    @abstractmethod
    def map_reads(self, pixel: int) -> Reads:
        """Pixels that it has read once the sums of pixel number `pixel` have left."""

    # ---- cycles -------------------------------------------------------------------------------------------

    @property
    @abstractmethod
    def window_key(self) -> WindowKey | None:
        """The kind of its windows; None if it reads no events."""

    @abstractmethod
    def last_row(self, row: int) -> int:
        """The last row that it reads for a row of sums, and for those before; -1 if that needs none."""

    @property
    def whole_rows(self) -> bool:
        """Whether it reads rows to their end."""
        return True

    @abstractmethod
    def row_cycles(self, edge: Edge, demand: Demand | None, groups: int, inferences: int) -> IntArray:
        """(B, rows) cycles in which it adds to the sums of each row, all groups of lanes and time steps."""

    @abstractmethod
    def additions(self, demand: Demand | None) -> tuple[int, int]:
        """Additions executed in all inferences, and the same times the counts added."""

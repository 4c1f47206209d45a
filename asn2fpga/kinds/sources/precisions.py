"""What sources answer of precisions: those of networks without several have these answers."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from asn2fpga.graph.types import Array

BoolArray = npt.NDArray[np.bool_]


class HasPrecisions:
    """A part of Source."""

    precisions: int = 1
    """Of how many an input may say which one it is to be computed with."""

    def whole(self, x: Array) -> Array:
        """Inputs as hardware takes them, whether x says precisions or not."""
        return x

    def with_precision(self, x: Array, precision: int) -> Array:
        """Inputs x (B, ..) that are to be computed with this precision."""
        raise TypeError(f"{type(self).__name__} has one precision")

    def are_usual(self, x: Array) -> BoolArray:
        """(B,) which of the inputs are to be computed with the usual precision, the first one."""
        return np.ones(len(x), bool)

    def in_turn(self, x: Array, first: int) -> Array:
        """Inputs number `first`, `first` + 1, .. of a test, which has each precision in turn."""
        return x

"""Frames that say with which precision they are to be computed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from asn2fpga.errors import InputError
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.limits import MAX_PRECISIONS
from asn2fpga.graph.rule import Context, outside
from asn2fpga.graph.types import Array, FixedType, Shape
from asn2fpga.kinds.contract import Values
from asn2fpga.kinds.sources.frames import Encode
from asn2fpga.kinds.sources.precisions import BoolArray
from asn2fpga.kinds.sources.source import check_shape


def there_are_several_precisions(_: Context, node: EncodePrecise) -> str:
    """EncodePrecise: 2..4 precisions."""
    return outside("precisions", node.precisions, 2, MAX_PRECISIONS)


@dataclass(frozen=True, eq=False, kw_only=True)
class EncodePrecise(Encode):
    """Frames with one element more than `shape` has, the last one: the number of the precision.

    x: (B, *shape) uint8, all of precision 0, or (B, M + 1), the M elements of a frame in C order and the
    precision. precisions: P; a number of more than P - 1 means P - 1 in hardware, and is refused here.
    """

    precisions: int

    rules = (*Encode.rules, there_are_several_precisions)  # one more

    @property
    def pixels(self) -> int:
        return math.prod(self.shape) + 1

    @property
    def sent_shape(self) -> Shape:
        return (self.pixels,)

    @property
    def count_type(self) -> FixedType:
        return FixedType.for_range(0, max(self.max_count, self.precisions - 1))

    def check(self, x: Array) -> None:
        if not self._says_precision(x):
            super().check(x)
            return
        check_shape(x, self.sent_shape, "frames with a precision (B, {})")
        if x.dtype != np.uint8:
            raise InputError(f"x: frames with a precision must be uint8, not {x.dtype}.")
        super().check(x[:, :-1].reshape(len(x), *self.shape))
        largest = int(x[:, -1].max(initial=0))
        if largest >= self.precisions:
            raise InputError(f"x: precisions must be 0..{self.precisions - 1}, not {largest}.")

    def whole(self, x: Array) -> Array:
        return x if self._says_precision(x) else self.with_precision(x, 0)

    def with_precision(self, x: Array, precision: int) -> Array:
        return self._with(x, np.full(len(x), precision))

    def are_usual(self, x: Array) -> BoolArray:
        usual: BoolArray = self.whole(x)[:, -1] == 0
        return usual

    def in_turn(self, x: Array, first: int) -> Array:
        return self._with(x, (first + np.arange(len(x))) % self.precisions)

    def _with(self, x: Array, precisions: Array) -> Array:
        flat = x.reshape(len(x), -1)
        return np.concatenate([flat, precisions.astype(x.dtype)[:, None]], axis=1)

    def _says_precision(self, x: Array) -> bool:
        return x.ndim == 2 and x.shape[1:] == self.sent_shape and self.shape != self.sent_shape

    def run(self, edges: Sequence[Edge], inputs: Sequence[Array]) -> Values:
        (x,) = inputs
        return super().run(edges, [self.whole(x)])

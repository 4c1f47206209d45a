"""Larger maps as trained: each pixel several times, or once with zeros around it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from asn2fpga.graph.arrays import RealArray
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.rule import Context
from asn2fpga.kinds.maps.upsample import Between, MapUpsample, factor_complaint, upsampled, upsampled_shape
from asn2fpga.kinds.maps.window import image_of
from asn2fpga.kinds.trained import RealNode


def upsample_fits_its_map(context: Context, node: Upsample) -> str:
    """Upsample: it reads a map, and has a whole factor for each of its axes of pixels."""
    return factor_complaint(node.factor, context.edge_into(node).shape)


@dataclass(frozen=True, eq=False, kw_only=True)
class Upsample(RealNode):
    """A map with `factor` (rows, columns) times as many pixels.

    between: `copies` of the nearest pixel; or `zeros`, of which none follow the last row and column: with
    them a convolution is a transposed one.
    """

    factor: tuple[int, ...]
    between: Between = "copies"

    rules = (upsample_fits_its_map,)

    @property
    def pools(self) -> Between:
        return self.between

    @property
    def text(self) -> str:
        rows, columns = self.factor
        return f"{rows} x {columns} times as many pixels" + (", zeros between" * (self.between == "zeros"))

    def output(self, inputs: Sequence[Edge]) -> Edge:
        shape = upsampled_shape(inputs[0].shape, self.factor, self.between)
        return dataclasses.replace(inputs[0], shape=shape)

    def evaluate(self, inputs: Sequence[RealArray]) -> RealArray:
        (values,) = inputs
        shape = values.shape[2:]
        maps = values.reshape(-1, *image_of(shape)).transpose(0, 2, 3, 1)
        found: RealArray = upsampled(maps, self.factor, self.between, 0).transpose(0, 3, 1, 2)
        return found.reshape(*values.shape[:2], *upsampled_shape(shape, self.factor, self.between))

    def integer_pool(self, sources: Sequence[str], edges: Sequence[Edge]) -> MapUpsample:
        return MapUpsample(
            name=self.name,
            inputs=tuple(sources),
            source=self.source,
            factor=self.factor,
            image=edges[0].shape,
            between=self.between,
        )

    def after(self, source: str, signs: RealArray | None) -> Self:
        return dataclasses.replace(self, inputs=(source,))

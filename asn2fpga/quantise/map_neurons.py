"""The integer neurons of a map: one for each channel, or for each pixel and channel where these differ."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np

from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.types import Array, Shape
from asn2fpga.kinds.neurons.convert import Drive, graded
from asn2fpga.kinds.neurons.each import in_raster_order, is_by_pixel
from asn2fpga.kinds.neurons.graded import Graded
from asn2fpga.kinds.neurons.semantics import NeuronSemantics
from asn2fpga.kinds.trained import RealNode
from asn2fpga.quantise.scheme import Scheme


def map_neurons(
    semantics: NeuronSemantics, drive: Drive, shape: Shape, time_steps: int, scheme: Scheme
) -> tuple[Graded, bool]:
    """Neurons of a map of that shape, and whether there is one for each pixel and channel.

    drive: (channels,), or (pixels * channels,) in raster order but for its ranges.
    """
    by_pixel = is_by_pixel(semantics, shape) or len(drive.scale) > shape[0]
    if by_pixel:
        whole = dataclasses.replace(
            semantics, betas=_whole(semantics.betas, shape), thresholds=_whole(semantics.thresholds, shape)
        )
        semantics, drive = in_raster_order(whole, shape), _at_each_pixel(drive, math.prod(shape))
    else:
        semantics = in_raster_order(semantics, shape)
    return graded(semantics, drive, time_steps, scheme.alpha_frac_bits, scheme.state_frac_bits), by_pixel


def values_added(pool: RealNode, shape: Shape) -> IntArray:
    """(1,), or (pixels,) in raster order where they differ: what a pool makes of sums of a map of `shape`
    that are all 1, apart from its factor.
    """
    if pool.pools == "largest":
        return np.ones(1, np.int64)
    added = pool.evaluate([np.ones((1, 1, *shape))])[0, 0, 0] / pool.output_factor
    counts: IntArray = np.rint(added).reshape(-1).astype(np.int64)
    return counts[:1] if (counts == counts[0]).all() else counts


def _whole(values: Array | None, shape: Shape) -> Array | None:
    return None if values is None else np.broadcast_to(values, shape)


def _at_each_pixel(drive: Drive, neurons: int) -> Drive:
    """That of all neurons of a map, pixel by pixel."""

    def tiled(values: Any) -> Any:
        return np.tile(values, neurons // len(values))

    low, high = drive.sums
    return dataclasses.replace(
        drive,
        scale=tiled(drive.scale),
        offset=tiled(drive.offset),
        bias=tiled(drive.bias),
        sums=(tiled(low), tiled(high)),
    )

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


def pooled_drive(pool: RealNode, drive: Drive, shape: Shape) -> Drive:
    """What the sums of a pool over sums of a map of `shape` mean: for each channel, or for each pixel and
    channel where windows add up other numbers of them; the ranges are left.
    """
    if pool.pools == "largest":
        return drive
    added = pool.evaluate([np.ones((1, 1, *shape))])[0, 0]
    counts: IntArray = np.rint(added[0]).reshape(-1).astype(np.int64)  # of a channel, in C order of pixels
    if (counts == counts[0]).all():
        counts = counts[:1]
    return dataclasses.replace(
        drive,
        scale=np.tile(drive.scale, len(counts)),
        offset=np.outer(counts, drive.offset).reshape(-1),
        bias=np.outer(counts, drive.bias).reshape(-1),
    )


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

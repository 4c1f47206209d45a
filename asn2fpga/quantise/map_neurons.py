"""The integer neurons of a map: one for each channel, or for each pixel and channel where these differ."""

from __future__ import annotations

import dataclasses
import math

import numpy as np

from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.types import Shape
from asn2fpga.kinds.neurons.convert import Drive, graded
from asn2fpga.kinds.neurons.each import in_raster_order, is_by_pixel
from asn2fpga.kinds.neurons.graded import Graded
from asn2fpga.kinds.neurons.semantics import NeuronSemantics
from asn2fpga.quantise.scheme import Scheme


def map_neurons(
    semantics: NeuronSemantics, drive: Drive, shape: Shape, time_steps: int, scheme: Scheme
) -> tuple[Graded, bool]:
    """Neurons of a map of that shape, and whether there is one for each pixel and channel.

    drive: (channels,).
    """
    by_pixel = is_by_pixel(semantics, shape)
    if by_pixel:
        drive = _at_each_pixel(drive, math.prod(shape[1:]))
    ordered = in_raster_order(semantics, shape)
    return graded(ordered, drive, time_steps, scheme.alpha_frac_bits, scheme.state_frac_bits), by_pixel


def _at_each_pixel(drive: Drive, pixels: int) -> Drive:
    """That of all neurons of a map, pixel by pixel."""
    low, high = drive.sums
    sums: tuple[IntArray, IntArray] = (np.tile(low, pixels), np.tile(high, pixels))
    return dataclasses.replace(
        drive,
        scale=np.tile(drive.scale, pixels),
        offset=np.tile(drive.offset, pixels),
        bias=np.tile(drive.bias, pixels),
        sums=sums,
    )

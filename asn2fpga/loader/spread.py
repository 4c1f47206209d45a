"""Means of a map's pixels that make more of them, and no multiple: AdaptiveAvgPool2d(7) of 2 x 2.

Such a mean is linear. A Linear layer that reads it, flattened, becomes one that reads the pixels themselves.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn import functional

from asn2fpga.errors import UnsupportedError
from asn2fpga.graph.arrays import RealArray
from asn2fpga.graph.types import Shape
from asn2fpga.loader.builder import Value
from asn2fpga.loader.call import Call


@dataclass(frozen=True, eq=False)
class Spread:
    """share: (wanted pixels, pixels) what each of them gives. refusal: where no Linear layer follows."""

    share: RealArray
    refusal: UnsupportedError

    def composed(self, weight: RealArray) -> RealArray:
        """(out, channels * wanted pixels) -> (out, channels * pixels)."""
        wanted, pixels = self.share.shape
        found: RealArray = (weight.reshape(-1, wanted) @ self.share).reshape(len(weight), -1)
        assert found.shape[1] * wanted == weight.shape[1] * pixels
        return found


def spread(call: Call, shape: Shape, wanted: tuple[int, int], refusal: UnsupportedError) -> Value:
    """A mean over a map of that shape that gives so many rows and columns, for a Linear layer to take."""
    if "max" in call.label.lower() or call.value.spread is not None:
        raise refusal
    pixels = math.prod(shape[1:])
    rows = (1, *shape[1:]) if len(shape) == 2 else shape[1:]
    one_each = torch.eye(pixels, dtype=torch.float64).reshape(pixels, 1, *rows)
    share: Any = functional.adaptive_avg_pool2d(one_each, wanted).reshape(pixels, -1).T.contiguous().numpy()
    return dataclasses.replace(call.value, spread=Spread(share, refusal))

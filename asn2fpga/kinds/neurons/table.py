"""Functions as tables: what a neuron computes that looks its output up. docs/spec/kinds/lookup.md."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from asn2fpga.graph.arrays import IntArray, RealArray, as_real

Function = Literal["sigmoid", "tanh", "exp"]
MAX_VALUE = 255  # of a count
LARGEST_EXPONENT = 700  # of a power of e that float64 holds
FINE = 16  # points of a step, where the error is looked for


def sigmoid(x: RealArray) -> RealArray:
    """1 / (1 + e^-x), of any number."""
    found: RealArray = 1.0 / (1.0 + np.exp(-np.clip(x, -LARGEST_EXPONENT, LARGEST_EXPONENT)))
    return found


FUNCTIONS: dict[str, Callable[[RealArray], RealArray]] = {"sigmoid": sigmoid, "tanh": np.tanh, "exp": np.exp}


@dataclass(frozen=True)
class Table:
    """y = values[k] / 2^frac_bits, k = floor(x / step + 1/2) within -2^(A-1)..2^(A-1) - 1, A = address_bits.

    step = limit / 2^(A-1). values[k]: the nearest integer to 2^frac_bits * f(k * step), half to even, within
    +-255. Inputs beyond +-limit are as those at the end.
    """

    function: Function
    address_bits: int
    limit: float
    frac_bits: int

    @property
    def step(self) -> float:
        """Between the inputs of two entries."""
        return self.limit / (1 << (self.address_bits - 1))

    @property
    def values(self) -> IntArray:
        """(2^A,) from k = -2^(A-1) on."""
        half = 1 << (self.address_bits - 1)
        exact = np.ldexp(
            FUNCTIONS[self.function](as_real(np.arange(-half, half) * self.step)), self.frac_bits
        )
        found: IntArray = np.clip(np.rint(exact), -MAX_VALUE, MAX_VALUE).astype(np.int64)
        return found

    def evaluate(self, x: RealArray) -> RealArray:
        """What comes out for these inputs."""
        half = 1 << (self.address_bits - 1)
        index = np.clip(np.floor(x / self.step + 0.5), -half, half - 1).astype(np.int64)
        return as_real(np.ldexp(self.values[index + half].astype(np.float64), -self.frac_bits))

    @property
    def error(self) -> float:
        """The largest difference from the function itself, of inputs within +-limit, between entries too."""
        points = np.arange(-FINE << (self.address_bits - 1), (FINE << (self.address_bits - 1)) + 1)
        x = as_real(points * (self.step / FINE))
        return float(np.abs(self.evaluate(x) - FUNCTIONS[self.function](x)).max())

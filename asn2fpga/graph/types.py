"""Tensor types: a shape and the fixed-point (here: integer) type of its elements."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Shape = tuple[int, ...]
Array = npt.NDArray[np.generic]


@dataclass(frozen=True)
class FixedType:
    """An integer of `width_bits` bits, two's complement if `signed`."""

    width_bits: int
    signed: bool

    @property
    def min(self) -> int:
        """Smallest representable integer."""
        return -(1 << (self.width_bits - 1)) if self.signed else 0

    @property
    def max(self) -> int:
        """Largest representable integer."""
        return (1 << (self.width_bits - self.signed)) - 1

    @property
    def hls_name(self) -> str:
        """Name of the type in the generated C++, e.g. `ap_uint<8>`."""
        return f"{'ap_int' if self.signed else 'ap_uint'}<{self.width_bits}>"

    @property
    def numpy_dtype(self) -> np.dtype[np.generic]:
        """Narrowest numpy integer type that holds every value."""
        for width in (8, 16, 32, 64):
            if self.width_bits <= width:
                return np.dtype(f"{'int' if self.signed else 'uint'}{width}")
        raise ValueError(f"no numpy type holds {self.width_bits} bits")

    def __str__(self) -> str:
        return f"{'s' if self.signed else 'u'}{self.width_bits}"

    @classmethod
    def parse(cls, text: str) -> FixedType:
        """Inverse of `str()`: `u8`, `s20`."""
        return cls(int(text[1:]), {"s": True, "u": False}[text[0]])

    @classmethod
    def for_range(cls, low: int, high: int) -> FixedType:
        """Narrowest type that holds every integer in low..high (at least 1 bit)."""
        if low > high:
            raise ValueError(f"empty range {low}..{high}")
        if low >= 0:
            return cls(max(1, int(high).bit_length()), False)
        return cls(1 + max(int(-low - 1).bit_length(), int(max(high, 0)).bit_length()), True)


@dataclass(frozen=True)
class TensorType:
    """Shape (without time and batch) and element type; `fixed` is None while values are real numbers."""

    shape: Shape
    fixed: FixedType | None = None

    @property
    def size(self) -> int:
        """Number of elements."""
        return int(np.prod(self.shape, dtype=np.int64)) if self.shape else 1

    def __str__(self) -> str:
        return f"{self.fixed or 'real'}[{','.join(map(str, self.shape))}]"

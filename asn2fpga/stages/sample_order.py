"""The order in which samples are used: it depends on what they are, not on where they stand in a file.

Each prefix of it is a stratified sample: as many of each class as its share, chosen at random (by `seed`).
"""

from __future__ import annotations

import hashlib

import numpy as np
import numpy.typing as npt

from asn2fpga.graph.types import Array


def sample_order(x: Array, y: Array | None, seed: int) -> npt.NDArray[np.int64]:
    """Indices of the rows of x (B, ..) in their order, which is that of the rows themselves."""
    order = sorted(range(len(x)), key=lambda row: _digest(x[row], None if y is None else int(y[row]), seed))
    if y is None:
        return np.array(order, np.int64)
    return np.array(_interleave(order, y), np.int64)


def _interleave(order: list[int], y: Array) -> list[int]:
    """Rows by their quantile in their own class; `order` decides between equal ones."""
    sizes = dict(zip(*(part.tolist() for part in np.unique(y, return_counts=True)), strict=True))
    seen = dict.fromkeys(sizes, 0)
    quantiles = []
    for place, row in enumerate(order):
        label = y[row].item()
        quantiles.append(((seen[label] + 0.5) / sizes[label], place, row))
        seen[label] += 1
    return [row for _, _, row in sorted(quantiles)]


def _digest(row: Array, label: int | None, seed: int) -> bytes:
    """Bytes that only the content (integers 0..255), the label and the seed decide."""
    content = np.ascontiguousarray(row, np.uint8).tobytes()
    return hashlib.blake2b(content, digest_size=16, key=f"{seed} {label}".encode()).digest()

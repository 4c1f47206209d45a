"""What sums start from: constants of hardware, alike for all pixels but those near the border."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from asn2fpga.graph.arrays import IntArray


@dataclass(frozen=True, eq=False)
class Borders:
    """top, bottom: rows that have a start of their own; all between have one; left, right: columns likewise.

    values: (top + 1 + bottom, left + 1 + right, channels).
    """

    top: int
    bottom: int
    left: int
    right: int
    values: IntArray


def borders_of(starts: IntArray) -> Borders | None:
    """starts: (rows, columns, channels); None if all are 0."""
    if not starts.any():
        return None
    top, bottom = _ends(starts)
    left, right = _ends(starts.swapaxes(0, 1))
    rows, columns = starts.shape[:2]
    kept_rows = [*range(top + 1), *range(rows - bottom, rows)]
    kept_columns = [*range(left + 1), *range(columns - right, columns)]
    return Borders(top, bottom, left, right, starts[np.ix_(kept_rows, kept_columns)])


def _ends(starts: IntArray) -> tuple[int, int]:
    """The fewest first and last rows that leave rows between them which are all alike, one at least."""
    rows = len(starts)
    alike = [bool((starts[row] == starts[row + 1]).all()) for row in range(rows - 1)]
    best = (rows - 1, 0)
    first = 0
    for row in range(rows):
        if row == rows - 1 or not alike[row]:
            if first + (rows - 1 - row) < sum(best):
                best = (first, rows - 1 - row)
            first = row + 1
    return best

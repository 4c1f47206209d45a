"""What a pool makes of exact numbers at each of its places: as its evaluation says."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from asn2fpga.kinds.maps.window import Window
from asn2fpga.kinds.operators.pool import AvgPool, MaxPool, Pool

WINDOWS = {
    "padding": Window((3, 2), (2, 1), (1, 0, 1, 1)),
    "beyond the map": Window((2, 2), (2, 2), ceil_mode=True),
    "shared": Window((3, 3), (1, 1), shared=(3, 2)),
}
SHAPE = (2, 5, 5)
VALUES = np.random.default_rng(0).integers(-8, 9, (1, 1, *SHAPE)).astype(np.float64)


def agrees(pool: Pool) -> bool:
    wanted = pool.evaluate([VALUES]).reshape(-1).tolist()
    flat = VALUES.reshape(-1)
    found = [pool.exactly(SHAPE, i, lambda read: Fraction(flat[read])) for i in range(len(wanted))]
    return found == [Fraction(value) for value in wanted]


@pytest.mark.parametrize("count_include_pad", [True, False])
@pytest.mark.parametrize("name", WINDOWS)
def test_averages(name: str, count_include_pad: bool) -> None:
    assert agrees(
        AvgPool(
            name="p", inputs=("x",), window=WINDOWS[name], factor=0.5, count_include_pad=count_include_pad
        )
    )


@pytest.mark.parametrize("signs", [None, np.array([1.0, -1.0])])
@pytest.mark.parametrize("name", WINDOWS)
def test_the_largest_and_the_smallest(name: str, signs: np.ndarray | None) -> None:
    assert agrees(MaxPool(name="p", inputs=("x",), window=WINDOWS[name], signs=signs))

"""What an average is the sum of, element by element: as its evaluation says."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from asn2fpga.kinds.maps.window import Window
from asn2fpga.kinds.operators.pool import AvgPool, MaxPool

WINDOWS = {
    "padding": Window((3, 2), (2, 1), (1, 0, 1, 1)),
    "beyond the map": Window((2, 2), (2, 2), ceil_mode=True),
    "shared": Window((3, 3), (1, 1), shared=(3, 2)),
}


@pytest.mark.parametrize("count_include_pad", [True, False])
@pytest.mark.parametrize("name", WINDOWS)
def test_terms_add_up_to_the_average(name: str, count_include_pad: bool) -> None:
    pool = AvgPool(
        name="p", inputs=("x",), window=WINDOWS[name], factor=0.5, count_include_pad=count_include_pad
    )
    values = np.random.default_rng(0).integers(-8, 9, (1, 1, 2, 5, 5)).astype(np.float64)
    wanted = pool.evaluate([values]).reshape(-1)
    flat = values.reshape(-1)
    for neuron, value in enumerate(wanted.tolist()):
        terms = pool.terms(neuron, (2, 5, 5))
        assert sum((weight * Fraction(flat[number]) for number, weight in terms), Fraction(0)) == Fraction(
            value
        )


def test_the_largest_is_no_sum() -> None:
    with pytest.raises(TypeError, match=r"^p: MaxPool adds nothing up$"):
        MaxPool(name="p", inputs=("x",), window=WINDOWS["padding"]).terms(0, (2, 5, 5))

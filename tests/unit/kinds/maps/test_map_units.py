"""Units of a map: each has its columns, and reads no further than the whole says."""

from __future__ import annotations

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from asn2fpga.kinds.maps.current import MapCurrent
from asn2fpga.kinds.maps.pace import windowed
from asn2fpga.kinds.maps.window import Window


@st.composite
def windows(draw: st.DrawFn) -> tuple[Window, tuple[int, int, int]]:
    """A window, and a map that it fits on."""

    def pair(low: int, high: int) -> tuple[int, int]:
        return draw(st.integers(low, high)), draw(st.integers(low, high))

    window = Window(pair(1, 5), pair(1, 3), (*pair(0, 2), *pair(0, 2)), pair(1, 2))
    shape = (1, *pair(1, 12))
    assume(min(window.outputs(shape)) >= 1)
    return window, shape


@given(windows(), st.integers(1, 5))
def test_units_have_the_windows_of_their_columns(
    drawn: tuple[Window, tuple[int, int, int]], units: int
) -> None:
    window, (_, height, width) = drawn
    maps = np.arange(1, height * width + 1).reshape(1, height, width, 1)
    whole = window.columns(maps)
    for unit in range(min(units, whole.shape[2])):
        own = window.of_columns(unit, units)
        assert own.outputs((1, height, width))[1] == whole[:, :, unit::units].shape[2]
        assert (own.columns(maps) == whole[:, :, unit::units]).all()


@given(windows(), st.integers(2, 4))
def test_a_unit_needs_for_a_pixel_what_the_whole_does(
    drawn: tuple[Window, tuple[int, int, int]], units: int
) -> None:
    window, shape = drawn
    rows, columns = window.outputs(shape)
    for unit in range(min(units, columns)):
        own = window.of_columns(unit, units)
        width = own.outputs(shape)[1]
        for number in range(rows * width):
            y, x = divmod(number, width)
            pixel = y * columns + x * units + unit
            assert windowed(own, shape, number).least == windowed(window, shape, pixel).least


def test_a_unit_takes_its_columns_of_a_current() -> None:
    assert [MapCurrent(image=(4, 3, 7)).of_columns(unit, 3).image for unit in range(3)] == [
        (4, 3, 3),
        (4, 3, 2),
        (4, 3, 2),
    ]

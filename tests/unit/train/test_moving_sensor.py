"""Events of a moving sensor: where they are, and of which polarity."""

from __future__ import annotations

import numpy as np
import pytest

from asn2fpga.train.moving_sensor import MARGIN, positions, to_events


@pytest.mark.parametrize("time_steps", [1, 3, 10, 12, 40])
def test_the_way_is_closed_and_stays_on_the_sensor(time_steps: int) -> None:
    way = positions(time_steps)
    assert len(way) == time_steps + 1 and way[0] == way[-1] == (0, 0)
    assert all(0 <= row <= MARGIN and 0 <= column <= MARGIN for row, column in way)


def test_three_saccades() -> None:
    assert positions(3) == ((0, 0), (6, 3), (0, 6), (0, 0))
    assert positions(12)[:5] == ((0, 0), (2, 1), (3, 2), (4, 2), (6, 3))


def test_a_pixel_that_moves() -> None:
    image = np.zeros((1, 2, 2), np.uint8)
    image[0, 0, 1] = 200
    events = to_events(image, 3, 255)
    assert events.shape == (1, 3, 2, 8, 8) and events.dtype == np.uint8
    brighter = [tuple(map(int, place)) for place in np.argwhere(events[0, :, 0])]
    darker = [tuple(map(int, place)) for place in np.argwhere(events[0, :, 1])]
    assert brighter == [(0, 6, 4), (1, 0, 7), (2, 0, 1)]
    assert darker == [(0, 0, 1), (1, 6, 4), (2, 0, 7)]


def test_little_contrast_is_no_event() -> None:
    images = np.full((1, 4, 4), 50, np.uint8)
    assert not to_events(images, 3, 255).any()
    assert to_events(images + 1, 3, 255).any()
    assert to_events(images, 3, 100).any()

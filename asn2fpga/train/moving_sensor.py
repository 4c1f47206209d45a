"""Events of a sensor that moves over an image, as N-MNIST was recorded: made, not recorded."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

MARGIN = 6  # pixels that the image moves in each direction
CORNERS = ((0, 0), (MARGIN, MARGIN // 2), (0, MARGIN), (0, 0))  # rows, columns: three saccades, and back
CONTRAST = 0.2  # the change of brightness that makes an event, of the brightest

Images = npt.NDArray[np.uint8]
Events = npt.NDArray[np.uint8]


def positions(time_steps: int) -> tuple[tuple[int, int], ...]:
    """Row and column of the image's corner on the sensor before the first time step and after each."""
    found = []
    for step in range(time_steps + 1):
        way = 3 * step / time_steps
        leg = min(int(way), 2)
        part = way - leg
        (row, column), (next_row, next_column) = CORNERS[leg], CORNERS[leg + 1]
        found.append((round(row + part * (next_row - row)), round(column + part * (next_column - column))))
    return tuple(found)


def to_events(images: Images, time_steps: int, max_count: int) -> Events:
    """(samples, height, width) in 0..max_count -> (samples, time_steps, 2, height + 6, width + 6), 0 or 1.

    Polarity 0: the pixel became brighter in that time step by CONTRAST of max_count or more, 1: darker.
    """
    samples, height, width = images.shape
    contrast = CONTRAST * max_count
    events = np.zeros((samples, time_steps, 2, height + MARGIN, width + MARGIN), np.uint8)
    for step, (before, after) in enumerate(pairwise(positions(time_steps))):
        change = _placed(images, after) - _placed(images, before)
        events[:, step, 0] = change >= contrast
        events[:, step, 1] = change <= -contrast
    return events


def _placed(images: Images, corner: tuple[int, int]) -> npt.NDArray[np.int16]:
    """The images on the sensor, the rest dark."""
    samples, height, width = images.shape
    sensor = np.zeros((samples, height + MARGIN, width + MARGIN), np.int16)
    sensor[:, corner[0] : corner[0] + height, corner[1] : corner[1] + width] = images
    return sensor

"""Changes of an image that drifts, as a camera that sends differences would give them: made, not recorded."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

STEPS_PER_PIXEL = 4  # time steps after which the image has moved on

Images = npt.NDArray[np.uint8]


def drifted(images: Images, time_step: int) -> Images:
    """(samples, height, width) as they stand at a time step: moved to the right, round to the left edge."""
    return np.roll(images, time_step // STEPS_PER_PIXEL, axis=2)


def to_changes(images: Images, time_steps: int) -> Images:
    """(samples, height, width) -> (samples, time_steps, 2 * height * width): what each pixel has gained since
    the step before, then what each has lost. Before the first step all is dark.
    """
    samples, before = len(images), np.zeros_like(images)
    changes = np.empty((samples, time_steps, 2, *images.shape[1:]), np.uint8)
    for step in range(time_steps):
        now = drifted(images, step)
        changes[:, step, 0] = np.maximum(now, before) - before
        changes[:, step, 1] = np.maximum(now, before) - now
        before = now
    return changes.reshape(samples, time_steps, -1)

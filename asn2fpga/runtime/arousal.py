"""Arousal on the board: every input at the usual precision, what was decided narrowly again at the finest.

    from arousal import predict_aroused
    labels, repeated = predict_aroused(accelerator, x, margin)

For models with adaptive neurons of several precisions; report.json of the build says what each margin brings.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def predict_aroused(accelerator: Any, x: Any, margin: int) -> tuple[np.ndarray, np.ndarray]:
    """int64 labels (inferences,), and which inputs were repeated: those whose best score at precision 0 is
    less than `margin` above the second; where scores are sent after every time step, those of the last one.
    x: (inferences, *shape). Raises the driver's InputError for a model of one precision, ValueError for one
    of one class. The precision that was set before is set again.
    """
    array, before = np.asarray(x), accelerator.precision
    try:
        accelerator.set_precision(0)
        scores = _last(accelerator.scores(array))
        if scores.shape[1] < 2:
            raise ValueError(
                "arousal: the model must have two classes at least, whose scores are compared, not one."
            )
        best = np.sort(scores.astype(np.int64), axis=1)
        repeated = best[:, -1] - best[:, -2] < margin
        if repeated.any():
            accelerator.set_precision(accelerator.precisions - 1)
            scores[repeated] = _last(accelerator.scores(array[repeated]))
    finally:
        accelerator.precision = before
    return np.argmax(scores, axis=1).astype(np.int64), repeated


def _last(scores: np.ndarray) -> np.ndarray:
    """(inferences, classes) of scores that may be those of every time step."""
    return scores if scores.ndim == 2 else scores[:, -1]

"""What guessing gives: an accuracy that is no better says that something is wrong."""

from __future__ import annotations

import numpy as np

from asn2fpga.graph.types import Array

SIGMAS = 3.0  # an accuracy so close above guessing the commonest class is no better than that
MOST_LUCK = 0.1  # of accuracy: a handful of samples proves little, but is no reason to alarm


def commonest_share(y: Array) -> float:
    """What always guessing the commonest class of y (N,) gives, 0..1."""
    return float(np.unique(y, return_counts=True)[1].max()) / len(y)


def is_chance(accuracy: float, y: Array) -> bool:
    """Whether `accuracy` (0..1) on labels y (N,) is at or below guessing, and what luck adds to it.

    Samples of a single class say nothing of guessing: there only an accuracy of 0 is one.
    """
    share = commonest_share(y)
    if accuracy == 1 or share == 1:
        return accuracy == 0
    luck = SIGMAS * float(np.sqrt(share * (1 - share) / len(y)))
    return accuracy <= share + min(luck, MOST_LUCK)

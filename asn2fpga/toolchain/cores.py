"""Work for several cores: how many there are, and shares of about the same size."""

from __future__ import annotations

import os
from collections.abc import Sequence


def core_count() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def shares(weights: Sequence[int], count: int) -> list[list[int]]:
    """Which pieces of work go together, none of at most `count` shares being empty.

    The heaviest piece comes first, each to the share that is lightest so far; the order within a share is
    that of the pieces.
    """
    result: list[list[int]] = [[] for _ in range(count)]
    totals = [0] * count
    for piece in sorted(range(len(weights)), key=lambda piece: -weights[piece]):
        lightest = totals.index(min(totals))
        result[lightest].append(piece)
        totals[lightest] += weights[piece]
    return [sorted(share) for share in result if share]

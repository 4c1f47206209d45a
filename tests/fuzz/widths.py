"""Which widths a program may use: any, or the few of a palette that programs of neighbouring seeds share.

Compilers spend most of their time on template instances of ap_int; programs of one palette share them. The
palettes of a long run together have every width from 1 to 256.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Protocol

SEEDS_OF_A_PALETTE = 300
_WIDEST = 256
_CHANCES = (2, 5, 5, 3)  # of the widths of a palette
_LARGEST = 0.6  # chance that a bounded width is the largest one of the palette
_SPREAD = 79  # has no factor in common with the numbers of widths below, so that palettes go through all


class Widths(Protocol):
    """Chooses widths; `settles` is the chance that the result of an operator becomes one of them at once."""

    settles: float

    def any(self, rng: random.Random) -> int:
        """A width: mostly small, sometimes odd and wide."""

    def up_to(self, rng: random.Random, limit: int) -> int:
        """A width of at most `limit` bits."""


class AllWidths:
    """Every width from 1 to 256."""

    settles = 0.0

    def any(self, rng: random.Random) -> int:
        """A width: mostly small, sometimes odd and wide."""
        kind = rng.random()
        if kind < 0.5:
            return rng.randint(1, 16)
        return rng.randint(1, 70) if kind < 0.9 else rng.randint(65, 256)

    def up_to(self, rng: random.Random, limit: int) -> int:
        """A width of at most `limit` bits."""
        return rng.randint(1, limit)


@dataclass(frozen=True)
class Palette:
    """One bit, a narrow, a middle and a wide width. Now and then there is a stray one."""

    widths: tuple[int, int, int, int]
    settles: float = 0.8
    strays: float = 0.004

    def any(self, rng: random.Random) -> int:
        """A width: mostly small, sometimes odd and wide."""
        if rng.random() < self.strays:
            return rng.randint(1, _WIDEST)
        return rng.choices(self.widths, _CHANCES)[0]

    def up_to(self, rng: random.Random, limit: int) -> int:
        """A width of at most `limit` bits."""
        fitting = [width for width in self.widths if width <= limit]
        return fitting[-1] if rng.random() < _LARGEST else rng.choice(fitting)


def palette_of(seed: int) -> Palette:
    """The palette of a program: the same for each SEEDS_OF_A_PALETTE seeds."""
    number = seed // SEEDS_OF_A_PALETTE * _SPREAD
    return Palette((1, 3 + number % 6, 9 + number % 56, 65 + number % 192))

"""Sizes that an exported program states, for another number of samples than it was exported with."""

from __future__ import annotations

import math
from collections.abc import Sequence

Sizes = Sequence[int | str]
"""As a program states them: a text where any size is taken."""


def samples_of(exported: Sizes, actual: Sequence[int]) -> tuple[int, int] | None:
    """How many samples a program was exported with, and how many there are: the sizes of the only axis in
    which its input differs; None if there is no such axis.
    """
    differ = [(was, now) for was, now in zip(exported, actual, strict=False) if was != now]
    if len(exported) != len(actual) or len(differ) != 1 or isinstance(differ[0][0], str):
        return None
    was, now = differ[0]
    return int(was), now


def resized(
    sizes: Sequence[int], exported: Sizes, actual: Sequence[int], samples: tuple[int, int] | None
) -> tuple[int, ...]:
    """`sizes` that a reshape of `exported` states, for an input of the shape `actual`; samples: as above.

    The axis in which the two shapes differ is that of the samples, or that of time and samples. Samples lie
    as many elements apart after the reshape as before it, and that tells which of the sizes counts them.
    """
    axis = _differing(exported, actual)
    if axis is None or samples is None:
        return tuple(sizes)
    fixed = [int(size) for size in exported]
    batch, wanted = samples
    outer, inner = math.prod(fixed[:axis]) * (fixed[axis] // batch), math.prod(fixed[axis + 1 :])
    found = _stated(sizes, math.prod(fixed))
    places = [place for place in range(len(found)) if _is_apart(found, place, outer, batch, inner)]
    if axis in places and fixed[axis] == batch:
        places = [axis]
    places += sorted(
        (place for place in range(len(found)) if _covers(found, place, outer, batch, inner)),
        key=lambda place: math.prod(found[place + 1 :]) != inner,
    )
    if not places:
        return found
    place = places[0]
    return (*found[:place], found[place] * wanted // batch, *found[place + 1 :])


def _differing(exported: Sizes, actual: Sequence[int]) -> int | None:
    """The only axis in which two shapes differ, if all sizes were known."""
    if len(exported) != len(actual) or any(isinstance(size, str) for size in exported):
        return None
    differ = [axis for axis, (was, now) in enumerate(zip(exported, actual, strict=True)) if was != now]
    return differ[0] if len(differ) == 1 else None


def _stated(sizes: Sequence[int], elements: int) -> tuple[int, ...]:
    """With a number in the place of -1, which is for all that remains."""
    others = math.prod(size for size in sizes if size != -1)
    return tuple(elements // max(1, others) if size == -1 else size for size in sizes)


def _is_apart(sizes: Sequence[int], place: int, outer: int, batch: int, inner: int) -> bool:
    """Whether the size at this place counts samples alone."""
    before, after = math.prod(sizes[:place]), math.prod(sizes[place + 1 :])
    return (before, sizes[place], after) == (outer, batch, inner)


def _covers(sizes: Sequence[int], place: int, outer: int, batch: int, inner: int) -> bool:
    """Whether it counts samples together with axes before or after them."""
    before, after = math.prod(sizes[:place]), math.prod(sizes[place + 1 :])
    whole = before and after and outer % before == 0 and inner % after == 0
    return bool(whole and sizes[place] == outer // before * batch * (inner // after))

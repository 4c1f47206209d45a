"""Inputs to simulate: the samples of a build, then an endless sequence of random ones."""

from __future__ import annotations

import numpy as np

from asn2fpga.graph.types import Array
from asn2fpga.kinds.contract import Source
from asn2fpga.kinds.sources.input import Input

Range = tuple[int, int]
"""Number of the first vector, and how many."""


def random_samples(layer: Input | Source, count: int, seed: int, first: int = 0) -> Array:
    """Samples `first`..`first + count - 1` of the sequence; sample k depends on seed and k alone.

    Sample 0 is all zero, sample 1 all maximal; the others have a random share of non-zero elements.
    """
    shape, largest = layer.sample_shape, layer.max_count
    x = np.zeros((count, *shape), np.uint8 if largest <= 255 else np.int64)
    for row in range(count):
        index = first + row
        if index == 1:
            x[row] = largest
        if index > 1:
            random = np.random.default_rng([seed, index])
            fired = random.random(shape) < random.random()
            x[row] = np.where(fired, random.integers(1, largest + 1, shape), 0)
    return x


def vectors(samples: Array, layer: Source, count: int, seed: int, first: int = 0) -> Array:
    """Test vectors `first`..`first + count - 1`: the samples (B, ...) in order, after them random ones.

    Where there are several precisions, the vectors have each of them in turn.
    """
    taken = samples[first : first + count]
    missing = count - len(taken)
    if missing:
        start = max(0, first - len(samples))
        taken = np.concatenate([taken, random_samples(layer, missing, seed, start).astype(taken.dtype)])
    return layer.in_turn(taken, first)


def crossing(wanted: Range, samples: int, count: int) -> Range:
    """At most `count` of the wanted vectors: half samples, half random ones, as far as both are wanted.

    `samples`: how many there are in the build, before the random ones.
    """
    first, number = wanted
    taken = min(count, number)
    split = max(0, min(number, samples - first))
    return first + max(0, min(split - taken // 2, number - taken)), taken

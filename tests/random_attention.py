"""Random integer networks of attention and of products of maps; a seed fixes everything.

Shapes, heads, lanes, levels below zero, signed counts, time steps, either order of the two products, masks of
the whole map or of one pixel, which sums or maxima over the tokens give.
"""

from __future__ import annotations

import numpy as np
from attention_graphs import AttentionCase, Fired, ProductCase, built, inputs_of
from graph_check import Case

MOST_CHANNELS = 24
SHARES = (1, 2, 3, 4)  # channels of a map for each of its mask


def attention_case_of(seed: int) -> AttentionCase | ProductCase:
    """Of a seed: two thirds are attention."""
    random = np.random.default_rng([seed, 14])
    return _attention(random, seed) if random.random() < 2 / 3 else _product(random, seed)


def attention_network_of(seed: int) -> Case:
    """The network of a seed, inputs of some density for it, and what golden makes of them."""
    case = attention_case_of(seed)
    graph = case.graph()
    random = np.random.default_rng([seed, 15])
    return built(graph, inputs_of(graph, density=float(random.uniform(0.2, 1.0)), seed=seed))


def _attention(random: np.random.Generator, seed: int) -> AttentionCase:
    heads = int(random.choice([1, 1, 2, 3, 4]))
    keys, values = (heads * int(random.integers(1, MOST_CHANNELS // heads + 1)) for _ in range(2))
    queries_fired, keys_fired, values_fired = (_fired(random, channels) for channels in (keys, keys, values))
    return AttentionCase(
        f"seed {seed}",
        queries_fired,
        keys_fired,
        values_fired,
        heads,
        _pixels(random),
        int(random.choice([1, 1, 2, 3])),
        float(random.uniform(0.1, 0.9)),
        order=random.choice(["memory", "scores"]),
        seed=seed,
    )


def _product(random: np.random.Generator, seed: int) -> ProductCase:
    share = int(random.choice(SHARES))
    channels = int(random.integers(1, MOST_CHANNELS // share + 1))
    mask = _fired(random, channels)
    return ProductCase(
        f"seed {seed}",
        _fired(random, share * channels),
        mask,
        reduction=random.choice(["none", "max", "sum"]),
        pixels=_pixels(random),
        time_steps=int(random.choice([1, 1, 2, 3])),
        mask_first=bool(random.random() < 0.5),
        seed=seed,
    )


def _fired(random: np.random.Generator, channels: int) -> Fired:
    low, levels = int(random.choice([0, 0, 0, -2, -1, 1])), int(random.integers(1, 5))
    return Fired(
        channels,
        lanes=int(random.integers(1, channels + 1)),
        levels=levels,
        low=low,
        signed=-levels <= low < 0 and bool(random.random() < 0.5),
    )


def _pixels(random: np.random.Generator) -> tuple[int, ...]:
    axes = 1 if random.random() < 0.2 else 2
    return tuple(int(size) for size in random.integers(1, 5, axes))

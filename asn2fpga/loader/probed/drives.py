"""Inputs that would tell a neuron from another one: of many sizes, on thresholds, impulses, ramps."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from asn2fpga.graph.arrays import RealArray
from asn2fpga.kinds.neurons.semantics import NeuronSemantics

LEAST = 20_000
"""Neuron-steps at least."""
SIZES = (0.05, 0.3, 1.0, 3.0, 30.0)


def drives(semantics: NeuronSemantics, shape: tuple[int, int, int], calls: int) -> Iterator[RealArray]:
    """`calls` arrays (row, time, neuron), in units of the thresholds of the neurons."""
    random = np.random.default_rng(1)
    makers = (_noise, _positive, _ties, _impulses, _constants, _turns, _fine, _sparse)
    for index in range(calls):
        drive: RealArray = makers[index % len(makers)](random, shape) * semantics.all_thresholds
        yield drive


def _noise(random: np.random.Generator, shape: tuple[int, ...]) -> RealArray:
    sizes: RealArray = random.choice(SIZES, shape)
    return random.normal(0.0, 1.0, shape) * sizes


def _positive(random: np.random.Generator, shape: tuple[int, ...]) -> RealArray:
    return np.abs(random.normal(0.0, 0.5, shape))


def _ties(random: np.random.Generator, shape: tuple[int, ...]) -> RealArray:
    """Multiples of an eighth of a threshold: sums of them lie on thresholds."""
    found: RealArray = random.integers(-8, 25, shape) / 8.0
    return found


def _impulses(random: np.random.Generator, shape: tuple[int, ...]) -> RealArray:
    """One input at some step, large or small, and nothing else."""
    at = random.integers(shape[1], size=(shape[0], 1, shape[2]))
    size = random.choice([0.5, 0.999, 1.0, 1.5, 2.0, 2.5, 3.75, 100.0, -5.0], (shape[0], 1, shape[2]))
    found: RealArray = np.where(np.arange(shape[1])[None, :, None] == at, size, 0.0)
    return found


def _constants(random: np.random.Generator, shape: tuple[int, ...]) -> RealArray:
    level = random.uniform(-0.5, 2.5, (shape[0], 1, shape[2]))
    return np.broadcast_to(level, shape).copy()


def _turns(random: np.random.Generator, shape: tuple[int, ...]) -> RealArray:
    """Far down, then up, over and over."""
    sign = np.where(np.arange(shape[1])[None, :, None] % 2 == 0, -1.0, 1.0)
    return sign * random.uniform(0.0, 6.0, shape)


def _fine(random: np.random.Generator, shape: tuple[int, ...]) -> RealArray:
    """Close to half a threshold, and to a whole one."""
    return random.choice([0.25, 0.5, 1.0], shape) + random.normal(0.0, 1e-4, shape)


def _sparse(random: np.random.Generator, shape: tuple[int, ...]) -> RealArray:
    """Bursts with silence between them."""
    return np.where(random.random(shape) < 0.3, random.uniform(0.5, 3.0, shape), 0.0)

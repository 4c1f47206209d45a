"""Which axis of a module's input is time: the one along which an input is felt later."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor, nn

from asn2fpga.graph.arrays import RealArray
from asn2fpga.loader.probed.box import fresh
from asn2fpga.loader.probed.layout import Layout
from asn2fpga.loader.probed.refusal import UnknownNeuronError

SCALES = (0.125, 0.5, 1.0, 4.0, 64.0)
CHANGES = (4.0, -4.0)
TRIES = 4
CALLS = 5


def find_layout(module: nn.Module, shape: tuple[int, ...], batch: int) -> Layout:
    """How the module is driven; batch: samples in `shape`. UnknownNeuronError for what no neuron does."""
    random = np.random.default_rng(0)
    drives = [scale * _drive(random, shape) for scale in SCALES]
    _refuse_chance(module, drives)
    keeps = _keeps_states(module, drives)
    axes, offsets = _influence(module, drives, random)
    if not axes:
        return Layout("one step in a call" if keeps else "stateless", shape)
    if keeps:
        raise UnknownNeuronError("it keeps its states from one sequence to the next; start each call at 0")
    if len(axes) > 1:
        raise UnknownNeuronError(
            f"what it sends depends on other elements along {len(axes)} axes of its input "
            f"{shape}; a neuron reads its own input alone, over time"
        )
    (axis,) = axes
    if min(offsets) < 0:
        raise UnknownNeuronError(f"what it sends depends on later elements of axis {axis}")
    if axis == 0 and shape[0] > batch > 1 and all(offset % batch == 0 for offset in offsets):
        return Layout("time and batch merged", shape, batch=batch)
    return Layout("time axis", shape, axis)


def _drive(random: np.random.Generator, shape: tuple[int, ...]) -> RealArray:
    return random.normal(0.5, 1.0, shape)


def _run(module: nn.Module, drive: RealArray) -> RealArray:
    with torch.no_grad():
        result: Tensor = module(torch.from_numpy(drive.copy()))
    found: RealArray = result.detach().double().numpy()
    return found.copy()


def _refuse_chance(module: nn.Module, drives: list[RealArray]) -> None:
    """A module that starts anew gives the same again."""
    for drive in drives:
        one, other = _run(fresh(module), drive), _run(fresh(module), drive)
        if not np.array_equal(one, other):
            raise UnknownNeuronError(
                "it sends other spikes each time it runs on the same input; start its states at 0, and use "
                "no random numbers outside of training"
            )


def _keeps_states(module: nn.Module, drives: list[RealArray]) -> bool:
    """Whether calls after the first one differ from it."""
    for drive in drives:
        inner = fresh(module)
        wanted = _run(inner, drive)
        if any(not np.array_equal(_run(inner, drive), wanted) for _ in range(CALLS)):
            return True
    return False


def _influence(
    module: nn.Module, drives: list[RealArray], random: np.random.Generator
) -> tuple[set[int], set[int]]:
    """Axes along which one element of the input is felt elsewhere, and how far."""
    axes: set[int] = set()
    offsets: set[int] = set()
    for drive in drives:
        before = _run(fresh(module), drive)
        for index in _places(drive.shape, random):
            for change in CHANGES:
                changed = drive.copy()
                changed[index] += change * max(1.0, float(np.abs(drive).mean()))
                moved = np.argwhere(_run(fresh(module), changed) != before) - index
                axes |= {int(axis) for axis in np.flatnonzero((moved != 0).any(0))}
                offsets |= {int(offset) for offset in np.unique(moved[moved != 0])}
    return axes, offsets


def _places(shape: tuple[int, ...], random: np.random.Generator) -> Iterator[tuple[int, ...]]:
    """The first element, and some others."""
    yield (0,) * len(shape)
    for _ in range(TRIES):
        yield tuple(int(random.integers(size)) for size in shape)

"""Which axis of a module's input is time: the one along which an input is felt later."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from asn2fpga.graph.arrays import RealArray
from asn2fpga.loader.probed.box import fresh
from asn2fpga.loader.probed.layout import Layout
from asn2fpga.loader.probed.refusal import UnknownNeuronError

SIZES = (0.5, 1.0, 2.0, 8.0)
"""Of inputs, in units of the smallest one that makes anything fire."""
CHANGES = (0.9, -0.9, 3.0, -20.0)
FEWEST_DRIVES, MOST_DRIVES = 6, 48
CHANGED = 3000
"""Elements that are changed, at least, to see where else that is felt."""
CALLS = 5
HALF_OCTAVES = 40


def find_layout(module: nn.Module, shape: tuple[int, ...], batch: int) -> Layout:
    """How the module is driven; batch: samples in `shape`. UnknownNeuronError for what no neuron does."""
    random = np.random.default_rng(0)
    drives = _drives(module, shape, random)
    _refuse_chance(module, drives[:FEWEST_DRIVES])
    keeps = _keeps_states(module, drives[:FEWEST_DRIVES])
    offsets = {axis: _felt_along(module, axis, drives, random) for axis in range(len(shape))}
    axes = [axis for axis, found in offsets.items() if found]
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
    if min(offsets[axis]) < 0:
        raise UnknownNeuronError(f"what it sends depends on later elements of axis {axis}")
    if axis == 0 and shape[0] > batch > 1 and all(offset % batch == 0 for offset in offsets[axis]):
        return Layout("time and batch merged", shape, batch=batch)
    return Layout("time axis", shape, axis)


def _drives(module: nn.Module, shape: tuple[int, ...], random: np.random.Generator) -> list[RealArray]:
    """Inputs some of which make it fire, and some not."""
    sizes = [2.0 ** (exponent / 2) for exponent in range(-HALF_OCTAVES, HALF_OCTAVES)]
    fires = (size for size in sizes if _run(fresh(module), np.full(shape, size)).any())
    unit = next(fires, 1.0)
    elements = int(np.prod(shape))
    count = min(MOST_DRIVES, max(FEWEST_DRIVES, CHANGED * max(shape) // elements))
    return [unit * SIZES[index % len(SIZES)] * random.uniform(-0.2, 1.1, shape) for index in range(count)]


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


def _felt_along(
    module: nn.Module, axis: int, drives: list[RealArray], random: np.random.Generator
) -> set[int]:
    """How far along an axis changes of one slice of the input are felt; 0 is left out."""
    found: set[int] = set()
    size = drives[0].shape[axis]
    for drive in drives if size > 1 else []:
        before = _run(fresh(module), drive)
        for index in (0, size - 1):
            changed = drive.copy()
            part = np.moveaxis(changed, axis, 0)
            part[index] += np.abs(drive).max() * random.choice(CHANGES, part[index].shape)
            moved = np.argwhere(_run(fresh(module), changed) != before)[:, axis] - index
            found |= {int(offset) for offset in np.unique(moved[moved != 0])}
    return found

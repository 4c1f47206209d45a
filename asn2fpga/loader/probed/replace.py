"""Modules of neurons that users wrote themselves, replaced by stand-ins that say what they compute."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from asn2fpga.errors import InputError, UnsupportedError
from asn2fpga.kinds.neurons.semantics import NeuronSemantics
from asn2fpga.loader.builder import shown
from asn2fpga.loader.describe import default_example
from asn2fpga.loader.description import TRACE_BATCH
from asn2fpga.loader.probed.candidate import Candidate, candidates
from asn2fpga.loader.probed.cells import cells
from asn2fpga.loader.probed.fold import Folded, fold
from asn2fpga.loader.probed.layout import Layout
from asn2fpga.loader.probed.proof import Known, proven
from asn2fpga.loader.probed.refusal import INSTEAD, UnknownNeuronError
from asn2fpga.loader.probed.stand_in import Inlined, StandIn, StandInCell
from asn2fpga.loader.probed.verify import taken_for
from asn2fpga.loader.symbolic_trace import symbolic_trace
from asn2fpga.loader.time_axis import TimeLast, TimeLastRepeated, repeated, with_time_last
from asn2fpga.loader.wrappers import eval_copy

INLINED = "neurons_in_forward"
"""Name of the mark in a module."""


@dataclass(frozen=True, eq=False)
class Replaced:
    """module: with stand-ins, or the given one if it has no such neurons; notes: what was taken for what.

    unknown: why operations of forward that look like neurons are none that are known.
    """

    module: Any
    notes: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def know_neurons(module: Any, example: Any, options: Mapping[str, Any]) -> Replaced:
    """`module` as `replace_neurons` gives it, and with a mark if its forward computes neurons by operations;
    arguments as in `save`, not checked yet.
    """
    if not isinstance(module, nn.Module) or isinstance(module, torch.jit.ScriptModule):
        return Replaced(module)
    if any(parameter.is_meta for parameter in module.parameters()):
        return Replaced(module)
    if example is None:
        example = default_example(module, (1,))
    if not _is_plain(example):
        return Replaced(module)
    encoding = options.get("encoding")
    is_counted = encoding is None and options.get("max_count") is not None
    if options.get("time_axis") == "last":
        return _with_time_last(module, example, options)
    has_time = encoding == "events" or is_counted
    found = replace_neurons(module, example, has_time)
    (x, axis), *others = _examples(example, has_time)
    return _marked(found, [(x, axis if others else None), *others])


def _with_time_last(module: nn.Module, example: Tensor, options: Mapping[str, Any]) -> Replaced:
    """Of a module that takes (batch, ..., time); a static example is repeated over time."""
    steps = options.get("time_steps")
    if options.get("encoding") != "events" and isinstance(steps, int) and steps > 0:
        found = replace_neurons(module, with_time_last(repeated(example, steps)), has_time=False)
        return _marked(found, [(_batch_of(example, 0), None)], lambda one: TimeLastRepeated(one, steps))
    found = replace_neurons(module, example, has_time=False)
    return _marked(found, [(_batch_of(example.movedim(-1, 0), 1), 1)], TimeLast)


def _marked(
    found: Replaced,
    examples: list[tuple[Tensor, int | None]],
    adapted: Callable[[nn.Module], nn.Module] = eval_copy,
) -> Replaced:
    """With a mark, if neurons are found in a trace of forward on one of the examples, whose axis of samples
    is said if they have an axis of time. adapted: the module as it takes these.
    """
    known = Known()
    for x, batch_axis in examples:
        try:
            trace = symbolic_trace(adapted(eval_copy(found.module)), x, batch_axis=batch_axis)
        except (UnsupportedError, InputError):
            continue
        folded = fold(trace, known) if trace.is_whole else Folded()
        if folded.notes or folded.unknown:
            marked = eval_copy(found.module)
            marked.add_module(INLINED, Inlined(lambda trace: fold(trace, known)))
            return Replaced(marked, (*found.notes, *folded.notes), tuple(folded.unknown))
    return found


def _is_plain(example: Any) -> bool:
    """Whether it is an ordinary dense tensor of some samples."""
    if not isinstance(example, Tensor) or example.layout != torch.strided:
        return False
    return not (example.is_meta or example.is_quantized) and example.dim() > 1 and example.numel() > 0


def replace_neurons(module: nn.Module, example: Tensor, has_time: bool) -> Replaced:
    """The module with stand-ins. Raises UnsupportedError for what sends spikes and is no known neuron.

    has_time: whether the example has an axis of time, the first or the second one.
    """
    first, *others = _examples(example, has_time)
    found = _replace(module, *first)
    if others and _is_contradicted(found.module, first[1]):
        return _replace(module, *others[0])
    return found


def _examples(example: Tensor, has_time: bool) -> Iterator[tuple[Tensor, int]]:
    """Inputs of TRACE_BATCH samples, and which axis is that of the samples: the likely one first."""
    if not has_time or example.dim() < 3:
        yield _batch_of(example, 0), 0
        return
    is_batch_first = example.shape[0] == 1 and example.shape[1] > 1
    time_first = example.transpose(0, 1) if is_batch_first else example
    both = [(_batch_of(time_first, 1), 1), (_batch_of(time_first.transpose(0, 1), 0), 0)]
    yield from reversed(both) if is_batch_first else both


def _batch_of(example: Tensor, axis: int) -> Tensor:
    """TRACE_BATCH samples along the axis."""
    one = example.narrow(axis, 0, 1)
    return one.repeat_interleave(TRACE_BATCH, axis)


def _is_contradicted(module: nn.Module, batch_axis: int) -> bool:
    """Whether neurons take the axis of the samples for that of time."""
    layouts = [part.layout for part in module.modules() if isinstance(part, StandIn)]
    return any(layout.kind == "time axis" and layout.axis == batch_axis for layout in layouts)


def _replace(module: nn.Module, x: Tensor, batch_axis: int) -> Replaced:
    copied = eval_copy(module)
    with torch.random.fork_rng(devices=[]):
        found, stateful = candidates(copied, x), cells(copied, x)
        if not found and not stateful:
            return Replaced(module)
        known = Known()
        copied, notes = eval_copy(module), []  # the one that ran may keep states
        for one in found:
            original = copied.get_submodule(one.path)
            stand_in, count = _stand_in(known, one, original)
            notes.append(_note(one.path, stand_in, count))
            _put(copied, original, stand_in)
        for cell in stateful:
            cell.module = copied.get_submodule(cell.path)
            kept, count = _stand_in(
                known, Candidate(cell.path, cell.kept(), cell.shapes), cell.kept(), type(cell.module).__name__
            )
            stand_in_cell = StandInCell(cell.module, kept.semantics)
            notes.append(_note(cell.path, stand_in_cell, count))
            _put(copied, cell.module, stand_in_cell)
    return Replaced(copied, tuple(notes))


def _note(path: str, stand_in: StandIn | StandInCell, count: int) -> str:
    return (
        f"{shown(path)} ({stand_in.kind}): taken for {taken_for(stand_in.semantics)}: the same "
        f"spikes in {count:,} neuron-steps"
    )


def _stand_in(
    known: Known, one: Candidate, module: nn.Module, kind: str | None = None
) -> tuple[StandIn, int]:
    """For all shapes of input that it gets; the number of neuron-steps that were compared."""
    name = f"{shown(one.path)} ({kind or type(module).__name__})"
    try:
        found = [proven(known, module, shape) for shape in one.shapes]
    except UnknownNeuronError as error:
        raise UnsupportedError(f"{name}: {error}; {INSTEAD}.") from None
    except Exception as error:  # code of the model: anything can happen
        text = (str(error).splitlines() or [""])[0]
        raise UnsupportedError(
            f"{name}: it sends spikes, but fails on some inputs of its shape: {type(error).__name__}: "
            f"{text}; {INSTEAD}."
        ) from error
    layout, semantics, _ = found[0]
    for other, others, _ in found[1:]:
        if not _are_alike(other, layout) or not _are_equal(semantics, others):
            raise UnsupportedError(
                f"{name}: it works in another way on inputs of shape {other.shape} than of {layout.shape}; "
                "give each place its own neurons."
            )
    return StandIn(module, semantics, layout), sum(count for _, _, count in found)


def _are_alike(one: Layout, other: Layout) -> bool:
    """Whether time is the same axis, counted from the front or, as the last one, from the end."""
    axes = one.axis == other.axis or (one.is_time_last and other.is_time_last)
    return one.kind == other.kind and axes


def _are_equal(one: NeuronSemantics, other: NeuronSemantics) -> bool:
    same = taken_for(one) == taken_for(other)
    pairs = ((one.betas, other.betas), (one.thresholds, other.thresholds))
    return same and all(
        a is b or (a is not None and b is not None and np.array_equal(a, b)) for a, b in pairs
    )


def _put(module: nn.Module, original: nn.Module, stand_in: nn.Module) -> None:
    """Wherever the module stands in the network."""
    for part in list(module.modules()):
        for name, child in part._modules.items():
            if child is original:
                part._modules[name] = stand_in

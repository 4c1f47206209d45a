"""The accuracy of the user's own module, as torch computes it: what every later accuracy is compared with."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import torch
from torch import Tensor, nn

from asn2fpga.errors import InputError
from asn2fpga.graph.types import Array
from asn2fpga.importing import ReadOut
from asn2fpga.loader.data_file import Labels
from asn2fpga.loader.description import InputDescription
from asn2fpga.loader.foreign.table import reset_states
from asn2fpga.loader.symbolic_trace import Root
from asn2fpga.loader.time_axis import as_described
from asn2fpga.loader.wrappers import eval_copy

ROWS = 256


def trained_accuracy(
    module: nn.Module, description: InputDescription, output: int, x: Array, y: Labels
) -> float:
    """Share 0..1 of the samples whose highest score is their class. The module (in eval mode) is not changed.

    output: which of the results of forward gives the scores.
    x: raw integers, (samples, *shape) or (samples, time, *shape); the module gets them as in training.
    """
    scores = module_scores(module, description, output, x)
    return float((scores.argmax(1).numpy() == y).mean())


def module_scores(
    module: nn.Module, description: InputDescription, output: int, x: Array, *, copy: bool = True
) -> Tensor:
    """(samples, classes) as the module in eval mode computes them, a part of the samples at a time.

    copy: leave the module itself as it is.
    """
    module = eval_copy(module) if copy else module
    root = Root(as_described(module, description), description.calls, description.batch_axis is not None)
    with torch.no_grad():
        found = [
            _scores(root, description, output, torch.from_numpy(x[start:end]))
            for start, end in itertools.pairwise(_ends(len(x), description.time_steps))
        ]
    return torch.cat(found)


def _ends(samples: int, time_steps: int) -> list[int]:
    """Where parts of the samples end. None has T samples, or the axes of what a module returns could not be
    told apart.
    """
    rows = ROWS - 1 if time_steps == ROWS else ROWS
    ends = [*range(0, samples, rows), samples]
    return [*ends[:-1], samples - 1, samples] if ends[-1] - ends[-2] == time_steps > 1 else ends


def _scores(root: Root, description: InputDescription, output: int, rows: Tensor) -> Tensor:
    """(samples, classes); InputError if the module cannot take this many samples at once."""
    values = description.values(rows.transpose(0, 1) if description.batch_axis == 1 else rows)
    reset_states(root)
    try:
        result = root(values)
    except Exception as error:  # code of the model: anything can happen
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise InputError(
            f"save: the module fails on calibration samples of shape {tuple(values.shape)}: {reason}"
        ) from error
    if isinstance(result, Mapping):
        result = list(result.values())
    scores: Tensor = result[output] if isinstance(result, tuple | list) else result
    if description.time_last and _is_sequence(scores.movedim(-1, 0), description, len(rows)):
        scores = scores.movedim(-1, 0)
    if _is_sequence(scores, description, len(rows)):
        scores = _reduced(scores, description.read_out or "sum")
    elif _is_sequence(scores.transpose(0, 1) if scores.dim() > 2 else scores, description, len(rows)):
        scores = _reduced(scores.transpose(0, 1), description.read_out or "sum")
    return scores.reshape(len(rows), -1)


def _is_sequence(scores: Tensor, description: InputDescription, samples: int) -> bool:
    """Whether all time steps are returned, (time, batch, ..)."""
    steps = description.time_steps
    return steps > 1 and scores.dim() > 2 and tuple(scores.shape[:2]) == (steps, samples)


def _reduced(scores: Tensor, how: ReadOut) -> Tensor:
    if how == "last":
        return scores[-1]
    if how == "max":
        return scores.amax(0)
    return scores.sum(0) if how == "sum" else scores.mean(0)

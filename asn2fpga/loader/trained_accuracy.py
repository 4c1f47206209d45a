"""The accuracy of the user's own module, as torch computes it: what every later accuracy is compared with."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from asn2fpga.errors import InputError
from asn2fpga.graph.types import Array
from asn2fpga.loader.data_file import Labels
from asn2fpga.loader.description import InputDescription
from asn2fpga.loader.wrappers import eval_copy

ROWS = 256


def trained_accuracy(module: nn.Module, description: InputDescription, x: Array, y: Labels) -> float:
    """Share 0..1 of the samples whose highest score is their class. The module (in eval mode) is not changed.

    x: raw integers, (samples, *shape) or (samples, time, *shape); the module gets them as in training.
    """
    module = eval_copy(module)
    right = 0
    with torch.no_grad():
        for start in range(0, len(x), ROWS):
            rows = torch.from_numpy(x[start : start + ROWS])
            scores = _scores(
                module, description.values(rows.transpose(0, 1) if description.has_time_axis else rows)
            )
            right += int((scores.argmax(1).numpy() == y[start : start + ROWS]).sum())
    return right / len(x)


def _scores(module: nn.Module, rows: Tensor) -> Tensor:
    """(samples, classes); InputError if the module cannot take this many samples at once."""
    try:
        scores: Tensor = module(rows)
    except Exception as error:  # code of the model: anything can happen
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise InputError(
            f"save: the module fails on calibration samples of shape {tuple(rows.shape)}: {reason}"
        ) from error
    return scores.flatten(0, -2)

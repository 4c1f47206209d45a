"""Calibration data and its labels as a person holds them, to what a model file stores: without any loss."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from asn2fpga.errors import InputError
from asn2fpga.graph.types import Array
from asn2fpga.kinds.sources.input import Input
from asn2fpga.loader.data_file import Labels, check_labels
from asn2fpga.loader.model_file import check_calibration
from asn2fpga.loader.tokens import counts_of


def to_calibration(values: Tensor | Array | None, layer: Input) -> Array | None:
    """`values` as checked uint8: any integers, bools, and integers held as float. InputError for others."""
    if values is None:
        return None
    array = counts_of(to_array(values), layer, "calibration: x")
    if array.size and array.dtype != np.uint8:
        array = _integers(array, layer.max_count)
    return refuse_all_zero(check_calibration(array, layer), "calibration: x")


def to_labels(labels: Tensor | Array | None, samples: int, classes: int) -> Labels | None:
    """`labels` as one class 0..classes-1 for each of the calibration samples. InputError for others."""
    if labels is None:
        return None
    if samples == 0:
        raise InputError("labels: y must come with calibration samples, not alone; give calibration=x too.")
    return check_labels(to_array(labels), samples, classes, "labels: y")


def to_array(values: Tensor | Array) -> Array:
    """As a numpy array; the types of torch that numpy lacks (bfloat16) become float32, which holds them."""
    if not isinstance(values, Tensor):
        try:
            return np.asarray(values)
        except ValueError as error:
            raise InputError(
                "calibration and labels must be arrays, not lists of unequal lengths."
            ) from error
    tensor = values.detach().cpu()
    array: Array = (tensor.float() if tensor.dtype == torch.bfloat16 else tensor).numpy()
    return array


def refuse_all_zero(x: Array, where: str) -> Array:
    """`x` itself; InputError if nothing but zeros is in it: such data says nothing of a network."""
    if not x.any():
        raise InputError(
            f"{where} must be real samples, not all zero; were numbers in 0..1 cast to integers? "
            "Give the raw values."
        )
    return x


def _integers(array: Array, max_count: int) -> Array:
    if array.dtype.kind not in "buif":
        raise InputError(
            f"calibration: x must hold integers, not {array.dtype}; give the raw pixels or counts."
        )
    if array.dtype.kind == "f":
        _check_whole(array)
    low, high = int(array.min()), int(array.max())
    if low < 0 or high > max_count:
        raise InputError(f"calibration: x must be in 0..{max_count}, not {low}..{high}.")
    return array.astype(np.uint8)


def _check_whole(array: Array) -> None:
    broken = array[~(np.isfinite(array) & (array == np.rint(array)))]
    if len(broken):
        raise InputError(
            f"calibration: x must hold integers, not {broken[0]:g}; give the raw pixels or counts, and say "
            "with input_scale what the module sees for 1 (1/255 if pixels are divided outside of it)."
        )

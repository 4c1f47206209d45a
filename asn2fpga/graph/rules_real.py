"""Rules of real-valued layers: shapes that fit, finite numbers, parameters in their ranges."""

from __future__ import annotations

import numpy as np

from asn2fpga.graph.layers import BatchNorm, Flatten, Input, Layer, Linear, Neuron, Output, Scale
from asn2fpga.graph.limits import MAX_ALPHA, MAX_COUNT, MAX_LEVELS, MAX_TIME_STEPS
from asn2fpga.graph.rule import Context, Rule, differs, outside
from asn2fpga.graph.types import Array, Shape


def _positive(what: str, value: float) -> str:
    return "" if 0 < value < float("inf") else f"{what} must be positive and finite, not {value:g}"


def _real_array(what: str, array: Array, shape: Shape) -> str:
    complaint = differs(f"the shape of {what}", array.shape, shape)
    complaint = complaint or differs(f"elements of {what}", str(array.dtype), "float64")
    if not complaint and not np.isfinite(array).all():
        complaint = f"{what} must be finite numbers, not NaN or infinity"
    return complaint


def input_is_in_range(_: Context, layer: Input) -> str:
    """Input: no empty axis, 1..1024 time steps, counts of at most 255, a positive scale."""
    if not layer.shape or min(layer.shape) < 1:
        return f"shape must be of positive integers, not {layer.shape}"
    return (
        outside("time_steps", layer.time_steps, 1, MAX_TIME_STEPS)
        or outside("max_count", layer.max_count, 1, MAX_COUNT)
        or _positive("scale", layer.scale)
    )


def scale_is_positive(_: Context, layer: Scale) -> str:
    """Scale: the factor is positive and finite."""
    return _positive("factor", layer.factor)


def linear_is_finite(_: Context, layer: Linear) -> str:
    """Linear: weight is (out, in), bias (out,), of finite float64 numbers."""
    if layer.weight.ndim != 2:
        return f"weight must have 2 axes, not {layer.weight.ndim}"
    shape: Shape = layer.weight.shape
    return _real_array("weight", layer.weight, shape) or _real_array("bias", layer.bias, shape[:1])


def linear_fits_its_input(context: Context, layer: Linear) -> str:
    """Linear: the weight has a column for each element of the input."""
    return differs("columns of the weight", layer.weight.shape[1], context.input_type(layer).size)


def batch_norm_fits_its_input(context: Context, layer: BatchNorm) -> str:
    """BatchNorm: gain and shift are finite, one number a channel."""
    shape = context.input_type(layer).shape
    return _real_array("gain", layer.gain, shape) or _real_array("shift", layer.shift, shape)


def neuron_is_in_range(_: Context, layer: Neuron) -> str:
    """Neuron: 1..255 levels, alpha within +-255, beta in 0..1, positive threshold, gain and output scale."""
    semantics = layer.semantics
    return (
        outside("levels", semantics.levels, 1, MAX_LEVELS)
        or outside("alpha", semantics.alpha, -MAX_ALPHA, MAX_ALPHA)
        or outside("beta", semantics.beta, 0, 1)
        or _positive("threshold", semantics.threshold)
        or _positive("output_scale", semantics.output_scale)
        or _positive("reset_gain", semantics.reset_gain)
    )


def scores_have_one_axis(context: Context, layer: Layer) -> str:
    """Output: one score a class."""
    return differs("axes of the scores", len(context.input_type(layer).shape), 1)


REAL_RULES: dict[type[Layer], tuple[Rule, ...]] = {
    Input: (input_is_in_range,),
    Flatten: (),
    Scale: (scale_is_positive,),
    Linear: (linear_is_finite, linear_fits_its_input),
    BatchNorm: (batch_norm_fits_its_input,),
    Neuron: (neuron_is_in_range,),
    Output: (scores_have_one_axis,),
}

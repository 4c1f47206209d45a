"""Neurons as the options ask for them, and synapses whose sums start inside their window."""

from __future__ import annotations

from typing import TypeVar

import torch
from torch import nn

from asn2fpga.nn import ASN, ILIF, LIF, NASN
from asn2fpga.nn.neuron import SpikingNeuron
from asn2fpga.train.options import TrainOptions

INITIAL_GAIN = 3.0
ALPHA_GRAD_SCALE = 0.01

Layer = TypeVar("Layer", nn.Linear, nn.Conv2d)
Norm = TypeVar("Norm", nn.BatchNorm1d, nn.BatchNorm2d)


def window_start(options: TrainOptions) -> float:
    """Where sums should lie at first: in the lower part of the window alpha..alpha+D, or at its end where
    counts are to be few.
    """
    return options.alpha + (0.0 if options.count_penalty else options.levels / 4)


def into_window(layer: Layer, options: TrainOptions) -> Layer:
    """The layer itself, its sums moved into the window alpha..alpha+D, where the gradient passes."""
    assert layer.bias is not None
    with torch.no_grad():
        layer.weight.mul_(INITIAL_GAIN)
        layer.bias.add_(window_start(options))
    return layer


def norm_into_window(norm: Norm, options: TrainOptions) -> Norm:
    """The BatchNorm itself, its results moved into the window; they have a deviation of 1."""
    with torch.no_grad():
        norm.bias.fill_(window_start(options))
    return norm


def make_neuron(options: TrainOptions) -> SpikingNeuron:
    """The neuron the options ask for. Raises InputError for a parameter out of range.

    lif: binary, its input decays with its membrane, reset to 0, as SpikingJelly's LIFNode is by default.
    """
    steps, levels = options.steps, options.levels
    if options.neuron == "lif":
        beta = 0.5 if options.beta is None else options.beta
        return LIF(beta, reset="hard", fires=">=", decay_input=True, time_steps=steps)
    if options.neuron == "ilif":
        return ILIF(levels, beta=0.25 if options.beta is None else options.beta, time_steps=steps)
    return {"asn": ASN, "nasn": NASN}[options.neuron](
        levels,
        alpha=options.alpha,
        beta=0.5 if options.beta is None else options.beta,
        time_steps=steps,
        integer_alpha=options.integer_alpha,
        learn_alpha=options.learn_alpha,
        alpha_grad_scale=ALPHA_GRAD_SCALE,
    )

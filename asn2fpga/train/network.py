"""The dense network of `train-example`."""

from __future__ import annotations

import itertools
import math

import torch
from torch import Tensor, nn

from asn2fpga.nn import ASN, ILIF, NASN, RepeatTime, TimeMean
from asn2fpga.nn.graded import GradedNeuron
from asn2fpga.train.options import TrainOptions

INITIAL_GAIN = 3.0
ALPHA_GRAD_SCALE = 0.01


class DenseNetwork(nn.Module):
    """Pixels -> (Linear, [BatchNorm1d], neuron) for every hidden size -> Linear -> scores.

    x: (batch, *shape) uint8 in 0..max_count; result: (batch, classes) scores, averaged over time.
    Linear layers are called fc1, fc2, ...; neurons neuron1, ...
    """

    def __init__(self, shape: tuple[int, ...], classes: int, max_count: int, options: TrainOptions) -> None:
        super().__init__()
        self.max_count = max_count
        self.time_steps = options.time_steps
        self.flatten = nn.Flatten()
        self.repeat = RepeatTime(options.time_steps) if options.time_steps > 1 else nn.Identity()
        hidden = options.hidden or ()
        sizes = (math.prod(shape), *hidden)
        self.hidden = len(hidden)
        for index, (inputs, outputs) in enumerate(itertools.pairwise(sizes), start=1):
            self.add_module(f"fc{index}", make_synapses(inputs, outputs, options))
            if options.batchnorm:
                self.add_module(f"norm{index}", nn.BatchNorm1d(outputs))
            self.add_module(f"neuron{index}", make_neuron(options))
        self.add_module(f"fc{len(sizes)}", nn.Linear(sizes[-1], classes))
        self.mean = TimeMean() if options.time_steps > 1 else nn.Identity()
        self.batchnorm = options.batchnorm

    def forward(self, x: Tensor) -> Tensor:
        x = self.repeat(self.flatten(x.float() / self.max_count))
        for index in range(1, self.hidden + 1):
            x = self.get_submodule(f"fc{index}")(x)
            if self.batchnorm:
                x = self._normalise(x, self.get_submodule(f"norm{index}"))
            x = self.get_submodule(f"neuron{index}")(x)
        x = self.get_submodule(f"fc{self.hidden + 1}")(x)
        scores: Tensor = self.mean(x)
        return scores

    def _normalise(self, x: Tensor, norm: nn.Module) -> Tensor:
        """BatchNorm1d over time and batch together."""
        if self.time_steps == 1:
            result: Tensor = norm(x)
        else:
            result = norm(x.flatten(0, 1)).unflatten(0, (self.time_steps, -1))
        return result


def make_synapses(inputs: int, outputs: int, options: TrainOptions) -> nn.Linear:
    """A Linear whose outputs start inside the window alpha..alpha+D, where the gradient passes."""
    linear = nn.Linear(inputs, outputs)
    with torch.no_grad():
        linear.weight.mul_(INITIAL_GAIN)
        linear.bias.add_(options.alpha + options.levels / 4)
    return linear


def make_neuron(options: TrainOptions) -> GradedNeuron:
    """The neuron the options ask for. Raises InputError for a parameter out of range."""
    steps, levels = options.time_steps, options.levels
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


def accuracy(network: nn.Module, x: Tensor, y: Tensor) -> float:
    """Share of samples whose highest score is the right class, in eval mode."""
    network.eval()
    with torch.no_grad():
        classes = torch.cat([network(rows).argmax(1) for rows in torch.split(x, 1000)])
    return int((classes == y).sum()) / len(y)

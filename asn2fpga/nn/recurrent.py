"""A layer of neurons that hears itself."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from asn2fpga.errors import InputError
from asn2fpga.nn.check import check_time_axis
from asn2fpga.nn.neuron import SpikingNeuron


class Recurrent(nn.Module):
    """Neurons driven by the input and by what they sent one time step before.

        output[t] = neuron(X[t] + linear(output[t-1]))          output[0] = 0, so the first step gets the bias

    neuron: any of this package with time_steps = T > 1; linear: nn.Linear(n, n). x and result: (T, batch, n).
    Raises InputError for a neuron of one time step, parts that do not fit, and an input of another shape.
    """

    def __init__(self, neuron: SpikingNeuron, linear: nn.Linear) -> None:
        super().__init__()
        _check_parts(neuron, linear)
        self.neuron = neuron
        self.linear = linear

    @property
    def time_steps(self) -> int:
        """T of the neuron."""
        return self.neuron.time_steps

    def forward(self, x: Tensor) -> Tensor:
        check_time_axis("Recurrent", x, self.time_steps)
        if x.shape[-1] != self.linear.in_features:
            raise InputError(
                f"Recurrent: the input must have {self.linear.in_features} channels in its last axis, "
                f"as the Linear layer has, not {x.shape[-1]}."
            )
        state, output, sent = self.neuron.start(x[0]), torch.zeros_like(x[0]), []
        for now in x:
            state, output = self.neuron.step(state, now + self.linear(output))
            sent.append(output)
        return torch.stack(sent)


def _check_parts(neuron: object, linear: object) -> None:
    if not isinstance(neuron, SpikingNeuron):
        raise InputError(
            "Recurrent: the neuron must be an ASN, NASN, ILIF, LIF, IF, PLIF, CubaLIF or SigmaDelta, "
            f"not {type(neuron).__name__}."
        )
    if not isinstance(linear, nn.Linear):
        raise InputError(f"Recurrent: linear must be a torch.nn.Linear, not {type(linear).__name__}.")
    if neuron.time_steps == 1:
        raise InputError(
            "Recurrent: time_steps (T) of the neuron must be above 1, not 1; "
            "what it sends comes back one time step later."
        )
    if linear.in_features != linear.out_features:
        raise InputError(
            f"Recurrent: linear must have as many outputs as its {linear.in_features} inputs, "
            f"not {linear.out_features}."
        )

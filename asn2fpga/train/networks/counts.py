"""The counts c = S - lo that layers send: what they cost in hardware is the number that are not zero."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from asn2fpga.nn.graded import GradedNeuron


@dataclass(frozen=True, eq=False)
class CountPoint:
    """Where a layer sends its counts: the output of `module`, its neurons or a max-pool after them.

    neuron: those whose lowest level is a count of 0; None if that is 0 anyhow, and a level of 1 is sent as 1.
    """

    name: str
    module: nn.Module
    neuron: GradedNeuron | None = None

    @classmethod
    def of_neuron(cls, name: str, neuron: nn.Module) -> CountPoint:
        """The neurons themselves."""
        return cls(name, neuron, neuron if isinstance(neuron, GradedNeuron) else None)

    def counts(self, output: Tensor) -> Tensor:
        """c >= 0 in the shape of the output, with the gradient of S.

        lo takes the part of alpha in that gradient with it: a neuron that sends nothing has no gradient.
        """
        neuron = self.neuron
        if neuron is None:
            return output
        lowest = neuron.alpha * neuron.alpha_grad_scale
        value = neuron.alpha.round() if neuron.integer_alpha else neuron.alpha
        return output * neuron.norm - (lowest - lowest.detach() + value.detach())


class CountMeter:
    """What a network sent in its last forward, by name of the point, in their order."""

    def __init__(self) -> None:
        self.counts: dict[str, Tensor] = {}

    @property
    def mean(self) -> Tensor:
        """The mean count of a neuron in a time step, averaged over the layers: what the penalty is on."""
        return torch.stack([counts.mean() for counts in self.counts.values()]).mean()


@contextmanager
def measured_counts(points: Sequence[CountPoint]) -> Iterator[CountMeter]:
    """Within it, every forward of the network fills the meter."""
    meter = CountMeter()
    handles = [point.module.register_forward_hook(_hook(meter, point)) for point in points]
    try:
        yield meter
    finally:
        for handle in handles:
            handle.remove()


def _hook(meter: CountMeter, point: CountPoint):  # type: ignore[no-untyped-def]  # torch declares its own
    def keep(_module: nn.Module, _inputs: object, output: Tensor) -> None:
        meter.counts[point.name] = point.counts(output)

    return keep


def densities(
    network: nn.Module, points: Sequence[CountPoint], batches: Sequence[Tensor]
) -> dict[str, float]:
    """The share of counts that are not zero, 0..1, by name of the point, over all batches, in eval mode."""
    network.eval()
    active = {point.name: 0 for point in points}
    sent = dict(active)
    with torch.no_grad(), measured_counts(points) as meter:
        for x in batches:
            network(x)
            for name, counts in meter.counts.items():
                active[name] += int((counts.abs() > 0.5).sum())
                sent[name] += counts.numel()
    return {name: active[name] / sent[name] for name in active}

"""The weights of layers that share units, rounded as the build will round them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from asn2fpga.graph.arrays import RealArray
from asn2fpga.graph.edge import Edge
from asn2fpga.kinds.trained import TrainedSynapse
from asn2fpga.quantise.choose import quantise_layer
from asn2fpga.quantise.network import Network, Trained
from asn2fpga.quantise.scheme import ScaleMethod, Scheme
from asn2fpga.quantise.units import align_stage, synapses_of
from asn2fpga.quantise.weights import QuantisedWeights, with_scale

MOST_ROUNDS = 10  # until weights that share units stay what they are
STEPS_PER_SCALE = 8  # in training, scales are chosen anew after so many steps


@dataclass(frozen=True, eq=False)
class Member:
    """A layer that is trained. factor: what the build multiplies its weights by, before it rounds them."""

    module: nn.Module
    factor: float

    def rows(self) -> RealArray:
        """(N, columns) its trained weights as the build sees them."""
        weight = original_weight(self.module).detach().double().numpy()
        return weight.reshape(len(weight), -1) * self.factor


def original_weight(module: nn.Module) -> Tensor:
    """The weight that is trained, whether what forward uses is computed from it or not."""
    parts = getattr(module, "parametrizations", None)
    weight = module.weight if parts is None else parts.weight.original
    assert isinstance(weight, Tensor)
    return weight


@dataclass(frozen=True, eq=False)
class Plan:
    """What the build will round with: the network as it sees it, and its choices."""

    network: Network
    edges: Mapping[str, Edge]
    scheme: Scheme
    method: ScaleMethod


class Stage:
    """Layers of one of `units.stages`: most are alone, those of a residual sum are several."""

    def __init__(self, plan: Plan, stage: tuple[Trained, ...], members: Mapping[str, Member]) -> None:
        self.plan, self.stage, self.members = plan, stage, members
        self.synapses = synapses_of(stage)
        self.weights: dict[str, QuantisedWeights] = {}
        self.steps_left = {name: 0 for name in members}

    def weight(self, name: str, training: bool) -> Tensor:
        """What forward of the member uses, in the shape and type of its weight."""
        if not training or self.steps_left[name] == 0:
            self.weights = self._chosen()
            self.steps_left = dict.fromkeys(self.members, STEPS_PER_SCALE)
        self.steps_left[name] -= 1
        member = self.members[name]
        rounded = with_scale(member.rows(), self.weights[name].scale, self.weights[name])
        like = original_weight(member.module)
        return torch.from_numpy(rounded.real / member.factor).reshape(like.shape).to(like.dtype)

    def _chosen(self) -> dict[str, QuantisedWeights]:
        """The weights as the build makes them, of which it makes the same again."""
        rows = {name: self.synapses[name].rows for name in self.synapses}
        rows |= {name: member.rows() for name, member in self.members.items()}
        weights = self._quantised(rows, self.plan.method)
        for _ in range(MOST_ROUNDS if len(rows) > 1 else 0):
            before = {name: weights[name].real for name in self.members}
            weights = self._quantised({**rows, **before}, "maxabs")
            if all(np.array_equal(weights[name].real, real) for name, real in before.items()):
                break
        return weights

    def _quantised(self, rows: Mapping[str, RealArray], method: ScaleMethod) -> dict[str, QuantisedWeights]:
        plan = self.plan
        synapses = {name: self._with_rows(name, found) for name, found in rows.items()}
        weights = {
            name: quantise_layer(plan.network, plan.edges, synapse, method, plan.scheme)
            for name, synapse in synapses.items()
        }
        aligned = align_stage(plan.network, self.stage, synapses, weights, plan.edges)
        return weights | {name: found for name, (found, _) in aligned.items()}

    def _with_rows(self, name: str, rows: RealArray) -> TrainedSynapse:
        """The synapses with these weights, and the member's bias: scores must fit their bits with both."""
        synapse = self.synapses[name].with_rows(rows)
        member = self.members.get(name)
        bias = None if member is None else getattr(member.module, "bias", None)
        if not isinstance(bias, Tensor):
            return synapse
        return synapse.changed(bias=bias.detach().double().numpy())

"""`quantise_aware`: a network whose forward uses the weights that the build will make of it."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

from asn2fpga.errors import UnsupportedError
from asn2fpga.kinds.trained import TrainedSynapse
from asn2fpga.loader.save import read_module
from asn2fpga.passes.prepare import prepare
from asn2fpga.quantise.edges import edges_of
from asn2fpga.quantise.network import network_of
from asn2fpga.quantise.scheme import ScaleMethod, Scheme
from asn2fpga.quantise.units import stages, synapses_of
from asn2fpga.train.aware.fold import fold_norms
from asn2fpga.train.aware.stage import Member, Plan, Stage

TOLERANCE = 1e-5

Module = TypeVar("Module", bound=nn.Module)


def quantise_aware(
    module: Module,
    weight_bits: int | Mapping[str, int],
    example_input: Tensor,
    *,
    method: ScaleMethod = "mse",
    **description: Any,
) -> Module:
    """A copy of `module` to go on training with, whose weights are those of the build with `weight_bits`.

    BatchNorm is folded into the layer before it, with the statistics it has. The weights that forward uses
    are integers times scales, as the quantiser rounds the trained ones; gradients pass unchanged. What
    `asn2fpga.save` writes are these weights, and `asn2fpga build --weight-bits` then changes none of them.
    weight_bits: 2..8, one number or one per layer name (other layers take 8).
    method: how scales are chosen, see quantise.scheme. description: encoding, input_scale, max_count of
    `asn2fpga.save`.
    Raises UnsupportedError naming a layer whose weights the build merges with others, or a BatchNorm that
    stands elsewhere; InputError for bits out of range.
    """
    scheme = Scheme(weight_bits=weight_bits, scale_method=method)
    aware = copy.deepcopy(module)
    fold_norms(aware, read_module(aware, "model", example_input, **description))
    raw = read_module(aware, "model", example_input, **description)
    network = network_of(prepare(raw))
    scheme.check_layers(synapse.name for synapse in network.synapses)
    plan = Plan(network, edges_of(network, scheme.alpha_frac_bits), scheme, method)
    for stage in stages(network):
        members = {
            name: Member(aware.get_submodule(synapse.source), _factor(aware, synapse))
            for name, synapse in synapses_of(stage).items()
            if _is_layer(aware, synapse)
        }
        shared = Stage(plan, stage, members)
        for name, member in members.items():
            parametrize.register_parametrization(member.module, "weight", Rounded(shared, name))
    return aware


class Rounded(nn.Module):
    """The parametrization of a weight: rounded forward, straight through backward."""

    def __init__(self, stage: Stage, name: str) -> None:
        super().__init__()
        self.stage, self.name = stage, name

    def forward(self, weight: Tensor) -> Tensor:
        apply: Callable[..., Tensor] = _StraightThrough.apply
        return apply(weight, self.stage.weight(self.name, self.training and torch.is_grad_enabled()))


class _StraightThrough(torch.autograd.Function):
    """The second tensor, with the gradient of the first."""

    @staticmethod
    def forward(ctx: Any, weight: Tensor, rounded: Tensor) -> Tensor:
        return rounded

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        return gradients[0], None


def _is_layer(module: nn.Module, synapse: TrainedSynapse) -> bool:
    """Whether a torch layer has these weights; others are constants, such as the 1 of x + f(x)."""
    path = synapse.source
    found = dict(module.named_modules()).get(path)
    return isinstance(found, nn.Linear | nn.Conv1d | nn.Conv2d)


def _factor(module: nn.Module, synapse: TrainedSynapse) -> float:
    """What the weights of the torch layer are multiplied by in the build: pixels / 255, the norm of NASN."""
    layer = module.get_submodule(synapse.source)
    assert isinstance(layer.weight, Tensor)
    weight = layer.weight.detach().double().numpy()
    rows = weight.reshape(len(weight), -1)
    largest = np.unravel_index(np.abs(rows).argmax(), rows.shape)
    same = rows.shape == synapse.rows.shape and rows[largest] != 0
    factor = float(synapse.rows[largest] / rows[largest]) if same else 0.0
    if factor == 0 or not np.allclose(rows * factor, synapse.rows, rtol=TOLERANCE, atol=0):
        raise UnsupportedError(
            f"{synapse.source}: the build must take the weights as they are, times a number, not merge them "
            "with others (a BatchNorm after it, a branch beside it, an average of its sums); "
            "train a network that has one layer there."
        )
    return factor

"""BatchNorm becomes part of the convolution or Linear layer before it, in torch as in the build."""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn

from asn2fpga.errors import UnsupportedError
from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.nodes import real_nodes, trained_synapses

Weighted = nn.Linear | nn.Conv1d | nn.Conv2d
Norm = nn.BatchNorm1d | nn.BatchNorm2d


def fold_norms(module: nn.Module, graph: Graph) -> None:
    """Fold every BatchNorm of `graph`, the graph of `module`, into the layer that it reads, in place.

    Raises UnsupportedError naming a BatchNorm that reads anything else, or what others read too.
    """
    synapses = {node.name: node for node in trained_synapses(graph)}
    modules = dict(module.named_modules())
    for norm in real_nodes(graph):
        if not isinstance(modules.get(norm.source), Norm):
            continue
        (name,) = norm.inputs
        if name not in synapses or len(graph.consumers(name)) != 1:
            before = next(node for node in real_nodes(graph) if node.name == name)
            raise UnsupportedError(
                f"{norm.source}: BatchNorm must stand right after a Linear layer or a convolution that "
                f"nothing else reads, not after {before.source}; move it there, or train without it."
            )
        layer = cast(Weighted, module.get_submodule(synapses[name].source))
        _fold(layer, cast(Norm, module.get_submodule(norm.source)))
        _replace(module, norm.source)


def _fold(layer: Weighted, norm: Norm) -> None:
    """gain * (W x + b) + shift, gain = weight / sqrt(variance + eps), in float64."""
    assert norm.running_mean is not None and norm.running_var is not None
    with torch.no_grad():
        gain = 1 / torch.sqrt(norm.running_var.double() + norm.eps)
        shift = torch.zeros_like(gain)
        if norm.affine:
            gain, shift = gain * norm.weight.double(), norm.bias.double()
        before = torch.zeros_like(gain) if layer.bias is None else layer.bias.double()
        bias = shift + gain * (before - norm.running_mean.double())
        layer.weight.copy_(layer.weight.double() * _per_row(gain, layer.weight))
        layer.bias = nn.Parameter(bias.to(layer.weight.dtype))


def _per_row(values: Tensor, weight: Tensor) -> Tensor:
    return values.reshape(-1, *(1,) * (weight.dim() - 1))


def _replace(module: nn.Module, path: str) -> None:
    """Nothing in place of what stands at the path."""
    parent, _, name = path.rpartition(".")
    setattr(module.get_submodule(parent), name, nn.Identity())

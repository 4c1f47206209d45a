"""Networks of SpikingJelly's model package: the graph gives the scores of the module, in float64."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from asn2fpga.loader.save import convert
from asn2fpga.loader.trained_accuracy import module_scores
from asn2fpga.reference import float_model

pytest.importorskip("spikingjelly.activation_based.model.qkformer")
from spikingjelly.activation_based import functional
from spikingjelly.activation_based.model.maxformer import MaxFormer
from spikingjelly.activation_based.model.qkformer import QKFormer
from spikingjelly.activation_based.model.spike_driven_transformer import SpikeDrivenTransformer
from spikingjelly.activation_based.model.spikformer import Spikformer

SMALL = {"T": 4, "in_channels": 1, "num_classes": 10, "mlp_ratio": 2.0}
NETWORKS: dict[str, tuple[Callable[[], nn.Module], int]] = {
    "Spikformer": (
        lambda: Spikformer(
            **SMALL, img_size_h=8, img_size_w=8, patch_size=4, embed_dims=16, num_heads=2, depths=1
        ),
        8,
    ),
    "SpikeDrivenTransformer": (
        lambda: SpikeDrivenTransformer(**SMALL, embed_dims=16, num_heads=2, depths=1),
        16,
    ),
    "QKFormer": (lambda: QKFormer(**SMALL, embed_dims=32, num_heads=(1, 2, 2), depths=(1, 1, 1)), 16),
    "MaxFormer": (lambda: MaxFormer(**SMALL, embed_dims=32, depths=(1, 1, 1), cifar=True), 16),
}


def made(name: str) -> tuple[nn.Module, int]:
    """With statistics and factors in BatchNorm with which all layers fire; and the size of an image."""
    make, size = NETWORKS[name]
    torch.manual_seed(0)
    net = make().double().train()
    for part in net.modules():
        if isinstance(part, nn.BatchNorm1d | nn.BatchNorm2d):
            part.weight.data.uniform_(2.0, 4.0)
            part.bias.data.uniform_(0.5, 1.5)
    with torch.no_grad():
        for _ in range(8):
            net(torch.rand(16, 1, size, size).double())
            functional.reset_net(net)
    return net.eval(), size


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[] if name == "Spikformer" else [pytest.mark.slow]) for name in NETWORKS],
)
def test_the_scores_are_those_of_the_module(name: str) -> None:
    net, size = made(name)
    example = torch.zeros(1, 1, size, size, dtype=torch.float64)
    options: dict[str, Any] = {"encoding": "frames", "max_count": 16, "input_scale": 1 / 16}
    found: Any = convert(net, "net", example, read_out="mean", **options)
    x = np.random.default_rng(0).integers(0, 17, (4, 1, size, size)).astype(np.uint8)
    wanted = module_scores(net, found.origin.description, found.origin.output, x).double().numpy()
    scores = float_model.simulate(found.graph, x).scores
    assert np.allclose(scores, wanted, atol=1e-5) and len(np.unique(scores, axis=0)) > 2

"""Queries, keys and values that one layer makes and that are taken apart: each part is a layer of its own."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from asn2fpga.errors import Asn2FpgaError
from asn2fpga.golden.simulate import simulate
from asn2fpga.kinds.synapses.conv import Conv
from asn2fpga.loader.save import convert
from asn2fpga.nn import LIF
from asn2fpga.quantise.apply import quantise
from asn2fpga.reference import float_model

X = np.random.default_rng(0).integers(0, 256, (6, 1, 8, 8)).astype(np.uint8)


def norm(module: nn.Module) -> None:
    generator = torch.Generator().manual_seed(5)
    for part in module.modules():
        if isinstance(part, nn.BatchNorm1d | nn.BatchNorm2d):
            for name in ("running_mean", "running_var", "weight", "bias"):
                getattr(part, name).data = torch.rand(part.num_features, generator=generator) + 0.4


class Fused(nn.Module):
    """Attention whose queries, keys and values are channels of one convolution. take: gives the three."""

    def __init__(self, take: Callable[[Tensor], tuple[Tensor, ...]]) -> None:
        super().__init__()
        torch.manual_seed(3)
        self.stem, self.first = nn.Conv2d(1, 8, 2, stride=2), LIF(0.5, time_steps=1)
        self.qkv, self.norm = nn.Conv2d(8, 24, 1, bias=False), nn.BatchNorm2d(24)
        self.sent, self.attn = LIF(torch.rand(24, 1, 1), time_steps=1), LIF(0.5, threshold=0.5)
        self.head, self.take = nn.Linear(8, 4), take
        nn.init.normal_(self.qkv.weight, 0.2, 0.5)
        norm(self)

    def forward(self, x: Tensor) -> Tensor:
        sent = self.sent(self.norm(self.qkv(self.first(4 * self.stem(x)))))
        q, k, v = self.take(sent)
        found = self.attn((q @ k.transpose(-2, -1) @ v) * 0.125)
        scores: Tensor = self.head(found.transpose(1, 2).flatten(2).mean(1))
        return scores


def heads(x: Tensor) -> Tensor:
    """(B, 3, heads, tokens, features) of (B, channels, rows, columns)."""
    return x.flatten(2).reshape(len(x), 3, 2, 4, 16).transpose(-2, -1)


TAKEN: dict[str, Callable[[Tensor], tuple[Tensor, ...]]] = {
    "x[:, 0], x[:, 1], ..": lambda x: (heads(x)[:, 0], heads(x)[:, 1], heads(x)[:, 2]),
    "unbind": lambda x: heads(x).unbind(1),
    "torch.chunk": lambda x: tuple(part.flatten(2).reshape(-1, 2, 4, 16).mT for part in torch.chunk(x, 3, 1)),
    "x.split": lambda x: tuple(part.flatten(2).reshape(-1, 2, 4, 16).mT for part in x.split(8, dim=1)),
    "x.split of sizes": lambda x: tuple(
        part.flatten(2).reshape(-1, 2, 4, 16).mT for part in x.split([8, 8, 8], dim=1)
    ),
    "tensor_split": lambda x: tuple(
        part.flatten(2).reshape(-1, 2, 4, 16).mT for part in x.tensor_split((8, 16), dim=1)
    ),
}


@pytest.mark.parametrize("name", TAKEN)
def test_parts_are_layers(name: str) -> None:
    module = Fused(TAKEN[name]).eval()
    graph = convert(module, "net", torch.rand(1, 1, 8, 8), input_scale=1 / 255).graph
    assert [conv.weight.shape[0] for conv in graph.of_type(Conv)] == [8, 8, 8, 8]
    with torch.no_grad():
        wanted = module.double()(torch.from_numpy(X).double() / 255).numpy()
    assert np.array_equal(float_model.simulate(graph, X).scores, wanted) and wanted.std() > 0.01
    assert np.isfinite(simulate(quantise(graph).graph, X).scores).all()


def test_a_whole_that_is_read_too_stays() -> None:
    class Both(Fused):
        def forward(self, x: Tensor) -> Tensor:
            sent = self.sent(self.norm(self.qkv(self.first(4 * self.stem(x)))))
            scores: Tensor = self.head(sent[:, :8].mean((2, 3))) + self.wide(sent.mean((2, 3)))
            return scores

    module = Both(TAKEN["unbind"])
    module.wide = nn.Linear(24, 4)
    graph = convert(module.eval(), "net", torch.rand(1, 1, 8, 8), input_scale=1 / 255).graph
    assert sorted(conv.weight.shape[0] for conv in graph.of_type(Conv)) == [8, 8, 24]
    with torch.no_grad():
        wanted = module.double()(torch.from_numpy(X).double() / 255).numpy()
    assert np.allclose(float_model.simulate(graph, X).scores, wanted, atol=1e-12)


def test_every_other_channel_is_refused() -> None:
    class Strided(Fused):
        def forward(self, x: Tensor) -> Tensor:
            scores: Tensor = self.head(self.first(4 * self.stem(x))[:, ::2].mean((2, 3)).repeat(1, 2))
            return scores

    with pytest.raises(Asn2FpgaError) as caught:
        convert(Strided(TAKEN["unbind"]).eval(), "net", torch.rand(1, 1, 8, 8))
    assert str(caught.value).startswith("model: x[...] must add or remove a time axis of one step")


@pytest.mark.parametrize("kind", ["SpikingSelfAttention", "QKAttention", "SpikeDrivenSelfAttention"])
def test_attention_of_spikingjelly(kind: str) -> None:
    layer = pytest.importorskip("spikingjelly.activation_based.layer")
    if not hasattr(layer, kind):
        pytest.skip(f"this SpikingJelly has no {kind}")
    from spikingjelly.activation_based import functional, neuron

    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            torch.manual_seed(4)
            self.stem = layer.Conv2d(1, 8, 2, stride=2, step_mode="m")
            self.fires = neuron.LIFNode(step_mode="m", v_threshold=0.1)
            self.attention = getattr(layer, kind)(8, 2, spiking_neuron=neuron.LIFNode, v_threshold=0.1)
            self.head = nn.Linear(8, 4)

        def forward(self, x: Tensor) -> Tensor:
            x = self.fires(self.stem(x.unsqueeze(0).repeat(2, 1, 1, 1, 1)))
            x = self.attention(x) if kind.startswith("Spike") else self.attention(x.flatten(3))
            scores: Tensor = self.head(x.flatten(3).mean(3).mean(0))
            return scores

    module = Net().eval()
    norm(module)
    graph = convert(module, "net", torch.rand(1, 1, 8, 8), input_scale=1 / 255, encoding="frames").graph
    functional.reset_net(module)
    with torch.no_grad():
        wanted = module(torch.from_numpy(X).float() / 255).numpy()
    assert np.allclose(float_model.simulate(graph, X).scores, wanted, atol=1e-5) and wanted.std() > 0.005

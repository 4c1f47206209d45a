"""Attention over time steps: masks as public code writes them, and what is refused."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from asn2fpga.errors import Asn2FpgaError
from asn2fpga.graph.types import Array
from asn2fpga.kinds.operators.causal_attention import CausalAttention
from asn2fpga.loader.save import convert
from asn2fpga.nn import NASN
from asn2fpga.passes.prepare import prepare
from asn2fpga.reference import float_model

STEPS, WIDTH = 5, 8
Masked = Callable[["Attention", Tensor], Tensor]


class Attention(nn.Module):
    """(time, batch, 6) events: neurons of q, k, v; `masked` stands between the two products."""

    mask: Tensor

    def __init__(self, masked: Masked, heads: int = 2) -> None:
        super().__init__()
        torch.manual_seed(3)
        self.q, self.k, self.v = (nn.Linear(6, WIDTH) for _ in "qkv")
        self.neurons = nn.ModuleList(NASN(4, time_steps=STEPS, learn_alpha=False) for _ in range(4))
        self.register_buffer("mask", torch.ones(STEPS, STEPS).tril())
        self.head, self.masked, self.heads = nn.Linear(WIDTH, 3), masked, heads

    def split(self, x: Tensor) -> Tensor:
        steps, batch, _ = x.shape
        return x.reshape(steps, batch, self.heads, -1).permute(1, 2, 0, 3)

    def forward(self, x: Tensor) -> Tensor:
        layers = zip(self.neurons, (self.q, self.k, self.v), strict=False)
        q, k, v = (self.split(neuron(layer(x) * 2)) for neuron, layer in layers)
        found = self.masked(self, q @ k.transpose(-2, -1)) @ v * 0.5
        scores: Tensor = self.head(self.neurons[3](found.permute(2, 0, 1, 3).flatten(2))[-1])
        return scores


def inputs(count: int = 4) -> Array:
    return np.random.default_rng(0).integers(0, 4, (count, STEPS, 6)).astype(np.uint8)


def converted(net: nn.Module) -> object:
    example = torch.zeros(STEPS, 1, 6, dtype=next(net.parameters()).dtype)
    return convert(net, "net", example, encoding="events", max_count=3).graph


MASKS: dict[str, Masked] = {
    "tril": lambda _, x: x.tril(),
    "torch.tril": lambda _, x: torch.tril(x, diagonal=0),
    "times a buffer": lambda net, x: x * net.mask,
    "times a part of a buffer": lambda net, x: x * net.mask[: x.shape[-2], : x.shape[-1]],
    "a buffer times it": lambda net, x: net.mask[None, None] * x,
    "masked_fill": lambda net, x: x.masked_fill(net.mask == 0, 0.0),
    "torch.masked_fill": lambda net, x: torch.masked_fill(x, net.mask == 0, 0),
    "scaled before": lambda _, x: (x * 0.25).tril(),
}


@pytest.mark.parametrize("mask", MASKS)
def test_the_graph_computes_what_the_module_does(mask: str) -> None:
    net, x = Attention(MASKS[mask]).double().eval(), inputs()
    graph = converted(net)
    assert [node.heads for node in graph.of_type(CausalAttention)] == [2]  # type: ignore[attr-defined]
    with torch.no_grad():
        expected = net(torch.from_numpy(x).double().transpose(0, 1)).numpy()
    assert expected.std() > 0.1
    for found in (graph, prepare(graph)):  # type: ignore[arg-type]
        assert np.allclose(float_model.simulate(found, x).scores, expected, rtol=0, atol=1e-12)


REFUSED: dict[str, tuple[Attention, str]] = {
    "no mask": (
        Attention(lambda _, x: x),
        "model: an attention whose tokens are the time steps of the network must be causal: hardware has no "
        "later step when it answers; mask them, (q @ k.transpose(-2, -1)).tril() @ v, or times a constant "
        "torch.ones(T, T).tril(), or .masked_fill(mask == 0, 0) with it.",
    ),
    "another diagonal": (
        Attention(lambda _, x: x.tril(-1)),
        "model: tril between the two matrix products of an attention must hide later time steps alone, with "
        "zeros:",
    ),
    "a mask of earlier tokens": (
        Attention(lambda net, x: x * net.mask.T),
        "model: mul between the two matrix products of an attention must hide later time steps alone",
    ),
    "minus infinity": (
        Attention(lambda net, x: x.masked_fill(net.mask == 0, float("-inf"))),
        "model: masked_fill between the two matrix products of an attention must hide later time steps alone",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_other_masks_are_refused(case: str) -> None:
    net, message = REFUSED[case]
    with pytest.raises(Asn2FpgaError) as error:
        converted(net)
    assert str(error.value).startswith(message)


class OfPixels(nn.Module):
    """Tokens that are pixels, with a mask."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.neuron, self.after = nn.Conv2d(1, 4, 1), NASN(4, learn_alpha=False), NASN(4)
        self.head = nn.Linear(4, 2)

    def forward(self, x: Tensor) -> Tensor:
        sent = self.neuron(self.conv(x)).flatten(2).transpose(1, 2)
        found = (sent @ sent.transpose(-2, -1)).tril() @ sent
        scores: Tensor = self.head(self.after(found).mean(1))
        return scores


def test_a_causal_mask_over_pixels_is_refused() -> None:
    with pytest.raises(Asn2FpgaError) as error:
        convert(OfPixels(), "net", torch.zeros(1, 1, 3, 3))
    assert str(error.value) == (
        "model: a causal mask must be over the time steps of the network, not over pixels, which are there "
        "at the same time; leave it out, or make tokens time steps: encoding 'events' or 'tokens', (time, "
        "batch, features)."
    )

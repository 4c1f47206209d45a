"""Attention as public code writes it: the graph computes what the module does, or a sentence says why not."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from attention_models import BLOCKS, MultiSpike, network
from torch import Tensor, nn

from asn2fpga.errors import Asn2FpgaError
from asn2fpga.kinds.operators.attention import Attention
from asn2fpga.kinds.operators.pool import MaxPool
from asn2fpga.kinds.operators.product import Product
from asn2fpga.loader.save import convert
from asn2fpga.nn import LIF
from asn2fpga.passes.prepare import prepare
from asn2fpga.reference import float_model

X = np.random.default_rng(0).integers(0, 256, (3, 1, 8, 8)).astype(np.uint8)


def lif() -> nn.Module:
    return LIF(0.5, reset="hard", decay_input=True, time_steps=2)


@pytest.mark.parametrize("steps", [1, 2])
@pytest.mark.parametrize("block", BLOCKS)
def test_the_graph_computes_what_the_module_does(block: str, steps: int) -> None:
    net = network(block, MultiSpike if steps == 1 else lif, steps)
    graph = convert(net, "net", torch.rand(1, 1, 8, 8), input_scale=1 / 255).graph
    with torch.no_grad():
        expected = net.double()(torch.from_numpy(X).double() / 255).numpy()
    assert expected.std() > 0.1
    for found in (graph, prepare(graph)):
        assert np.array_equal(float_model.simulate(found, X).scores, expected)


def test_both_orders_of_the_products_are_one() -> None:
    graphs = [
        convert(network(block), "net", torch.rand(1, 1, 8, 8), input_scale=1 / 255).graph
        for block in ("q k^T first", "k^T v first")
    ]
    kinds = [[type(layer).__name__ for layer in graph.layers] for graph in graphs]
    assert kinds[0] == kinds[1]
    assert [layer.heads for layer in graphs[0].of_type(Attention)] == [2]


def test_a_mask_of_tokens_reads_sums_of_heads() -> None:
    net = network("mask of each token")
    graph = convert(net, "net", torch.rand(1, 1, 8, 8), input_scale=1 / 255).graph
    (product,) = graph.of_type(Product)
    assert [graph.edges[name].shape for name in product.inputs] == [(16, 4, 4), (2, 4, 4)]


class Block(nn.Module):
    """Queries, keys and values of 8 channels, of which `forward` makes what a test wants."""

    def __init__(self, forward: Callable[[Block, Tensor, Tensor, Tensor], Tensor]) -> None:
        super().__init__()
        self.q, self.k, self.v = (nn.Sequential(nn.Conv2d(1, 8, 3), MultiSpike()) for _ in "qkv")
        self.conv, self.current = nn.Conv2d(8, 8, 3, padding=1), nn.Conv2d(1, 8, 3)
        self.after, self.norm, self.head = MultiSpike(), nn.LayerNorm(8), nn.Linear(8, 4)
        self.compute = forward

    def forward(self, x: Tensor) -> Tensor:
        sent = [found(x).flatten(2).transpose(1, 2) for found in (self.q, self.k, self.v)]
        result = self.compute(self, *sent) if x.dim() else x
        scores: Tensor = self.head(self.after(result).mean(1))
        return scores


def attention(_: Block, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    return q @ k.transpose(-2, -1) @ v


def with_softmax(_: Block, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    return torch.softmax(q @ k.transpose(-2, -1) * 0.25, dim=-1) @ v


def fused(_: Block, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    return nn.functional.scaled_dot_product_attention(q, k, v)


def fewer_tokens(_: Block, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    return q @ (k[:, :20].transpose(-2, -1) @ v[:, :20])


def added_elsewhere(_: Block, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    return q + k + v.reshape(-1, 6, 6, 8).transpose(1, 2).reshape(q.shape)


def mixed_heads(_: Block, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    batch, tokens, _channels = q.shape
    q, k, v = (x.reshape(batch, tokens, 4, 2).permute(0, 3, 1, 2) for x in (q, k, v))
    return (q @ (k.transpose(-2, -1) @ v)).transpose(1, 2).reshape(batch, tokens, 8)


def a_sum_between(_: Block, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    return (q @ k.transpose(-2, -1) + 1.0) @ v


def an_exponential_between(_: Block, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    return torch.exp(q @ k.transpose(-2, -1)) @ v


def values_of_other_tokens(_: Block, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    return q @ k.transpose(-2, -1) @ v[:, :30]


def norm_by_squares(_: Block, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    return nn.functional.rms_norm(q @ k.transpose(-2, -1) @ v, (8,))


def negative(_: Block, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    return -0.5 * (q @ k.transpose(-2, -1)) @ v


def normalised(block: Block, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    found: Tensor = block.norm(attention(block, q, k, v))
    return found


def a_product_of_sums(block: Block, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    tokens = q.transpose(1, 2).reshape(-1, 8, 6, 6)
    return (block.conv(tokens) * tokens).flatten(2).transpose(1, 2) + k + v


def another_shape(block: Block, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    found: Tensor = block.conv(q.transpose(1, 2).reshape(-1, 8, 4, 9)).flatten(2).transpose(1, 2)
    return found + k + v


def three_heads(_: Block, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    batch, tokens, channels = q.shape
    q, k, v = (x.reshape(batch, tokens, 3, channels // 3).transpose(1, 2) for x in (q, k, v))
    return (q @ k.transpose(-2, -1) @ v).transpose(1, 2).reshape(batch, tokens, channels)


def other_tokens(_: Block, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    return q @ k[:, :30].transpose(-2, -1) @ v


def any_token(_: Block, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    return q * (k * v).any(1, keepdim=True)


def largest_with_its_place(_: Block, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    return q * (k * v).max(1, keepdim=True)[0]


REFUSED: dict[str, tuple[Callable[[Block, Tensor, Tensor, Tensor], Tensor], str]] = {
    "softmax": (
        with_softmax,
        "model: softmax attention is not supported: it divides by a sum of exponentials; use a spiking "
        "attention, q @ k.transpose(-2, -1) @ v of what neurons send, times a constant, with a neuron after "
        "it, and train with that.",
    ),
    "fused": (
        fused,
        "model: scaled_dot_product_attention is not supported; it is softmax attention, which divides by a "
        "sum of exponentials; use a spiking attention",
    ),
    "fewer tokens": (
        fewer_tokens,
        "model: matmul must be part of an attention without a softmax, q @ k.transpose(-2, -1) @ v or "
        "q @ (k.transpose(-2, -1) @ v) of all tokens of what neurons send, whose heads are features side by "
        "side, not of (3, 36, 8) and (3, 8, 8).",
    ),
    "an add of other places": (added_elsewhere, "not turn (3, 8, 6, 6) into (3, 8, 36)"),
    "heads of every other feature": (mixed_heads, "whose heads are features side by side"),
    "heads that do not divide": (
        three_heads,
        "model: reshape fails on the example input of shape (3, 36, 8) float32: shape '[3, 36, 3, 2]' is "
        "invalid for input of size 864; all numbers must go into the new shape: heads and other parts must "
        "divide what they split",
    ),
    "tokens that do not match": (
        other_tokens,
        "of all tokens of what neurons send, whose heads are features side by side, not of (3, 36, 30) and "
        "(3, 36, 8).",
    ),
    "values of other tokens": (values_of_other_tokens, "of all tokens of what neurons send"),
    "any": (
        any_token,
        "model: any is not supported; of spikes 0 and 1 the largest says whether one fired: "
        "torch.amax(x, dim); supported modules: ",
    ),
    "the largest with its place": (
        largest_with_its_place,
        "model: max of tokens or features must give no indices; use torch.amax(x, dim), of all tokens.",
    ),
    "a sum between": (
        a_sum_between,
        "model: between the two matrix products of an attention there may be a constant factor, and over "
        "time a causal mask, not add; put "
        "it after the second product.",
    ),
    "an exponential between": (
        an_exponential_between,
        "and over time a causal mask, not exp; leave it out, and train without it.",
    ),
    "RMSNorm": (norm_by_squares, "it needs the statistics of each input; use BatchNorm, and train with that"),
    "a negative scale": (negative, "model: the scale of an attention must be a positive number, not -0.5."),
    "LayerNorm": (normalised, "it needs the statistics of each input; use BatchNorm, and train with that"),
    "a product of sums": (
        a_product_of_sums,
        "a product must be of what neurons send, not of currents (conv); put a neuron there",
    ),
    "another shape": (
        another_shape,
        "conv: Conv2d must get pixels as the layer before it sends them, 8 x 6 x 6, not rearranged to "
        "(3, 8, 4, 9); undo transposes and reshapes before it.",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_attention_is_refused(case: str) -> None:
    compute, message = REFUSED[case]
    with pytest.raises(Asn2FpgaError) as caught:
        convert(Block(compute).eval(), "net", torch.rand(1, 1, 8, 8))
    assert message in str(caught.value)


class Multihead(nn.Module):
    """PyTorch's own attention."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.neuron = nn.Conv2d(1, 8, 3), MultiSpike()
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        tokens = self.neuron(self.conv(x)).flatten(2).transpose(1, 2)
        found: Tensor = self.attention(tokens, tokens, tokens)[0]
        return found


def test_multihead_attention_is_refused_by_name() -> None:
    """And not for the transposes before it."""
    with pytest.raises(
        Asn2FpgaError,
        match=r"^attention: module torch\.nn\.modules\.activation\.MultiheadAttention is not supported; it "
        r"is softmax attention, which divides by a sum of exponentials; use a spiking attention, ",
    ):
        convert(Multihead().eval(), "net", torch.rand(1, 1, 8, 8))


def test_the_largest_of_all_tokens_is_a_mask() -> None:
    """OR, where what neurons send is 0 or 1."""
    net = Block(lambda _, q, k, v: q * torch.amax(k * v, 1, keepdim=True)).eval()
    graph = convert(net, "net", torch.rand(1, 1, 8, 8), input_scale=1 / 255).graph
    with torch.no_grad():
        expected = net.double()(torch.from_numpy(X).double() / 255).numpy()
    assert len(graph.of_type(MaxPool)) == 1
    assert np.array_equal(float_model.simulate(prepare(graph), X).scores, expected)


def test_the_block_itself_is_taken() -> None:
    graph = convert(Block(attention).eval(), "net", torch.rand(1, 1, 8, 8)).graph
    assert len(graph.of_type(Attention)) == 1


class Half(nn.Module):
    """Scores that are the first product of an attention."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.neuron = nn.Conv2d(1, 8, 3), MultiSpike()

    def forward(self, x: Tensor) -> Tensor:
        tokens = self.neuron(self.conv(x)).flatten(2)
        return tokens @ tokens.transpose(-2, -1)


def test_half_an_attention_is_refused_at_the_end() -> None:
    with pytest.raises(Asn2FpgaError, match="matmul must be part of an attention without a softmax"):
        convert(Half().eval(), "net", torch.rand(1, 1, 8, 8))

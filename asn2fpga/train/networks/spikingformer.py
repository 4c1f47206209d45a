"""Spiking transformers for images: convolutions embed patches as tokens, then blocks of attention and two
layers across channels, with membrane shortcuts around both, as Spikingformer and its relatives have them.

Three kinds of attention on what neurons send: q (k^T v) (Spikingformer), a mask of the queries that keys and
values of all tokens leave (Spike-driven Transformer V1), and a mask of the keys that each token's query gives
(QKFormer's token attention). docs/spiking-transformers.md
"""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor, nn

from asn2fpga.errors import InputError
from asn2fpga.train.networks.maps import MapNetwork
from asn2fpga.train.options import TrainOptions

AttentionKind = Literal["matrix", "mask of all tokens", "mask of each token"]

HEADS = 2
SCALE = 0.125


class Spikingformer(MapNetwork):
    """x: (batch, channels, height, width); a quarter of its height and width are tokens, 7 x 7 of 28 x 28.

    options.hidden: features of a token, and for each block those between its two layers. The first two
    convolutions have a quarter and a half of a token's features.
    """

    attention: AttentionKind = "matrix"

    def __init__(self, shape: tuple[int, ...], classes: int, max_count: int, options: TrainOptions) -> None:
        super().__init__(max_count, options)
        self.width, hidden = _sizes(options)
        channels = (shape[0], self.width // 4, self.width // 2)
        for number in (1, 2):
            self.add_conv(f"{number}", channels[number - 1], channels[number], 3)
            self.add_neurons(f"{number}", pool=2)
        self.add_conv("3", channels[2], self.width, 3)
        self.blocks = [f"_block{number}" for number in range(1, len(hidden) + 1)]
        for block, features in zip(self.blocks, hidden, strict=True):
            self._add_block(block, features)
        self.add_neurons("_head")
        self.head = nn.Linear(self.width, classes)

    def _add_block(self, block: str, hidden: int) -> None:
        for name in ("in", "attention", "mlp", "hidden"):
            self.add_neurons(f"{block}_{name}")
        for name in self._projections:
            self.add_conv(f"{block}_{name}", self.width, self.width, 1)
            self.add_neurons(f"{block}_{name}")
        self.add_conv(f"{block}_out", self.width, self.width, 1)
        self.add_conv(f"{block}_mlp", self.width, hidden, 1)
        self.add_conv(f"{block}_hidden", hidden, self.width, 1)

    @property
    def _projections(self) -> str:
        return "qk" if self.attention == "mask of each token" else "qkv"

    def features(self, x: Tensor) -> Tensor:
        x = self.current("conv3", self.layer("conv2", self.layer("conv1", x)))
        for block in self.blocks:
            x = x + self._attend(block, x)
            x = x + self._mix(block, x)
        return self.fire("_head", x).flatten(-2).mean(-1)

    def _mix(self, block: str, x: Tensor) -> Tensor:
        """Two layers across the channels of each token."""
        hidden = self.current(f"conv{block}_mlp", self.fire(f"{block}_mlp", x))
        return self.current(f"conv{block}_hidden", self.fire(f"{block}_hidden", hidden))

    def _attend(self, block: str, x: Tensor) -> Tensor:
        sent = self.fire(f"{block}_in", x)
        parts = [self._heads(self.layer(f"conv{block}_{name}", sent)) for name in self._projections]
        if self.attention == "matrix":
            found = self.fire(f"{block}_attention", _joined(_matrix(*parts) * SCALE, x))
        elif self.attention == "mask of all tokens":
            queries, keys, values = parts
            kept = (keys * values).sum(-1, keepdim=True)
            found = _joined(queries * self.fire(f"{block}_attention", kept), x)
        else:
            queries, keys = parts
            found = _joined(self.fire(f"{block}_attention", queries.sum(-2, keepdim=True)) * keys, x)
        return self.current(f"conv{block}_out", found)

    def _heads(self, sent: Tensor) -> Tensor:
        """(.., channels, height, width) -> (.., heads, channels of a head, tokens)."""
        return sent.flatten(-2).reshape(*sent.shape[:-3], HEADS, self.width // HEADS, -1)


class SpikeDriven(Spikingformer):
    """With the attention of the Spike-driven Transformer V1."""

    attention = "mask of all tokens"


class QKFormer(Spikingformer):
    """With QKFormer's token attention."""

    attention = "mask of each token"


def _sizes(options: TrainOptions) -> tuple[int, tuple[int, ...]]:
    """Features of a token, and those between the two layers of each block."""
    sizes = options.hidden or ()
    if len(sizes) < 2 or sizes[0] % 4:
        given = ",".join(str(size) for size in sizes) or "nothing"
        raise InputError(
            f"train-example: --hidden of the network {options.network} must be the features of a token, a "
            "multiple of 4, and for each block those between its two layers, not "
            f"{given}; e.g. --hidden 64,128,128."
        )
    width, *hidden = sizes
    return width, tuple(hidden)


def _matrix(queries: Tensor, keys: Tensor, values: Tensor) -> Tensor:
    """q (k^T v), tokens last."""
    return torch.matmul(torch.matmul(values, keys.transpose(-2, -1)), queries)


def _joined(heads: Tensor, like: Tensor) -> Tensor:
    """(.., heads, channels of a head, tokens) -> the shape of a map."""
    return heads.flatten(-3, -2).reshape(like.shape)

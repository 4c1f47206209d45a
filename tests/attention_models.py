"""Attention blocks as public code writes them: names and structure of the models in question, nothing else.

Every block takes (time, batch, channels, height, width) and gives the same.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from rep_conv import RepConv
from torch import Tensor, nn


class MultiSpike(nn.Module):
    """A graded neuron of T = 1, as Spike-driven Transformer V3 has it."""

    def __init__(self, levels: int = 4) -> None:
        super().__init__()
        self.levels = levels

    def forward(self, x: Tensor) -> Tensor:
        return torch.round(torch.clamp(x, 0, self.levels)) / self.levels


Neurons = Callable[[], nn.Module]


class ConvolvedTokens(nn.Module):
    """Spikformer for event data, Spikingformer: Conv1d of kernel 1 on (time * batch, channels, tokens)."""

    def __init__(self, dim: int, heads: int, neuron: Neurons, keys_first: bool = False) -> None:
        super().__init__()
        self.heads, self.keys_first, self.scale = heads, keys_first, 0.25
        for name in "qkv":
            self.add_module(f"{name}_conv", nn.Conv1d(dim, dim, kernel_size=1, bias=False))
            self.add_module(f"{name}_bn", nn.BatchNorm1d(dim))
            self.add_module(f"{name}_lif", neuron())
        self.attn_drop = nn.Dropout(0.1)
        self.attn_lif = neuron()
        self.proj_conv = nn.Conv1d(dim, dim, kernel_size=1, bias=False)
        self.proj_bn = nn.BatchNorm1d(dim)

    def _head(self, name: str, x: Tensor) -> Tensor:
        time, batch, channels, tokens = x.shape
        flat = x.flatten(0, 1)
        found = self.get_submodule(f"{name}_bn")(self.get_submodule(f"{name}_conv")(flat))
        found = self.get_submodule(f"{name}_lif")(found.reshape(time, batch, channels, tokens).contiguous())
        split = found.transpose(-1, -2).reshape(time, batch, tokens, self.heads, channels // self.heads)
        return split.permute(0, 1, 3, 2, 4).contiguous()

    def forward(self, x: Tensor) -> Tensor:
        time, batch, channels, height, width = x.shape
        x = x.flatten(3)
        q, k, v = (self._head(name, x) for name in "qkv")
        if self.keys_first:
            x = (q @ (k.transpose(-2, -1) @ v)) * self.scale
        else:
            attn = self.attn_drop((q @ k.transpose(-2, -1)) * self.scale)
            x = attn @ v
        x = x.transpose(3, 4).reshape(time, batch, channels, height * width).contiguous()
        x = self.attn_lif(x).flatten(0, 1)
        return self.proj_bn(self.proj_conv(x)).reshape(time, batch, channels, height, width)


class LinearTokens(nn.Module):
    """Spikformer: Linear on (time * batch, tokens, channels), BatchNorm1d between two transposes."""

    def __init__(self, dim: int, heads: int, neuron: Neurons) -> None:
        super().__init__()
        self.heads, self.scale = heads, 0.125
        for name in ("q", "k", "v", "proj"):
            self.add_module(f"{name}_linear", nn.Linear(dim, dim))
            self.add_module(f"{name}_bn", nn.BatchNorm1d(dim))
        for name in ("q", "k", "v", "attn"):
            self.add_module(f"{name}_lif", neuron())

    def _features(self, name: str, x: Tensor) -> Tensor:
        found = self.get_submodule(f"{name}_linear")(x)
        return self.get_submodule(f"{name}_bn")(found.transpose(-1, -2)).transpose(-1, -2)

    def forward(self, x: Tensor) -> Tensor:
        time, batch, channels, height, width = x.shape
        tokens = height * width
        x = x.flatten(-2).transpose(-1, -2)
        split = (time, batch, tokens, self.heads, channels // self.heads)
        q, k, v = (
            self.get_submodule(f"{name}_lif")(
                self._features(name, x.flatten(0, 1)).reshape(time, batch, tokens, channels).contiguous()
            )
            .reshape(split)
            .permute(0, 1, 3, 2, 4)
            .contiguous()
            for name in "qkv"
        )
        x = (q @ k.transpose(-2, -1)) @ v * self.scale
        x = x.transpose(2, 3).reshape(time, batch, tokens, channels).contiguous()
        x = self._features("proj", self.attn_lif(x).flatten(0, 1)).reshape(time, batch, tokens, channels)
        return x.transpose(-1, -2).reshape(time, batch, channels, height, width)


class Masked(nn.Module):
    """Spike-driven Transformer V1: keys times values, summed over the tokens, are a mask of the queries."""

    def __init__(self, dim: int, heads: int, neuron: Neurons) -> None:
        super().__init__()
        self.heads = heads
        for name in ("q", "k", "v", "proj"):
            self.add_module(f"{name}_conv", nn.Conv2d(dim, dim, kernel_size=1, bias=False))
            self.add_module(f"{name}_bn", nn.BatchNorm2d(dim))
        for name in ("q", "k", "v", "talking_heads"):
            self.add_module(f"{name}_lif", neuron())

    def _head(self, name: str, x: Tensor) -> Tensor:
        time, batch, channels, height, width = x.shape
        found = self.get_submodule(f"{name}_bn")(self.get_submodule(f"{name}_conv")(x.flatten(0, 1)))
        found = self.get_submodule(f"{name}_lif")(found.reshape(time, batch, channels, height, width))
        tokens = found.flatten(3).transpose(-1, -2)
        split = tokens.reshape(time, batch, height * width, self.heads, channels // self.heads)
        return split.permute(0, 1, 3, 2, 4).contiguous()

    def forward(self, x: Tensor) -> Tensor:
        time, batch, channels, height, width = x.shape
        q, k, v = (self._head(name, x) for name in "qkv")
        kv = k.mul(v).sum(dim=-2, keepdim=True)
        x = q.mul(self.get_submodule("talking_heads_lif")(kv))
        x = x.transpose(3, 4).reshape(time, batch, channels, height, width).contiguous()
        proj_conv, proj_bn = self.get_submodule("proj_conv"), self.get_submodule("proj_bn")
        found: Tensor = proj_bn(proj_conv(x.flatten(0, 1))).reshape(time, batch, channels, height, width)
        return found


class TokenMask(nn.Module):
    """QKFormer, token attention: a mask with a channel for each head, from sums of the query's features."""

    def __init__(self, dim: int, heads: int, neuron: Neurons) -> None:
        super().__init__()
        self.heads = heads
        for name in ("q", "k", "proj"):
            self.add_module(f"{name}_conv", nn.Conv1d(dim, dim, kernel_size=1, bias=False))
            self.add_module(f"{name}_bn", nn.BatchNorm1d(dim))
        for name in ("q", "k", "attn"):
            self.add_module(f"{name}_lif", neuron())

    def _head(self, name: str, x: Tensor) -> Tensor:
        time, batch, channels, tokens = x.shape
        found = self.get_submodule(f"{name}_bn")(self.get_submodule(f"{name}_conv")(x.flatten(0, 1)))
        found = self.get_submodule(f"{name}_lif")(found.reshape(time, batch, channels, tokens))
        split: Tensor = found.unsqueeze(2).reshape(time, batch, self.heads, channels // self.heads, tokens)
        return split

    def forward(self, x: Tensor) -> Tensor:
        time, batch, channels, height, width = x.shape
        tokens = x.flatten(3)
        q, k = self._head("q", tokens), self._head("k", tokens)
        attn = self.get_submodule("attn_lif")(torch.sum(q, dim=3, keepdim=True))
        x = torch.mul(attn, k).flatten(2, 3).flatten(0, 1)
        found: Tensor = self.get_submodule("proj_bn")(self.get_submodule("proj_conv")(x))
        return found.reshape(time, batch, channels, height, width)


class RepeatedConvolutions(nn.Module):
    """Spike-driven Transformer V2 and V3: RepConv before queries, keys and values; 4-D maps at T = 1 too."""

    def __init__(self, dim: int, heads: int, neuron: Neurons) -> None:
        super().__init__()
        self.heads, self.scale = heads, 0.125
        self.head_lif, self.attn_lif = neuron(), neuron()
        for name in ("q", "k", "v", "proj"):
            self.add_module(f"{name}_conv", nn.Sequential(RepConv(dim), nn.BatchNorm2d(dim)))
        for name in "qkv":
            self.add_module(f"{name}_lif", neuron())

    def forward(self, x: Tensor) -> Tensor:
        time, batch, channels, height, width = x.shape
        tokens, size = height * width, channels // self.heads
        x = self.head_lif(x)
        parts = []
        for name in "qkv":
            found = self.get_submodule(f"{name}_conv")(x.flatten(0, 1))
            found = self.get_submodule(f"{name}_lif")(found.reshape(time, batch, channels, height, width))
            split = found.flatten(3).transpose(-1, -2).reshape(time, batch, tokens, self.heads, size)
            parts.append(split.permute(0, 1, 3, 2, 4).contiguous())
        q, k, v = parts
        x = (q @ (k.transpose(-2, -1) @ v)) * self.scale
        x = x.transpose(3, 4).reshape(time, batch, channels, tokens).contiguous()
        x = self.attn_lif(x).reshape(time, batch, channels, height, width)
        proj = self.get_submodule("proj_conv")(x.flatten(0, 1))
        found: Tensor = proj.reshape(time, batch, channels, height, width)
        return found


class PooledCurrents(nn.Module):
    """Max-Former: a max-pool of currents before the neurons; a depthwise convolution mixes tokens."""

    def __init__(self, dim: int, heads: int, neuron: Neurons) -> None:
        super().__init__()
        self.conv, self.bn = nn.Conv2d(dim, dim, 3, padding=1, bias=False), nn.BatchNorm2d(dim)
        self.pool, self.lif = nn.MaxPool2d(3, 1, 1), neuron()
        self.mixer, self.mixer_bn = nn.Conv2d(dim, dim, 5, padding=2, groups=dim), nn.BatchNorm2d(dim)

    def forward(self, x: Tensor) -> Tensor:
        shape = x.shape
        x = self.pool(self.bn(self.conv(x.flatten(0, 1)))).reshape(shape)
        mixed: Tensor = self.mixer_bn(self.mixer(self.lif(x).flatten(0, 1))).reshape(shape)
        return mixed


BLOCKS: dict[str, Callable[[int, int, Neurons], nn.Module]] = {
    "q k^T first": ConvolvedTokens,
    "k^T v first": lambda dim, heads, neuron: ConvolvedTokens(dim, heads, neuron, keys_first=True),
    "linear": LinearTokens,
    "mask of all tokens": Masked,
    "mask of each token": TokenMask,
    "RepConv": RepeatedConvolutions,
    "max-pool before neurons": PooledCurrents,
}


class Network(nn.Module):
    """A patch embedding, one block with membrane shortcuts, and the mean over the tokens."""

    def __init__(
        self, block: str, neuron: Neurons, time_steps: int = 1, dim: int = 16, heads: int = 2
    ) -> None:
        super().__init__()
        self.time_steps = time_steps
        self.embed = nn.Conv2d(1, dim, 3, stride=2, padding=1, bias=False)
        self.embed_bn = nn.BatchNorm2d(dim)
        self.lif = neuron()
        self.attn = BLOCKS[block](dim, heads, neuron)
        self.mlp_lif, self.mlp_conv, self.mlp_bn = neuron(), nn.Conv2d(dim, dim, 1), nn.BatchNorm2d(dim)
        self.head_lif, self.head = neuron(), nn.Linear(dim, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = x.unsqueeze(0).repeat(self.time_steps, 1, 1, 1, 1)
        time, batch = x.shape[:2]
        x = self.embed_bn(self.embed(x.flatten(0, 1)))
        x = x.reshape(time, batch, *x.shape[1:])
        x = x + self.attn(self.lif(x))
        mlp = self.mlp_bn(self.mlp_conv(self.mlp_lif(x).flatten(0, 1)))
        x = x + mlp.reshape(x.shape)
        x = self.head_lif(x).flatten(3).mean(3)
        found: Tensor = self.head(x.mean(0))
        return found


def network(block: str, neuron: Neurons = MultiSpike, time_steps: int = 1, seed: int = 0) -> Network:
    """One with random weights at which all its neurons fire, in eval mode."""
    torch.manual_seed(seed)
    net = Network(block, neuron, time_steps)
    for module in net.modules():
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            nn.init.normal_(module.running_mean, std=0.1)
            nn.init.uniform_(module.running_var, 0.1, 0.3)
            nn.init.uniform_(module.weight, 0.8, 1.6)
            nn.init.normal_(module.bias, 0.5, 0.3)
    return net.eval()

"""Spike-driven Transformer V2 (Meta-SpikeFormer) and QSD-Transformer, small, with the names and the structure
of their public code: separable convolutions, RepConv before queries, keys and values, q (k^T v), membrane
shortcuts. Maps are (time, batch, channels, height, width).

What differs between the two is a `Style`: neurons, layers that quantise their weights, factors of branches.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from rep_conv import BNAndPadLayer
from torch import Tensor, nn

Layers = Callable[..., nn.Module]


@dataclass(frozen=True)
class Style:
    """neuron, attention_neuron: what makes them. layer_scale: the first factor of the branches of a block,
    one for each channel; None: branches have none. head_reads_spikes: whether neurons stand before the head.
    """

    neuron: Callable[[], nn.Module]
    attention_neuron: Callable[[], nn.Module]
    conv2d: Layers = nn.Conv2d
    conv1d: Layers = nn.Conv1d
    linear: Layers = nn.Linear
    scale: float = 0.125
    layer_scale: float | None = None
    head_reads_spikes: bool = True


class RepConv(nn.Module):
    """1x1, padded BatchNorm, depthwise 3x3, 1x1 and BatchNorm, without neurons between them."""

    def __init__(self, in_channel: int, out_channel: int, style: Style) -> None:
        super().__init__()
        conv3x3 = nn.Sequential(
            style.conv2d(in_channel, in_channel, 3, 1, 0, groups=in_channel, bias=False),
            style.conv2d(in_channel, out_channel, 1, 1, 0, groups=1, bias=False),
            nn.BatchNorm2d(out_channel),
        )
        first = style.conv2d(in_channel, in_channel, 1, 1, 0, bias=False, groups=1)
        self.body = nn.Sequential(first, BNAndPadLayer(1, in_channel), conv3x3)

    def forward(self, x: Tensor) -> Tensor:
        found: Tensor = self.body(x)
        return found


class SepConv(nn.Module):
    """Pointwise, depthwise, pointwise: no neuron between the last two."""

    def __init__(self, dim: int, style: Style, expansion_ratio: int = 2, kernel_size: int = 7) -> None:
        super().__init__()
        wide = expansion_ratio * dim
        self.lif1 = style.neuron()
        self.pwconv1 = style.conv2d(dim, wide, kernel_size=1, stride=1, bias=False)
        self.bn1 = nn.BatchNorm2d(wide)
        self.lif2 = style.neuron()
        self.dwconv = style.conv2d(
            wide, wide, kernel_size=kernel_size, padding=kernel_size // 2, groups=wide, bias=False
        )
        self.pwconv2 = style.conv2d(wide, dim, kernel_size=1, stride=1, bias=False)
        self.bn2 = nn.BatchNorm2d(dim)

    def forward(self, x: Tensor) -> Tensor:
        T, B, _, H, W = x.shape  # noqa: N806  # as there
        x = self.lif1(x)
        x = self.lif2(self.bn1(self.pwconv1(x.flatten(0, 1))).reshape(T, B, -1, H, W))
        return self.bn2(self.pwconv2(self.dwconv(x.flatten(0, 1)))).reshape(T, B, -1, H, W)


class MS_ConvBlock(nn.Module):  # noqa: N801  # as it is called there
    """A separable convolution and two 3x3 convolutions, each pair with a membrane shortcut around it."""

    def __init__(self, dim: int, style: Style, mlp_ratio: int = 4, kernel_size: int = 7) -> None:
        super().__init__()
        self.mlp_ratio = mlp_ratio
        self.Conv = SepConv(dim, style, kernel_size=kernel_size)
        self.lif1 = style.neuron()
        self.conv1 = style.conv2d(dim, dim * mlp_ratio, 3, padding=1, groups=1, bias=False)
        self.bn1 = nn.BatchNorm2d(dim * mlp_ratio)
        self.lif2 = style.neuron()
        self.conv2 = style.conv2d(dim * mlp_ratio, dim, 3, padding=1, groups=1, bias=False)
        self.bn2 = nn.BatchNorm2d(dim)

    def forward(self, x: Tensor) -> Tensor:
        T, B, C, H, W = x.shape  # noqa: N806
        x = self.Conv(x) + x
        x_feat = x
        x = self.bn1(self.conv1(self.lif1(x).flatten(0, 1))).reshape(T, B, self.mlp_ratio * C, H, W)
        x = self.bn2(self.conv2(self.lif2(x).flatten(0, 1))).reshape(T, B, C, H, W)
        return x_feat + x


class MS_MLP(nn.Module):  # noqa: N801
    """Two layers across the features of each token: Conv1d of one token."""

    def __init__(self, in_features: int, hidden_features: int, style: Style) -> None:
        super().__init__()
        self.fc1_conv = style.conv1d(in_features, hidden_features, kernel_size=1, stride=1)
        self.fc1_bn, self.fc1_lif = nn.BatchNorm1d(hidden_features), style.neuron()
        self.fc2_conv = style.conv1d(hidden_features, in_features, kernel_size=1, stride=1)
        self.fc2_bn, self.fc2_lif = nn.BatchNorm1d(in_features), style.neuron()
        self.c_hidden = hidden_features

    def forward(self, x: Tensor) -> Tensor:
        T, B, C, H, W = x.shape  # noqa: N806
        x = self.fc1_lif(x.flatten(3))
        x = self.fc1_bn(self.fc1_conv(x.flatten(0, 1))).reshape(T, B, self.c_hidden, H * W).contiguous()
        x = self.fc2_lif(x)
        return self.fc2_bn(self.fc2_conv(x.flatten(0, 1))).reshape(T, B, C, H, W).contiguous()


class MS_Attention_RepConv_qkv_id(nn.Module):  # noqa: N801
    """q (k^T v) of what RepConv and a second BatchNorm make of the spikes."""

    def __init__(self, dim: int, num_heads: int, style: Style) -> None:
        super().__init__()
        assert dim % num_heads == 0, f"dim {dim} should be divided by num_heads {num_heads}."
        self.num_heads, self.scale = num_heads, style.scale
        self.head_lif = style.neuron()
        for name in ("q", "k", "v", "proj"):
            setattr(self, f"{name}_conv", nn.Sequential(RepConv(dim, dim, style), nn.BatchNorm2d(dim)))
        self.q_lif, self.k_lif, self.v_lif = (style.neuron() for _ in "qkv")
        self.attn_lif = style.attention_neuron()

    def _heads(self, x: Tensor) -> Tensor:
        T, B, C, N = x.shape  # noqa: N806
        split = x.transpose(-1, -2).reshape(T, B, N, self.num_heads, C // self.num_heads)
        return split.permute(0, 1, 3, 2, 4).contiguous()

    def forward(self, x: Tensor) -> Tensor:
        T, B, C, H, W = x.shape  # noqa: N806
        N = H * W  # noqa: N806
        x = self.head_lif(x)
        convs: Any = (self.q_conv, self.k_conv, self.v_conv)
        q, k, v = (conv(x.flatten(0, 1)).reshape(T, B, C, H, W) for conv in convs)
        q = self._heads(self.q_lif(q).flatten(3))
        k = self._heads(self.k_lif(k).flatten(3))
        v = self._heads(self.v_lif(v).flatten(3))
        x = (q @ (k.transpose(-2, -1) @ v)) * self.scale
        x = x.transpose(3, 4).reshape(T, B, C, N).contiguous()
        x = self.attn_lif(x).reshape(T, B, C, H, W)
        proj: Any = self.proj_conv
        found: Tensor = proj(x.flatten(0, 1)).reshape(T, B, C, H, W)
        return found


class MS_Block(nn.Module):  # noqa: N801
    """Attention and two layers, each with a shortcut around it, and with factors if the style has some."""

    def __init__(self, dim: int, num_heads: int, style: Style, mlp_ratio: int = 4) -> None:
        super().__init__()
        self.attn = MS_Attention_RepConv_qkv_id(dim, num_heads, style)
        self.drop_path = nn.Identity()
        self.mlp = MS_MLP(dim, dim * mlp_ratio, style)
        self.is_scaled = style.layer_scale is not None
        if style.layer_scale is not None:
            self.layer_scale1 = nn.Parameter(style.layer_scale * torch.ones(dim))
            self.layer_scale2 = nn.Parameter(style.layer_scale * torch.ones(dim))

    def forward(self, x: Tensor) -> Tensor:
        if not self.is_scaled:
            x = x + self.attn(x)
            return x + self.mlp(x)
        one, two = (
            scale.unsqueeze(0).unsqueeze(0).unsqueeze(-1).unsqueeze(-1)
            for scale in (self.layer_scale1, self.layer_scale2)
        )
        x = x + self.attn(x) * one
        return x + self.mlp(x) * two


class MS_DownSampling(nn.Module):  # noqa: N801
    """Neurons (not in the first one), a convolution with a bias, BatchNorm."""

    def __init__(
        self, in_channels: int, embed_dims: int, style: Style, first_layer: bool = True, **window: int
    ) -> None:
        super().__init__()
        self.encode_conv = style.conv2d(in_channels, embed_dims, **window)
        self.encode_bn = nn.BatchNorm2d(embed_dims)
        if not first_layer:
            self.encode_lif = style.neuron()

    def forward(self, x: Tensor) -> Tensor:
        T, B, _, _, _ = x.shape  # noqa: N806
        if hasattr(self, "encode_lif"):
            x = self.encode_lif(x)
        x = self.encode_conv(x.flatten(0, 1))
        _, _, H, W = x.shape  # noqa: N806
        return self.encode_bn(x).reshape(T, B, -1, H, W).contiguous()


class Spiking_vit_MetaFormer(nn.Module):  # noqa: N801
    """A stage of convolutions and one of attention, which the public networks have four of."""

    def __init__(
        self,
        style: Style,
        embed_dim: tuple[int, int] = (8, 16),
        num_heads: int = 2,
        mlp_ratio: int = 2,
        kernel_size: int = 7,
        T: int = 1,  # noqa: N803
        num_classes: int = 10,
    ) -> None:
        super().__init__()
        self.T, self.head_reads_spikes = T, style.head_reads_spikes
        self.downsample1_1 = MS_DownSampling(1, embed_dim[0], style, kernel_size=7, stride=2, padding=3)
        self.ConvBlock1_1 = nn.ModuleList([MS_ConvBlock(embed_dim[0], style, mlp_ratio, kernel_size)])
        self.downsample2 = MS_DownSampling(
            *embed_dim, style, first_layer=False, kernel_size=3, stride=2, padding=1
        )
        self.block3 = nn.ModuleList([MS_Block(embed_dim[1], num_heads, style, mlp_ratio)])
        self.lif = style.neuron()
        self.head = style.linear(embed_dim[1], num_classes)

    def forward_features(self, x: Tensor) -> Tensor:
        x = self.downsample1_1(x)
        for blk in self.ConvBlock1_1:
            x = blk(x)
        x = self.downsample2(x)
        for blk in self.block3:
            x = blk(x)
        return x

    def forward(self, x: Tensor) -> Tensor:
        x = self.forward_features(x.unsqueeze(0).repeat(self.T, 1, 1, 1, 1))
        x = x.flatten(3).mean(3)
        scores: Tensor = self.head(self.lif(x) if self.head_reads_spikes else x).mean(0)
        return scores


def firing(net: nn.Module, seed: int = 0) -> nn.Module:
    """With random weights and statistics at which its neurons fire, in eval mode."""
    torch.manual_seed(seed)
    for module in net.modules():
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            assert module.running_mean is not None and module.running_var is not None
            nn.init.normal_(module.running_mean, std=0.1)
            nn.init.uniform_(module.running_var, 0.1, 0.3)
            nn.init.uniform_(module.weight, 1.5, 2.5)
            nn.init.normal_(module.bias, 0.5, 0.5)
    return net.eval()

"""Spike-driven Transformer V3 (E-SpikeFormer), small, with the names and the structure of its public code:
integer neurons of one time step, maps of four axes, a separable convolution with a neuron at every place,
attention whose values are wider than its queries and keys.
"""

from __future__ import annotations

from typing import Any

import torch
from rep_conv import BNAndPadLayer
from torch import Tensor, nn


class Quant(torch.autograd.Function):
    """round(clamp(x, lowest, highest)); the gradient passes inside."""

    @staticmethod
    def forward(ctx: Any, i: Tensor, min_value: int, max_value: int) -> Tensor:
        ctx.min, ctx.max = min_value, max_value
        ctx.save_for_backward(i)
        return torch.round(torch.clamp(i, min=min_value, max=max_value))

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor) -> tuple[Tensor, None, None]:
        (i,) = ctx.saved_tensors
        return grad_output * ((i >= ctx.min) & (i <= ctx.max)), None, None


class MultiSpike(nn.Module):
    """Levels 0..4 divided by Norm, which is the number of levels unless it is given."""

    def __init__(self, min_value: int = 0, max_value: int = 4, Norm: int | None = None) -> None:  # noqa: N803
        super().__init__()
        self.Norm = max_value if Norm is None else Norm
        self.min_value, self.max_value = min_value, max_value

    @staticmethod
    def spike_function(x: Tensor, min_value: int, max_value: int) -> Tensor:
        found: Tensor = Quant.apply(x, min_value, max_value)
        return found

    def forward(self, x: Tensor) -> Tensor:
        return self.spike_function(x, min_value=self.min_value, max_value=self.max_value) / self.Norm


class RepConv(nn.Module):
    """1x1, padded BatchNorm, depthwise 3x3, 1x1 and BatchNorm, without neurons between them."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        conv3x3 = nn.Sequential(
            nn.Conv2d(dim, dim, 3, 1, 0, groups=dim, bias=False),
            nn.Conv2d(dim, dim, 1, 1, 0, bias=False),
            nn.BatchNorm2d(dim),
        )
        self.body = nn.Sequential(nn.Conv2d(dim, dim, 1, 1, 0, bias=False), BNAndPadLayer(1, dim), conv3x3)

    def forward(self, x: Tensor) -> Tensor:
        found: Tensor = self.body(x)
        return found


class SepConv_Spike(nn.Module):  # noqa: N801  # as it is called there
    """Pointwise, depthwise, pointwise, with neurons before each."""

    def __init__(self, dim: int, expansion_ratio: int = 2, kernel_size: int = 7) -> None:
        super().__init__()
        wide = expansion_ratio * dim
        depthwise = nn.Conv2d(
            wide, wide, kernel_size=kernel_size, padding=kernel_size // 2, groups=wide, bias=False
        )
        self.spike1 = MultiSpike()
        self.pwconv1 = nn.Sequential(nn.Conv2d(dim, wide, kernel_size=1, bias=False), nn.BatchNorm2d(wide))
        self.spike2 = MultiSpike()
        self.dwconv = nn.Sequential(depthwise, nn.BatchNorm2d(wide))
        self.spike3 = MultiSpike()
        self.pwconv2 = nn.Sequential(nn.Conv2d(wide, dim, kernel_size=1, bias=False), nn.BatchNorm2d(dim))

    def forward(self, x: Tensor) -> Tensor:
        x = self.pwconv1(self.spike1(x))
        x = self.dwconv(self.spike2(x))
        found: Tensor = self.pwconv2(self.spike3(x))
        return found


class MS_ConvBlock_spike_SepConv(nn.Module):  # noqa: N801
    """A separable convolution and two 3x3 convolutions, with membrane shortcuts."""

    def __init__(self, dim: int, mlp_ratio: int) -> None:
        super().__init__()
        self.Conv, self.mlp_ratio = SepConv_Spike(dim), mlp_ratio
        self.spike1 = MultiSpike()
        self.conv1 = nn.Conv2d(dim, dim * mlp_ratio, kernel_size=3, padding=1, groups=1, bias=False)
        self.bn1 = nn.BatchNorm2d(dim * mlp_ratio)
        self.spike2 = MultiSpike()
        self.conv2 = nn.Conv2d(dim * mlp_ratio, dim, kernel_size=3, padding=1, groups=1, bias=False)
        self.bn2 = nn.BatchNorm2d(dim)

    def forward(self, x: Tensor) -> Tensor:
        B, C, H, W = x.shape  # noqa: N806
        x = self.Conv(x) + x
        x_feat = x
        x = self.bn1(self.conv1(self.spike1(x))).reshape(B, self.mlp_ratio * C, H, W)
        x = self.bn2(self.conv2(self.spike2(x))).reshape(B, C, H, W)
        return x_feat + x


class MS_MLP(nn.Module):  # noqa: N801
    """Two layers across the features of each token."""

    def __init__(self, in_features: int, hidden_features: int) -> None:
        super().__init__()
        self.fc1_conv = nn.Conv1d(in_features, hidden_features, kernel_size=1, stride=1)
        self.fc1_bn, self.fc1_spike = nn.BatchNorm1d(hidden_features), MultiSpike()
        self.fc2_conv = nn.Conv1d(hidden_features, in_features, kernel_size=1, stride=1)
        self.fc2_bn, self.fc2_spike = nn.BatchNorm1d(in_features), MultiSpike()
        self.c_hidden = hidden_features

    def forward(self, x: Tensor) -> Tensor:
        B, C, H, W = x.shape  # noqa: N806
        x = self.fc1_spike(x.flatten(2))
        x = self.fc1_bn(self.fc1_conv(x)).reshape(B, self.c_hidden, H * W).contiguous()
        return self.fc2_bn(self.fc2_conv(self.fc2_spike(x))).reshape(B, C, H, W).contiguous()


class _Attention(nn.Module):
    """What both kinds share: heads side by side."""

    def __init__(self, dim: int, num_heads: int) -> None:
        super().__init__()
        self.num_heads, self.scale = num_heads, (dim // num_heads) ** -0.5
        self.head_spike = MultiSpike()
        self.q_spike, self.k_spike, self.v_spike = (MultiSpike() for _ in "qkv")
        self.attn_spike = MultiSpike()

    def heads(self, x: Tensor) -> Tensor:
        B, C, H, W = x.shape  # noqa: N806
        x = x.flatten(2).transpose(-1, -2)
        return x.reshape(B, H * W, self.num_heads, C // self.num_heads).permute(0, 2, 1, 3).contiguous()


class MS_Attention_RepConv_qkv_id(_Attention):  # noqa: N801
    """q (k^T v) of RepConv, scaled by 1 over a root."""

    def __init__(self, dim: int, num_heads: int) -> None:
        super().__init__(dim, num_heads)
        self.q_conv, self.k_conv, self.v_conv, self.proj_conv = (
            nn.Sequential(RepConv(dim), nn.BatchNorm2d(dim)) for _ in range(4)
        )

    def forward(self, x: Tensor) -> Tensor:
        B, C, H, W = x.shape  # noqa: N806
        x = self.head_spike(x)
        q, k, v = self.q_conv(x), self.k_conv(x), self.v_conv(x)
        q, k, v = (
            self.heads(self.q_spike(q)), self.heads(self.k_spike(k)), self.heads(self.v_spike(v))
        )  # fmt: skip
        x = (q @ (k.transpose(-2, -1) @ v)) * self.scale
        x = self.attn_spike(x.transpose(2, 3).reshape(B, C, H * W).contiguous()).reshape(B, C, H, W)
        found: Tensor = self.proj_conv(x).reshape(B, C, H, W)
        return found


class MS_Attention_linear(_Attention):  # noqa: N801
    """(q k^T) v of pointwise convolutions; values have lamda_ratio times the features of the others."""

    def __init__(self, dim: int, num_heads: int, lamda_ratio: int = 4) -> None:
        super().__init__(dim, num_heads)
        self.lamda_ratio = lamda_ratio
        wide = dim * lamda_ratio
        self.q_conv, self.k_conv, self.v_conv, self.proj_conv = (
            nn.Sequential(nn.Conv2d(*sizes, 1, 1, bias=False), nn.BatchNorm2d(sizes[1]))
            for sizes in ((dim, dim), (dim, dim), (dim, wide), (wide, dim))
        )

    def forward(self, x: Tensor) -> Tensor:
        B, C, H, W = x.shape  # noqa: N806
        C_v = C * self.lamda_ratio  # noqa: N806
        x = self.head_spike(x)
        q, k, v = self.q_conv(x), self.k_conv(x), self.v_conv(x)
        q, k, v = (
            self.heads(self.q_spike(q)), self.heads(self.k_spike(k)), self.heads(self.v_spike(v))
        )  # fmt: skip
        x = q @ k.transpose(-2, -1)
        x = (x @ v) * (self.scale * 2)
        x = self.attn_spike(x.transpose(2, 3).reshape(B, C_v, H * W).contiguous()).reshape(B, C_v, H, W)
        found: Tensor = self.proj_conv(x).reshape(B, C, H, W)
        return found


class MS_Block_Spike_SepConv(nn.Module):  # noqa: N801
    """A separable convolution, attention and two layers, with shortcuts."""

    def __init__(self, dim: int, num_heads: int, mlp_ratio: int, linear: bool) -> None:
        super().__init__()
        self.conv = SepConv_Spike(dim, kernel_size=3)
        attention = MS_Attention_linear if linear else MS_Attention_RepConv_qkv_id
        self.attn = attention(dim, num_heads)
        self.drop_path, self.mlp = nn.Identity(), MS_MLP(dim, dim * mlp_ratio)

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.conv(x)
        x = x + self.attn(x)
        return x + self.mlp(x)


class MS_DownSampling(nn.Module):  # noqa: N801
    """Neurons (not in the first one), a convolution with a bias, BatchNorm."""

    def __init__(self, in_channels: int, embed_dims: int, first_layer: bool = True, **window: int) -> None:
        super().__init__()
        self.encode_conv = nn.Conv2d(in_channels, embed_dims, **window)  # type: ignore[arg-type]
        self.encode_bn = nn.BatchNorm2d(embed_dims)
        if not first_layer:
            self.encode_spike = MultiSpike()

    def forward(self, x: Tensor) -> Tensor:
        if hasattr(self, "encode_spike"):
            x = self.encode_spike(x)
        found: Tensor = self.encode_bn(self.encode_conv(x))
        return found


class Spiking_vit_MetaFormer_Spike_SepConv(nn.Module):  # noqa: N801
    """A stage of convolutions and one of attention, which the public networks have four of."""

    def __init__(
        self,
        linear: bool = True,
        embed_dim: tuple[int, int] = (8, 16),
        num_heads: int = 2,
        mlp_ratio: int = 2,
        num_classes: int = 10,
    ) -> None:
        super().__init__()
        self.downsample1_1 = MS_DownSampling(1, embed_dim[0], kernel_size=7, stride=2, padding=3)
        self.ConvBlock1_1 = nn.ModuleList([MS_ConvBlock_spike_SepConv(embed_dim[0], mlp_ratio)])
        self.downsample2 = MS_DownSampling(*embed_dim, first_layer=False, kernel_size=3, stride=2, padding=1)
        self.block3 = nn.ModuleList([MS_Block_Spike_SepConv(embed_dim[1], num_heads, mlp_ratio, linear)])
        self.head = nn.Linear(embed_dim[1], num_classes)
        self.spike = MultiSpike(Norm=1)

    def forward_features(self, x: Tensor) -> Tensor:
        x = self.downsample1_1(x)
        for blk in self.ConvBlock1_1:
            x = blk(x)
        x = self.downsample2(x)
        for blk in self.block3:
            x = blk(x)
        return x

    def forward(self, x: Tensor) -> Tensor:
        x = self.forward_features(x)
        scores: Tensor = self.head(self.spike(x.flatten(2).mean(2)))
        return scores

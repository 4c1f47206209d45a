"""Max-Former, small, with the names and the structure of its public code: max-pools of currents in its patch
embeddings, depthwise convolutions as mixers, q (k^T v) at the end, membrane shortcuts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import Tensor, nn

Neurons = Callable[..., nn.Module]


class Embed(nn.Module):
    """Neurons (not where it is a shortcut), a convolution, BatchNorm."""

    def __init__(
        self, neuron: Neurons, in_channels: int, out_channels: int, kernel_size: int = 3, stride: int = 1,
        padding: int = 1, shortcut: bool = False, pool: bool = False,
    ) -> None:  # fmt: skip
        super().__init__()
        self.embed_lif = neuron()
        self.embed_conv = nn.Conv2d(in_channels, out_channels, kernel_size, stride, padding, bias=False)
        self.embed_bn = nn.BatchNorm2d(out_channels)
        if pool:
            self.maxpool = nn.MaxPool2d(kernel_size=3, stride=2, padding=1, dilation=1, ceil_mode=False)
        self.shortcut = shortcut

    def forward(self, x: Tensor, dual: bool = False) -> Any:
        if self.shortcut is False:
            x = self.embed_lif(x)
        x_feat = x
        x = self.embed_bn(self.embed_conv(x.flatten(0, 1).contiguous()))
        if hasattr(self, "maxpool"):
            x = self.maxpool(x)
        return (x, x_feat) if dual else x


class Embed_Orig(nn.Module):  # noqa: N801  # as it is called there
    """Of the image: two paths of currents, added."""

    def __init__(self, neuron: Neurons, in_channels: int, embed_dims: int) -> None:
        super().__init__()
        half = embed_dims // 2
        self.proj_conv = nn.Conv2d(in_channels, half, kernel_size=3, stride=1, padding=1, bias=False)
        self.proj_bn = nn.BatchNorm2d(half)
        self.embed1 = Embed(neuron, half, embed_dims, kernel_size=3, stride=1, padding=1)
        self.embed2 = Embed(neuron, half, embed_dims, kernel_size=1, stride=1, padding=0)

    def forward(self, x: Tensor) -> Tensor:
        T, B, _, H, W = x.shape  # noqa: N806
        x = self.proj_conv(x.flatten(0, 1).contiguous())
        x = self.proj_bn(x).reshape(T, B, -1, H, W).contiguous()
        x_feat = x
        x = self.embed1(x)
        return (x + self.embed2(x_feat)).reshape(T, B, -1, H, W).contiguous()


class Embed_Max(nn.Module):  # noqa: N801
    """A max-pool of currents before neurons, and another one in the shortcut."""

    def __init__(self, neuron: Neurons, in_channels: int, embed_dims: int) -> None:
        super().__init__()
        self.max_embed1 = Embed(neuron, in_channels, embed_dims, pool=True)
        self.embed1 = Embed(neuron, embed_dims, embed_dims)
        self.max_embed2 = Embed(
            neuron, in_channels, embed_dims, kernel_size=1, padding=0, shortcut=True, pool=True
        )

    def forward(self, x: Tensor) -> Tensor:
        T, B, _, H, W = x.shape  # noqa: N806
        x, x_feat = self.max_embed1(x, dual=True)
        x = self.embed1(x.reshape(T, B, -1, H // 2, W // 2).contiguous())
        x_feat, _ = self.max_embed2(x_feat, dual=True)
        return (x + x_feat).reshape(T, B, -1, H // 2, W // 2).contiguous()


class S_MLP(nn.Module):  # noqa: N801
    """Two pointwise convolutions, with a shortcut around them."""

    def __init__(self, neuron: Neurons, in_features: int, hidden_features: int) -> None:
        super().__init__()
        self.res = in_features == hidden_features
        self.fc1_conv = nn.Conv2d(in_features, hidden_features, kernel_size=1, stride=1)
        self.fc1_bn, self.fc1_lif = nn.BatchNorm2d(hidden_features), neuron()
        self.fc2_conv = nn.Conv2d(hidden_features, in_features, kernel_size=1, stride=1)
        self.fc2_bn, self.fc2_lif = nn.BatchNorm2d(in_features), neuron()
        self.c_hidden = hidden_features

    def forward(self, x: Tensor) -> Tensor:
        T, B, C, H, W = x.shape  # noqa: N806
        identity = x
        x = self.fc1_conv(self.fc1_lif(x).flatten(0, 1))
        x = self.fc1_bn(x).reshape(T, B, self.c_hidden, H, W).contiguous()
        if self.res:
            x = identity + x
            identity = x
        x = self.fc2_conv(self.fc2_lif(x).flatten(0, 1))
        return self.fc2_bn(x).reshape(T, B, C, H, W).contiguous() + identity


class Mixer_identity(nn.Module):  # noqa: N801
    """Nothing is mixed."""

    def __init__(self, neuron: Neurons, dim: int) -> None:
        super().__init__()

    def forward(self, x: Tensor) -> Tensor:
        return x


class Mixer_DWC3(nn.Module):  # noqa: N801
    """A depthwise convolution with a shortcut around it."""

    def __init__(self, neuron: Neurons, dim: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(dim, dim, kernel_size=3, padding=3 // 2, groups=dim)
        self.conv_bn, self.conv_neuron = nn.BatchNorm2d(dim), neuron()

    def forward(self, x: Tensor) -> Tensor:
        T, B, _, H, W = x.shape  # noqa: N806
        identity = x
        x = self.conv(self.conv_neuron(x).reshape(T * B, -1, H, W).contiguous())
        return self.conv_bn(x).reshape(T, B, -1, H, W).contiguous() + identity


class SSA(nn.Module):
    """q (k^T v) of Conv1d; with_dwc: neurons and a depthwise 5x5 after it."""

    def __init__(self, neuron: Neurons, dim: int, num_heads: int, with_dwc: bool = False) -> None:
        super().__init__()
        self.num_heads, self.scale = num_heads, 0.125
        self.x_lif = neuron()
        for name in "qkv":
            setattr(self, f"{name}_conv", nn.Conv1d(dim, dim, kernel_size=1, stride=1, bias=False))
            setattr(self, f"{name}_bn", nn.BatchNorm1d(dim))
            setattr(self, f"{name}_lif", neuron())
        self.attn_lif = neuron(v_threshold=0.5)
        self.proj_conv, self.proj_bn = nn.Conv1d(dim, dim, kernel_size=1, stride=1), nn.BatchNorm1d(dim)
        if with_dwc:
            self.dwc_neuron = neuron()
            self.dwc = nn.Conv2d(dim, dim, kernel_size=5, padding=5 // 2, groups=dim)
            self.dwc_bn = nn.BatchNorm2d(dim)

    def _part(self, name: str, x: Tensor, shape: tuple[int, ...]) -> Tensor:
        T, B, C, N = shape  # noqa: N806
        x = self.get_submodule(f"{name}_bn")(self.get_submodule(f"{name}_conv")(x))
        x = self.get_submodule(f"{name}_lif")(x.reshape(T, B, C, N).contiguous())
        heads = x.transpose(-1, -2).reshape(T, B, N, self.num_heads, C // self.num_heads)
        return heads.permute(0, 1, 3, 2, 4).contiguous()

    def forward(self, x: Tensor) -> Tensor:
        T, B, C, H, W = x.shape  # noqa: N806
        identity = x
        x = self.x_lif(x).flatten(3).contiguous()
        q, k, v = (self._part(name, x.flatten(0, 1).contiguous(), (T, B, C, H * W)) for name in "qkv")
        x = (q @ (k.transpose(-2, -1) @ v)) * self.scale
        x = self.attn_lif(x.transpose(3, 4).reshape(T, B, C, H * W).contiguous())
        x = self.proj_bn(self.proj_conv(x.flatten(0, 1))).reshape(T, B, C, H, W)
        if hasattr(self, "dwc"):
            x = self.dwc(self.dwc_neuron(x).flatten(0, 1).contiguous())
            x = self.dwc_bn(x).reshape(T, B, C, H, W)
        return x + identity


class Max_Mixer(nn.Module):  # noqa: N801
    """A max-pool of the membrane stream itself."""

    def __init__(self, neuron: Neurons, dim: int) -> None:
        super().__init__()
        self.pool = nn.MaxPool2d(kernel_size=3, stride=1, padding=1, dilation=1, ceil_mode=False)

    def forward(self, x: Tensor) -> Tensor:
        T, B, _, H, W = x.shape  # noqa: N806
        return self.pool(x.flatten(0, 1).contiguous()).reshape(T, B, -1, H, W).contiguous()


class Block(nn.Module):
    """A mixer, then two layers across channels."""

    def __init__(self, neuron: Neurons, mixer: nn.Module, dim: int, mlp_ratio: int) -> None:
        super().__init__()
        self.mixer, self.mlp = mixer, S_MLP(neuron, dim, dim * mlp_ratio)

    def forward(self, x: Tensor) -> Tensor:
        found: Tensor = self.mlp(self.mixer(x))
        return found


class Max_Former(nn.Module):  # noqa: N801
    """Three stages: of the identity, of depthwise convolutions, of attention."""

    def __init__(
        self,
        neuron: Neurons,
        embed_dims: int = 16,
        mlp_ratio: int = 2,
        num_heads: int = 2,
        T: int = 4,  # noqa: N803
        with_dwc: bool = True,
        stage1: Callable[[Neurons, int], nn.Module] = Mixer_identity,
        num_classes: int = 10,
    ) -> None:
        super().__init__()
        self.T = T
        quarter, half, whole = embed_dims // 4, embed_dims // 2, embed_dims
        self.patch_embed1 = Embed_Orig(neuron, 1, quarter)
        self.stage1 = nn.ModuleList([Block(neuron, stage1(neuron, quarter), quarter, mlp_ratio)])
        self.patch_embed2 = Embed_Max(neuron, quarter, half)
        self.stage2 = nn.ModuleList([Block(neuron, Mixer_DWC3(neuron, half), half, mlp_ratio)])
        self.patch_embed3 = Embed_Max(neuron, half, whole)
        ssa = SSA(neuron, whole, num_heads, with_dwc)
        self.stage3 = nn.ModuleList([Block(neuron, ssa, whole, mlp_ratio)])
        self.head_lif, self.head = neuron(), nn.Linear(whole, num_classes)

    def forward_features(self, x: Tensor) -> Tensor:
        for number in (1, 2, 3):
            x = getattr(self, f"patch_embed{number}")(x)
            for blk in getattr(self, f"stage{number}"):
                x = blk(x)
        return x.flatten(3).mean(3)

    def forward(self, x: Tensor) -> Tensor:
        x = x.unsqueeze(0).repeat(self.T, 1, 1, 1, 1)
        x = self.head_lif(self.forward_features(x))
        scores: Tensor = self.head(x.mean(0))
        return scores

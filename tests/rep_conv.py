"""RepConv and the padded BatchNorm in it, as Spike-driven Transformer V2 and its relatives write them."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


class BNAndPadLayer(nn.Module):
    """A BatchNorm padded with what it makes of 0, in place, as many write it."""

    def __init__(self, pad_pixels: int, channels: int) -> None:
        super().__init__()
        self.bn, self.pad_pixels = nn.BatchNorm2d(channels), pad_pixels

    def forward(self, x: Tensor) -> Tensor:
        wide, bn = self.pad_pixels, self.bn
        assert bn.running_mean is not None and bn.running_var is not None
        value = bn.bias - bn.running_mean * bn.weight / torch.sqrt(bn.running_var + bn.eps)
        padded = functional.pad(bn(x), [wide] * 4)
        for side in (slice(0, wide), slice(-wide, None)):
            padded[:, :, side, :] = value.view(1, -1, 1, 1)
            padded[:, :, :, side] = value.view(1, -1, 1, 1)
        return padded


class RepConv(nn.Module):
    """1x1, padded BatchNorm, depthwise 3x3, 1x1 and BatchNorm, without neurons. bias: of the first one."""

    def __init__(self, channels: int, *, bias: bool = False) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(channels, channels, 1, bias=bias),
            BNAndPadLayer(1, channels),
            nn.Sequential(
                nn.Conv2d(channels, channels, 3, groups=channels, bias=False),
                nn.Sequential(nn.Conv2d(channels, channels, 1, bias=False), nn.BatchNorm2d(channels)),
            ),
        )

    def forward(self, x: Tensor) -> Tensor:
        found: Tensor = self.body(x)
        return found

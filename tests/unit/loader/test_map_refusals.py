"""Convolutions and pools that cannot become hardware: each refused with its place and what to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from loader_models import Forward
from torch import Tensor, nn
from torch.nn import functional

from asn2fpga.cli.main import main
from asn2fpga.errors import Asn2FpgaError
from asn2fpga.loader.description import TRACE_BATCH
from asn2fpga.loader.save import read_module
from asn2fpga.loader.supported import supported
from asn2fpga.nn import LIF, NASN, AdaptiveNeuron, TimeMean

IMAGE = (1, 2, 6, 5)


def net(first: nn.Module, *others: nn.Module) -> nn.Module:
    """A layer, neurons, others, and a Linear layer."""
    return nn.Sequential(first, NASN(4), *others, nn.Flatten(), nn.Linear(8, 3))


def conv(inputs: int = 2, kernel: int = 3, **options: object) -> nn.Module:
    return nn.Conv2d(inputs, 4, kernel, **options)  # type: ignore[arg-type]


def after(run: Callable[[Tensor], Tensor]) -> nn.Module:
    """A function after a convolution and neurons."""
    return net(conv(), Forward(lambda _, x: run(x)))


class BNAndPadLayer(nn.Module):
    """By its name and attributes one that it is not: it pads with ones."""

    def __init__(self) -> None:
        super().__init__()
        self.bn, self.pad_pixels = nn.BatchNorm2d(4), 1

    def forward(self, x: Tensor) -> Tensor:
        return functional.pad(self.bn(x), [1, 1, 1, 1], value=1.0)


class InTime(nn.Module):
    """A layer without a time axis, step by step."""

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.layer = layer

    def forward(self, x: Tensor) -> Tensor:
        found: Tensor = self.layer(x.flatten(0, 1)).unflatten(0, (2, -1))
        return found


class Tokens(nn.Module):
    """(.., channels, height, width) -> (.., pixels, channels)."""

    def forward(self, x: Tensor) -> Tensor:
        return x.flatten(-2).transpose(-1, -2)


REFUSED: dict[str, tuple[nn.Module, tuple[int, ...], str]] = {
    "channels": (
        net(conv(3)),
        IMAGE,
        "layer_0: Conv2d must get 3 channels, not 2 of (batch, 2, 6, 5); give it in_channels=2.",
    ),
    "channels last": (
        net(conv(2)),
        (1, 6, 5, 2),
        "layer_0: Conv2d must get 2 channels, not 6 of (batch, 6, 5, 2); the channels stand last: "
        "x.movedim(-1, 1) puts them first.",
    ),
    "channels of a BatchNorm": (
        nn.Sequential(conv(), nn.BatchNorm2d(6), NASN(4)),
        IMAGE,
        "layer_1: BatchNorm2d must get 6 channels, not 4 of (batch, 4, 4, 3); give it num_features=4.",
    ),
    "features of a BatchNorm": (
        nn.Sequential(nn.Linear(5, 4), nn.BatchNorm1d(6), NASN(4)),
        (1, 5),
        "layer_1: BatchNorm1d must get 6 features, not 4 of (batch, 4); give it num_features=4.",
    ),
    "no channels": (
        net(conv(1)),
        (1, 6, 5),
        "layer_0: Conv2d must get (batch, channels, height, width), not (batch, 6, 5); give the example an "
        "axis of samples, x[None], or the input one of channels, x.unsqueeze(1).",
    ),
    "no pixels": (
        net(conv(1)),
        (1, 30),
        "layer_0: Conv2d must get (batch, channels, height, width), not (batch, 30); bring its elements into "
        "rows before it: nn.Unflatten(1, (channels, height, width)).",
    ),
    "one axis too many": (
        net(nn.Conv1d(2, 4, 3)),
        IMAGE,
        "layer_0: Conv1d must get (batch, channels, length), not (batch, 2, 6, 5); it has 3 axes after the "
        "batch, not 2.",
    ),
    "time": (
        nn.Sequential(conv(), LIF(0.5, time_steps=4), nn.Flatten(2), nn.Linear(8, 3), TimeMean()),
        (4, *IMAGE),
        "layer_0: Conv2d must get (batch, channels, height, width), not (time, batch, 2, 6, 5); merge time "
        "into the batch around it: x.flatten(0, 1) before, x.unflatten(0, (T, -1)) after.",
    ),
    "an image smaller than the kernel": (
        net(conv(kernel=7)),
        IMAGE,
        "layer_0: Conv2d must get maps at least as large as its window of 7 x 7 pixels, not of 6 x 5; use a "
        "smaller kernel, or padding, or leave out a pool or a stride before it.",
    ),
    "smaller with padding": (
        net(conv(kernel=7, padding=(0, 3))),
        (1, 2, 5, 5),
        "layer_0: Conv2d must get maps at least as large as its window of 7 x 7 pixels, not of 5 x 5 with "
        "its padding; use a smaller kernel, or padding, or leave out a pool or a stride before it.",
    ),
    "a row shorter than the kernel": (
        net(nn.Conv1d(2, 4, 3, dilation=2)),
        (1, 2, 4),
        "layer_0: Conv1d must get maps at least as large as its window of 5 pixels, not of 4; use a smaller "
        "kernel, or padding, or leave out a pool or a stride before it.",
    ),
    "a map smaller than a pool": (
        net(conv(), nn.MaxPool2d(5)),
        IMAGE,
        "layer_2: MaxPool2d must get maps at least as large as its window of 5 x 5 pixels, not of 4 x 3; use "
        "a smaller kernel, or padding, or leave out a pool or a stride before it.",
    ),
    "padding of other values": (
        net(conv(padding=1, padding_mode="reflect")),
        IMAGE,
        "layer_0: Conv2d must have padding_mode 'zeros', not 'reflect'; train with zeros.",
    ),
    "dilation": (
        net(conv(kernel=2, dilation=3)),
        IMAGE,
        "layer_0: dilation of Conv2d must be 1 or 2, not 3 x 3; use a stride or a pool before it, or a "
        "larger kernel.",
    ),
    "dilation of a pool": (
        net(conv(), nn.MaxPool2d(2, dilation=2)),
        IMAGE,
        "layer_2: dilation of MaxPool2d must be 1, not 2 x 2; use a stride instead.",
    ),
    "kernel": (
        net(conv(kernel=9, padding=4)),
        IMAGE,
        "layer_0: kernel_size of Conv2d must be 1 to 7, not 9 x 9; two smaller ones in a row, with neurons "
        "between them, see as far.",
    ),
    "stride": (
        net(conv(stride=8)),
        IMAGE,
        "layer_0: stride of Conv2d must be 1 to 7, not 8 x 8; use a smaller stride and a pool after the "
        "neurons.",
    ),
    "stride of one axis": (
        net(nn.Conv1d(2, 4, 3, stride=9)),
        (1, 2, 40),
        "layer_0: stride of Conv1d must be 1 to 7, not 9; use a smaller stride and a pool after the neurons.",
    ),
    "adaptive pools to more pixels": (
        net(conv(2, 2), nn.AdaptiveMaxPool2d((7, 3))),
        IMAGE,
        "layer_2: AdaptiveMaxPool2d must give no more pixels than it reads, or whole times as many, not "
        "7 x 3 of 5 x 4, unless it is a mean that a Linear layer reads after Flatten; use another "
        "output_size.",
    ),
    "adaptive pools to many more pixels": (
        net(conv(2, 2), nn.AdaptiveMaxPool2d((2, 132))),
        IMAGE,
        "layer_2: AdaptiveMaxPool2d must make pixels larger by at most 32, not 1 x 33; use another "
        "output_size.",
    ),
    "indices of adaptive pools": (
        net(conv(2, 2), nn.AdaptiveMaxPool2d(2, return_indices=True)),
        IMAGE,
        "layer_2: AdaptiveMaxPool2d must return values alone, not indices; leave return_indices out.",
    ),
    "padding of a transposed convolution": (
        net(nn.ConvTranspose2d(2, 4, 2, 2, 2)),
        IMAGE,
        "layer_0: padding of ConvTranspose2d must be less than its kernel, not 2 x 2; it leaves out so many "
        "rows of what it computes.",
    ),
    "kernel of a transposed convolution": (
        net(nn.ConvTranspose2d(2, 4, 8)),
        IMAGE,
        "layer_0: kernel_size of ConvTranspose2d must be 1 to 7, not 8 x 8; use two in a row, with neurons "
        "between them.",
    ),
    "unpooling": (
        net(conv(), nn.PixelShuffle(2)),
        IMAGE,
        "layer_2: module torch.nn.modules.pixelshuffle.PixelShuffle is not supported; make maps larger by "
        f"nn.Upsample (nearest, a whole factor) or nn.ConvTranspose2d; {supported()}",
    ),
    "function of a transposed convolution": (
        after(lambda x: functional.conv_transpose2d(x, torch.ones(4, 2, 3, 3))),
        IMAGE,
        "layer_2: conv_transpose2d is not supported; use the module nn.ConvTranspose1d or "
        f"nn.ConvTranspose2d; {supported()}",
    ),
    "bilinear upsampling": (
        net(conv(), nn.Upsample(scale_factor=2, mode="bilinear")),
        IMAGE,
        "layer_2: Upsample must have mode 'nearest', not 'bilinear', whose values lie between those of "
        "pixels; train with 'nearest', or use ConvTranspose.",
    ),
    "upsampling by parts": (
        after(lambda x: functional.interpolate(x, scale_factor=1.5)),
        IMAGE,
        "layer_2: interpolate must make 4 x 3 pixels larger by whole factors, not to 6 x 4; give "
        "scale_factor=2, for example.",
    ),
    "upsampling of channels": (
        nn.Sequential(LIF(0.5, time_steps=4), nn.Upsample(scale_factor=2)),
        (4, *IMAGE),
        "layer_1: Upsample must make pixels larger, not 4 x 12 x 10 of 2 x 6 x 5 with its channels; give a "
        "factor for each axis of pixels, as in scale_factor=(1, 2, 2) over time.",
    ),
    "far upsampling": (
        net(conv(), nn.Upsample(scale_factor=33)),
        IMAGE,
        "layer_2: Upsample must make pixels larger by at most 32, not 33 x 33; use two in a row.",
    ),
    "a padded BatchNorm that is none": (
        net(conv(), BNAndPadLayer()),
        IMAGE,
        "layer_2: BNAndPadLayer must pad its BatchNorm by what that makes of 0, on all sides alike, not "
        "compute something else; give a class that does so another name.",
    ),
    "unknown pool": (
        net(conv(), nn.LPPool2d(2, 2)),
        IMAGE,
        "layer_2: module torch.nn.modules.pooling.LPPool2d is not supported; use MaxPool or AvgPool, and "
        f"train with that; {supported()}",
    ),
    "function of a pool": (
        after(lambda x: functional.lp_pool2d(x, 2, 2)),
        IMAGE,
        f"layer_2: lp_pool2d is not supported; use MaxPool or AvgPool, and train with that; {supported()}",
    ),
    "padding apart": (
        net(nn.ZeroPad2d(1)),
        IMAGE,
        "layer_0: module torch.nn.modules.padding.ZeroPad2d is not supported; use the padding of the "
        f"convolution or pool after it; {supported()}",
    ),
    "channels of adaptive neurons": (
        nn.Sequential(InTime(conv()), AdaptiveNeuron(4, time_steps=2), TimeMean()),
        (2, 1, 2, 5, 6),
        "layer_1: AdaptiveNeuron must have spatial_axes=2 for its input (time, batch, 4, 3, 4), not 0: it "
        "has a bias for each channel, and so many axes follow these.",
    ),
    "adaptive neurons of tokens": (
        nn.Sequential(
            InTime(conv()), LIF(0.5, time_steps=2), Tokens(), AdaptiveNeuron(4, time_steps=2), TimeMean()
        ),
        (2, 1, 2, 5, 6),
        "layer_3: AdaptiveNeuron must get pixels as the layer before it sends them, 4 x 3 x 4, not "
        f"rearranged to (2, {TRACE_BATCH}, 12, 4); undo transposes and reshapes before it.",
    ),
    "GroupNorm": (
        net(conv(), nn.GroupNorm(2, 4)),
        IMAGE,
        "layer_2: module torch.nn.modules.normalization.GroupNorm is not supported; it needs the statistics "
        f"of each input; use BatchNorm, and train with that; {supported()}",
    ),
}


@pytest.mark.parametrize(("module", "shape", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_the_message_says_where_what_and_what_to_do(
    module: nn.Module, shape: tuple[int, ...], message: str
) -> None:
    options = {"encoding": "events", "max_count": 1} if len(shape) == 5 else {}
    with pytest.raises(Asn2FpgaError) as caught:
        read_module(module, "net", torch.zeros(shape), **options)
    assert str(caught.value) == message


def test_a_build_ends_with_that_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code = (
        "import torch\nfrom torch import nn\nfrom asn2fpga.nn import NASN\n\n\n"
        "def make():\n"
        "    net = nn.Sequential(nn.Conv2d(2, 4, 9), NASN(4), nn.Flatten(), nn.Linear(8, 3))\n"
        "    return net, {'example_input': torch.zeros(1, 2, 12, 12), 'encoding': 'frames'}\n"
    )
    (tmp_path / "made_here.py").write_text(code)
    monkeypatch.syspath_prepend(str(tmp_path))
    net = nn.Sequential(nn.Conv2d(2, 4, 9), NASN(4), nn.Flatten(), nn.Linear(8, 3))
    torch.save(net.state_dict(), tmp_path / "net.pt")
    argv = ["build", str(tmp_path / "net.pt"), "--model", "made_here:make", "--out", str(tmp_path / "out")]
    argv += ["--board", "pynq-z2"]
    assert main(argv) == 2
    assert capsys.readouterr().err == (
        "error: layer_0: kernel_size of Conv2d must be 1 to 7, not 9 x 9; two smaller ones in a row, with "
        "neurons between them, see as far.\n"
    )

"""Torch modules of convolutions and pools, written as users write them: small, with random weights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from rep_conv import RepConv
from torch import Tensor, nn

from asn2fpga.nn import ASN, IF, LIF, NASN, CubaLIF, Lookup, RepeatTime, SigmaDelta, TimeMean
from kinds.map_bodies import (
    CLASSES,
    CONVOLUTIONS,
    SHAPE,
    AddedCurrents,
    AddedEvents,
    AddedToCurrent,
    AddedToFrames,
    Attending,
    Branched,
    Chain,
    Finer,
    PerStep,
    SideBySide,
    adapting,
    added,
    bodies,
    conv,
    lowered,
    side_by_side,
    spread,
)
from kinds.pooled_streams import PooledShortcut, Stream, Twice


class Network(nn.Module):
    """A body, Flatten and a Linear layer; frames are repeated over time, scores averaged. size: of the body's
    output; 0 where that is the scores.
    """

    def __init__(self, body: nn.Module, size: int, axes: int, time_steps: int, encoding: str) -> None:
        super().__init__()
        repeats = encoding == "frames" and time_steps > 1
        self.repeat = RepeatTime(time_steps) if repeats else nn.Identity()
        self.body = body
        self.head = nn.Linear(size, CLASSES) if size else nn.Identity()
        self.flatten = nn.Flatten(axes) if size else nn.Identity()
        self.mean = TimeMean() if time_steps > 1 else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        x = self.body(self.repeat(x))
        scores: Tensor = self.mean(self.head(self.flatten(x)))
        return scores


@dataclass(frozen=True)
class MapCase:
    """A network by name. make: of its body; shape: of a frame, or of the events of a time step; head: whether
    a Linear layer stands after the body.
    """

    name: str
    make: Callable[[], nn.Module]
    time_steps: int = 1
    encoding: str = "frames"
    shape: tuple[int, ...] = SHAPE
    seed: int = 1
    head: bool = True

    @property
    def module(self) -> Network:
        """In eval mode and float64, its BatchNorms with statistics that change something."""
        torch.manual_seed(self.seed)
        body = self.make().eval()
        steps = (self.time_steps,) if self.time_steps > 1 else ()
        found = body(torch.zeros(*steps, 1, *self.shape))
        axes = len(steps) + 1 - found.dim()
        size = found.flatten(axes).shape[-1] if self.head else 0
        network = Network(body, size, axes, self.time_steps, self.encoding)
        for module in network.modules():
            if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
                _stir(module)
            elif isinstance(module, CONVOLUTIONS):
                module.weight.data *= 3  # so that neurons fire
        return network.double().eval()


def _stir(norm: nn.BatchNorm1d | nn.BatchNorm2d) -> None:
    assert norm.running_mean is not None and norm.running_var is not None
    with torch.no_grad():
        norm.weight.copy_(2 * torch.randn(norm.weight.shape))
        norm.bias.copy_(0.5 * torch.randn(norm.bias.shape))
        norm.running_mean.copy_(0.2 * torch.randn(norm.bias.shape))
        norm.running_var.copy_(0.1 + 0.5 * torch.rand(norm.bias.shape))


# fmt: off
MAP_CASES = (
    MapCase("padding and an offset", bodies(Chain, lowered, 1)),
    MapCase("max-pool before and after neurons", lambda: nn.Sequential(
        nn.Conv2d(2, 4, 3, padding=1), nn.MaxPool2d(2), nn.BatchNorm2d(4), NASN(4),
        nn.Conv2d(4, 4, 2, padding=1), NASN(4), nn.MaxPool2d(3, 2, 1))),
    MapCase("sums of pools", lambda: nn.Sequential(
        nn.Conv2d(2, 4, 3, bias=True), nn.AvgPool2d(2, 1), NASN(4), nn.AvgPool2d(2),
        nn.Conv2d(4, 5, 1), lowered(), nn.AdaptiveAvgPool2d(1)), seed=4),
    MapCase("stride, dilation, groups", lambda: nn.Sequential(
        conv(2, 4, 3, 2), NASN(4), conv(4, 4, 2, dilation=2, padding=1), NASN(4),
        conv(4, 8, 1, groups=4), NASN(4),
        conv(8, 8, 3, groups=8), NASN(4))),
    MapCase("BatchNorm before a padded convolution", lambda: nn.Sequential(
        nn.BatchNorm2d(2), nn.Conv2d(2, 4, 3, padding=1), lowered(), nn.BatchNorm2d(4),
        nn.Conv2d(4, 3, (3, 2), padding=(1, 1)), NASN(4))),
    MapCase("one axis of pixels", lambda: nn.Sequential(
        nn.Conv1d(2, 4, 3, padding="same"), nn.BatchNorm1d(4), NASN(4), nn.MaxPool1d(2),
        nn.Conv1d(4, 6, 3, stride=2, padding=1), NASN(4)), shape=(2, 11)),
    MapCase("events added", bodies(AddedEvents, lambda: NASN(4), 1)),
    MapCase("currents added", bodies(AddedCurrents, lowered, 1)),
    MapCase("events added to a current", bodies(AddedToCurrent, lambda: NASN(4), 1)),
    MapCase("channels side by side", bodies(SideBySide, lambda: NASN(4), 1)),
    MapCase("a frame over time", bodies(Chain, lambda: LIF(0.5, time_steps=3), 3), 3),
    MapCase("events over time", bodies(Chain, lambda: LIF(0.5, time_steps=3), 3), 3, "events"),
    MapCase("currents added over time", bodies(AddedCurrents, lambda: IF(time_steps=2), 2), 2),
    MapCase("attention", lambda: Attending("k^T v first"), 2),
    MapCase("attention of tokens in rows", lambda: Attending("linear"), 2, "events"),
    MapCase("attention after RepConv", lambda: Attending("RepConv"), 2),
    MapCase("a max-pool before neurons that mix tokens", lambda: Attending("max-pool before neurons"), 2),
    MapCase("a mask of all tokens", lambda: Attending("mask of all tokens"), 2),
    MapCase("a mask of each token", lambda: Attending("mask of each token"), 2, "events"),
    MapCase("the current of a frame over time", bodies(AddedToFrames, lambda: IF(time_steps=3), 3), 3),
    MapCase("events added over time", bodies(AddedEvents, lambda: IF(time_steps=2), 2), 2, "events"),
    MapCase("groups of channels side by side", lambda: Branched(lambda: NASN(4), side_by_side, nn.Sequential(
        conv(8, 8, 3, groups=4), NASN(4), conv(8, 4, 1, groups=2), NASN(4)))),
    MapCase("pools of channels side by side", lambda: Branched(lowered, side_by_side, nn.Sequential(
        nn.MaxPool2d(2), nn.Conv2d(8, 4, 3, padding=1), NASN(4)))),
    MapCase("means of sums", lambda: nn.Sequential(
        Branched(lambda: NASN(4), added, nn.AvgPool2d(2)), conv(4, 4), nn.AvgPool2d((1, 2)), NASN(4))),
    MapCase("windows in padding, columns left out", lambda: nn.Sequential(
        PerStep(conv(2, 3)), IF(time_steps=3),
        PerStep(nn.Conv2d(3, 4, (1, 4), (2, 1), (1, 0), (2, 1))), LIF(0.5, time_steps=3),
        PerStep(conv(4, 2)), IF(time_steps=3), PerStep(nn.MaxPool2d((3, 1), 3, (1, 0)))), 3, "events",
        shape=(2, 3, 8)),
    MapCase("padded means of neurons with an offset", lambda: nn.Sequential(
        conv(2, 4), lowered(), nn.AvgPool2d(3, 2, 1), conv(4, 3), NASN(4))),
    MapCase("means whose windows count differently", lambda: nn.Sequential(
        conv(2, 4), lowered(), nn.AvgPool2d(3, 2, 1, count_include_pad=False), conv(4, 3), NASN(4),
        nn.AvgPool2d(2, ceil_mode=True)), shape=(2, 7, 5)),
    MapCase("means of a row over time that count differently", lambda: nn.Sequential(
        PerStep(nn.Conv1d(2, 5, 3, padding=1)), IF(time_steps=2),
        PerStep(nn.AvgPool1d(3, 1, 1, count_include_pad=False)),
        PerStep(nn.Conv1d(5, 3, 3)), IF(time_steps=2)), 2, "events", shape=(2, 7)),
    MapCase("adaptive windows that overlap, and copies", lambda: nn.Sequential(
        conv(2, 4), lowered(), nn.AdaptiveAvgPool2d((3, 2)), conv(4, 3), NASN(4), nn.AdaptiveMaxPool2d(2),
        nn.AdaptiveAvgPool2d((2, 6)), conv(3, 3), NASN(4)), shape=(2, 4, 3)),
    MapCase("adaptive windows of several sizes", lambda: nn.Sequential(
        conv(2, 4), lowered(), nn.AdaptiveAvgPool2d((3, 4)), conv(4, 3, 3), lowered(),
        nn.AdaptiveMaxPool2d(2)), shape=(2, 5, 7)),
    MapCase("adaptive windows before a membrane, and copies", lambda: nn.Sequential(
        PerStep(nn.Sequential(
            nn.Conv2d(2, 3, 3, padding=1), nn.AdaptiveMaxPool2d((3, 2)), nn.BatchNorm2d(3))),
        LIF(0.5, time_steps=2), PerStep(nn.Sequential(nn.AdaptiveAvgPool2d((2, 4)), conv(3, 3))),
        IF(time_steps=2)), 2, "events", shape=(2, 5, 5)),
    MapCase("means of sums whose windows count differently", lambda: nn.Sequential(
        nn.Conv2d(2, 4, 3, padding=1), nn.AdaptiveAvgPool2d((3, 4)), nn.BatchNorm2d(4), lowered(),
        nn.Conv2d(4, 3, 2, padding=1), nn.AvgPool2d(3, 2, 1, count_include_pad=False), NASN(4),
        nn.Conv2d(3, 3, 1), nn.AvgPool2d(2, 2, 1), lowered())),
    MapCase("means of sums over time, with padding and beyond the map", lambda: nn.Sequential(
        PerStep(nn.Sequential(conv(2, 3), nn.AvgPool2d(3, 2, 1))), LIF(0.5, time_steps=2),
        PerStep(nn.Sequential(nn.Conv2d(3, 4, 2), nn.AvgPool2d((1, 2), ceil_mode=True))),
        LIF(spread(4, 1, 1) / 2, time_steps=2)), 2, "events", shape=(2, 7, 7)),
    MapCase("means of all sums of a large map", lambda: nn.Sequential(
        nn.Conv2d(2, 5, 1), nn.AdaptiveAvgPool2d(1), nn.BatchNorm2d(5), NASN(4)), shape=(2, 9, 8)),
    MapCase("adaptive windows of a row", lambda: nn.Sequential(
        nn.Conv1d(2, 4, 3, padding=1), NASN(4), nn.AdaptiveAvgPool1d(4), nn.Conv1d(4, 3, 2), NASN(4)),
        shape=(2, 7), seed=4),
    MapCase("thresholds of channels and of pixels", lambda: nn.Sequential(
        conv(2, 4), LIF(0.0, threshold=spread(4, 1, 1), levels=3), nn.MaxPool2d(2), conv(4, 5),
        LIF(0.0, threshold=spread(5, 3, 2), signed=True), conv(5, 4, 2, padding=1),
        nn.AvgPool2d(2, 1), LIF(0.0, threshold=spread(2)), nn.Conv2d(4, 4, 3, padding=1),
        nn.MaxPool2d(2, 1), LIF(0.0, threshold=spread(4, 2, 1)))),
    MapCase("leaks of channels and thresholds of pixels over time", lambda: nn.Sequential(
        PerStep(conv(2, 5)), LIF(spread(5, 1, 1) / 2, threshold=spread(5, 6, 5), time_steps=3),
        PerStep(conv(5, 4, 3, 2)),
        CubaLIF(0.5, spread(4, 3, 3) / 2, decay_input=True, time_steps=3)), 3, "events"),
    MapCase("leaks of pixels of a frame over time", lambda: nn.Sequential(
        PerStep(conv(2, 5)), LIF(
            spread(5, 6, 5) / 2, reset="hard", v_reset=-0.5, fires=">", leak="before_reset", time_steps=3),
        PerStep(nn.Sequential(conv(5, 3), nn.MaxPool2d(2))),
        LIF(0.5, threshold=spread(3, 1, 1), v_min=-0.25, time_steps=3)), 3),
    MapCase("max-pool of sums", lambda: nn.Sequential(
        Branched(lowered, added, nn.MaxPool2d(2)), conv(4, 4), NASN(4))),
    MapCase("convolutions in a row", lambda: nn.Sequential(
        nn.Conv2d(2, 4, 1, bias=False), conv(4, 4, 3, groups=4), conv(4, 4, 1), lowered(),
        nn.Conv2d(4, 4, 2, groups=2), nn.Conv2d(4, 4, 3, 2, groups=2), NASN(4))),
    MapCase("max-pool before neurons with a membrane", lambda: nn.Sequential(
        PerStep(nn.Sequential(nn.Conv2d(2, 4, 3, padding=1), nn.MaxPool2d(2), nn.BatchNorm2d(4))),
        LIF(0.5, time_steps=3), PerStep(nn.Sequential(conv(4, 3), nn.MaxPool2d(3, 2, 1, ceil_mode=True))),
        ASN(4, alpha=-1.0, time_steps=3)), 3),
    MapCase("a convolution gives the scores", lambda: nn.Sequential(
        conv(2, 4), lowered(), conv(4, 3, 3, 2), nn.AdaptiveAvgPool2d(1)), head=False),
    MapCase("means of a 1x1 convolution give the scores", lambda: nn.Sequential(
        conv(2, 4), NASN(4), nn.Conv2d(4, 3, 1), nn.AdaptiveAvgPool2d(1), nn.Flatten()), head=False),
    MapCase("currents of a map give the scores", lambda: nn.Sequential(
        conv(2, 4), lowered(), nn.Conv2d(4, 2, (3, 2), padding=1)), head=False),
    MapCase("spikes of one layer give the scores", lambda: nn.Sequential(
        PerStep(nn.Conv2d(2, 3, 3, bias=False)), LIF(0.5, time_steps=3)), 3, "events", head=False),
    MapCase("changes", lambda: nn.Sequential(
        PerStep(nn.Conv2d(2, 3, 3, bias=False)), SigmaDelta(3, time_steps=3),
        PerStep(nn.Conv2d(3, 3, 2, bias=False)), SigmaDelta(1, signed=True, time_steps=3)), 3, "events"),
    MapCase("adaptive neurons", lambda: nn.Sequential(
        PerStep(conv(2, 4)), adapting(4, 4, direct=True), PerStep(conv(4, 3)), adapting(3, 4)), 4),
    MapCase("adaptive neurons of events", lambda: nn.Sequential(
        PerStep(conv(2, 4)), adapting(4, 4), PerStep(nn.Sequential(conv(4, 3), nn.MaxPool2d(2))),
        adapting(3, 4)), 4, "events"),
    MapCase("adaptive neurons of a row", lambda: nn.Sequential(
        PerStep(nn.Conv1d(2, 3, 3, padding=1)), adapting(3, 5, axes=1)), 5, "events", shape=(2, 7)),
    MapCase("tables", lambda: nn.Sequential(
        conv(2, 4), Lookup("sigmoid"), conv(4, 5), Lookup("tanh", address_bits=8), conv(5, 3), NASN(4))),
    MapCase("tables over time, before and after a max-pool", lambda: nn.Sequential(
        PerStep(nn.Sequential(conv(2, 3), nn.MaxPool2d(2))), Lookup("tanh", time_steps=2),
        PerStep(nn.Sequential(nn.MaxPool2d(2, 1), conv(3, 3, 1))), LIF(0.9, threshold=0.125, time_steps=2)),
        2, "events", seed=8),
    MapCase("refractory neurons", lambda: nn.Sequential(
        PerStep(conv(2, 3)), LIF(0.5, refractory=2, time_steps=5), PerStep(conv(3, 3)),
        LIF(0.9, reset="hard", refractory=1, time_steps=5)), 5, "events"),
    MapCase("BatchNorm of a sum before a padded convolution", lambda: Branched(lowered, added, nn.Sequential(
        nn.BatchNorm2d(4), nn.Conv2d(4, 4, 3, padding=1), NASN(4)))),
    MapCase("padding after a convolution with a bias", lambda: nn.Sequential(
        nn.BatchNorm2d(2), conv(2, 4, 1, 2), nn.Conv2d(4, 4, 3, padding=1), nn.BatchNorm2d(4), conv(4, 3, 1),
        NASN(4)), shape=(2, 7, 6)),
    MapCase("RepConv", lambda: nn.Sequential(
        conv(2, 4), lowered(), RepConv(4), nn.BatchNorm2d(4), lowered())),
    MapCase("RepConv with a bias, after spikes added", lambda: Branched(lowered, added, nn.Sequential(
        RepConv(4, bias=True), nn.BatchNorm2d(4), NASN(4)))),
    MapCase("each pixel several times", lambda: nn.Sequential(
        conv(2, 4), lowered(), nn.Upsample(scale_factor=2), conv(4, 3), NASN(4))),
    MapCase("currents of pixels several times", lambda: nn.Sequential(
        PerStep(nn.Sequential(
            nn.Conv2d(2, 4, 3, padding=1), nn.Upsample(scale_factor=(2, 3)), nn.BatchNorm2d(4))),
        LIF(0.5, time_steps=3), PerStep(conv(4, 3)), ASN(4, alpha=-1.0, time_steps=3)), 3, shape=(2, 3, 4)),
    MapCase("a finer branch", lambda: Finer(lambda: NASN(4)), shape=(2, 4, 6)),
    MapCase("transposed convolutions", lambda: nn.Sequential(
        nn.ConvTranspose2d(2, 4, 3, 2, 1, output_padding=1), lowered(),
        nn.ConvTranspose2d(4, 4, (2, 3), (2, 3), groups=2), lowered()), shape=(2, 3, 3)),
    MapCase("a transposed convolution of a row over time", lambda: nn.Sequential(
        PerStep(nn.ConvTranspose1d(2, 3, 4, 3, 1, dilation=2)), IF(time_steps=2)), 2, "events", shape=(2, 5)),
    MapCase("flattened neurons of several thresholds", lambda: nn.Sequential(
        PerStep(nn.Sequential(nn.Conv2d(2, 3, 3, padding=1), nn.BatchNorm2d(3), nn.Flatten())),
        LIF(0.25 + torch.rand(18) / 2, threshold=0.25 + torch.rand(18), time_steps=3)), 3, shape=(2, 3, 2)),
    MapCase("flattened neurons that are alike", lambda: nn.Sequential(
        conv(2, 4), lowered(), nn.Conv2d(4, 3, 3), nn.MaxPool2d(2), nn.Flatten(), NASN(4))),
    MapCase("means of a stream", lambda: Stream(lowered, nn.Sequential, nn.AdaptiveAvgPool2d(1))),
    MapCase("means of windows of a stream over time", lambda: Stream(
        lambda: LIF(0.5, time_steps=2), PerStep, nn.AvgPool2d((2, 5))), 2, "events"),
    MapCase("the largest of a stream, and a stream again", lambda: Stream(
        lowered, nn.Sequential, nn.MaxPool2d(3, 1, 1), is_added=True)),
    MapCase("the largest of a stream over time", lambda: Stream(
        lambda: IF(time_steps=2), PerStep, nn.MaxPool2d(2), is_added=True), 2),
    MapCase("neurons of a current that others read", lambda: Twice(lowered, nn.Sequential)),
    MapCase("the same over time", lambda: Twice(lambda: LIF(0.5, time_steps=2), PerStep), 2),
    MapCase("the same of events", lambda: Twice(lambda: LIF(0.5, time_steps=2), PerStep), 2, "events"),
    MapCase("the largest of a shortcut", lambda: PooledShortcut(lowered, nn.Sequential), shape=(2, 6, 6)),
    MapCase("counts of a frame give the scores", lambda: nn.Sequential(
        conv(2, 3), lowered()), head=False),
)
# fmt: on

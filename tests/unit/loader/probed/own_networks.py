"""Networks around neurons that are written by hand, in the structure of public code, small."""

from __future__ import annotations

from own_neurons import (
    AttentionUpdate,
    FloorSpike,
    LIFSpike,
    MergedIF,
    MultiSpike,
    SparchLIF,
    StepLIF,
    mem_update,
)
from torch import Tensor, nn


class Container(nn.Module):
    """Layers of torch on (batch, time, ..): time is merged into the batch around them."""

    def __init__(self, *parts: nn.Module) -> None:
        super().__init__()
        self.module = nn.Sequential(*parts)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.module(x.flatten(0, 1).contiguous())
        return y.view(x.shape[0], x.shape[1], *y.shape[1:])


class TET(nn.Module):
    """Batch first, time second: Conv-BN-LIF, a pool, and the mean over time of a Linear layer."""

    def __init__(self, frames: int = 0) -> None:
        super().__init__()
        self.frames = frames
        pool = Container(nn.AvgPool2d(2))
        self.features = nn.Sequential(
            Container(nn.Conv2d(2, 4, 3, padding=1), nn.BatchNorm2d(4)),
            LIFSpike(),
            pool,
            Container(nn.Conv2d(4, 4, 3, padding=1), nn.BatchNorm2d(4)),
            LIFSpike(),
            pool,
        )
        self.classifier = Container(nn.Flatten(), nn.Linear(16, 3))

    def forward(self, x: Tensor) -> Tensor:
        if self.frames:
            x = x.unsqueeze(1).repeat(1, self.frames, 1, 1, 1)
        scores: Tensor = self.classifier(self.features(x))
        return scores.mean(1)


class Yolo(nn.Module):
    """The image repeated over a first axis, integer neurons over it: SpikeYOLO's blocks."""

    def __init__(self, steps: int = 3) -> None:
        super().__init__()
        self.steps = steps
        self.conv1, self.bn1, self.lif1 = nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), mem_update()
        self.conv2, self.bn2, self.lif2 = nn.Conv2d(4, 4, 3, padding=1), nn.BatchNorm2d(4), mem_update()
        self.head = nn.Linear(4 * 16, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = x.unsqueeze(0).repeat(self.steps, 1, 1, 1, 1)
        t, b = x.shape[:2]
        x = self.lif1(self.bn1(self.conv1(x.flatten(0, 1))).reshape(t, b, 4, 4, 4))
        x = self.lif2(self.bn2(self.conv2(x.flatten(0, 1))).reshape(t, b, 4, 4, 4))
        scores: Tensor = self.head(x.flatten(2)).mean(0)
        return scores


class Meta(nn.Module):
    """One time step, counts divided by their largest number, a real-valued shortcut: Meta-former blocks."""

    def __init__(self, spike: type[nn.Module] = MultiSpike) -> None:
        super().__init__()
        self.conv0, self.spike1 = nn.Conv2d(1, 4, 3, padding=1), spike()
        self.conv1, self.bn1, self.spike2 = nn.Conv2d(4, 4, 3, padding=1), nn.BatchNorm2d(4), spike()
        self.head = nn.Linear(4 * 16, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = self.spike2(self.bn1(self.conv1(self.spike1(self.conv0(x)))))
        scores: Tensor = self.head(x.flatten(1))
        return scores


class Merged(nn.Module):
    """Time merged into the batch from the start: DSR."""

    def __init__(self) -> None:
        super().__init__()
        self.fc1, self.lif1 = nn.Linear(16, 12), MergedIF()
        self.fc2, self.lif2 = nn.Linear(12, 12), MergedIF(threshold=1.25)
        self.fc3 = nn.Linear(12, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = x.unsqueeze(0).repeat(4, 1, 1).flatten(0, 1)
        x = self.fc3(self.lif2(self.fc2(self.lif1(self.fc1(x)))))
        return x.unflatten(0, (4, -1)).mean(0)


class Attention(nn.Module):
    """Events (time, batch, ..), a global number of time steps: Attention-SNN without its attention."""

    def __init__(self) -> None:
        super().__init__()
        self.fc1, self.lif1 = nn.Linear(16, 12), AttentionUpdate()
        self.fc2, self.lif2 = nn.Linear(12, 3), AttentionUpdate()

    def forward(self, x: Tensor) -> Tensor:
        found: Tensor = self.lif2(self.fc2(self.lif1(self.fc1(x))))
        return found.sum(0) / 4


class Sparch(nn.Module):
    """(batch, time, features), a leak per neuron."""

    def __init__(self) -> None:
        super().__init__()
        self.W, self.lif, self.V = nn.Linear(16, 8, bias=False), SparchLIF(), nn.Linear(8, 3)

    def forward(self, x: Tensor) -> Tensor:
        scores: Tensor = self.V(self.lif(self.W(x)))
        return scores.sum(1)


class Steps(nn.Module):
    """One time step in a call: SLTT."""

    def __init__(self) -> None:
        super().__init__()
        self.fc1, self.lif1, self.fc2 = nn.Linear(16, 12), StepLIF(tau=2.0), nn.Linear(12, 3)

    def forward(self, x: Tensor) -> Tensor:
        scores: Tensor = self.fc2(self.lif1(self.fc1(x)))
        return scores


def floors() -> nn.Module:
    """Meta with neurons of 4 x, rounded half up."""
    return Meta(FloorSpike)


def frames_of_tet() -> nn.Module:
    """TET with a static input, repeated over the second axis."""
    return TET(frames=4)

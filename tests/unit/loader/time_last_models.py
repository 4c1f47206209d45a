"""Networks that have time as the last axis everywhere, (batch, ..., time)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

STEPS, THRESHOLD, LEAK = 4, 0.3, 0.25
FEATURES, SHAPE, CLASSES = 12, (2, 8, 8), 5


class Fire(torch.autograd.Function):
    """A comparison, with a rectangle for its gradient."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        """Whether a membrane is above its threshold."""
        ctx.save_for_backward(x)
        return torch.gt(x, 0).float()

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        """Of membranes near the threshold."""
        (x,) = ctx.saved_tensors
        return grads[0] * (x.abs() < 0.5).float()


def update(u: Any, out: Any, current: Any) -> tuple[Any, Any]:
    """One step of neurons: membranes and what they sent, and again."""
    u = LEAK * u * (1 - out) + current
    return u, Fire.apply(u - THRESHOLD)  # type: ignore[no-untyped-call]


class OverTime(nn.Module):
    """A layer once per time step, and a norm of all steps."""

    def __init__(self, layer: nn.Module, norm: nn.Module | None = None) -> None:
        super().__init__()
        self.layer, self.norm = layer, norm

    def forward(self, x: Tensor) -> Tensor:
        found = torch.zeros((*self.layer(x[..., 0]).shape, STEPS), device=x.device)
        for step in range(STEPS):
            found[..., step] = self.layer(x[..., step])
        normed: Tensor = found if self.norm is None else self.norm(found)
        return normed


class Spikes(nn.Module):
    """Neurons of all time steps, which start at rest in every call."""

    def forward(self, x: Tensor) -> Tensor:
        u, out = torch.zeros(x.shape[:-1]), torch.zeros(x.shape)
        for step in range(STEPS):
            u, out[..., step] = update(u, out[..., max(step - 1, 0)], x[..., step])
        return out


class Norm(nn.BatchNorm2d):
    """A norm of (batch, channels, height, width, time) that is scaled by the threshold."""

    def forward(self, x: Tensor) -> Tensor:
        def each(values: Any) -> Tensor:
            found: Tensor = values[None, :, None, None, None]
            return found

        x = THRESHOLD * (x - each(self.running_mean)) / torch.sqrt(each(self.running_var) + self.eps)
        return x * each(self.weight) + each(self.bias)


class Dense(nn.Module):
    """Layers and neurons of (batch, features, time), one object of neurons for all."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(1)
        self.fc1, self.fc2 = nn.Linear(FEATURES, 16), nn.Linear(16, CLASSES)
        self.fc1_s, self.fc2_s = OverTime(self.fc1), OverTime(self.fc2)
        self.spike = Spikes()

    def forward(self, x: Tensor) -> Tensor:
        return self.hidden(x).sum(dim=2) / STEPS

    def hidden(self, x: Tensor) -> Tensor:
        """What the last neurons send."""
        found: Tensor = self.spike(self.fc2_s(self.spike(self.fc1_s(x))))
        return found


class Returned(Dense):
    """Returns the spikes of all steps."""

    def forward(self, x: Tensor) -> Tensor:
        return self.hidden(x)


class Written(Dense):
    """The operations of the neurons stand in forward."""

    def forward(self, x: Tensor) -> Tensor:
        for layer in (self.fc1_s, self.fc2_s):
            x = layer(x)
            u, sent = torch.zeros(x.shape[:-1]), []
            spk = torch.zeros_like(u)
            for step in range(STEPS):
                u, spk = update(u, spk, x[..., step])
                sent.append(spk)
            x = torch.stack(sent, dim=-1)
        return x.mean(-1)


class Turned(Dense):
    """The last layer takes (batch, time, features)."""

    def forward(self, x: Tensor) -> Tensor:
        x = self.spike(self.fc1_s(x)).permute(0, 2, 1)
        scores: Tensor = self.fc2(x)
        return scores.sum(1)


class Maps(nn.Module):
    """Maps (batch, channels, height, width, time): a norm of one's own, a pool before neurons, a view."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(1)
        self.conv1, self.pool1 = nn.Conv2d(2, 4, 3, 1, 1, bias=False), nn.AvgPool2d(2)
        self.conv2, self.fc1 = nn.Conv2d(4, 6, 3, 1, 1), nn.Linear(6 * 16, CLASSES)
        self.norm1 = self.norm()
        self.conv1_s, self.pool1_s = OverTime(self.conv1, self.norm1), OverTime(self.pool1)
        self.conv2_s, self.fc1_s = OverTime(self.conv2), OverTime(self.fc1)
        self.spike = Spikes()
        with torch.no_grad():
            self.norm1.running_mean.uniform_(-0.1, 0.1)  # type: ignore[operator]
            self.norm1.running_var.uniform_(0.1, 0.2)  # type: ignore[operator]

    def norm(self) -> nn.Module:
        """Of four channels."""
        return Norm(4)

    def forward(self, x: Tensor) -> Tensor:
        x = self.spike(self.conv1_s(x))
        x = self.spike(self.pool1_s(x))
        x = self.spike(self.conv2_s(x))
        x = x.view(x.shape[0], -1, x.shape[4])
        x = self.spike(self.fc1_s(x))
        return torch.sum(x, dim=2) / STEPS


class ThreeAxes(Maps):
    """Layers of torch for three axes, whose last one is time."""

    def __init__(self) -> None:
        super().__init__()
        self.conv3, self.pool3 = nn.Conv3d(4, 6, (3, 3, 1), padding=(1, 1, 0)), nn.AvgPool3d((2, 2, 1))
        self.last = nn.MaxPool3d((2, 2, 1))
        self.fc1 = nn.Linear(6 * 4, CLASSES)
        self.flat = nn.Flatten(1, -2)
        self.fc1_s = OverTime(self.fc1)

    def norm(self) -> nn.Module:
        """Of torch."""
        return nn.BatchNorm3d(4)

    def forward(self, x: Tensor) -> Tensor:
        x = self.spike(self.conv1_s(x))
        x = self.spike(self.conv3(self.pool3(x)))
        x = self.fc1_s(self.flat(self.last(x)))
        sent: Tensor = self.spike(x)
        return sent.sum(-1)


class Branches(nn.Module):
    """A residual sum before neurons, channels side by side, dropout, the mean of pixels and steps."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(1)
        self.conv1, self.conv2 = nn.Conv2d(2, 4, 3, 1, 1), nn.Conv2d(4, 4, 3, 1, 1)
        self.fc, self.drop = OverTime(nn.Linear(8, CLASSES)), nn.Dropout(0.5)
        self.spike = Spikes()

    def forward(self, x: Tensor) -> Tensor:
        first = self.spike(OverTime.forward(_like(self.conv1), x))
        second = OverTime.forward(_like(self.conv2), first)
        second += first
        both = self.drop(torch.cat([first, self.spike(second)], dim=1))
        scores: Tensor = self.fc(both.mean(dim=(2, 3)))
        return scores.mean(dim=-1)


def _like(layer: nn.Module) -> Any:
    return type("Held", (), {"layer": layer, "norm": None})()


SHAPES: dict[Callable[[], nn.Module], tuple[int, ...]] = {
    **dict.fromkeys((Dense, Returned, Written, Turned), (FEATURES,)),
    **dict.fromkeys((Maps, ThreeAxes, Branches), SHAPE),
}

"""Bodies whose currents are pooled where more than one neuron layer reads them."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor, nn

Layer = Callable[[nn.Module], nn.Module]


class Stream(nn.Module):
    """A stream that a shortcut adds to, and its pool, which neurons read; `is_added`: and a stream again."""

    def __init__(
        self, neurons: Callable[[], nn.Module], per_step: Layer, pool: nn.Module, *, is_added: bool = False
    ) -> None:
        super().__init__()
        first = nn.Sequential(nn.Conv2d(2, 4, 3, padding=1, bias=False), nn.BatchNorm2d(4))
        inner = nn.Sequential(nn.Conv2d(4, 4, 3, padding=1, bias=False), nn.BatchNorm2d(4))
        self.first, self.inner = per_step(first), per_step(inner)
        self.fired, self.last, self.pool, self.is_added = neurons(), neurons(), per_step(pool), is_added
        if is_added:
            again = nn.Sequential(nn.Conv2d(4, 4, 1), nn.BatchNorm2d(4))
            self.after, self.again = neurons(), per_step(again)

    def forward(self, x: Tensor) -> Tensor:
        x = self.first(x)
        x = self.pool(x + self.inner(self.fired(x)))
        if self.is_added:
            x = x + self.again(self.after(x))
        found: Tensor = self.last(x)
        return found


class Twice(nn.Module):
    """A current that two neuron layers read: the second of them reads nothing else."""

    def __init__(self, neurons: Callable[[], nn.Module], per_step: Layer) -> None:
        super().__init__()
        self.first, self.one, self.two = (
            per_step(nn.Sequential(nn.Conv2d(inputs, 4, size, padding=size // 2), nn.BatchNorm2d(4)))
            for inputs, size in ((2, 3), (4, 3), (4, 1))
        )
        self.fired, self.again, self.last = neurons(), neurons(), neurons()

    def forward(self, x: Tensor) -> Tensor:
        x = self.first(x)
        found: Tensor = self.last(self.one(self.fired(x)) + self.two(self.again(x)))
        return found


class PooledShortcut(nn.Module):
    """Spikes, a pooled convolution before neurons, and another pooled one added to what these drive."""

    def __init__(self, neurons: Callable[[], nn.Module], per_step: Layer) -> None:
        super().__init__()
        pool = nn.MaxPool2d(3, 2, 1)
        self.first = per_step(nn.Sequential(nn.Conv2d(2, 4, 3, padding=1), nn.BatchNorm2d(4)))
        self.embed = per_step(nn.Sequential(nn.Conv2d(4, 4, 1), nn.BatchNorm2d(4), pool))
        self.short = per_step(nn.Sequential(nn.Conv2d(4, 4, 1), pool, nn.BatchNorm2d(4)))
        self.inner = per_step(nn.Sequential(nn.Conv2d(4, 4, 3, padding=1), nn.BatchNorm2d(4)))
        self.fired, self.embedded, self.last = neurons(), neurons(), neurons()

    def forward(self, x: Tensor) -> Tensor:
        x = self.fired(self.first(x))
        found: Tensor = self.last(self.inner(self.embedded(self.embed(x))) + self.short(x))
        return found

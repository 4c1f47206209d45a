"""Networks whose neurons are operations in a loop of forward, in the ways of public code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

STEPS = 5


class Threshold(torch.autograd.Function):
    """A surrogate gradient that compares."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        ctx.save_for_backward(x)
        return x.gt(0.5).float()

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        (x,) = ctx.saved_tensors
        return gradient * (abs(x - 0.5) < 0.5).float()


class Written(torch.autograd.Function):
    """A surrogate gradient that writes ones where it fires."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        ctx.save_for_backward(x)
        out = torch.zeros_like(x)
        out[x > 0] = 1.0
        return out

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        (x,) = ctx.saved_tensors
        return gradient / (10 * x.abs() + 1) ** 2


def mem_update(layer: nn.Module, x: Tensor, mem: Tensor, spike: Tensor) -> tuple[Tensor, Tensor]:
    """A leaky membrane that the spike of the step before resets."""
    mem = mem * 0.25 * (1.0 - spike) + layer(x)
    return mem, Threshold.apply(mem)


class Convolutional(nn.Module):
    """Membranes and spikes that begin as one tensor of zeros, and spikes that are counted in place."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 3, 3, padding=1), nn.Conv2d(3, 3, 3, padding=1)
        self.fc1, self.fc2 = nn.Linear(12, 8), nn.Linear(8, 4)

    def forward(self, x: Tensor) -> Tensor:
        size = x.shape[0]
        c1_mem = c1_spike = torch.zeros(size, 3, 4, 4)
        c2_mem = c2_spike = torch.zeros(size, 3, 4, 4)
        h1_mem = h1_spike = torch.zeros(size, 8)
        h2_mem = h2_spike = h2_sum = torch.zeros(size, 4)
        for _ in range(STEPS):
            c1_mem, c1_spike = mem_update(self.conv1, x.float(), c1_mem, c1_spike)
            c2_mem, c2_spike = mem_update(self.conv2, c1_spike, c2_mem, c2_spike)
            x2 = functional.avg_pool2d(c2_spike, 2).view(size, -1)
            h1_mem, h1_spike = mem_update(self.fc1, x2, h1_mem, h1_spike)
            h2_mem, h2_spike = mem_update(self.fc2, h1_spike, h2_mem, h2_spike)
            h2_sum += h2_spike
        return h2_sum / STEPS


class Dense(nn.Module):
    """Two layers, written without any module of neurons. fire: a membrane to spikes."""

    def __init__(self, fire: Callable[[Tensor], Tensor], soft: bool = True) -> None:
        super().__init__()
        self.fc1, self.fc2, self.fire, self.soft = nn.Linear(16, 8), nn.Linear(8, 4), fire, soft

    def forward(self, x: Tensor) -> Tensor:
        v1, v2 = torch.zeros(len(x), 8), torch.zeros(len(x), 4)
        found = []
        for _ in range(STEPS):
            v1 = 0.75 * v1 + self.fc1(x)
            s1 = self.fire(v1)
            v1 = v1 - s1.detach() if self.soft else v1 * (1 - s1)
            v2 = 0.75 * v2 + self.fc2(s1)
            s2 = self.fire(v2)
            v2 = v2 - s2.detach() if self.soft else v2 * (1 - s2)
            found.append(s2)
        return torch.stack(found, dim=1).sum(1)


class Membranes(nn.Module):
    """The read-out is a leaky membrane. read: what becomes of those of all steps."""

    def __init__(self, read: Callable[[list[Tensor]], Tensor], rest: bool = False) -> None:
        super().__init__()
        self.fc1, self.fc2, self.read, self.rest = nn.Linear(16, 8), nn.Linear(8, 4), read, rest

    def forward(self, x: Tensor) -> Tensor:
        v1, out = torch.zeros(len(x), 8), torch.zeros(len(x), 4)
        current, found = self.fc1(x), []
        for _ in range(STEPS):
            v1 = v1 + (current - v1) / 2.0
            s1 = Written.apply(v1 - 0.5)
            v1 = v1 * (1 - s1)
            out = out + (self.fc2(s1) - out) * 0.25 if self.rest else 0.75 * out + self.fc2(s1)
            found.append(out)
        return self.read(found)


class Cell(nn.Module):
    """Holds its synapses."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.fc, self.size = nn.Linear(inputs, outputs), outputs

    def forward(self, x: Tensor, mem: Tensor) -> tuple[Tensor, Tensor]:
        mem = 0.5 * mem + self.fc(x)
        spikes = Written.apply(mem - 1.0)
        return spikes, mem - spikes


class Cells(nn.Module):
    """Of such cells, on events (batch, time, ..)."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = Cell(16, 8), Cell(8, 4)

    def forward(self, x: Tensor) -> Tensor:
        mem1, mem2 = torch.zeros(len(x), 8), torch.zeros(len(x), 4)
        out = torch.zeros(x.shape[1], len(x), 4)
        for t in range(x.shape[1]):
            spikes, mem1 = self.first(x[:, t], mem1)
            spikes, mem2 = self.second(spikes, mem2)
            out[t] = spikes
        return out.mean(0)


class Recurrent(nn.Module):
    """Two currents enter: of the input, and of what the layer sent before."""

    def __init__(self) -> None:
        super().__init__()
        self.fc1, self.back, self.fc2 = nn.Linear(16, 8), nn.Linear(8, 8, bias=False), nn.Linear(8, 4)

    def forward(self, x: Tensor) -> Tensor:
        v, s, total = torch.zeros(x.shape[1], 8), torch.zeros(x.shape[1], 8), torch.zeros(x.shape[1], 4)
        for step in range(x.shape[0]):
            v = 0.5 * v + self.fc1(x[step]) + 0.5 * self.back(s) - s
            s = torch.heaviside(v - 1.0, torch.tensor(0.0))
            total = total + self.fc2(s)
        return total


class Synaptic(nn.Module):
    """A current and a membrane for each layer. late: the membrane gets the current of the step before."""

    def __init__(self, soft: bool = False, late: bool = False) -> None:
        super().__init__()
        self.fc1, self.fc2, self.soft, self.late = nn.Linear(16, 8), nn.Linear(8, 4), soft, late

    def cell(self, x: Tensor, i: Tensor, v: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """One time step."""
        if self.late:
            i, v = 0.6 * i + x, 0.8 * v + i
        else:
            i = 0.6 * i + x
            v = 0.8 * v + i
        s = Written.apply(v - 1.0)
        return s, i, v - s if self.soft else v * (1 - s)

    def forward(self, x: Tensor) -> Tensor:
        i1, v1 = torch.zeros(len(x), 8), torch.zeros(len(x), 8)
        i2, v2, total = torch.zeros(len(x), 4), torch.zeros(len(x), 4), torch.zeros(len(x), 4)
        for _ in range(STEPS):
            s1, i1, v1 = self.cell(self.fc1(x), i1, v1)
            s2, i2, v2 = self.cell(self.fc2(s1), i2, v2)
            total = total + s2
        return total


class Adaptive(nn.Module):
    """The threshold rises with every spike: no neuron that is built."""

    def __init__(self) -> None:
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(16, 8), nn.Linear(8, 4)

    def forward(self, x: Tensor) -> Tensor:
        v, a, total = torch.zeros(len(x), 8), torch.zeros(len(x), 8), torch.zeros(len(x), 4)
        for _ in range(STEPS):
            v = 0.5 * v + self.fc1(x)
            s = (v > 1.0 + 0.5 * a).float()
            a = 0.75 * a + s
            v = v * (1 - s)
            total = total + self.fc2(s)
        return total

"""Neurons as public code writes them by hand: the structure of it, in other words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn


class Heaviside(torch.autograd.Function):
    """1 above 0, with a gradient of its own: ZIF and its like."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, width: float) -> Tensor:
        ctx.save_for_backward(x)
        ctx.width = width
        return (x > 0).to(x.dtype)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        (x,) = ctx.saved_tensors
        return gradient * (ctx.width - x.abs()).clamp(min=0), None


class LIFSpike(nn.Module):
    """(batch, time, ..), a loop over time inside: temporal_efficient_training."""

    def __init__(self, thresh: float = 1.0, tau: float = 0.5, gama: float = 1.0) -> None:
        super().__init__()
        self.act = Heaviside.apply
        self.thresh, self.tau, self.gama = thresh, tau, gama

    def forward(self, x: Tensor) -> Tensor:
        mem: Any = 0
        out = []
        for t in range(x.shape[1]):
            mem = mem * self.tau + x[:, t, ...]
            spike = self.act(mem - self.thresh, self.gama)
            mem = (1 - spike) * mem
            out.append(spike)
        return torch.stack(out, dim=1)


class Quantised(torch.autograd.Function):
    """round(clamp(x, 0, 4)) with a straight gradient."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        return torch.round(torch.clamp(x, min=0, max=4))

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        return gradient


DECAY = 0.25


class mem_update(nn.Module):  # noqa: N801 - as it is called in public code
    """Integer LIF over axis 0: SpikeYOLO."""

    def __init__(self) -> None:
        super().__init__()
        self.qtrick = Quantised.apply

    def forward(self, x: Tensor) -> Tensor:
        spike, mem_old = torch.zeros_like(x[0]), torch.zeros_like(x[0])
        output = torch.zeros_like(x)
        for i in range(x.shape[0]):
            mem = (mem_old - spike) * DECAY + x[i] if i >= 1 else x[i]
            spike = self.qtrick(mem)
            mem_old = mem.clone()
            output[i] = spike
        return output


class MultiSpike(nn.Module):
    """round(clamp(x, 0, 4)) / 4: Spike-driven Transformer V3."""

    def __init__(self, levels: int = 4, norm: float = 4.0) -> None:
        super().__init__()
        self.levels, self.norm = levels, norm
        self.spike = Quantised.apply

    def forward(self, x: Tensor) -> Tensor:
        found: Tensor = self.spike(x) / self.norm
        return found


class FloorSpike(nn.Module):
    """floor(clamp(4 x, 0, 4) + 0.5) / 4: QSD-Transformer."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.floor(torch.clamp(4 * x, 0, 4) + 0.5) / 4


class TdLIF(nn.Module):
    """Time as the last axis, strict comparison with 0.2: STBP with tdBN."""

    def forward(self, x: Tensor) -> Tensor:
        u = torch.zeros(x.shape[:-1], dtype=x.dtype)
        out = torch.zeros(x.shape, dtype=x.dtype)
        for step in range(x.shape[-1]):
            u = 0.25 * u * (1 - out[..., max(step - 1, 0)]) + x[..., step]
            out[..., step] = Heaviside.apply(u - 0.2, 1.0)
        return out


class MergedIF(nn.Module):
    """(time * batch, ..): fires from alpha * Vth on, sends Vth and subtracts it: DSR."""

    def __init__(self, timesteps: int = 4, alpha: float = 0.5, threshold: float = 1.5) -> None:
        super().__init__()
        self.timesteps, self.alpha = timesteps, alpha
        self.Vth = nn.Parameter(torch.tensor(threshold))

    def forward(self, x: Tensor) -> Tensor:
        x = x.view(self.timesteps, -1, *x.shape[1:])
        mem, out = torch.zeros_like(x[0]), []
        for t in range(self.timesteps):
            mem = mem + x[t]
            spike = (mem >= self.alpha * self.Vth).to(x.dtype) * self.Vth
            mem = mem - spike
            out.append(spike)
        return torch.cat(out)


class AttentionUpdate(nn.Module):
    """mem_old * decay * (1 - spike) + x, above 0.5; over axis 0: Attention-SNN."""

    def __init__(self, time_window: int = 4) -> None:
        super().__init__()
        self.time_window = time_window
        self.act_fun = Heaviside.apply

    def forward(self, x: Tensor) -> Tensor:
        mem, spike = torch.zeros_like(x[0]), torch.zeros_like(x[0])
        output = torch.zeros_like(x)
        for i in range(self.time_window):
            mem = x[i] if i == 0 else mem * 0.25 * (1 - spike) + x[i]
            spike = self.act_fun(mem - 0.5, 1.0)
            output[i] = spike
        return output


class SparchLIF(nn.Module):
    """(batch, time, neuron), one alpha per neuron, reset before the leak, states from 0: sparch."""

    def __init__(self, size: int = 8) -> None:
        super().__init__()
        self.alpha = nn.Parameter(torch.linspace(0.82, 0.96, size))

    def forward(self, x: Tensor) -> Tensor:
        alpha = self.alpha.clamp(0.8187, 0.9608)
        u, s, out = torch.zeros_like(x[:, 0]), torch.zeros_like(x[:, 0]), []
        for t in range(x.shape[1]):
            u = alpha * (u - s) + (1 - alpha) * x[:, t]
            s = (u > 1.0).to(x.dtype)
            out.append(s)
        return torch.stack(out, dim=1)


class StepLIF(nn.Module):
    """One step in a call, the membrane kept in the module, soft reset: SLTT."""

    def __init__(self, tau: float = 1.1, threshold: float = 1.0) -> None:
        super().__init__()
        self.decay, self.threshold = 1.0 - 1.0 / tau, threshold
        self.v: Any = 0.0

    def reset(self) -> None:
        self.v = 0.0

    def forward(self, x: Tensor) -> Tensor:
        self.v = self.v * self.decay + x
        spike = (self.v >= self.threshold).to(x.dtype)
        self.v = self.v - spike * self.threshold
        return spike


class AtOnce(nn.Module):
    """As snnTorch's Leaky with reset_delay=False: over time, a membrane above the threshold after its reset
    takes another threshold in the next step.
    """

    def __init__(self, beta: Any = 0.5, threshold: Any = 1.0) -> None:
        super().__init__()
        self.beta, self.threshold = beta, threshold

    def forward(self, x: Tensor) -> Tensor:
        mem, out = torch.zeros_like(x[0]), []
        for now in x:
            reset = (mem > self.threshold).to(x.dtype)
            mem = self.beta * mem + now - reset * self.threshold
            spike = (mem > self.threshold).to(x.dtype)
            mem = mem - (spike - reset) * self.threshold
            out.append(spike)
        return torch.stack(out)


class AtOnceWhenReached(AtOnce):
    """The same, but fires at its threshold already."""

    def forward(self, x: Tensor) -> Tensor:
        mem, out = torch.zeros_like(x[0]), []
        for now in x:
            reset = (mem >= self.threshold).to(x.dtype)
            mem = self.beta * mem + now - reset * self.threshold
            spike = (mem >= self.threshold).to(x.dtype)
            mem = mem - (spike - reset) * self.threshold
            out.append(spike)
        return torch.stack(out)


class ChannelLIF(nn.Module):
    """(time, batch, C, H, W), a leak and a threshold per channel: event_flow, as a sequence."""

    def __init__(self, channels: int = 3) -> None:
        super().__init__()
        self.leak = nn.Parameter(torch.linspace(-1, 1, channels).reshape(channels, 1, 1))
        self.thresh = nn.Parameter(torch.linspace(0.5, 0.8, channels).reshape(channels, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        v, z, out = torch.zeros_like(x[0]), torch.zeros_like(x[0]), []
        thresh, leak = self.thresh.clamp_min(0.01), torch.sigmoid(self.leak)
        for step in x:
            v = v * leak * (1 - z) + (1 - leak) * step
            z = Heaviside.apply(v - thresh, 10.0)
            out.append(z)
        return torch.stack(out)


class OverTime(nn.Module):
    """(time, batch, ..): a function of (state, input, step) -> (state, spikes), from 0."""

    def __init__(self, act: Callable[[Any, Tensor, int], tuple[Any, Tensor]]) -> None:
        super().__init__()
        self.act = act

    def forward(self, x: Tensor) -> Tensor:
        state: Any = None
        out = []
        for t in range(x.shape[0]):
            state, spike = self.act(state, x[t], t)
            out.append(spike)
        return torch.stack(out)


def alif(state: Any, x: Tensor, t: int) -> tuple[Any, Tensor]:
    """A threshold that every spike raises: ALIF."""
    mem, adapted = state or (torch.zeros_like(x), torch.zeros_like(x))
    mem = 0.5 * mem + x
    spike = (mem > 1 + 0.5 * adapted).to(x.dtype)
    return (mem - spike, 0.75 * adapted + spike), spike


def trace_of_spikes(state: Any, x: Tensor, t: int) -> tuple[Any, Tensor]:
    """Only its own spikes leave something behind: DECOLLE's refractory state."""
    left = torch.zeros_like(x) if state is None else state
    spike = (x + left > 1).to(x.dtype)
    return 0.75 * left - 0.25 * spike, spike


def latch(state: Any, x: Tensor, t: int) -> tuple[Any, Tensor]:
    """One spike in all."""
    mem, spent = state or (torch.zeros_like(x), torch.zeros_like(x))
    mem = 0.5 * mem + x
    spike = (mem > 1).to(x.dtype) * (1 - spent)
    return (mem * (1 - spike), spent + spike), spike


def rounds_and_waits(state: Any, x: Tensor, t: int) -> tuple[Any, Tensor]:
    """Rounded, and silent for one step after a spike."""
    mem, left = state or (torch.zeros_like(x), torch.zeros_like(x))
    mem = 0.5 * mem + x
    spike = mem.clamp(0, 4).round() * (1 - left)
    return (mem - spike, (spike > 0).to(x.dtype)), spike


def refractory(state: Any, x: Tensor, t: int) -> tuple[Any, Tensor]:
    """Silent for one step after a spike."""
    mem, before = state or (torch.zeros_like(x), torch.zeros_like(x))
    mem = 0.5 * mem * (1 - before) + x
    spike = (mem > 1).to(x.dtype) * (1 - before)
    return (mem, spike), spike


def rests_longer(state: Any, x: Tensor, t: int) -> tuple[Any, Tensor]:
    """Silent for the second step after a spike."""
    mem, before, first = state or (torch.zeros_like(x),) * 3
    mem = 0.5 * mem + x
    spike = (mem > 1).to(x.dtype) * (1 - before)
    return (mem * (1 - spike), first, spike), spike


def random_start(state: Any, x: Tensor, t: int) -> tuple[Any, Tensor]:
    """A membrane that starts anywhere."""
    mem = torch.rand_like(x) if state is None else state
    mem = 0.5 * mem + x
    spike = (mem > 1).to(x.dtype)
    return mem - spike, spike


def per_step(state: Any, x: Tensor, t: int) -> tuple[Any, Tensor]:
    """A threshold for each time step."""
    mem = 0.5 * (0 if state is None else state) + x
    spike = (mem > (1.0, 0.75, 0.5, 1.25, 1.0)[t]).to(x.dtype)
    return mem * (1 - spike), spike


def leak_per_step(state: Any, x: Tensor, t: int) -> tuple[Any, Tensor]:
    """A leak for each time step."""
    mem = (0.5, 0.5, 0.25, 0.75, 0.5)[t] * (0 if state is None else state) + x
    spike = (mem > 1).to(x.dtype)
    return mem * (1 - spike), spike


def mixing(state: Any, x: Tensor, t: int) -> tuple[Any, Tensor]:
    """Only where the membrane is the largest of the layer: inhibition."""
    mem = 0.5 * (0 if state is None else state) + x
    spike = ((mem > 1) & (mem == mem.amax(-1, keepdim=True))).to(x.dtype)
    return mem * (1 - spike), spike


def other_reset(state: Any, x: Tensor, t: int) -> tuple[Any, Tensor]:
    """Starts at 0, and falls to -0.5 after a spike."""
    mem = 0.5 * (0 if state is None else state) + x
    spike = (mem > 1).to(x.dtype)
    return torch.where(spike > 0, torch.full_like(mem, -0.5), mem), spike


def squared(state: Any, x: Tensor, t: int) -> tuple[Any, Tensor]:
    """Charges with the square of its membrane: QIF."""
    before = torch.zeros_like(x) if state is None else state
    mem = before + 0.25 * before * before + x
    spike = (mem > 1).to(x.dtype)
    return mem * (1 - spike), spike


def jumping(state: Any, x: Tensor, t: int) -> tuple[Any, Tensor]:
    """1 from 1 on, 2 from 5 on."""
    return 0, (x > 1).to(x.dtype) + (x > 5).to(x.dtype)


def eager(state: Any, x: Tensor, t: int) -> tuple[Any, Tensor]:
    """Fires without any input."""
    return 0, (x > -1).to(x.dtype)


def at_zero(state: Any, x: Tensor, t: int) -> tuple[Any, Tensor]:
    """A threshold of 0."""
    return 0, (x > 0).to(x.dtype)


def looks_ahead(state: Any, x: Tensor, t: int) -> tuple[Any, Tensor]:
    """Of each step alone; see `Backwards`."""
    mem = 0.5 * (0 if state is None else state) + x
    spike = (mem > 1).to(x.dtype)
    return mem * (1 - spike), spike


class Backwards(nn.Module):
    """The last time step first."""

    def __init__(self) -> None:
        super().__init__()
        self.neurons = OverTime(looks_ahead)

    def forward(self, x: Tensor) -> Tensor:
        found: Tensor = self.neurons(x.flip(0)).flip(0)
        return found


class Forgetful(nn.Module):
    """A sequence in a call, whose last membranes are the first ones of the next."""

    def __init__(self) -> None:
        super().__init__()
        self.mem: Any = 0.0

    def forward(self, x: Tensor) -> Tensor:
        out = []
        for t in range(x.shape[0]):
            self.mem = 0.5 * self.mem + x[t]
            spike = (self.mem > 1).to(x.dtype)
            self.mem = self.mem * (1 - spike)
            out.append(spike)
        return torch.stack(out)

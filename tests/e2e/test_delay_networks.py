"""Networks of synapses with delays, as those for spoken digits (arXiv 2306.17670), from torch to RTL."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

import asn2fpga
from asn2fpga.cli import main
from asn2fpga.graph.types import Array
from asn2fpga.nn import LIF, DelayedLinear, Integrator

RATE = 0.05  # of the neurons that fire in a time step


def digits(samples: int, channels: int, steps: int) -> Array:
    """(samples, steps, channels) counts of events: a band of channels that moves with time, and noise."""
    random = np.random.default_rng(3)
    time, channel = np.arange(steps)[:, None] / steps, np.arange(channels)[None] / channels
    starts = random.random(samples)
    bands = [np.exp(-(((time + start - channel - 0.5) / 0.1) ** 2)) for start in starts]
    return np.stack([random.poisson(0.05 + 0.5 * band) for band in bands]).clip(0, 7).astype(np.uint8)


def network(channels: int, hidden: int, longest: int, steps: int) -> nn.Sequential:
    """Two hidden layers; the scores are the largest membranes of twenty."""
    return nn.Sequential(
        DelayedLinear(channels, hidden, longest),
        LIF(0.9, time_steps=steps),
        DelayedLinear(hidden, hidden, longest),
        LIF(0.9, time_steps=steps),
        DelayedLinear(hidden, 20, longest),
        Integrator(0.9, "max", steps),
    ).eval()


@torch.no_grad()
def as_if_trained(net: nn.Sequential, x: torch.Tensor) -> None:
    """Weights drawn at random, of a size with which each layer fires at RATE."""
    torch.manual_seed(3)
    for synapses, neurons in ((net[0], net[1]), (net[2], net[3]), (net[4], None)):
        assert isinstance(synapses, DelayedLinear)
        drawn = torch.randn_like(synapses.weight) * 0.1 + 0.02
        synapses.positions.data = torch.rand_like(synapses.positions) * synapses.max_delay
        synapses.bias.data.zero_()
        low, high = 1e-2, 1e2
        for _ in range(14 if neurons is not None else 1):
            gain = (low * high) ** 0.5
            synapses.weight.data = drawn * gain
            if neurons is not None:
                fires = neurons(synapses(x)).mean().item()
                low, high = (low, gain) if fires > RATE else (gain, high)
        x = synapses(x) if neurons is None else neurons(synapses(x))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("channels", "hidden", "longest", "steps"),
    [(24, 16, 6, 20), (140, 256, 25, 100)],
)
def test_synapses_with_delays(tmp_path: Path, channels: int, hidden: int, longest: int, steps: int) -> None:
    x = digits(6, channels, steps)
    net = network(channels, hidden, longest, steps)
    as_if_trained(net, torch.from_numpy(x).float().transpose(0, 1))
    model, data, out = tmp_path / "digits.pt", tmp_path / "digits.npz", tmp_path / "build"
    example = torch.zeros(steps, 1, channels)
    asn2fpga.save(net, model, example, encoding="events", max_count=7, calibration=x[:4])
    np.savez(data, x=x, y=np.zeros(len(x), int))
    options = ["--board", "pynq-z2", "--until", "cosim", "--vectors", "6", "--cocotb-vectors", "1"]
    assert main(["build", str(model), "--data", str(data), "--out", str(out), *options]) == 0
    report = json.loads((out / "report.json").read_text())
    assert report["csim"]["mismatches"] == report["cosim"]["mismatches"] == 0
    layers = {layer["name"]: layer for layer in report["layers"]}
    assert [layer["kind"].split(",")[0] for layer in layers.values()] == [
        "ReceiveEvents",
        *3 * ["DelayedDense"],
    ]
    for layer in [*layers.values()][1:3]:
        fired = layer["events_out_per_inference"] / (hidden * steps)
        assert 0.5 * RATE < fired < 1.5 * RATE

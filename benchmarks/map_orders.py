"""Maps over time, pixel by pixel and step by step: what both cost and take, and which one is chosen.

Usage: python benchmarks/map_orders.py [--cases 16x4,34x12] [--density 0.05] [--frames]
Two 3x3 convolutions with membranes and max-pools. Of events of two channels: 12 and 24 channels, one lane for
each layer, what passes/map_order.py compares. --frames: of an image of one channel that is seen at every
time step, 8 and 16 channels, a lane for each. Resources and products are estimates; cycles of an inference
are those between two of them in simulation of the RTL, every value compared with golden, and predicted;
seconds are CPU time in which the engine makes the RTL.
docs/decisions/maps-by-step.md keeps the table.
"""

from __future__ import annotations

import argparse
import itertools
import resource
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT), str(PROJECT / "benchmarks")]

from cosim import synthesise  # noqa: E402  (found through the line above)

from asn2fpga.device.resources import Resources  # noqa: E402
from asn2fpga.golden.simulate import simulate  # noqa: E402
from asn2fpga.graph.graph import Graph  # noqa: E402
from asn2fpga.graph.types import Array  # noqa: E402
from asn2fpga.kinds.nodes import foldable_nodes  # noqa: E402
from asn2fpga.loader.save import convert  # noqa: E402
from asn2fpga.nn import IF, LIF, RepeatTime, TimeMean  # noqa: E402
from asn2fpga.passes.demand import demands  # noqa: E402
from asn2fpga.passes.estimate_resources import estimate  # noqa: E402
from asn2fpga.passes.lanes import with_lanes  # noqa: E402
from asn2fpga.passes.map_order import area_time, by_step  # noqa: E402
from asn2fpga.passes.predictions import Predictions  # noqa: E402
from asn2fpga.passes.speed import speed_of  # noqa: E402
from asn2fpga.quantise.apply import quantise  # noqa: E402
from asn2fpga.verify.cosim import run_fast  # noqa: E402

CHANNELS, FRAME_CHANNELS, VECTORS = (2, 12, 24), (1, 8, 16), 2
BOARD = Resources(lut=53_200, ff=106_400, bram36=140, dsp=220)
CASES = "16x4,16x8,16x32,34x4,34x12"


class PerStep(nn.Module):
    """A module on (batch, ..) for (time, batch, ..)."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        found: torch.Tensor = self.inner(x.flatten(0, 1)).unflatten(0, x.shape[:2])
        return found


@dataclass(frozen=True)
class Order:
    """One order of a network: what it needs, cycles between two inferences, area times interval, and the
    engine's seconds.
    """

    need: Resources
    cycles: float
    predicted: float
    product: float
    seconds: float

    @property
    def text(self) -> str:
        """A cell of the table."""
        need = self.need
        return (
            f"{need.lut:,.0f}, {need.ff:,.0f}, {need.bram36:.1f}; "
            f"{self.cycles:,.0f} ({self.predicted:,.0f}); {self.seconds:.0f} s"
        )


def network(side: int, steps: int, density: float) -> tuple[Graph, Array]:
    """The layers on side x side pixels, and inputs of events of which so large a share is not zero."""
    module = _layers(CHANNELS, side, lambda: IF(time_steps=steps))
    shape = (VECTORS, steps, CHANNELS[0], side, side)
    x = (np.random.default_rng(2).random(shape) < density).astype(np.uint8)
    example = torch.zeros(steps, 1, *shape[2:])
    graph = quantise(convert(module, "orders", example, encoding="events", max_count=1).graph, x=x).graph
    return with_lanes(graph, {node.name: 1 for node in foldable_nodes(graph)}), x


def of_frames(side: int, steps: int, density: float) -> tuple[Graph, Array]:
    """The same on images, of whose pixels so large a share is not zero."""
    layers = _layers(FRAME_CHANNELS, side, lambda: LIF(0.9, time_steps=steps))
    module = nn.Sequential(RepeatTime(steps), layers).eval()
    shape, random = (VECTORS, 1, side, side), np.random.default_rng(2)
    x = (random.integers(1, 256, shape) * (random.random(shape) < density)).astype(np.uint8)
    found = convert(module, "orders", torch.zeros(1, *shape[1:]), x, encoding="frames", input_scale=1 / 255)
    graph = quantise(found.graph, x=x).graph
    return with_lanes(graph, {node.name: node.most_lanes for node in foldable_nodes(graph)}), x


def _layers(channels: Sequence[int], side: int, neurons: Callable[[], nn.Module]) -> nn.Module:
    torch.manual_seed(1)
    layers: list[nn.Module] = []
    pixels = side
    for inputs, outputs in itertools.pairwise(channels):
        convolution = PerStep(nn.Conv2d(inputs, outputs, 3, padding=1))
        layers += [convolution, neurons(), PerStep(nn.MaxPool2d(2))]
        pixels //= 2
    head = nn.Linear(channels[-1] * pixels * pixels, 2)
    return nn.Sequential(*layers, nn.Flatten(2), head, TimeMean()).eval()


def measure(graph: Graph, x: Array) -> Order:
    """The network in the order that it has."""
    trace = simulate(graph, x)
    predicted = speed_of(graph, demands(graph, trace.counts)).interval
    product = area_time(graph, Predictions(trace.counts), BOARD)
    with tempfile.TemporaryDirectory() as name:
        before = _cpu_seconds()
        design = synthesise(graph, Path(name))
        seconds = _cpu_seconds() - before
        result = run_fast(design, graph, x, trace, Path(name) / "sim")
    assert result.interval_cycles is not None
    return Order(estimate(graph), result.interval_cycles, predicted, product, seconds)


def _cpu_seconds() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def main() -> None:
    """Markdown: look-up tables, flip-flops, BRAM36; cycles measured (and predicted); seconds. Bold: what is
    chosen.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", default=CASES)
    parser.add_argument("--density", type=float, default=0.05)
    parser.add_argument("--frames", action="store_true", help="a static image instead of events")
    options = parser.parse_args()
    print("| map, time steps | pixel by pixel | step by step |")
    print("|---|---|---|")
    for case in options.cases.split(","):
        side, steps = (int(part) for part in case.split("x"))
        graph, x = (of_frames if options.frames else network)(side, steps, options.density)
        stepwise = by_step(graph)
        assert isinstance(stepwise, Graph)
        orders = [measure(found, x) for found in (graph, stepwise)]
        best = min(orders, key=lambda order: order.product)
        cells = (f"**{order.text}**" if order is best else order.text for order in orders)
        print(f"| {side} x {side}, {steps} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()

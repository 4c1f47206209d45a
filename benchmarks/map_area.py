"""Look-up tables of convolutions: Yosys' count of each process beside the estimate before code generation.

Usage: python benchmarks/map_area.py [--record] [--only TITLE]
One layer with neurons over a spread of shapes: channels, kernel, stride, lanes, pixels at a time, bits of
counts and weights, time steps, both orders of maps. Counted are the processes of the layer, and the whole
network that it stands in. --record writes what was counted to map_area.json, which
tests/unit/kinds/maps/test_map_area.py holds the estimate to; docs/spec/verification.md keeps the table.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT), str(PROJECT / "benchmarks")]

from cosim import synthesise  # noqa: E402  (found through the line above)

from asn2fpga.device.resources import Resources, total  # noqa: E402
from asn2fpga.graph.graph import Graph  # noqa: E402
from asn2fpga.kinds.maps.population import MapPopulation  # noqa: E402
from asn2fpga.kinds.maps.population_hardware import process_costs  # noqa: E402
from asn2fpga.kinds.nodes import foldable_nodes, integer_node  # noqa: E402
from asn2fpga.loader.save import convert  # noqa: E402
from asn2fpga.nn import ASN, IF, LIF, NASN, TimeMean  # noqa: E402
from asn2fpga.passes.estimate_resources import estimate  # noqa: E402
from asn2fpga.passes.lanes import with_lanes, with_parallel_pixels  # noqa: E402
from asn2fpga.passes.map_order import by_step  # noqa: E402
from asn2fpga.quantise.apply import quantise  # noqa: E402
from asn2fpga.quantise.scheme import Scheme  # noqa: E402
from asn2fpga.synthesis.area import SynthResult  # noqa: E402
from asn2fpga.synthesis.area import synthesise as count_cells  # noqa: E402

RECORDED = Path(__file__).with_name("map_area.json")
FAMILY, SAMPLES, DENSITY = "xc7", 8, 0.15
PROCESSES = {
    "slide": "window",
    "expand": "expand",
    "gather": "gather",
    "spread": "spread",
    "collect": "collect",
}
"""How names of processes end, and what they do."""
Counted = dict[str, list[float]]
"""By process: LUT, BRAM36, DSP."""


@dataclass(frozen=True)
class Layer:
    """A convolution of random weights with its neurons, and how it is built.

    most: the largest count that it reads. reads: channels and lanes of the map that it reads, where that is
    not the input, of `inputs` channels. levels: of neurons without a membrane (T = 1), or graded ones (ASN)
    with one. leak: of others with one; None: they keep all.
    """

    outputs: int
    lanes: int
    inputs: int = 1
    kernel: int = 3
    stride: int = 1
    padding: int = 1
    side: int = 10
    groups: int = 1
    weight_bits: int = 8
    most: int = 1
    reads: tuple[int, int] | None = None
    levels: int = 3
    time_steps: int = 1
    leak: float | None = None
    graded: bool = False
    by_step: bool = False
    pixels: int = 1

    @property
    def title(self) -> str:
        """As a row of the table begins."""
        channels, lanes = self.reads or (self.inputs, 0)
        words = f" in words of {lanes}" if lanes else ""
        parts = [
            f"{self.kernel}x{self.kernel}, {channels}{words} -> {self.outputs}",
            *([f"stride {self.stride}"] if self.stride > 1 else []),
            *(["no padding"] if not self.padding else []),
            *(["depthwise"] if self.groups > 1 else []),
            f"{self.side}x{self.side}",
            f"counts to {self.most}, {self.weight_bits} bits",
            f"{self.lanes} lanes",
            *([f"{self.pixels} pixels"] if self.pixels > 1 else []),
            *([f"T = {self.time_steps}, {self._neurons}"] if self.has_time else [f"D = {self.levels}"]),
            *(["step by step"] if self.by_step else []),
        ]
        return ", ".join(parts)

    @property
    def _neurons(self) -> str:
        if self.graded:
            return f"ASN D = {self.levels}"
        return "IF" if self.leak is None else f"LIF {self.leak}"

    @property
    def has_time(self) -> bool:
        """Whether there are several time steps."""
        return self.time_steps > 1


LAYERS = (
    Layer(8, 8),
    Layer(8, 8, most=3, weight_bits=4),
    Layer(16, 16, inputs=2, weight_bits=4),
    Layer(8, 4, inputs=4, kernel=5, padding=2, side=12, most=3),
    Layer(8, 8, inputs=8),
    Layer(8, 4, inputs=8, most=15, weight_bits=4),
    Layer(4, 2, inputs=3, stride=2, most=7),
    Layer(16, 4, inputs=16, weight_bits=4),
    Layer(6, 6, kernel=5, padding=0, side=14, most=255),
    Layer(8, 4, reads=(8, 2)),
    Layer(8, 4, reads=(16, 4), most=3, weight_bits=4),
    Layer(8, 8, time_steps=5, leak=0.9),
    Layer(8, 4, inputs=2, time_steps=4, weight_bits=4),
    Layer(4, 4, time_steps=10, leak=0.5),
    Layer(8, 4, inputs=2, time_steps=8, leak=0.9, by_step=True),
    Layer(8, 8, inputs=2, side=12, most=3, pixels=3),
    Layer(64, 64, kernel=1, padding=0, side=4, reads=(64, 24)),
    Layer(16, 4, stride=2, side=28, most=255, pixels=3),
    Layer(32, 8, kernel=1, padding=0, side=14, reads=(16, 4), pixels=4),
    Layer(8, 8, inputs=2, time_steps=4, graded=True, levels=4),
    Layer(12, 6, inputs=2, time_steps=8, graded=True, levels=3, by_step=True),
    Layer(16, 4, inputs=2, time_steps=3, graded=True, levels=7, weight_bits=4),
)


class _PerStep(nn.Module):
    """A module on (batch, ..) for (time, batch, ..)."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        found: torch.Tensor = self.inner(x.flatten(0, 1)).unflatten(0, x.shape[:2])
        return found


def network(layer: Layer) -> tuple[Graph, str]:
    """The layer with a pool and a read-out after it, and its name."""
    torch.manual_seed(1)
    random = np.random.default_rng(2)
    shape = (layer.inputs, layer.side, layer.side)
    sampled = (SAMPLES, *([layer.time_steps] * layer.has_time), *shape)
    x = (random.integers(1, layer.most + 1, sampled) * (random.random(sampled) < DENSITY)).astype(np.uint8)
    steps = [layer.time_steps, 1] if layer.has_time else [1]
    options: dict[str, Any] = {"max_count": layer.most}
    options |= {"encoding": "events"} if layer.has_time else {"input_scale": 1 / layer.most}
    real = convert(_module(layer), "layer", torch.zeros(*steps, *shape), **options).graph
    graph = quantise(real, Scheme(weight_bits=layer.weight_bits), x).graph
    names = [node.name for node in foldable_nodes(graph)]
    name = names[1 if layer.reads else 0]
    if layer.by_step:
        stepwise = by_step(graph)
        assert isinstance(stepwise, Graph), stepwise
        graph = stepwise
    lanes = {name: layer.lanes} | ({names[0]: layer.reads[1]} if layer.reads else {})
    graph = with_lanes(graph, lanes)
    return with_parallel_pixels(graph, {name: layer.pixels}) if layer.pixels > 1 else graph, name


def _module(layer: Layer) -> nn.Module:
    own = layer.reads[0] if layer.reads else layer.inputs
    convolution: nn.Module = nn.Conv2d(
        own, layer.outputs, layer.kernel, layer.stride, layer.padding, groups=layer.groups
    )
    before: list[nn.Module] = []
    if layer.reads:
        before = [nn.Conv2d(layer.inputs, own, 1), NASN(layer.most)]
    pool = nn.MaxPool2d((layer.side + 2 * layer.padding - layer.kernel) // layer.stride + 1)
    head = nn.Linear(layer.outputs, 2)
    if not layer.has_time:
        return nn.Sequential(*before, convolution, NASN(layer.levels), pool, nn.Flatten(), head).eval()
    neurons = _neurons_over_time(layer)
    return nn.Sequential(
        _PerStep(convolution), neurons, _PerStep(pool), nn.Flatten(2), head, TimeMean()
    ).eval()


def _neurons_over_time(layer: Layer) -> nn.Module:
    if layer.graded:
        return ASN(layer.levels, time_steps=layer.time_steps)
    if layer.leak is None:
        return IF(time_steps=layer.time_steps)
    return LIF(layer.leak, time_steps=layer.time_steps)


def estimated(graph: Graph, name: str) -> dict[str, Resources]:
    """The processes of the layer, before any code is generated."""
    node = integer_node(graph, name)
    assert isinstance(node, MapPopulation)
    return process_costs(node, graph.edges_into(node))


def counted(graph: Graph) -> SynthResult:
    """The whole network by Yosys."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        return count_cells(synthesise(graph, work), FAMILY, work / "synth", work / "synth.log")


def by_process(result: SynthResult, name: str) -> Counted:
    """Of the layer's processes, those of all units together."""
    found: dict[str, Resources] = {}
    for module, need in result.modules.items():
        for end, process in PROCESSES.items():
            if module.startswith(f"{name}_") and module.endswith(f"_{end}"):
                found[process] = found.get(process, Resources()).plus(need)
    return {process: [need.lut, need.bram36, need.dsp] for process, need in found.items()}


def row(layer: Layer, recorded: dict[str, Counted]) -> str:
    """A row of the table; what was counted is added to `recorded`."""
    graph, name = network(layer)
    result = counted(graph)
    found = recorded[layer.title] = by_process(result, name)
    expected = estimated(graph, name)
    cells = [f"{found[process][0]:.0f} | {expected[process].lut:.0f}" for process in ("window", "gather")]
    sums = sum(need[0] for need in found.values()), total(expected.values()).lut
    whole = result.resources.lut, estimate(graph).lut
    for measured, guess in (sums, whole):
        cells.append(f"{measured:,.0f} | {guess:,.0f} | {guess / measured - 1:+.1%}")
    return f"| {layer.title} | {' | '.join(cells)} |"


def main() -> None:
    """Markdown: LUT of the window, of gather, of the layer and of the whole network."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--only", default="", help="layers whose titles have this in them")
    options = parser.parse_args()
    recorded: dict[str, Counted] = json.loads(RECORDED.read_text())
    print("| layer | window | estimate | gather | estimate | layer | estimate | | network | estimate | |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
    for layer in LAYERS:
        if options.only in layer.title:
            print(row(layer, recorded), flush=True)
    if options.record:
        titles = {layer.title for layer in LAYERS}
        kept = {title: found for title, found in recorded.items() if title in titles}
        RECORDED.write_text(json.dumps(kept, indent=1) + "\n")


if __name__ == "__main__":
    main()

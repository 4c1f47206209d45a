"""Cycles of a convolution over the density of its input, in simulation of its RTL: time follows the events.

Usage: python benchmarks/map_density.py [--pixels 2 | --form frame] [--svg FILE]
One layer, 3x3 with padding, 8 -> 16 channels on 16 x 16 pixels, a lane for each channel. Beside the cycles
stand their bound, the sum over windows of max(1, events) (of form frame: over taps), and those of a layer
that does not leave out zeros.
docs/spec/maps.md keeps the table.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT), str(PROJECT / "benchmarks")]

from cosim import synthesise  # noqa: E402  (found through the line above)

from asn2fpga.golden.simulate import simulate  # noqa: E402
from asn2fpga.graph.graph import Graph  # noqa: E402
from asn2fpga.graph.types import Array  # noqa: E402
from asn2fpga.kinds.nodes import foldable_nodes  # noqa: E402
from asn2fpga.loader.save import convert  # noqa: E402
from asn2fpga.nn import NASN  # noqa: E402
from asn2fpga.passes.accounting import lower_bound_cycles, resource_work  # noqa: E402
from asn2fpga.passes.demand import demands  # noqa: E402
from asn2fpga.passes.fold_forms import with_forms  # noqa: E402
from asn2fpga.passes.lanes import with_lanes, with_parallel_pixels  # noqa: E402
from asn2fpga.quantise.apply import quantise  # noqa: E402
from asn2fpga.verify.cosim import run_fast  # noqa: E402

CHANNELS, OUTPUTS, SIDE, VECTORS = 8, 16, 16, 4
DENSITIES = (0.0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 0.95)


@dataclass(frozen=True)
class Point:
    """Mean cycles of the layer for one inference at a density of its input."""

    density: float
    cycles: float
    bound: float


def network() -> Graph:
    """The layer, and behind it as little as there must be."""
    torch.manual_seed(1)
    module = nn.Sequential(
        nn.Conv2d(CHANNELS, OUTPUTS, 3, padding=1),
        NASN(3),
        nn.MaxPool2d(4),
        nn.Flatten(),
        nn.Linear(OUTPUTS * (SIDE // 4) ** 2, 2),
    ).eval()
    example = torch.zeros(1, CHANNELS, SIDE, SIDE)
    real = convert(module, "density", example, max_count=255, input_scale=1 / 255).graph
    graph = quantise(real, x=inputs(0.5)).graph
    return with_lanes(graph, {node.name: node.most_lanes for node in foldable_nodes(graph)})


def inputs(density: float) -> Array:
    """Random frames of which so large a share is not zero."""
    random = np.random.default_rng(2)
    shape = (VECTORS, CHANNELS, SIDE, SIDE)
    return (random.integers(1, 256, shape) * (random.random(shape) < density)).astype(np.uint8)


def measure(graph: Graph, folder: Path) -> list[Point]:
    """Each density in simulation, all values compared with golden."""
    layer, design, found = foldable_nodes(graph)[0].name, synthesise(graph, folder), []
    for density in DENSITIES:
        x = inputs(density)
        trace = simulate(graph, x)
        work = resource_work(graph, demands(graph, trace.counts), VECTORS)[layer]
        result = run_fast(design, graph, x, trace, folder / "sim")
        found.append(Point(density, result.layer_work[layer].cycles, lower_bound_cycles(work, VECTORS)))
    return found


def dense_cycles(pixels: int) -> float:
    """Of the same lanes if no zero were left out."""
    return SIDE * SIDE * 9 * CHANNELS / pixels


def print_table(points: list[Point], pixels: int) -> None:
    """Markdown."""
    dense = dense_cycles(pixels)
    print("| density | cycles | bound | ratio | of a layer that adds zeros |")
    print("|--:|--:|--:|--:|--:|")
    for point in points:
        print(
            f"| {point.density:.0%} | {point.cycles:,.0f} | {point.bound:,.0f} | "
            f"{point.cycles / point.bound:.3f} | {point.cycles / dense:.1%} |"
        )


def svg(points: list[Point], pixels: int) -> str:
    """The same as a picture: cycles over density, measured and of a dense layer."""
    width, height, top = 480, 300, 1.05 * dense_cycles(pixels)

    def place(density: float, cycles: float) -> str:
        return f"{50 + density * (width - 70):.1f},{height - 40 - cycles / top * (height - 60):.1f}"

    line = " ".join(place(point.density, point.cycles) for point in points)
    dots = "".join(
        f'<circle cx="{x}" cy="{y}" r="3"/>'
        for x, y in (place(point.density, point.cycles).split(",") for point in points)
    )
    dense = " ".join(place(density, dense_cycles(pixels)) for density in (0.0, 1.0))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif" '
        f'font-size="12"><rect width="100%" height="100%" fill="white"/>'
        f'<polyline points="{line}" fill="none" stroke="black"/>{dots}'
        f'<polyline points="{dense}" fill="none" stroke="gray" stroke-dasharray="4"/>'
        f'<text x="{width // 2}" y="{height - 8}">share of counts that are not zero</text>'
        f'<text x="55" y="15">cycles of the layer; dashed: zeros not left out</text></svg>\n'
    )


def main() -> None:
    """Measure and print; with --svg also draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pixels", type=int, default=1)
    parser.add_argument("--form", choices=("gather", "frame"), default="gather")
    parser.add_argument("--svg", type=Path, default=None)
    options = parser.parse_args()
    graph = network()
    layer = foldable_nodes(graph)[0].name
    graph = with_forms(with_parallel_pixels(graph, {layer: options.pixels}), {layer: options.form})
    with tempfile.TemporaryDirectory() as name:
        points = measure(graph, Path(name))
    print_table(points, options.pixels)
    if options.svg is not None:
        options.svg.write_text(svg(points, options.pixels))


if __name__ == "__main__":
    main()

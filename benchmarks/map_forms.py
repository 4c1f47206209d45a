"""What a convolution costs in form D (gather) and would cost in form C for an interval: the cheapest of each.
With --frame: what it costs and takes in form D and in form frame, over the density of what it reads.

Usage: python benchmarks/map_forms.py [--frame]
Form C adds up the counts of an active pixel in registers, the products of all taps side by side, and then
adds these to the sums of J output positions in a cycle; the sums of the whole map lie in J banks. It is not
built. Its look-up tables are those measured of a trial on the embedded engine (16 lanes, nine taps, 12 bits:
11,700); its neurons, memories and FIFOs are estimated as all others are. Prices are shares of an xc7z020,
added up.
docs/decisions/form-c.md keeps the table, docs/spec/maps.md that of --frame: cycles as predicted of golden's
counts, look-up tables of the whole network as estimated, and which form a build takes with a lane for each
channel.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT)]

from asn2fpga.config import Optimise  # noqa: E402  (the line above)
from asn2fpga.device.parts import Memory, fifo_resources, memory_resources  # noqa: E402
from asn2fpga.device.resources import Resources, total  # noqa: E402
from asn2fpga.golden.simulate import simulate  # noqa: E402
from asn2fpga.graph.graph import Graph  # noqa: E402
from asn2fpga.graph.types import Array  # noqa: E402
from asn2fpga.kinds.maps.population import MapPopulation  # noqa: E402
from asn2fpga.kinds.maps.raster import WAITING_DEPTH  # noqa: E402
from asn2fpga.kinds.nodes import foldable_nodes  # noqa: E402
from asn2fpga.loader.save import convert  # noqa: E402
from asn2fpga.nn import ASN  # noqa: E402
from asn2fpga.passes.demand import demands  # noqa: E402
from asn2fpga.passes.estimate_resources import estimate  # noqa: E402
from asn2fpga.passes.fold_forms import smaller_and_no_worse, with_forms  # noqa: E402
from asn2fpga.passes.fold_interval import Choices  # noqa: E402
from asn2fpga.passes.lanes import all_lanes, with_lanes  # noqa: E402
from asn2fpga.passes.place_products import place_products  # noqa: E402
from asn2fpga.passes.predict_cycles import predict_busy  # noqa: E402
from asn2fpga.quantise.apply import quantise  # noqa: E402
from asn2fpga.quantise.scheme import Scheme  # noqa: E402

BOARD = Resources(lut=53_200, ff=106_400, bram36=140, dsp=220)
KINDS = ("lut", "ff", "bram36", "dsp")
TAPS, WEIGHT_BITS, COUNT_BITS = 9, 4, 3
TRIAL_LUT, TRIAL_ADDERS, TRIAL_BITS = 11_700, 144, 12
WRITE_LATENCY = 4  # cycles until a membrane that is read and written can be read again


@dataclass(frozen=True)
class Layer:
    """A convolution with as much padding as keeps the side x side pixels, of so many channels."""

    inputs: int
    outputs: int
    side: int
    density: float
    kernel: int = 3

    @property
    def title(self) -> str:
        """As a row of the table begins."""
        return f"{self.inputs} -> {self.outputs}, {self.side} x {self.side}, {self.density:.0%}"


@dataclass(frozen=True)
class Design:
    """lanes, side_by_side: pixels at a time (D), positions at a time (C)."""

    lanes: int
    side_by_side: int
    cycles: float
    need: Resources

    @property
    def price(self) -> float:
        """Shares of the board."""
        return sum(getattr(self.need, kind) / getattr(BOARD, kind) for kind in KINDS)


LAYERS = tuple(
    Layer(*shape, density)
    for shape in ((32, 32, 32), (64, 64, 16), (128, 128, 8))
    for density in (0.05, 0.15)
)
CYCLES = (20_000, 10_000, 5_000)
FRAMED = ((1, 16, 28, 5), (3, 32, 32, 3), (8, 16, 16, 3), (32, 32, 16, 3))  # channels, side, kernel
DENSITIES = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
OPTIMISED: tuple[Optimise, ...] = ("balance", "area", "interval")


def network(layer: Layer) -> tuple[Graph, Array]:
    """The layer with a few others after it, and an input of that density."""
    torch.manual_seed(1)
    conv = nn.Conv2d(layer.inputs, layer.outputs, layer.kernel, padding=layer.kernel // 2)
    body = nn.Sequential(conv, ASN(4))
    head = nn.Sequential(nn.MaxPool2d(layer.side), nn.Flatten(), nn.Linear(layer.outputs, 2))
    module = nn.Sequential(body, head).eval()
    shape = (layer.inputs, layer.side, layer.side)
    random = np.random.default_rng(2)
    x = (random.integers(1, 5, (1, *shape)) * (random.random((1, *shape)) < layer.density)).astype(np.uint8)
    real = convert(module, "layer", torch.zeros(1, *shape), max_count=7, input_scale=1 / 7).graph
    return quantise(real, Scheme(weight_bits=WEIGHT_BITS), x).graph, x


def gathered(graph: Graph, x: Array) -> Iterator[Design]:
    """All sensible lanes and pixels of form D."""
    counts = simulate(graph, x).counts

    def place(found: Graph) -> Graph:
        return place_products(found, BOARD)

    choices = Choices(graph, counts, BOARD, frozenset(), frozenset(), place)
    for point in choices.points(foldable_nodes(graph)[0].name):
        yield Design(point.lanes, point.pixels, point.cycles, point.need)


def scattered(layer: Layer, node: MapPopulation, x: Array) -> Iterator[Design]:
    """The same of form C: cycles by its formula, and a pass in which all membranes fire."""
    active = np.count_nonzero(x[0], axis=0)
    acc_bits, pixels = node.facts["acc_bits"], layer.side**2
    for lanes in all_lanes(node):
        groups = -(-layer.outputs // lanes)
        for positions in (1, 3, 9):
            per_pixel = np.maximum(
                active[active > 0], max(-(-TAPS // positions), -(-WRITE_LATENCY // groups))
            )
            cycles = groups * (int(per_pixel.sum()) + math.ceil(pixels / positions))
            adders = lanes * TRIAL_LUT / TRIAL_ADDERS * acc_bits / TRIAL_BITS
            bank = Memory(-(-pixels // positions) * groups, lanes * acc_bits, rom=False)
            weights = Memory(layer.inputs * groups, TAPS * lanes * WEIGHT_BITS, rom=True)
            need = total(
                [
                    Resources(lut=TAPS * adders, ff=(TAPS + positions) * lanes * acc_bits),
                    memory_resources(bank).times(positions),
                    memory_resources(weights),
                    node.neuron.fire_cost(layer.outputs, lanes).times(positions),
                    fifo_resources(WAITING_DEPTH, layer.inputs * COUNT_BITS),
                    fifo_resources(WAITING_DEPTH, lanes * COUNT_BITS),
                ]
            )
            yield Design(lanes, positions, cycles, need)


def cheapest(designs: list[Design], cycles: int) -> Design | None:
    """Of those that are fast enough."""
    return min((one for one in designs if one.cycles <= cycles), key=lambda one: one.price, default=None)


def text(design: Design | None) -> str:
    """Cells of the table."""
    if design is None:
        return "none"
    need = design.need
    amounts = f"{need.lut:,.0f} LUT, {need.bram36:g} BRAM36, {need.dsp:.0f} DSP"
    return f"{design.lanes} x {design.side_by_side}: {amounts}, {design.price:.3f}"


def print_frames() -> None:
    """Markdown: form D and form frame over the density, and in which figures a build takes the latter."""
    print("| layer, density | gather: cycles, LUT | frame: cycles, LUT | cycles | frame is taken |")
    print("|---|--:|--:|--:|---|")
    for inputs, outputs, side, kernel in FRAMED:
        for density in DENSITIES:
            print(framed(Layer(inputs, outputs, side, density, kernel)), flush=True)


def framed(layer: Layer) -> str:
    """A row of the table."""
    graph, x = network(layer)
    graph = with_lanes(graph, {node.name: node.most_lanes for node in foldable_nodes(graph)})
    name, counts = foldable_nodes(graph)[0].name, simulate(graph, x).counts
    other = with_forms(graph, {name: "frame"})
    cycles = [predict_busy(found, demands(found, counts))[name].mean() for found in (graph, other)]
    cells = [
        f"{taken:,.0f}, {estimate(found).lut:,.0f}"
        for taken, found in zip(cycles, (graph, other), strict=True)
    ]
    taken = [
        figure for figure in OPTIMISED if smaller_and_no_worse(counts, BOARD, figure, None)(other, graph)
    ]
    more = f"{cycles[1] / cycles[0] - 1:+.1%}"
    title = f"{layer.kernel}x{layer.kernel}, {layer.title}"
    return f"| {title} | {cells[0]} | {cells[1]} | {more} | {', '.join(taken) or 'no'} |"


def main() -> None:
    """One of the two tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frame", action="store_true")
    print_frames() if parser.parse_args().frame else print_cheapest()


def print_cheapest() -> None:
    """Markdown: forms C and D."""
    print("| layer, density | interval | D: lanes x pixels, price | C: lanes x positions, price |")
    print("|---|--:|---|---|")
    for layer in LAYERS:
        graph, x = network(layer)
        node = foldable_nodes(graph)[0]
        assert isinstance(node, MapPopulation)
        found = list(gathered(graph, x)), list(scattered(layer, node, x))
        for cycles in CYCLES:
            d, c = (cheapest(designs, cycles) for designs in found)
            print(f"| {layer.title} | {cycles:,} | {text(d)} | {text(c)} |", flush=True)


if __name__ == "__main__":
    main()

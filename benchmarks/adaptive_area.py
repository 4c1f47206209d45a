"""Adaptive neurons: Yosys' count of each layer beside the estimate before code generation.

Usage: python benchmarks/adaptive_area.py [--record] [--only TITLE]
Networks of two layers, the first one of direct neurons. Counted are the processes of each layer, without the
FIFOs between them. --record writes what was counted to adaptive_area.json, which
tests/unit/kinds/neurons/test_adaptive_area.py holds the estimate to.
"""

from __future__ import annotations

import argparse
import json
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

from asn2fpga.device.resources import Resources, total  # noqa: E402
from asn2fpga.graph.graph import Graph  # noqa: E402
from asn2fpga.kinds.contract import Foldable  # noqa: E402
from asn2fpga.kinds.nodes import foldable_nodes  # noqa: E402
from asn2fpga.loader.save import convert  # noqa: E402
from asn2fpga.nn import AdaptiveNeuron, RepeatTime, TimeMean  # noqa: E402
from asn2fpga.passes.lanes import with_lanes  # noqa: E402
from asn2fpga.quantise.apply import quantise  # noqa: E402
from asn2fpga.quantise.scheme import Scheme  # noqa: E402
from asn2fpga.synthesis.area import synthesise as count_cells  # noqa: E402

RECORDED = Path(__file__).with_name("adaptive_area.json")
FAMILY, STEPS = "xc7", 16
Counted = dict[str, list[float]]
"""By layer, `direct` and `filtered`: LUT, FF, DSP."""


@dataclass(frozen=True)
class Layers:
    """Two layers of so many neurons, in so many lanes. m_f: of each precision."""

    neurons: int
    lanes: int
    m_f: tuple[float, ...] = (0.1,)
    bias: bool = False

    @property
    def title(self) -> str:
        """As a row of the table begins."""
        gains = ", ".join(f"{gain:g}" for gain in self.m_f)
        return f"{self.neurons} neurons, {self.lanes} lanes, m_f {gains}{', bias' if self.bias else ''}"


LAYERS = (
    Layers(8, 2),
    Layers(8, 4),
    Layers(32, 4),
    Layers(8, 8),
    Layers(32, 8),
    Layers(16, 4, m_f=(1.0, 0.1)),
    Layers(16, 4, m_f=(1.0,), bias=True),
)


def network(layers: Layers) -> Graph:
    """Both layers between frames of 16 pixels and three scores."""
    torch.manual_seed(0)
    gains = layers.m_f if len(layers.m_f) > 1 else layers.m_f[0]
    first, second = (
        AdaptiveNeuron(layers.neurons, m_f=gains, direct=direct, time_steps=STEPS) for direct in (True, False)
    )
    if layers.bias:
        for neuron in (first, second):
            nn.init.uniform_(neuron.bias, -0.3, 0.3)
    module = nn.Sequential(
        nn.Flatten(),
        RepeatTime(STEPS),
        nn.Linear(16, layers.neurons, bias=False),
        first,
        nn.Linear(layers.neurons, layers.neurons, bias=False),
        second,
        nn.Linear(layers.neurons, 3, bias=False),
        TimeMean(),
    ).eval()
    x = np.random.default_rng(0).integers(0, 17, (8, 4, 4)).astype(np.uint8)
    real = convert(module, "adaptive", torch.zeros(1, 4, 4), input_scale=1 / 16, max_count=16).graph
    graph = quantise(real, Scheme(weight_bits=8), x).graph
    return with_lanes(graph, {node.name: layers.lanes for node in adaptive(graph)})


def adaptive(graph: Graph) -> list[Foldable]:
    """The two layers."""
    return [node for node in foldable_nodes(graph) if not node.is_end][-2:]


def estimated(graph: Graph) -> dict[str, Resources]:
    """Of each layer, before any code is generated."""
    pairs = zip(("direct", "filtered"), adaptive(graph), strict=True)
    return {kind: node.cost(graph.edges_into(node)) for kind, node in pairs}


def counted(graph: Graph) -> Counted:
    """Of each layer, by Yosys."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        result = count_cells(synthesise(graph, work), FAMILY, work / "synth", work / "synth.log")
    found: Counted = {}
    for kind, node in zip(("direct", "filtered"), adaptive(graph), strict=True):
        need = total(part for name, part in result.modules.items() if name.startswith(f"{node.name}_"))
        found[kind] = [need.lut, need.ff, need.dsp]
    return found


def rows(layers: Layers, recorded: dict[str, Counted]) -> str:
    """Rows of the table; what was counted is added to `recorded`."""
    graph = network(layers)
    found = recorded[layers.title] = counted(graph)
    lines = []
    for kind, guess in estimated(graph).items():
        lut, ff, dsp = found[kind]
        cells = f"{lut:,.0f} | {guess.lut:,.0f} | {ff:,.0f} | {guess.ff:,.0f} | {dsp:.0f} | {guess.dsp:.0f}"
        lines.append(f"| {layers.title}, {kind} | {cells} |")
    return "\n".join(lines)


def main() -> None:
    """Markdown: LUT, FF and DSP slices of each layer."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--only", default="", help="networks whose titles have this in them")
    options = parser.parse_args()
    recorded: dict[str, Counted] = json.loads(RECORDED.read_text()) if RECORDED.exists() else {}
    print("| layer | LUT | estimate | FF | estimate | DSP | estimate |\n|---|--:|--:|--:|--:|--:|--:|")
    for layers in LAYERS:
        if options.only in layers.title:
            print(rows(layers, recorded), flush=True)
    if options.record:
        kept = {layers.title: recorded[layers.title] for layers in LAYERS if layers.title in recorded}
        RECORDED.write_text(json.dumps(kept, indent=1) + "\n")


if __name__ == "__main__":
    main()

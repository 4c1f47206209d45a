"""Attention alone in simulated RTL: cycles beside their bound, and Yosys' figures beside the estimate.

Usage: python benchmarks/attention.py
Neurons hand counts on as they come; a case is what arrives at queries, keys and values. Area is that of the layer's
own processes and inner FIFOs. docs/spec/kinds/map_attention.md keeps the table.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT), str(PROJECT / "tests"), str(PROJECT / "benchmarks")]

from attention_graphs import AttentionCase, Fired  # noqa: E402  (found through the line above)
from cosim import synthesise as compiled  # noqa: E402

from asn2fpga.dataflow.lower import lower  # noqa: E402
from asn2fpga.device.resources import Resources, total  # noqa: E402
from asn2fpga.golden.simulate import simulate  # noqa: E402
from asn2fpga.graph.graph import Graph  # noqa: E402
from asn2fpga.graph.types import Array  # noqa: E402
from asn2fpga.passes.accounting import lower_bound_cycles, resource_work  # noqa: E402
from asn2fpga.passes.demand import demands  # noqa: E402
from asn2fpga.rtl import RtlDesign  # noqa: E402
from asn2fpga.synthesis.area import synthesise  # noqa: E402
from asn2fpga.verify.cosim import run_fast  # noqa: E402

VECTORS = 4


@dataclass(frozen=True)
class Case:
    """Tokens in a row, features of all heads, levels and density of each map."""

    tokens: int = 64
    features: int = 32
    heads: int = 1
    lanes: int = 32  # of values
    levels: int = 4
    density: float = 0.15
    time_steps: int = 1

    def graph(self) -> Graph:
        """Maps that stand side by side in the input, and attention of them."""
        fired = Fired(self.features, self.features, self.levels)
        values = Fired(self.features, self.lanes, self.levels)
        case = AttentionCase("", fired, fired, values, self.heads, (self.tokens,), self.time_steps)
        return case.graph(as_given=True)

    def inputs(self) -> Array:
        """Random counts."""
        random = np.random.default_rng(1)
        shape = (VECTORS, self.time_steps, 3 * self.features, self.tokens)
        counts = random.integers(1, self.levels + 1, shape) * (random.random(shape) < self.density)
        return counts.astype(np.uint8)


CASES = (
    Case(),
    Case(levels=1),
    Case(lanes=8),
    Case(heads=4, lanes=8),
    Case(time_steps=4, tokens=16, levels=1),
    Case(density=0.05),
)


def main() -> None:
    """Print the table."""
    for case in CASES:
        print(measure(case), flush=True)


def measure(case: Case) -> str:
    """One line."""
    graph, x = case.graph(), case.inputs()
    trace = simulate(graph, x)
    work = resource_work(graph, demands(graph, trace.counts), VECTORS)["attn"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        design = compiled(graph, folder)
        result = run_fast(design, graph, x, trace, folder / "sim")
        counted = own_area(graph, design, folder)
    found = result.layer_work["attn"]
    expected = graph["attn"].cost(graph.edges_into(graph["attn"]))
    print(
        case,
        {k: v / VECTORS for k, v in work.items()},
        lower_bound_cycles(work, VECTORS),
        found,
        counted,
        expected,
    )
    return ""


def own_area(graph: Graph, design: RtlDesign, folder: Path) -> Resources:
    """Of the processes and inner FIFOs of the layer."""
    found = synthesise(design, "xc7", folder / "synth", folder / "synth.log")
    for n, r in found.modules.items():
        print("   ", n, r)
    return found.resources


if __name__ == "__main__":
    main()

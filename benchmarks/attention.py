"""Attention alone in simulated RTL: cycles beside their bound, and Yosys' figures beside the estimate.

Usage: python benchmarks/attention.py
Neurons hand counts on as they come; a case is what arrives at queries, keys and values. Cycles are those of
the slower of both memories. Area is that of the layer's processes, without the FIFOs between them.
docs/spec/kinds/map_attention.md keeps the table.
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
from asn2fpga.device.parts import fifo_resources  # noqa: E402
from asn2fpga.device.resources import Resources, total  # noqa: E402
from asn2fpga.golden.simulate import simulate  # noqa: E402
from asn2fpga.graph.graph import Graph  # noqa: E402
from asn2fpga.graph.types import Array  # noqa: E402
from asn2fpga.kinds.nodes import integer_node  # noqa: E402
from asn2fpga.passes.accounting import lower_bound_cycles, resource_work  # noqa: E402
from asn2fpga.passes.demand import demands  # noqa: E402
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
    Case(density=0.05),
    Case(lanes=8),
    Case(heads=4, lanes=8),
    Case(features=64, heads=2, levels=2),
    Case(tokens=16, levels=1, time_steps=4),
)


def main() -> None:
    """Print the table."""
    print(
        "| tokens | features | heads | counts | T | density | lanes | K, Q not zero | cycles | bound |",
        end="",
    )
    print(" LUT | estimate | FF | estimate | BRAM36 | estimate | DSP | estimate |")
    print("|--:|--:|--:|---|--:|--:|--:|--:|--:|--:|" + 8 * "--:|")
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
        found = synthesise(design, "xc7", folder / "synth", folder / "synth.log").modules
    counted = total(need for module, need in found.items() if module.startswith("attn_"))
    expected = processes(graph)
    taken = ", ".join(f"{np.count_nonzero(trace.counts[name]) / VECTORS:.0f}" for name in "kq")
    pairs = (
        f"{getattr(counted, kind):g} | {getattr(expected, kind):.{digits}f}"
        for kind, digits in (("lut", 0), ("ff", 0), ("bram36", 1), ("dsp", 0))
    )
    return (
        f"| {case.tokens} | {case.features} | {case.heads} | 0..{case.levels} | {case.time_steps} "
        f"| {case.density:.0%} | {case.lanes} | {taken} | {result.layer_work['attn'].cycles:.0f} "
        f"| {lower_bound_cycles(work, VECTORS):.0f} | {' | '.join(pairs)} |"
    )


def processes(graph: Graph) -> Resources:
    """The estimate without that of the FIFOs between the layer's processes."""
    node, edges = integer_node(graph, "attn"), graph.edges_into(graph["attn"])
    streams = next(block for block in lower(graph).blocks if block.name == "attn").streams[:-1]
    fifos = total(fifo_resources(stream.depth, stream.width_bits) for stream in streams)
    return node.cost(edges).plus(fifos.times(-1))


if __name__ == "__main__":
    main()

"""What a user of Vitis HLS takes away with the C++: a test bench, its vectors, and a script for all of it.

Written into DIR/hls with every build, whichever engine makes the RTL. Not run on the real tool by us.
"""

from __future__ import annotations

from dataclasses import dataclass

from asn2fpga.codegen.project import KERNELS, source_file, top_name
from asn2fpga.codegen.render import render
from asn2fpga.dataflow.lower import lower
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.trace import Trace
from asn2fpga.graph.types import Array
from asn2fpga.kinds.nodes import answer_of, port_of
from asn2fpga.kinds.sources.source import source_of
from asn2fpga.toolchain.plan import BuildPlan
from asn2fpga.verify.hex_lines import port_lines
from asn2fpga.verify.vectors import input_messages, output_messages

SCRIPT = "run_hls.tcl"
VECTORS = "vectors"


@dataclass(frozen=True)
class HlsBench:
    """Variables of the templates hls_bench/test_bench.cpp.j2 and hls_bench/run_hls.tcl.j2."""

    stamp: str
    top: str
    source: str
    test_bench: str
    kernels: str
    word_bits: int
    input_bits: int
    output_bits: int
    vectors: int
    part: str
    clock_ns: str


def plan_hls_bench(
    graph: Graph, x: Array, expected: Trace, part: str, clock_ns: float, stamp: str
) -> BuildPlan:
    """Files for the folder of the C++: inputs x (B, ...), and the scores that golden says they must give."""
    source, readout = port_of(graph.source), port_of(graph.readout)
    sent, _ = port_lines(input_messages(source_of(graph), x), source.bits)
    answered, _ = port_lines(output_messages(expected.answers, answer_of(graph)), readout.bits)
    bench = HlsBench(
        stamp=stamp,
        top=top_name(graph),
        source=source_file(graph),
        test_bench=bench_file(graph),
        kernels=KERNELS,
        word_bits=max(block.word_bits for block in lower(graph).blocks),
        input_bits=source.bits,
        output_bits=readout.bits,
        vectors=len(x),
        part=part,
        clock_ns=f"{clock_ns:g}",
    )
    files: dict[str, bytes | str] = {
        bench.test_bench: render("hls_bench/test_bench.cpp.j2", bench),
        SCRIPT: render("hls_bench/run_hls.tcl.j2", bench),
        f"{VECTORS}/input.hex": sent,
        f"{VECTORS}/output.hex": answered,
    }
    return BuildPlan(files)


def bench_file(graph: Graph) -> str:
    """Name of the test bench."""
    return f"{graph.name}_test.cpp"

"""DIR/sim on its own: a SystemVerilog test bench of the core with its vectors, for anybody's simulator.

Files of $readmemh hold what goes in and what golden says must come out: words of both ports, and of
each layer whose stream the RTL shows, its events or the words of its map.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from asn2fpga import __version__, resources
from asn2fpga.codegen.render import render
from asn2fpga.dataflow.lower import lower
from asn2fpga.graph.edge import Edge, EventFormat
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.trace import Trace
from asn2fpga.graph.types import Array
from asn2fpga.kinds.hardware import Stream
from asn2fpga.kinds.nodes import answer_of, port_of
from asn2fpga.kinds.sources.source import source_of
from asn2fpga.passes.time_limits import time_limits
from asn2fpga.rtl import Probe, RtlDesign
from asn2fpga.toolchain.plan import BuildPlan
from asn2fpga.verify.early import early_layers
from asn2fpga.verify.hex_lines import Octets, hex_lines, octets_of, port_lines
from asn2fpga.verify.map_words import map_words
from asn2fpga.verify.vectors import event_messages, input_messages, output_messages

MOST_VECTORS = 20
MOST_WORDS = 50_000
"""Of all files together: of large networks there are fewer vectors, one at least."""
VECTORS = "vectors"
MODULES = tuple(f"asn_bench_{name}.sv" for name in ("staller", "source", "sink", "events", "words"))


@dataclass(frozen=True)
class JudgedStream:
    """A stream that the bench compares: its module of hw/sim/bench and parameters, and its file."""

    layer: str
    module: str
    parameters: tuple[tuple[str, int], ...]
    file: str
    items: int
    probe: Probe


@dataclass(frozen=True)
class BenchContext:
    """Variables of the templates sim/bench*.j2. Paths are relative to DIR/sim."""

    stamp: str
    version: str
    graph: str
    core: str
    module: str
    vectors: int
    input_bits: int
    input_words: int
    output_bits: int
    output_words: int
    streams: tuple[JudgedStream, ...]
    hidden: tuple[str, ...]
    items: int
    quiet_cycles: int
    has_monitor: bool
    sources: tuple[str, ...]
    files: tuple[str, ...]
    memories: tuple[str, ...]


def vectors_for(graph: Graph) -> int:
    """How many inferences the bench has: MOST_VECTORS, fewer of a network whose streams hold many words."""
    flow, words = lower(graph), source_of(graph).input_words
    for name, stream in flow.events().items():
        edge = graph.edges[name]
        words += stream.raster.words_per_inference if stream.raster else edge.size * edge.steps
    return max(1, min(MOST_VECTORS, MOST_WORDS // max(1, words)))


def plan_bench(design: RtlDesign, graph: Graph, x: Array, expected: Trace, stamp: str) -> BuildPlan:
    """Every file of the bench, for the inputs x (B, ...) and what golden says of them.

    design: the core, in a folder beside the bench's.
    """
    sent = port_lines(input_messages(source_of(graph), x), port_of(graph.source).bits)
    answer = output_messages(expected.answers, answer_of(graph))
    answered = port_lines(answer, port_of(graph.readout).bits)
    probes = {probe.stream: probe for probe in design.probes}
    files: dict[str, bytes | str] = {f"{VECTORS}/input.hex": sent[0], f"{VECTORS}/output.hex": answered[0]}
    judged, hidden, early = [], [], early_layers(graph)
    for name, stream in lower(graph).events().items():
        if stream.name not in probes:
            hidden.append(name)
            continue
        counts, probe = expected.counts[name], probes[stream.name]
        found, text = _judged(name, stream, graph.edges[name], counts, probe, name in early)
        judged.append(found)
        files[f"{VECTORS}/{found.file}"] = text
    context = BenchContext(
        stamp=stamp,
        version=__version__,
        graph=graph.name,
        core=design.top,
        module=f"{graph.name}_bench",
        vectors=len(x),
        input_bits=design.input_bits,
        input_words=sent[1],
        output_bits=design.output_bits,
        output_words=answered[1],
        streams=tuple(judged),
        hidden=tuple(hidden),
        items=sum(one.items for one in judged),
        quiet_cycles=time_limits(graph, "ports").quiet_cycles,
        has_monitor=bool(design.monitor),
        sources=(*MODULES, f"{graph.name}_bench.sv", *(f"../rtl/{path.name}" for path in design.verilog)),
        files=tuple(sorted(files)),
        memories=tuple(f"../rtl/{path.name}" for path in design.memory_files),
    )
    return BuildPlan(files | _texts(context))


def _texts(context: BenchContext) -> dict[str, bytes | str]:
    folder: Path = resources.hardware_dir() / "sim" / "bench"
    copied = {name: (folder / name).read_text() for name in MODULES}
    written = {
        f"{context.module}.sv": "bench.sv",
        f"{context.module}.f": "bench.f",
        f"{context.module}.core": "bench.core",
        "Makefile": "bench.mk",
        "questa.do": "questa.do",
        "xsim.sh": "xsim.sh",
        "README.md": "bench.md",
    }
    return {**copied, **{name: render(f"sim/{template}.j2", context) for name, template in written.items()}}


def _judged(
    name: str, stream: Stream, edge: Edge, counts: Array, probe: Probe, is_early: bool
) -> tuple[JudgedStream, bytes]:
    """is_early: whether some of it may come before its input (early.py)."""
    make: Callable[[Stream, Edge, Array, Probe], _File] = _events if stream.events else _map
    found = make(stream, edge, counts, probe)
    items = len(found.octets)
    early = (("EARLY", 1),) if stream.events and is_early else ()
    parameters = (*found.parameters, *early, (found.count, items))
    judged = JudgedStream(name, found.module, parameters, f"{stream.name}.hex", items, probe)
    return judged, hex_lines(found.octets, found.bits)


@dataclass(frozen=True, eq=False)
class _File:
    """Items of a file (n, bytes), the lowest byte first, and the module that reads it with its parameters."""

    module: str
    octets: Octets
    bits: int
    parameters: tuple[tuple[str, int], ...]
    count: str


def _events(stream: Stream, edge: Edge, counts: Array, probe: Probe) -> _File:
    form: EventFormat = dataclasses.replace(edge.format, events_in_word=1)
    words = event_messages(form, counts).words
    parameters = (
        ("ADDRESS_BITS", form.address_bits),
        ("COUNT_BITS", form.count_bits),
        ("PLACES", edge.format.events_in_word),
        ("STEPS", edge.steps),
    )
    return _File("asn_bench_events", octets_of(words, form.width_bits), form.width_bits, parameters, "ITEMS")


def _map(stream: Stream, edge: Edge, counts: Array, probe: Probe) -> _File:
    assert stream.raster is not None
    per = stream.raster.words_per_inference
    parameters = (("WIDTH", probe.width_bits), ("PER_VECTOR", per))
    return _File("asn_bench_words", map_words(stream.raster, counts), probe.width_bits, parameters, "WORDS")

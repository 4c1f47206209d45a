"""Waveforms of the core: every signal while it works on a few inferences, as FST for GTKWave or Surfer.

The words of all streams lie there as numbers too, in a scope for each layer (shown_streams.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from asn2fpga import resources
from asn2fpga.codegen.render import render
from asn2fpga.dataflow.lower import lower
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.types import Array
from asn2fpga.kinds.nodes import port_widths
from asn2fpga.kinds.sources.source import source_of
from asn2fpga.passes.time_limits import time_limits
from asn2fpga.rtl import RtlDesign
from asn2fpga.toolchain import process
from asn2fpga.toolchain.plan import write_file
from asn2fpga.verify import simulators
from asn2fpga.verify.fast import TIMEOUT_SECONDS, answer_words, encode_messages
from asn2fpga.verify.harness import HarnessProbe, harness_context
from asn2fpga.verify.shown_streams import PORTS, ShownLayer, shown_layers
from asn2fpga.verify.vectors import input_messages
from asn2fpga.verify.wave_views import TOP, command_file, save_file

_DATE = range(202, 202 + 26)
"""Bytes of the date in the first block of an FST file: after its type and length, eight numbers of 8 bytes,
the time scale, and 128 bytes of the writer's name."""


@dataclass(frozen=True)
class Waves:
    """A file of waveforms, and what opens it at the streams: a save file of GTKWave, commands of Surfer."""

    fst: Path
    gtkwave: Path
    surfer: Path

    @property
    def commands(self) -> tuple[str, str]:
        """What opens them in a shell."""
        return f"gtkwave {self.fst} {self.gtkwave}", f"surfer --command-file {self.surfer} {self.fst}"


@dataclass(frozen=True)
class WavesContext:
    """Variables of sim/waves.sv.j2."""

    header: str
    core: str
    probes: tuple[HarnessProbe, ...]
    input_bits: int
    output_bits: int
    layers: tuple[ShownLayer, ...]


def record_waves(
    design: RtlDesign,
    graph: Graph,
    x: Array,
    clock_ns: float,
    out: Path,
    work: Path,
    logs: Path,
    jobs: int = 2,
) -> Waves:
    """Write OUT.fst, .gtkw and .sucl: the core for the vectors x back to back, nobody stalling.

    Reset is over before it begins; its time is in ps. Raises ToolError if the simulation fails.
    """
    context = waves_context(design, graph)
    program = simulators.build_waves(design, _files(context), TOP, work, logs, jobs)
    waves = Waves(*(out.with_name(f"{out.name}.{suffix}") for suffix in ("fst", "gtkw", "sucl")))
    vectors = (work / "waves-run" / "vectors.bin").resolve()
    write_file(vectors, encode_messages(input_messages(source_of(graph), x)))
    out.parent.mkdir(parents=True, exist_ok=True)
    quiet_cycles = time_limits(graph, "ports").quiet_cycles
    numbers = (answer_words(graph), round(clock_ns * 500), quiet_cycles)
    command = [str(part) for part in (program.path.resolve(), vectors, waves.fst.resolve(), *numbers)]
    process.run(command, cwd=design.directory, log=logs / "waves.log", timeout_seconds=TIMEOUT_SECONDS)
    _remove_date(waves.fst)
    widths = port_widths(graph)
    write_file(waves.gtkwave, save_file(out.name, context.layers, widths, clock_ns))
    write_file(waves.surfer, command_file(context.layers, widths))
    return waves


def _remove_date(fst: Path) -> None:
    """Without it the same waveforms are the same bytes, whenever they were recorded."""
    with fst.open("r+b") as stream:
        stream.seek(_DATE.start)
        stream.write(bytes(len(_DATE)))


def waves_context(design: RtlDesign, graph: Graph) -> WavesContext:
    """The harness of a design with its streams as numbers."""
    harness = harness_context(design)
    return WavesContext(
        header=harness.header,
        core=harness.core,
        probes=harness.probes,
        input_bits=harness.input_bits,
        output_bits=harness.output_bits,
        layers=shown_layers(lower(graph), harness),
    )


def _files(context: WavesContext) -> dict[str, str]:
    folder = resources.hardware_dir() / "sim"
    modules = {f"{name}.sv": (folder / f"{name}.sv").read_text() for name in PORTS}
    return {"waves.sv": render("sim/waves.sv.j2", context), **modules}

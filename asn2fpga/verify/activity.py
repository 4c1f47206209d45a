"""Switching activity of the core in a simulation, as SAIF with the instance names of the real design."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from asn2fpga.errors import ToolError
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.types import Array
from asn2fpga.kinds.sources.source import source_of
from asn2fpga.passes.time_limits import time_limits
from asn2fpga.rtl import RtlDesign
from asn2fpga.toolchain import process
from asn2fpga.toolchain.plan import write_file
from asn2fpga.verify import simulators
from asn2fpga.verify.fast import TIMEOUT_SECONDS, answer_words, encode_messages
from asn2fpga.verify.vectors import input_messages

CORE = ("TOP", "harness", "core")


def record_activity(
    design: RtlDesign,
    graph: Graph,
    x: Array,
    clock_ns: float,
    inside: Sequence[str],
    work: Path,
    logs: Path,
    jobs: int = 2,
) -> str:
    """SAIF text of the core while it works on the vectors x back to back, nobody stalling.

    inside: names of the instances around the core in the real design, outermost first, the core's own last.
    Raises ToolError if the simulation fails.
    """
    program = simulators.build_activity(design, work, logs, jobs)
    folder = (work / "activity-run").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    vectors, raw = folder / "vectors.bin", folder / "raw.saif"
    write_file(vectors, encode_messages(input_messages(source_of(graph), x)))
    half_period_ps = round(clock_ns * 500)
    quiet_cycles = time_limits(graph, "ports").quiet_cycles
    command = [program.path.resolve(), vectors, raw, answer_words(graph), half_period_ps, quiet_cycles]
    log = logs / "activity.log"
    process.run(
        [str(part) for part in command], cwd=design.directory, log=log, timeout_seconds=TIMEOUT_SECONDS
    )
    with raw.open() as lines:
        return "".join(moved(lines, inside))


def moved(lines: Iterable[str], inside: Sequence[str]) -> Iterator[str]:
    """The SAIF file of the harness, with the core alone, inside of instances of other names.

    ToolError if the file does not hold the core.
    """
    source = iter(lines)
    for line in source:
        if line.strip() == f"(INSTANCE {CORE[0]}":
            break
        yield line
    if not any(line.strip() == f"(INSTANCE {CORE[-1]}" for line in source):
        raise ToolError(f"activity: the SAIF file has no instance {'/'.join(CORE)}.")
    yield from (f"{' ' * depth}(INSTANCE {name}\n" for depth, name in enumerate(inside, start=1))
    yield from _instance(source)
    yield from (f"{' ' * depth})\n" for depth in range(len(inside) - 1, 0, -1))
    yield ")\n"


def _instance(lines: Iterator[str]) -> Iterator[str]:
    """What follows the opening line of an instance, up to and with its closing bracket."""
    depth = 1
    for line in lines:
        text = line.strip()
        if text.startswith(("(INSTANCE ", "(NET")):
            depth += 1
        elif text == ")":
            depth -= 1
        yield line
        if depth == 0:
            return

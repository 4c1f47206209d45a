"""Co-simulation under cocotb with cocotbext-axi, on Verilator or Icarus."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from asn2fpga.errors import ToolError
from asn2fpga.graph.graph import Graph
from asn2fpga.passes.time_limits import TimeLimits, rest_cycles
from asn2fpga.toolchain import process
from asn2fpga.toolchain.plan import write_file
from asn2fpga.verify.fast import Mode
from asn2fpga.verify.giving_up import limits_of, sentence
from asn2fpga.verify.recording import Recording, read_log
from asn2fpga.verify.simulators import Program
from asn2fpga.verify.vectors import Messages

TESTBENCH = "asn2fpga.verify.testbench"
TIMEOUT_SECONDS = 24 * 3600.0  # testbenches give up by themselves, long before
Simulator = Literal["verilator", "icarus"]

# Verilator applies a write after the clock edge that caused it; with Icarus cocotb has to see to that itself.
TRUSTED_WRITES: dict[Simulator, dict[str, str]] = {
    "verilator": {"COCOTB_TRUST_INERTIAL_WRITES": "1"},
    "icarus": {"COCOTB_TRUST_INERTIAL_WRITES": "0"},
}


@dataclass(frozen=True)
class Phase:
    """Messages start..stop-1, sent in one mode: see fast_main.cpp."""

    start: int
    stop: int
    mode: Mode


@dataclass(frozen=True, eq=False)
class CocotbRun:
    """What moved, and the sentence about giving up (empty if all was answered)."""

    recording: Recording
    given_up: str
    seconds: float


def plan_phases(vectors: int) -> tuple[Phase, ...]:
    """A tenth (at most 10) isolated for latency, a tenth undisturbed for the interval, the rest stalled."""
    isolated = min(10, -(-vectors // 10))
    stream = min(vectors - isolated, max(2, vectors // 10))
    phases = (
        Phase(0, isolated, "isolated"),
        Phase(isolated, isolated + stream, "stream"),
        Phase(isolated + stream, vectors, "stall"),
    )
    return tuple(phase for phase in phases if phase.stop > phase.start)


def run_phases(
    program: Program,
    simulator: Simulator,
    graph: Graph,
    messages: Messages,
    phases: Sequence[Phase],
    work: Path,
    logs: Path,
    *,
    seed: int = 1,
) -> CocotbRun:
    """Simulate all phases in one run. Giving up is returned, not raised. ToolError if cocotb fails."""
    out = (work / f"cocotb-{simulator}-run").resolve()
    out.mkdir(parents=True, exist_ok=True)
    result, word_log, plan = out / "result.json", out / "words.log", out / "testbench.json"
    result.unlink(missing_ok=True)
    np.savez(out / "messages.npz", words=messages.words, offsets=messages.offsets)
    limits = limits_of(graph, program.harness.widths)
    plan_content = {
        "messages": str(out / "messages.npz"),
        "phases": [asdict(phase) for phase in phases],
        "seed": seed,
        "quiet_cycles": limits.quiet_cycles,
        "rest_cycles": rest_cycles(graph),
        "answer_cycles": limits.answer_cycles,
        "result": str(result),
    }
    write_file(plan, json.dumps(plan_content, indent=1))
    log = logs / f"cocotb-{simulator}.log"
    arguments = (f"+testbench={plan}", f"+word_log={word_log}")
    bench = BenchModule(TESTBENCH, "harness", simulator)
    seconds = run_testbench(bench, program.path, program.design.directory, arguments, out, log)
    recording = read_log(word_log, program.harness.widths)
    return CocotbRun(recording, _given_up(program, result, len(messages), limits, log), seconds)


@dataclass(frozen=True)
class BenchModule:
    """A Python module with cocotb tests, the top module it drives, and the simulator."""

    module: str
    top: str
    simulator: Simulator = "verilator"


def run_testbench(
    bench: BenchModule, program: Path, cwd: Path, arguments: Sequence[str], out: Path, log: Path
) -> float:
    """Run a built simulation in `cwd`, where its memory files are; cocotb's results.xml goes to `out`.

    Returns seconds. A test that fails is no error here: the testbench says what it found. ToolError if the
    simulation itself fails.
    """
    finished = process.run(
        [*_start(program, bench.simulator), *arguments],
        cwd=cwd,
        log=log,
        timeout_seconds=TIMEOUT_SECONDS,
        environment=testbench_environment(bench, out),
    )
    return finished.seconds


def _start(program: Path, simulator: Simulator) -> list[str]:
    if simulator == "verilator":
        return [str(program.resolve())]
    import cocotb_tools.config

    vvp = process.find_program("vvp", "ASN2FPGA_VVP")
    library = cocotb_tools.config.lib_entry("vpi", "icarus")
    return [str(vvp), "-m", library, str(program.resolve()), "-none"]


NO_LIBRARY = "Python's shared library is missing, which cocotb loads into the simulation"


def shared_python() -> str | None:
    """Path of the shared library of this Python; Debian's has it in a package of its own."""
    import find_libpython

    found: str | None = find_libpython.find_libpython()
    return found


def get_library() -> str:
    """How to get it."""
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    return f"install the Debian package libpython{version}, or use a Python built with --enable-shared"


def testbench_environment(bench: BenchModule, out: Path) -> dict[str, str]:
    """What cocotb's libraries read; its own runner sets the same."""
    import cocotb_tools.config

    library = shared_python()
    if library is None:
        raise ToolError(f"cocotb: {NO_LIBRARY}; {get_library()}.")
    path = os.pathsep.join([os.environ.get("PATH", ""), str(cocotb_tools.config.libs_dir)])
    return {
        "PATH": path,
        "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry),
        "PYGPI_PYTHON_BIN": sys.executable,
        "GPI_USERS": f"{library};{cocotb_tools.config.pygpi_entry_point()}",
        "COCOTB_TOPLEVEL": bench.top,
        "COCOTB_TEST_MODULES": bench.module,
        "COCOTB_RESULTS_FILE": str(out / "results.xml"),
        "COCOTB_RANDOM_SEED": "1",
        **TRUSTED_WRITES[bench.simulator],
        "TOPLEVEL_LANG": "verilog",
        "NO_COLOR": "1",
    }


def _given_up(program: Program, result: Path, vectors: int, limits: TimeLimits, log: Path) -> str:
    if not result.exists():
        lines = "".join(f"\n    {line}" for line in process.log_lines(log))
        raise ToolError(f"cocotb: the testbench stopped before it wrote its result.{lines}\n    log: {log}")
    summary: dict[str, Any] = json.loads(result.read_text())
    for name, stream in zip(program.harness.widths, summary["streams"], strict=True):
        stream["name"] = name
    return sentence(summary, vectors, limits)

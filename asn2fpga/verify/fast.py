"""Simulation without Python in the loop: a Verilator model driven by hw/sim/fast_main.cpp."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from asn2fpga.errors import CheckError, ToolError
from asn2fpga.ir.graph import Graph
from asn2fpga.ir.types import Array
from asn2fpga.toolchain import process
from asn2fpga.toolchain.plan import write_file
from asn2fpga.verify.recording import Recording, read_binary
from asn2fpga.verify.simulators import Program
from asn2fpga.verify.vectors import Messages

Mode = Literal["stream", "stall", "isolated"]
MODES: tuple[Mode, ...] = ("isolated", "stream", "stall")
ISOLATED_VECTORS = 100
WATCHDOG_CYCLES = 20_000
TIMEOUT_SECONDS = 3600.0


@dataclass(frozen=True, eq=False)
class FastRun:
    """One run: what moved, and for each message its first input cycle, last output cycle and waiting cycles.

    idle, blocked: (messages, streams) cycles in which a stream's consumer waited for data, its producer for
    room; only "isolated" runs attribute them to one message.
    """

    mode: Mode
    vectors: int
    recording: Recording
    cycles: int
    first_cycle: npt.NDArray[np.int64]
    last_cycle: npt.NDArray[np.int64]
    idle: npt.NDArray[np.int64]
    blocked: npt.NDArray[np.int64]
    deadlock: str
    seconds: float


def run_mode(
    program: Program,
    messages: Messages,
    classes: int,
    mode: Mode,
    work: Path,
    logs: Path,
    *,
    seed: int = 1,
    watchdog: int = WATCHDOG_CYCLES,
) -> FastRun:
    """Simulate `messages` in one mode. A deadlock is returned, not raised: compare what moved first.

    Raises ToolError if the program fails, CheckError if the core takes back a word it offered.
    """
    out = (work / f"fast-{mode}-run").resolve()
    out.mkdir(parents=True, exist_ok=True)
    (out / "summary.json").unlink(missing_ok=True)
    write_file(out / "vectors.bin", encode_messages(messages))
    command = [
        str(part)
        for part in (program.path.resolve(), out / "vectors.bin", out, classes, seed, mode, watchdog)
    ]
    started = time.monotonic()
    summary = _simulate(command, program.design.directory, out, logs / f"fast-{mode}.log")
    seconds = time.monotonic() - started
    return _read_run(program, mode, len(messages), out, summary, seconds)


def encode_messages(messages: Messages) -> bytes:
    """The file that fast_main.cpp reads."""
    parts = ([len(messages)], messages.offsets, messages.words)
    return b"".join(np.asarray(part).astype("<u4").tobytes() for part in parts)


def _simulate(command: Sequence[str], cwd: Path, out: Path, log: Path) -> Mapping[str, Any]:
    """Run the program; exit status 1 with a summary is a deadlock, which the caller judges."""
    try:
        process.run(command, cwd=cwd, log=log, timeout_seconds=TIMEOUT_SECONDS)
    except ToolError:
        if not (out / "summary.json").exists():
            raise
    summary: Mapping[str, Any] = json.loads((out / "summary.json").read_text())
    return summary


def _read_run(
    program: Program, mode: Mode, vectors: int, out: Path, summary: Mapping[str, Any], seconds: float
) -> FastRun:
    if summary["withdrawn"]:
        raise CheckError(
            "m_axis: word must stay valid and unchanged until it is taken, "
            f"not change {summary['withdrawn']} times."
        )
    widths = program.harness.widths
    times = np.fromfile(out / "active.u32", "<u4").reshape(vectors, 2 + 2 * len(widths)).astype(np.int64)
    return FastRun(
        mode=mode,
        vectors=vectors,
        recording=read_binary(out, widths),
        cycles=summary["cycles"],
        first_cycle=times[:, 0],
        last_cycle=times[:, 1],
        idle=times[:, 2 : 2 + len(widths)],
        blocked=times[:, 2 + len(widths) :],
        deadlock=deadlock_sentence(summary, vectors) if summary["deadlock"] else "",
        seconds=seconds,
    )


def deadlock_sentence(summary: Mapping[str, Any], vectors: int) -> str:
    """Which streams hold words nobody takes, which of them are full, and which consumers wait for words.

    A full FIFO whose consumer waits on another stream is too small for this design.
    """
    streams = summary["streams"]
    waiting = [stream["name"] for stream in streams if stream["valid"] and not stream["ready"]]
    full = [stream["name"] for stream in streams if stream["blocked"] and not stream["ready"]]
    starved = [stream["name"] for stream in streams if stream["ready"] and not stream["valid"]]
    cycle = f" (cycle {summary['cycles']})" if "cycles" in summary else ""
    filled = f" (full: {', '.join(full)})" if full else ""
    deepen = f"; deepen {', '.join(full)} if its consumer is among these" if full and starved else ""
    return (
        f"cosim: RTL must answer {vectors} inferences, not stop after {summary['received']}{cycle}; "
        f"words wait on: {', '.join(waiting) or 'no stream'}{filled}; "
        f"consumers wait on: {', '.join(starved) or 'no stream'}{deepen}."
    )


def run_modes(
    program: Program,
    graph: Graph,
    messages: Mapping[Mode, Messages],
    work: Path,
    logs: Path,
    seed: int,
    jobs: int,
) -> list[FastRun]:
    """One run a mode, `jobs` at a time, in the order of `messages`."""
    classes = class_count(graph)

    def run(mode: Mode) -> FastRun:
        return run_mode(program, messages[mode], classes, mode, work, logs, seed=seed)

    with ThreadPoolExecutor(max(1, jobs)) as pool:
        return list(pool.map(run, messages))


def class_count(graph: Graph) -> int:
    """Scores of an inference."""
    weight: Array = graph.layers[-1].weight  # type: ignore[attr-defined]
    return int(weight.shape[0])

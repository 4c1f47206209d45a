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
from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.nodes import answer_of
from asn2fpga.passes.time_limits import rest_cycles
from asn2fpga.toolchain import process
from asn2fpga.toolchain.plan import write_file
from asn2fpga.verify.giving_up import limits_of, sentence
from asn2fpga.verify.recording import Recording, read_binary
from asn2fpga.verify.simulators import Program
from asn2fpga.verify.vectors import Messages
from asn2fpga.verify.watch import Tell, watched

Mode = Literal["stream", "stall", "isolated"]
MODES: tuple[Mode, ...] = ("isolated", "stream", "stall")
ISOLATED_VECTORS = 100
MOVED, IDLE, BLOCKED = 1, 2, 4
"""Of a stream in one cycle: a word moved; its consumer waited for data; its producer waited for room."""
TIMEOUT_SECONDS = 24 * 3600.0  # the program gives up by itself, long before


@dataclass(frozen=True, eq=False)
class FastRun:
    """One run: what moved, and for each message its first input cycle, last output cycle and waiting cycles.

    idle, blocked: (messages, streams) cycles in which a stream's consumer waited for data, its producer for
    room; only "isolated" runs attribute them to one message. rest_cycles: (messages,) from its answer to the
    next input, or until the core was at rest; idle_after, blocked_after: likewise in these. given_up: the
    sentence about it, or nothing.
    states: (cycles, streams) bits MOVED, IDLE, BLOCKED of the first message, at most so many cycles as
    fast_main.cpp keeps.
    """

    mode: Mode
    vectors: int
    recording: Recording
    cycles: int
    first_cycle: npt.NDArray[np.int64]
    last_cycle: npt.NDArray[np.int64]
    idle: npt.NDArray[np.int64]
    blocked: npt.NDArray[np.int64]
    rest_cycles: npt.NDArray[np.int64]
    idle_after: npt.NDArray[np.int64]
    blocked_after: npt.NDArray[np.int64]
    states: npt.NDArray[np.uint8]
    given_up: str
    seconds: float


def run_mode(
    program: Program,
    messages: Messages,
    graph: Graph,
    mode: Mode,
    work: Path,
    logs: Path,
    *,
    seed: int = 1,
) -> FastRun:
    """Simulate `messages` in one mode. Giving up is returned, not raised: compare what moved first.

    Raises ToolError if the program fails, CheckError if the core takes back a word it offered.
    """
    out = run_folder(work, mode)
    out.mkdir(parents=True, exist_ok=True)
    (out / "summary.json").unlink(missing_ok=True)
    write_file(out / "vectors.bin", encode_messages(messages))
    limits = limits_of(graph, program.harness.widths)
    arguments = (out / "vectors.bin", out, answer_words(graph), seed, mode)
    command = [
        program.path.resolve(),
        *arguments,
        limits.quiet_cycles,
        limits.answer_cycles,
        rest_cycles(graph),
    ]
    started = time.monotonic()
    summary = _simulate(
        [str(part) for part in command], program.design.directory, out, logs / f"fast-{mode}.log"
    )
    seconds = time.monotonic() - started
    given_up = sentence(summary, len(messages), limits)
    return _read_run(program, mode, len(messages), out, summary, given_up, seconds)


def answer_words(graph: Graph) -> int:
    """Words of the answer to one message."""
    return answer_of(graph).words


def encode_messages(messages: Messages) -> bytes:
    """The file that fast_main.cpp reads."""
    parts = ([len(messages)], messages.offsets, messages.words)
    return b"".join(np.asarray(part).astype("<u4").tobytes() for part in parts)


def _simulate(command: Sequence[str], cwd: Path, out: Path, log: Path) -> Mapping[str, Any]:
    """Run the program; exit status 1 with a summary was given up, which the caller judges."""
    try:
        process.run(command, cwd=cwd, log=log, timeout_seconds=TIMEOUT_SECONDS)
    except ToolError:
        if not (out / "summary.json").exists():
            raise
    summary: Mapping[str, Any] = json.loads((out / "summary.json").read_text())
    return summary


def _read_run(
    program: Program,
    mode: Mode,
    vectors: int,
    out: Path,
    summary: Mapping[str, Any],
    given_up: str,
    seconds: float,
) -> FastRun:
    if summary["withdrawn"]:
        raise CheckError(
            "m_axis: word must stay valid and unchanged until it is taken, "
            f"not change {summary['withdrawn']} times."
        )
    widths = program.harness.widths
    times = np.fromfile(out / "active.u32", "<u4").reshape(-1, 3 + 4 * len(widths)).astype(np.int64)
    waits = times[:, 3:].reshape(len(times), 4, -1)
    return FastRun(
        mode=mode,
        vectors=vectors,
        recording=read_binary(out, widths),
        cycles=summary["cycles"],
        first_cycle=times[:-1, 0],
        last_cycle=times[:-1, 1],
        idle=waits[:-1, 0],
        blocked=waits[:-1, 1],
        rest_cycles=times[1:, 0] - times[1:, 2],
        idle_after=waits[1:, 2],
        blocked_after=waits[1:, 3],
        states=np.fromfile(out / "states.u8", np.uint8).reshape(-1, len(widths)),
        given_up=given_up,
        seconds=seconds,
    )


def run_modes(
    program: Program,
    graph: Graph,
    messages: Mapping[Mode, Messages],
    work: Path,
    logs: Path,
    seed: int,
    jobs: int,
    tell: Tell = lambda done, total: None,
) -> list[FastRun]:
    """One run a mode, `jobs` at a time, in the order of `messages`. tell: gets the inferences of all."""
    total = sum(len(each) for each in messages.values())

    def run(mode: Mode) -> FastRun:
        return run_mode(program, messages[mode], graph, mode, work, logs, seed=seed)

    files = [run_folder(work, mode) / "progress" for mode in messages]
    with watched(files, total, tell), ThreadPoolExecutor(max(1, jobs)) as pool:
        return list(pool.map(run, messages))


def run_folder(work: Path, mode: Mode) -> Path:
    """Where a run finds its input and leaves its results."""
    return (work / f"fast-{mode}-run").resolve()

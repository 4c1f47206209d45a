"""The cocotb testbench: runs in the simulator, drives the AXI4-Streams and lets the harness log the words.

It reads +testbench=FILE (JSON): `messages` (an .npz file with words and offsets), `phases` (see Phase),
`seed`, `quiet_cycles`, `answer_cycles` and `rest_cycles` (time_limits.py), `result` (JSON file to write).
Nothing is compared here: Python in a simulator is slow. Imports no more of asn2fpga than it needs to wait.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cocotb
import numpy as np
from cocotb.clock import Clock
from cocotb.task import Task
from cocotb.triggers import ClockCycles, Timer
from cocotbext.axi import AxiStreamBus, AxiStreamSink, AxiStreamSource

from asn2fpga.verify.bench_watch import PERIOD_NS, GivenUpError, Watch

RESET_CYCLES = 8
LONGEST_PAUSE_CYCLES = 24
LONGEST_RUN_CYCLES = 48


class Bench:
    """The two streams of one device under test."""

    def __init__(self, dut: Any, plan: dict[str, Any]) -> None:
        self.dut = dut
        self.random = random.Random(plan["seed"])
        self.watch = Watch(self._moves, plan["quiet_cycles"])
        self.answer_cycles = plan["answer_cycles"]
        self.received = 0
        self.source = self._end(AxiStreamSource, "s_axis")
        self.sink = self._end(AxiStreamSink, "m_axis")

    def _end(self, kind: Any, prefix: str) -> Any:
        bus = AxiStreamBus.from_prefix(self.dut, prefix)
        end = kind(bus, self.dut.clk, self.dut.rst_n, reset_active_level=False)
        end.log.setLevel("WARNING")
        return end

    async def exchange(self, messages: list[bytes], stall: bool) -> None:
        """Send messages back to back, receive as many answers; GivenUpError if one does not come."""
        tasks = [cocotb.start_soon(self._pause(end)) for end in (self.source, self.sink)] if stall else []
        for message in messages:
            self.source.send_nowait(message)
        for _ in messages:
            await self.watch.result(self.sink.recv(), self.answer_cycles)
            self.received += 1
        self._resume(tasks)

    async def come_to_rest(self, rest_cycles: int) -> None:
        """Until nothing moves any more: a network that answers early goes on for a while."""
        seen, waited = -1, 0
        while seen != (seen := await self._moves()) and waited <= self.answer_cycles:
            await ClockCycles(self.dut.clk, rest_cycles)
            waited += rest_cycles

    async def _moves(self) -> int:
        """Cycles so far in which a word moved on any stream."""
        return int(self.dut.moves.value)

    def _resume(self, tasks: list[Task[None]]) -> None:
        for task in tasks:
            task.cancel()
        self.source.pause = False
        self.sink.pause = False

    async def _pause(self, end: Any) -> None:
        """Run and pause one side for random times; few simulator calls, none in most cycles."""
        while True:
            end.pause = not end.pause
            longest = LONGEST_PAUSE_CYCLES if end.pause else LONGEST_RUN_CYCLES
            cycles = 1 if self.random.random() < 0.5 else self.random.randint(2, longest)
            await Timer(cycles * PERIOD_NS, "ns")

    def stuck_streams(self) -> list[dict[str, Any]]:
        """valid, ready and blocked of every stream, in the order of their numbers, s_axis first."""
        prefixes = ["s_axis_t", "m_axis_t"]
        while hasattr(self.dut, f"probe{len(prefixes)}_valid"):
            prefixes.append(f"probe{len(prefixes)}_")
        return [
            {end: self.is_high(prefix + end) for end in ("valid", "ready", "blocked")} for prefix in prefixes
        ]

    def is_high(self, name: str) -> bool:
        """Whether a one-bit signal is 1; one that is unknown or not there is not."""
        return hasattr(self.dut, name) and str(getattr(self.dut, name).value) == "1"


async def start(dut: Any, plan: dict[str, Any]) -> Bench:
    """Start the clock, reset, connect the streams once their signals are known, release the reset."""
    dut.rst_n.value = 0
    dut.s_axis_tvalid.value = 0
    dut.m_axis_tready.value = 0
    Clock(dut.clk, PERIOD_NS, unit="ns").start()
    await ClockCycles(dut.clk, RESET_CYCLES)
    bench = Bench(dut, plan)
    dut.rst_n.value = 1
    await ClockCycles(dut.clk, 2)
    return bench


def groups_of(phase: dict[str, Any]) -> Iterator[range]:
    """Messages sent together: one at a time if isolated, else the whole phase."""
    everything = range(phase["start"], phase["stop"])
    if phase["mode"] != "isolated":
        return iter([everything])
    return (range(index, index + 1) for index in everything)


@cocotb.test()
async def run_phases(dut: Any) -> None:
    """Exchange all messages, phase by phase; write how far it got and in which state the streams are."""
    plan = json.loads(Path(str(cocotb.plusargs["testbench"])).read_text())
    archive = np.load(plan["messages"])
    words, offsets = archive["words"].astype("<u4"), archive["offsets"]
    bench = await start(dut, plan)
    given_up = ""
    try:
        for phase in plan["phases"]:
            for group in groups_of(phase):
                messages = [words[offsets[i] : offsets[i + 1]].tobytes() for i in group]
                await bench.exchange(messages, phase["mode"] == "stall")
                await bench.come_to_rest(plan["rest_cycles"])
    except GivenUpError as reason:
        given_up = str(reason)
    result = {"given_up": given_up, "received": bench.received, "streams": bench.stuck_streams()}
    Path(plan["result"]).write_text(json.dumps(result))

"""The cocotb testbench of the accelerator: messages on its streams, and AXI4-Lite traffic at the same time.

It reads +testbench=FILE (JSON): `registers` (registers.json), `classes`, `messages` (an .npz file with words
and offsets, one message a vector, in units of 32 bits), `malformed` (units of a message that must be
refused), `seed`, `quiet_cycles` and `answer_cycles` (time_limits.py), `result` (JSON file to write). It
writes what it saw, `given_up` if that is not all, and compares nothing. It imports no more of asn2fpga than
it needs to wait.
"""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import cocotb
import numpy as np
from cocotb.clock import Clock
from cocotb.triggers import ClockCycles, SimTimeoutError, Timer, with_timeout
from cocotbext.axi import (
    AxiLiteBus,
    AxiLiteMaster,
    AxiStreamBus,
    AxiStreamMonitor,
    AxiStreamSink,
    AxiStreamSource,
)

from asn2fpga.verify.bench_watch import PERIOD_NS, GivenUpError, Watch

RESET_CYCLES = 8
ISOLATED = 2
STREAMED = 4
WORD_BYTES = 4
LONG_ANSWER_CYCLES = 100_000  # from here on registers are read with rests, of a thousandth of the answer
BUS_CYCLES = 1000  # of one access to a register, whatever the core does


class Device:
    """The accelerator's ports: registers by name, messages as arrays of words."""

    def __init__(self, dut: Any, plan: dict[str, Any]) -> None:
        self.dut = dut
        self.map = json.loads(Path(plan["registers"]).read_text())
        self.watch = Watch(self.progress, plan["quiet_cycles"])
        self.answer_cycles: int = plan["answer_cycles"]
        self.rest_cycles: int = plan["rest_cycles"]
        self.rows: int = plan["rows"]
        self.values: int = plan["values"]
        ends = {"clock": dut.clk, "reset": dut.rst_n, "reset_active_level": False}
        self.lite = AxiLiteMaster(AxiLiteBus.from_prefix(dut, "s_axi"), **ends)
        self.source = AxiStreamSource(AxiStreamBus.from_prefix(dut, "s_axis"), **ends)
        self.sink = AxiStreamSink(AxiStreamBus.from_prefix(dut, "m_axis"), **ends)
        self.monitor = AxiStreamMonitor(AxiStreamBus.from_prefix(dut, "s_axis"), **ends)
        for end in (self.lite.write_if, self.lite.read_if, self.source, self.sink, self.monitor):
            end.log.setLevel("WARNING")

    def offset(self, name: str, index: int = 0) -> int:
        """Byte offset of a word of a register."""
        return int(self.map["registers"][name]["offset"]) + WORD_BYTES * index

    def bits(self, name: str, *fields: str) -> int:
        """A register's value with these bits set."""
        return sum(1 << self.map["registers"][name]["fields"][field] for field in fields)

    async def read(self, name: str, index: int = 0) -> int:
        """Value of a word of a register."""
        return await self._read_word(self.offset(name, index))

    async def write(self, name: str, value: int) -> None:
        """Write a register."""
        access = self.lite.write_dword(self.offset(name), value)
        await with_timeout(access, BUS_CYCLES * PERIOD_NS, "ns")

    async def _read_word(self, offset: int) -> int:
        return int(await with_timeout(self.lite.read_dword(offset), BUS_CYCLES * PERIOD_NS, "ns"))

    async def read_all(self) -> dict[str, Any]:
        """Every register by name; MODEL_HASH as a list; `layers`: one dictionary for each layer."""
        values: dict[str, Any] = {}
        for name, register in self.map["registers"].items():
            words = [await self.read(name, index) for index in range(register["count"])]
            values[name] = words if register["count"] > 1 else words[0]
        values["layers"] = [await self.read_layer(layer) for layer in range(values["LAYERS"])]
        return values

    async def read_layer(self, layer: int) -> dict[str, int]:
        """The counters of one layer."""
        block = self.map["layers"]
        base = block["offset"] + layer * block["stride"]
        return {
            name: await self._read_word(base + register["offset"])
            for name, register in block["registers"].items()
        }

    async def progress(self) -> list[int]:
        """What has moved so far: inferences, and the events of all layers."""
        layers = [await self.read_layer(layer) for layer in range(await self.read("LAYERS"))]
        events = [layer[name] for layer in layers for name in ("EVENTS_IN", "EVENTS_OUT")]
        return [await self.read("INFERENCES_LOW"), *events]

    async def come_to_rest(self) -> None:
        """Until no layer takes or sends an event any more: one that answers early goes on for a while."""
        seen: list[int] = []
        while seen != (seen := await self.progress()):
            await ClockCycles(self.dut.clk, self.rest_cycles)

    async def receive(self, inferences: int = 1) -> tuple[list[list[list[int]]], int]:
        """Rows of scores of the next output message's inferences, what pads them too if it is not 0; the time
        of its last word.
        """
        frame = await self.watch.result(self.sink.recv(), inferences * self.answer_cycles)
        rows = np.frombuffer(bytes(frame.tdata), "<i4").reshape(inferences, self.rows, -1)
        scores = rows if rows[:, :, self.values :].any() else rows[:, :, : self.values]
        return scores.tolist(), frame.sim_time_end

    async def recover(self) -> None:
        """What a driver does after an error, without a DMA: soft reset, counters and errors cleared."""
        await self.write("CONTROL", self.bits("CONTROL", "soft_reset", "clear"))
        await ClockCycles(self.dut.clk, 40)


async def start(dut: Any, plan: dict[str, Any]) -> Device:
    """Start the clock, connect, release the reset."""
    dut.rst_n.value = 0
    for name in ("s_axis_tvalid", "m_axis_tready", "s_axi_awvalid", "s_axi_wvalid", "s_axi_arvalid"):
        getattr(dut, name).value = 0
    Clock(dut.clk, PERIOD_NS, unit="ns").start()
    await ClockCycles(dut.clk, RESET_CYCLES)
    device = Device(dut, plan)
    dut.rst_n.value = 1
    await ClockCycles(dut.clk, 40)
    return device


def read_plan() -> dict[str, Any]:
    """The file +testbench=FILE."""
    plan: dict[str, Any] = json.loads(Path(str(cocotb.plusargs["testbench"])).read_text())
    return plan


def read_messages(plan: dict[str, Any]) -> list[np.ndarray]:
    """The words of each vector, uint32."""
    archive = np.load(plan["messages"])
    words, offsets = archive["words"].astype("<u4"), archive["offsets"]
    return [words[offsets[i] : offsets[i + 1]] for i in range(len(offsets) - 1)]


def cycles_between(first_time: int, last_time: int) -> int:
    """Clock cycles from one edge to another, both included; times in simulator steps of 1 ps."""
    return (last_time - first_time) // (PERIOD_NS * 1000) + 1


class Run:
    """What the testbench has seen."""

    def __init__(self, device: Device, messages: list[np.ndarray], seed: int) -> None:
        self.device = device
        self.messages = messages
        self.random = random.Random(seed)
        self.scores: list[list[list[int]]] = []
        self.cycle_pairs: list[tuple[int, int]] = []  # INFERENCE_CYCLES, and as counted here

    async def single(self, indices: range) -> None:
        """One message per inference; the next one does not wait for the scores of this one."""
        for index in indices:
            self.device.source.send_nowait(self.messages[index].tobytes())
        for _ in indices:
            scores, last_time = await self.device.receive()
            first_time = self.device.monitor.recv_nowait().sim_time_start
            self.scores += scores
        counted = cycles_between(first_time, last_time)
        self.cycle_pairs.append((await self.device.read("INFERENCE_CYCLES"), counted))

    async def batch(self, indices: range) -> None:
        """All inferences in one message, both sides pausing at random."""
        await self.device.write("BATCH", len(indices))
        words = np.concatenate([self.messages[index] for index in indices])
        ends = (self.device.source, self.device.sink)
        tasks = [cocotb.start_soon(self._pause(end)) for end in ends]
        self.device.source.send_nowait(words.tobytes())
        scores, _ = await self.device.receive(len(indices))
        for task in tasks:
            task.cancel()
        for end in ends:
            end.pause = False
        self.device.monitor.clear()
        self.scores += scores
        await self.device.write("BATCH", 1)

    async def _pause(self, end: Any) -> None:
        while True:
            end.pause = not end.pause
            await Timer(self.random.randint(1, 24) * PERIOD_NS, "ns")


async def watch(device: Device, seen: list[int]) -> None:
    """Read registers all the time, with rests where inferences are long; INFERENCES as seen over time."""
    rest = device.answer_cycles // 1000 if device.answer_cycles > LONG_ANSWER_CYCLES else 0
    while True:
        seen.append(await device.read("INFERENCES_LOW"))
        await device.read("STATUS")
        if rest:
            await Timer(rest * PERIOD_NS, "ns")


async def malformed(device: Device, words: list[int]) -> int:
    """Send a message that must be refused and recover; ERRORS in between."""
    device.source.send_nowait(np.asarray(words, "<u4").tobytes())
    await device.watch.result(device.source.wait(), device.answer_cycles)
    await ClockCycles(device.dut.clk, 4)
    errors = await device.read("ERRORS")
    await device.recover()
    device.monitor.clear()
    return errors


@cocotb.test()
async def exercise(dut: Any) -> None:
    """Do all there is to do; write what was seen, however far it came."""
    plan = read_plan()
    device = await start(dut, plan)
    run = Run(device, read_messages(plan), plan["seed"])
    try:
        result = await everything(run, plan["malformed"])
    except GivenUpError as reason:
        result = {"given_up": str(reason), "registers": await device.read_all()}
    except SimTimeoutError:
        result = {"given_up": "bus"}
    Path(plan["result"]).write_text(json.dumps({**result, "scores": run.scores}))


async def everything(run: Run, malformed_words: list[int]) -> dict[str, Any]:
    """Isolated, streamed and batched inferences, a malformed message, and one more."""
    device, messages, seen = run.device, run.messages, []  # type: Device, list[np.ndarray], list[int]
    for index in range(min(ISOLATED, len(messages))):
        await run.single(range(index, index + 1))
    watcher = cocotb.start_soon(watch(device, seen))
    for indices in (range(ISOLATED, ISOLATED + STREAMED), range(ISOLATED + STREAMED, len(messages))):
        await (run.single(indices) if indices.start == ISOLATED else run.batch(indices))
    watcher.cancel()
    await device.come_to_rest()
    registers = await device.read_all()
    errors = await malformed(device, malformed_words)
    await run.single(range(1))
    await device.come_to_rest()
    return {
        "given_up": "",
        "cycles": run.cycle_pairs,
        "seen": seen,
        "registers": registers,
        "malformed_errors": errors,
        "final": await device.read_all(),
    }

"""What the cocotb tests of the wrapper have in common: word-wise streams, and the stand-in cores' answers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cocotb
from cocotb.clock import Clock
from cocotb.triggers import ClockCycles, RisingEdge
from cocotbext.axi import AxiLiteBus, AxiLiteMaster

PERIOD_NS = 10
WATCHDOG_CYCLES = 3000
Taken = tuple[int, int, int]
"""Cycle, word, TLAST."""


class Bench:
    """The wrapper's ports. Both streams are watched every cycle and held against the rules of AXI4-Stream."""

    def __init__(self, dut: Any, registers: dict[str, Any]) -> None:
        self.dut = dut
        self.map = registers
        bus = AxiLiteBus.from_prefix(dut, "s_axi")
        self.lite = AxiLiteMaster(bus, dut.clk, dut.rst_n, reset_active_level=False)
        for end in (self.lite.write_if, self.lite.read_if):
            end.log.setLevel("WARNING")
        self.cycle = 0
        self.sent: list[Taken] = []
        self.received: list[Taken] = []
        self.stalls = [0, 0]  # input, output
        self.ready_when = lambda cycle: True  # whether m_axis is ready in a cycle
        self.watcher = cocotb.start_soon(self.run())

    async def run(self) -> None:
        """Look at the streams for ever."""
        dut, held = self.dut, None
        while True:
            dut.m_axis_tready.value = int(self.ready_when(self.cycle))
            await RisingEdge(dut.clk)
            self.cycle += 1
            for log, stream in ((self.sent, "s_axis"), (self.received, "m_axis")):
                valid, ready, data, last = (
                    int(getattr(dut, f"{stream}_{name}").value)
                    for name in ("tvalid", "tready", "tdata", "tlast")
                )
                if valid and ready:
                    log.append((self.cycle, data, last))
                elif valid:
                    self.stalls[log is self.received] += 1
                if stream == "m_axis":
                    assert held in (None, (data, last)) or not valid, "a word changed while it waited"
                    held = (data, last) if valid and not ready else None

    async def send(self, words: Sequence[int], last: bool = True) -> None:
        """Offer words without a gap until all are taken; TLAST on the last one if `last`."""
        dut = self.dut
        for index, word in enumerate(words):
            dut.s_axis_tdata.value = word
            dut.s_axis_tlast.value = int(last and index == len(words) - 1)
            dut.s_axis_tvalid.value = 1
            for _ in range(WATCHDOG_CYCLES):
                await RisingEdge(dut.clk)
                if int(dut.s_axis_tready.value):
                    break
            else:
                raise AssertionError("the input blocks")
        dut.s_axis_tvalid.value = 0

    async def wait(self, cycles: int) -> None:
        await ClockCycles(self.dut.clk, cycles)

    async def answers(self, words: int) -> list[int]:
        """The next output words; TLAST must be on the last of them only."""
        for _ in range(WATCHDOG_CYCLES):
            if len(self.received) >= words:
                break
            await RisingEdge(self.dut.clk)
        found, self.received[:words] = self.received[:words], []
        assert [last for _, _, last in found] == [0] * (words - 1) + [1], found
        return [word for _, word, _ in found]

    def offset(self, name: str, index: int = 0) -> int:
        return int(self.map["registers"][name]["offset"]) + 4 * index

    def mask(self, name: str, *fields: str) -> int:
        return sum(1 << self.map["registers"][name]["fields"][field] for field in fields)

    async def read(self, name: str) -> int:
        return int(await self.lite.read_dword(self.offset(name)))

    async def write(self, name: str, value: int) -> None:
        await self.lite.write_dword(self.offset(name), value)

    async def errors(self) -> list[str]:
        """Names of the error bits that are set."""
        value = await self.read("ERRORS")
        return [name for name, bit in self.map["registers"]["ERRORS"]["fields"].items() if value >> bit & 1]

    async def status(self) -> list[str]:
        """Names of the status bits that are set."""
        value = await self.read("STATUS")
        return [name for name, bit in self.map["registers"]["STATUS"]["fields"].items() if value >> bit & 1]

    async def recover(self) -> None:
        """Soft reset, counters and errors cleared; what was received is forgotten."""
        await self.write("CONTROL", self.mask("CONTROL", "soft_reset", "clear"))
        await self.wait(24)
        self.received.clear()
        assert await self.status() == []

    async def check_usable(self, words: Sequence[int]) -> None:
        """One inference gives exactly its scores."""
        await self.send(words)
        assert await self.answers(2) == scores(words)
        assert await self.errors() == []

    async def refused(self, words: Sequence[int], *errors: str, last: bool = True) -> None:
        """The message sets exactly these errors; more input does not block; then all is well again."""
        await self.send(words, last)
        assert await self.errors() == list(errors)
        assert "draining" in await self.status()
        await self.send([0xFFFF_FFFF] * 20)
        await self.recover()


def scores(words: Sequence[int]) -> list[int]:
    """What the stand-in cores answer."""
    return [sum(words) & 0xFFFF_FFFF, len(words)]


async def start(dut: Any) -> Bench:
    """Clock and reset."""
    plan = json.loads(Path(str(cocotb.plusargs["testbench"])).read_text())
    for name in ("s_axi_awvalid", "s_axi_wvalid", "s_axi_arvalid", "s_axis_tvalid", "m_axis_tready", "rst_n"):
        getattr(dut, name).value = 0
    Clock(dut.clk, PERIOD_NS, unit="ns").start()
    await ClockCycles(dut.clk, 4)
    bench = Bench(dut, json.loads(Path(plan["registers"]).read_text()))
    dut.rst_n.value = 1
    await ClockCycles(dut.clk, 24)
    return bench

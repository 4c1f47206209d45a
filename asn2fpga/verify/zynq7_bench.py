"""The simulated board for designs with the processing system's primitive, two of whose ports are models.

It reads +testbench=FILE (JSON): `socket`, `registers`, `memory_base` and `faults` as board_bench.py does,
with the faults of axi3.py; `cells`, physical addresses of the registers; `stalls`, see axi3.Dram. Reading a
status register of the DMA takes POLL_CYCLES more.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cocotb
from cocotb.clock import Clock
from cocotb.triggers import ClockCycles, Event

from asn2fpga.verify.axi3 import FAULTS, Dram, Processor
from asn2fpga.verify.axi_dma import RECEIVE, STATUS, Memory
from asn2fpga.verify.board_server import serve_all

PERIOD_NS = 10
RESET_CYCLES = 16
POLL_CYCLES = 100


class Zynq7Board:
    """Clock, reset and memory of a processing system; `dut`: the design around its primitive `ps7`."""

    def __init__(self, dut: Any, plan: dict[str, Any]) -> None:
        self.ps7 = dut.ps7
        self.faults: list[str] = list(plan["faults"])
        self.memory = Memory(plan["memory_base"])
        self.port_registers: dict[int, int] = {}
        registers = json.loads(Path(plan["registers"]).read_text())["registers"]
        self._hash_offset: int = registers["MODEL_HASH"]["offset"]
        self._cells: dict[str, int] = plan["cells"]
        self._pl_reset_asked = Event()
        Clock(self.ps7.clock, PERIOD_NS, unit="ns").start()
        self.processor = Processor(self.ps7)
        self.dram = Dram(self.ps7, self.memory, self.faults, plan["stalls"], self._pl_reset_asked.set)
        cocotb.start_soon(self._reset_when_asked())

    @property
    def clock(self) -> Any:
        """FCLKCLK[0]."""
        return self.ps7.clock

    @property
    def known_faults(self) -> Mapping[str, str]:
        """Those of the memory."""
        return FAULTS

    async def reset(self) -> None:
        """FCLKRESETN[0] for a while, as loading a bitstream does."""
        self.ps7.reset_n.value = 0
        await ClockCycles(self.clock, RESET_CYCLES)
        self.dram.reset()
        self.ps7.reset_n.value = 1
        await ClockCycles(self.clock, RESET_CYCLES)

    async def _reset_when_asked(self) -> None:
        while True:
            await self._pl_reset_asked.wait()
            self._pl_reset_asked.clear()
            await self.reset()

    async def read(self, cell: str, offset: int) -> int:
        """A register of `accelerator` or `dma`."""
        if cell == "dma" and offset % RECEIVE == STATUS:
            await ClockCycles(self.clock, POLL_CYCLES)
        (value,) = await self.processor.read(self._cells[cell] + offset)
        is_wrong = cell == "accelerator" and offset == self._hash_offset and "wrong_hash" in self.faults
        return value ^ 1 if is_wrong else value

    async def write(self, cell: str, offset: int, value: int) -> None:
        """Write a register of `accelerator` or `dma`."""
        await self.processor.write(self._cells[cell] + offset, [value])


@cocotb.test()
async def run(dut: Any) -> None:
    """Serve one client after the other until one asks for the end."""
    plan: dict[str, Any] = json.loads(Path(str(cocotb.plusargs["testbench"])).read_text())
    board = Zynq7Board(dut, plan)
    await board.reset()
    await serve_all(board, plan["socket"])

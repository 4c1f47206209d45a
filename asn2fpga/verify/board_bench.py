"""The simulated board: a cocotb testbench that serves a stand-in for pynq over a local socket.

It reads +testbench=FILE (JSON): `socket` (path), `registers` (registers.json), `memory_base` (byte address of
the DRAM), `faults` (see axi_dma.FAULTS). Requests are those of board_server.py. An access to a
register takes the bus' cycles, reading a DMA status register up to POLL_CYCLES more, until a transfer ends.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cocotb
from cocotb.clock import Clock
from cocotb.triggers import ClockCycles, Event, First, RisingEdge

from asn2fpga.verify.axi_dma import FAULTS, STATUS, AxiDma, Memory
from asn2fpga.verify.axi_dma import RECEIVE as DMA_RECEIVE
from asn2fpga.verify.board_server import serve_all

PERIOD_NS = 10
RESET_CYCLES = 16
LONGEST_ACCESS_CYCLES = 1000  # of a register, whatever the core does
BUS_CYCLES = 4  # of the interconnect, besides those of the registers
POLL_CYCLES = 1000


class Board:
    """Clock, reset, memory, DMA and the accelerator's registers."""

    def __init__(self, dut: Any, plan: dict[str, Any]) -> None:
        self.dut = dut
        self.faults: list[str] = list(plan["faults"])
        self.memory = Memory(plan["memory_base"])
        self.port_registers: dict[int, int] = {}
        registers = json.loads(Path(plan["registers"]).read_text())["registers"]
        self.hash_offset: int = registers["MODEL_HASH"]["offset"]
        self._pl_reset_asked = Event()
        self.dma = AxiDma(dut, self.memory, self.faults, self._pl_reset_asked.set)
        cocotb.start_soon(self._reset_when_asked())

    @property
    def clock(self) -> Any:
        """The clock of everything."""
        return self.dut.clk

    @property
    def known_faults(self) -> Mapping[str, str]:
        """Those of the DMA's model."""
        return FAULTS

    async def reset(self) -> None:
        """Reset of the programmable logic, the DMA included; what loading a bitstream does too."""
        self.dut.rst_n.value = 0
        await self.dma.reset()
        await ClockCycles(self.dut.clk, RESET_CYCLES)
        self.dut.rst_n.value = 1
        await ClockCycles(self.dut.clk, RESET_CYCLES)

    async def _reset_when_asked(self) -> None:
        while True:
            await self._pl_reset_asked.wait()
            self._pl_reset_asked.clear()
            await self.reset()

    async def read(self, cell: str, offset: int) -> int:
        """A register of `accelerator` or `dma`."""
        await ClockCycles(self.dut.clk, BUS_CYCLES)
        if cell == "accelerator":
            value = await self._read_lite(offset)
            return value ^ 1 if offset == self.hash_offset and "wrong_hash" in self.faults else value
        if offset % DMA_RECEIVE == STATUS and self.dma.is_active:
            self.dma.changed.clear()
            await First(self.dma.changed.wait(), ClockCycles(self.dut.clk, POLL_CYCLES))
        return self.dma.read(offset)

    async def write(self, cell: str, offset: int, value: int) -> None:
        """Write a register of `accelerator` or `dma`."""
        await ClockCycles(self.dut.clk, BUS_CYCLES)
        if cell == "accelerator":
            await self._write_lite(offset, value)
        else:
            self.dma.write(offset, value)

    async def _read_lite(self, offset: int) -> int:
        dut = self.dut
        dut.s_axi_araddr.value = offset
        dut.s_axi_arvalid.value = 1
        await self._until(dut.s_axi_arready)
        dut.s_axi_arvalid.value = 0
        dut.s_axi_rready.value = 1
        await self._until(dut.s_axi_rvalid)
        dut.s_axi_rready.value = 0
        return int(dut.s_axi_rdata.value)

    async def _write_lite(self, offset: int, value: int) -> None:
        dut = self.dut
        dut.s_axi_awaddr.value, dut.s_axi_wdata.value, dut.s_axi_wstrb.value = offset, value, 0xF
        dut.s_axi_awvalid.value = dut.s_axi_wvalid.value = 1
        await self._until(dut.s_axi_awready)  # both channels are free at the same time
        dut.s_axi_awvalid.value = dut.s_axi_wvalid.value = 0
        dut.s_axi_bready.value = 1
        await self._until(dut.s_axi_bvalid)
        dut.s_axi_bready.value = 0

    async def _until(self, signal: Any) -> None:
        """Until a clock edge at which the signal is 1; TimeoutError if there is none for too long."""
        for _ in range(LONGEST_ACCESS_CYCLES):
            await RisingEdge(self.dut.clk)
            if int(signal.value):
                return
        raise TimeoutError(
            f"the registers must answer within {LONGEST_ACCESS_CYCLES} cycles, not later ({signal._name})"
        )


async def start(dut: Any, plan: dict[str, Any]) -> Board:
    """Clock, inputs at rest, reset."""
    for name in ("s_axi_awvalid", "s_axi_wvalid", "s_axi_bready", "s_axi_arvalid", "s_axi_rready"):
        getattr(dut, name).value = 0
    dut.rst_n.value = dut.s_axis_tvalid.value = dut.m_axis_tready.value = 0
    Clock(dut.clk, PERIOD_NS, unit="ns").start()
    await ClockCycles(dut.clk, 2)
    board = Board(dut, plan)
    await board.reset()
    return board


@cocotb.test()
async def run(dut: Any) -> None:
    """Serve one client after the other until one asks for the end."""
    plan: dict[str, Any] = json.loads(Path(str(cocotb.plusargs["testbench"])).read_text())
    board = await start(dut, plan)
    await serve_all(board, plan["socket"])

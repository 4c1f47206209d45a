"""The simulated board: a cocotb testbench that serves a stand-in for pynq over a local socket.

It reads +testbench=FILE (JSON): `socket` (path), `registers` (registers.json), `memory_base` (byte address of
the DRAM), `faults` (see axi_dma.FAULTS). One client at a time. A request is a line of JSON and, if it says
`bytes`, as many bytes; so is the answer. Simulated time moves only while a request is served: an access to a
register takes the bus' cycles, reading a DMA status register up to POLL_CYCLES more, until a transfer ends.
"""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import cocotb
from cocotb.clock import Clock
from cocotb.triggers import ClockCycles, Event, First, RisingEdge
from cocotb.utils import get_sim_time

from asn2fpga.verify.axi_dma import FAULTS, STATUS, AxiDma, Memory
from asn2fpga.verify.axi_dma import RECEIVE as DMA_RECEIVE

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
        registers = json.loads(Path(plan["registers"]).read_text())["registers"]
        self.hash_offset: int = registers["MODEL_HASH"]["offset"]
        self._pl_reset_asked = Event()
        self.dma = AxiDma(dut, self.memory, self.faults, self._pl_reset_asked.set)
        cocotb.start_soon(self._reset_when_asked())

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


async def answer(board: Board, request: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
    """Serve one request: the answer and its bytes."""
    kind = request["do"]
    if kind == "read":
        return {"value": await board.read(request["cell"], request["offset"])}, b""
    if kind == "write":
        await board.write(request["cell"], request["offset"], request["value"])
    elif kind == "allocate":
        return {"address": board.memory.allocate(request["size"])}, b""
    elif kind == "flush":
        board.memory.write(request["address"], data)
    elif kind == "invalidate":
        return {}, board.memory.read(request["address"], request["size"])
    elif kind == "load":
        await board.reset()
    elif kind == "fault" and request["fault"] in FAULTS:
        board.faults.append(request["fault"])
    elif kind == "time":
        return {"seconds": get_sim_time("ns") * 1e-9}, b""
    elif kind == "advance":
        await ClockCycles(board.dut.clk, request["cycles"])
    else:
        return {"error": f"unknown request {request}"}, b""
    return {}, b""


async def serve(board: Board, stream: Any) -> bool:
    """Serve a client until it leaves; whether it asked for the end."""
    while True:
        line = stream.readline()
        if not line:
            return False
        request = json.loads(line)
        if request["do"] == "end":
            return True
        data = stream.read(request.get("bytes", 0))
        try:
            reply, back = await answer(board, request, data)
        except TimeoutError as error:
            reply, back = {"error": str(error)}, b""
        stream.write(json.dumps({**reply, "bytes": len(back)}).encode() + b"\n" + back)
        stream.flush()


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
    listener = socket.socket(socket.AF_UNIX)
    new = Path(plan["socket"] + ".new")
    listener.bind(str(new))
    listener.listen()
    new.rename(plan["socket"])  # whoever sees it can connect
    ended = False
    while not ended:
        client, _ = listener.accept()
        with client, client.makefile("rwb") as stream:
            ended = await serve(board, stream)

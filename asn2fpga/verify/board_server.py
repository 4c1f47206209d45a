"""The board's side of the link to the stand-in for pynq: requests from a local socket, served one by one.

One client at a time. A request is a line of JSON and, if it says `bytes`, as many bytes; so is the answer.
Simulated time moves only while a request is served.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from cocotb.triggers import ClockCycles
from cocotb.utils import get_sim_time

from asn2fpga.verify.axi_dma import Memory

PORT_REGISTERS = "memory_port"
"""Cell of the processing system's registers of the memory port: kept as written, they do nothing here."""


class ServedBoard(Protocol):
    """What a board must be able to do."""

    memory: Memory
    faults: list[str]
    port_registers: dict[int, int]

    @property
    def clock(self) -> Any:
        """The signal of its clock."""

    @property
    def known_faults(self) -> Mapping[str, str]:
        """Faults that can be asked for."""

    async def reset(self) -> None:
        """What loading a bitstream does."""

    async def read(self, cell: str, offset: int) -> int:
        """A register of `accelerator` or `dma`."""

    async def write(self, cell: str, offset: int, value: int) -> None:
        """Write one."""


async def answer(board: ServedBoard, request: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
    """Serve one request: the answer and its bytes."""
    kind = request["do"]
    if kind in ("read", "write"):
        return await _access(board, request), b""
    if kind == "allocate":
        return {"address": board.memory.allocate(request["size"])}, b""
    if kind == "invalidate":
        return {}, board.memory.read(request["address"], request["size"])
    if kind == "time":
        return {"seconds": get_sim_time("ns") * 1e-9}, b""
    if kind == "flush":
        board.memory.write(request["address"], data)
    elif kind == "load":
        await board.reset()
    elif kind == "fault" and request["fault"] in board.known_faults:
        board.faults.append(request["fault"])
    elif kind == "advance":
        await ClockCycles(board.clock, request["cycles"])
    else:
        return {"error": f"unknown request {request}"}, b""
    return {}, b""


async def _access(board: ServedBoard, request: dict[str, Any]) -> dict[str, Any]:
    """Read or write a register."""
    if request["cell"] == PORT_REGISTERS:
        return _port_register(board, request)
    if request["do"] == "read":
        return {"value": await board.read(request["cell"], request["offset"])}
    await board.write(request["cell"], request["offset"], request["value"])
    return {}


def _port_register(board: ServedBoard, request: dict[str, Any]) -> dict[str, Any]:
    if request["do"] == "read":
        return {"value": board.port_registers.get(request["offset"], 0)}
    board.port_registers[request["offset"]] = request["value"]
    return {}


async def serve(board: ServedBoard, stream: Any) -> bool:
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


async def serve_all(board: ServedBoard, place: str) -> None:
    """Serve one client after the other at the socket `place`, until one asks for the end."""
    listener = socket.socket(socket.AF_UNIX)
    new = Path(place + ".new")
    listener.bind(str(new))
    listener.listen()
    new.rename(place)  # whoever sees it can connect
    ended = False
    while not ended:
        client, _ = listener.accept()
        with client, client.makefile("rwb") as stream:
            ended = await serve(board, stream)

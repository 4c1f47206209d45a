"""Runs against a simulated board: `python board_client.py VECTORS SCENARIO`; prints one JSON value.

The stand-in for pynq is on the path. Every wait has a limit, in polls.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pynq

POLLS = 40
BATCH, CONTROL, STATUS, ERRORS, INFERENCES = 0x8C, 0x80, 0x84, 0x88, 0xC4
SOFT_RESET_AND_CLEAR, STOP = 3, 4
SEND, RECEIVE, IDLE, RESET = 0x00, 0x30, 0x2, 0x4


class Client:
    """Accelerator and DMA by their registers."""

    def __init__(self, path: str) -> None:
        data = np.load(path)
        self.scores = data["scores"]
        self.overlay = pynq.Overlay("net.bit")
        cells = self.overlay.ip_dict
        self.registers, self.dma = (
            pynq.MMIO(cells[name]["phys_addr"], cells[name]["addr_range"]) for name in ("accelerator", "dma")
        )
        self.source = pynq.allocate(data["words"].shape, np.uint32)
        self.source[:] = data["words"]
        self.source.flush()
        self.target = pynq.allocate(self.scores.shape, np.int32)

    def begin(self) -> None:
        """One message with all vectors."""
        self.registers.write(BATCH, len(self.scores))
        self.start(RECEIVE, self.target.device_address, self.target.nbytes)
        self.start(SEND, self.source.device_address, self.source.nbytes)

    def start(self, base: int, address: int, length: int) -> None:
        self.dma.write(base, 1)
        self.dma.write(base + 0x18, address & 0xFFFFFFFF)
        self.dma.write(base + 0x1C, address >> 32)
        self.dma.write(base + 0x28, length)

    def wait(self, base: int) -> bool:
        """Whether the channel becomes idle."""
        return any(self.dma.read(base + 4) & IDLE for _ in range(POLLS))

    def right(self) -> bool:
        """One exchange from the start to exact scores."""
        self.target[:] = 0
        self.target.flush()
        self.begin()
        if not (self.wait(SEND) and self.wait(RECEIVE)):
            return False
        self.target.invalidate()
        return bool((self.target == self.scores).all())

    def recover(self) -> None:
        """As docs/spec/registers.md says."""
        self.registers.write(CONTROL, STOP)
        self.dma.write(SEND, RESET)
        assert any(not self.dma.read(SEND) & RESET for _ in range(POLLS))
        self.registers.write(CONTROL, SOFT_RESET_AND_CLEAR)

    def state(self) -> dict[str, int]:
        return {
            "send": self.dma.read(SEND + 4) & 0x73,
            "receive": self.dma.read(RECEIVE + 4) & 0x73,
            "errors": self.registers.read(ERRORS),
            "status": self.registers.read(STATUS),
        }


def exchanges(client: Client) -> Any:
    """Two messages through registers, one through pynq's own DMA classes."""
    results = [client.right(), client.right()]
    dma, target = client.overlay.dma, client.target
    dma.recvchannel.transfer(target)
    dma.sendchannel.transfer(client.source)
    dma.sendchannel.wait()
    dma.recvchannel.wait()
    results.append(bool((target == client.scores).all()))
    moved = dma.recvchannel.transferred == target.nbytes
    return [*results, moved, client.registers.read(INFERENCES), client.state()]


def faults(client: Client) -> Any:
    """Each fault once: whether it was noticed, the state then, and whether all is well after recovery."""
    found = {}
    for fault in ("stuck_send", "stuck_receive", "dropped_send_last", "dropped_receive_last", "reset"):
        pynq.inject(fault)
        noticed = not client.right() or client.registers.read(ERRORS) != 0
        state = client.state()
        client.recover()
        found[fault] = [noticed, state, client.right()]
    return found


def wrong_hash(client: Client) -> Any:
    return [f"{client.registers.read(0x10 + 4 * word):08x}" for word in range(8)]


def dma_details(client: Client) -> Any:
    """What PG021 says about lengths, addresses and halted channels."""
    before = client.state()
    client.dma.write(SEND + 0x28, 64)
    halted = client.state()["send"]
    client.dma.write(SEND, 1)
    running = client.state()["send"]
    client.dma.write(SEND + 0x28, 0)
    nothing = client.state()["send"]
    client.start(SEND, 0x100, 64)
    nowhere = client.state()["send"]
    client.recover()
    client.begin()
    client.dma.write(RECEIVE, RESET)
    while client.dma.read(RECEIVE) & RESET:
        pass
    client.recover()
    client.registers.write(BATCH, len(client.scores))
    client.start(SEND, client.source.device_address, client.source.nbytes)
    client.wait(SEND)
    client.start(RECEIVE, client.target.device_address, client.target.nbytes - 4)
    client.wait(RECEIVE)
    too_long = client.state()["receive"]
    client.recover()
    return [before["send"], halted, running, nothing, nowhere, too_long, client.right()]


def buffers(client: Client) -> Any:
    """A cache that is not flushed is not seen; slices have their own address."""
    part = client.source[4:8]
    offset = part.device_address - client.source.device_address
    client.source[:] ^= 0x1010101
    unseen = client.right()
    client.source[:] ^= 0x1010101
    return [offset, unseen, client.source.coherent]


def bad_access(client: Client) -> Any:
    """Text of the exception of each access that the real classes refuse."""

    def text(action: Callable[[], Any]) -> str:
        try:
            action()
        except Exception as error:
            return f"{type(error).__name__}: {error}"
        return "none"

    return [
        text(lambda: client.registers.read(2)),
        text(lambda: client.registers.read(-4)),
        text(lambda: client.registers.read(0x1000)),
        text(lambda: client.registers.write(0x8C, 1.5)),
        text(lambda: pynq.MMIO(0x10, 16).read(0)),
        text(lambda: pynq.inject("fire")),
    ]


def details(client: Client) -> Any:
    return [dma_details(client), buffers(client), bad_access(client), wrong_hash(client)]


if __name__ == "__main__":
    print(json.dumps(globals()[sys.argv[2]](Client(sys.argv[1]))))

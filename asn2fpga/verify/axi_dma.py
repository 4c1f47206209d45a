"""AXI DMA in direct register mode (PG021) as a model for cocotb: registers, two channels, memory.

One transfer a channel, in words as wide as the accelerator's streams. A channel that is halted moves nothing;
a length of 0 does nothing; Idle is 0 until the first transfer is complete; a message longer than the buffer
is an internal error; a reset through either channel hits both. The receiving side takes a few words ahead of
a transfer, as the real one does, and forgets them in a reset. Interrupts are not modelled. Faults: `FAULTS`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

import cocotb
import numpy as np
from cocotb.task import Task
from cocotb.triggers import ClockCycles, Event, RisingEdge

SEND, RECEIVE = 0x00, 0x30
CONTROL, STATUS, ADDRESS, ADDRESS_HIGH, LENGTH = 0x00, 0x04, 0x18, 0x1C, 0x28
RUN, RESET = 0x1, 0x4
HALTED, IDLE, INTERNAL_ERROR, DECODE_ERROR, COMPLETE = 0x1, 0x2, 0x10, 0x40, 0x1000
LENGTH_MASK = (1 << 26) - 1
RESET_CYCLES = 16
WORDS_AHEAD = 4
PAGE_BYTES = 4096

FAULTS = {
    "stuck_send": "the sending channel stops in the middle of a message",
    "stuck_receive": "the receiving channel takes nothing",
    "dropped_send_last": "a message to the accelerator comes without TLAST",
    "dropped_receive_last": "a message from the accelerator comes without TLAST",
    "reset": "the programmable logic is reset in the middle of a message to the accelerator",
    "wrong_hash": "the bitstream is of another model",
}
"""Each happens once, at the next message, but wrong_hash, which stays."""


class Memory:
    """DRAM as the DMA sees it: pages handed out from byte address `base` on."""

    def __init__(self, base: int) -> None:
        self.base = base
        self.bytes = np.zeros(0, np.uint8)

    def allocate(self, size: int) -> int:
        """Address of `size` new bytes, which hold 0xA5."""
        address = self.base + len(self.bytes)
        pages = -(-max(1, size) // PAGE_BYTES)
        self.bytes = np.append(self.bytes, np.full(pages * PAGE_BYTES, 0xA5, np.uint8))
        return address

    def holds(self, address: int, size: int) -> bool:
        """Whether all these bytes were handed out."""
        return self.base <= address and address + size <= self.base + len(self.bytes)

    def read(self, address: int, size: int) -> bytes:
        """`size` bytes."""
        start = address - self.base
        return self.bytes[start : start + size].tobytes()

    def write(self, address: int, data: bytes) -> None:
        """Write bytes."""
        start = address - self.base
        self.bytes[start : start + len(data)] = np.frombuffer(data, np.uint8)


class Channel:
    """Registers of one direction."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """State after a reset."""
        self.run = False
        self.status = HALTED
        self.address = 0
        self.length = 0  # asked for; of a finished message, moved
        self.active = False

    def finish(self, moved: int) -> None:
        """The transfer is complete."""
        self.active = False
        self.length = moved
        self.status |= IDLE | COMPLETE
        self._halt_if_stopped()

    def fail(self, error: int) -> None:
        """The transfer ends with an error, and the channel halts."""
        self.active = False
        self.run = False
        self.status = HALTED | error

    def control(self, value: int) -> None:
        """Write the control register's run bit."""
        self.run = bool(value & RUN)
        if self.run:
            self.status &= ~HALTED
        self._halt_if_stopped()

    def _halt_if_stopped(self) -> None:
        if not self.run and not self.active:
            self.status = (self.status | HALTED) & ~IDLE


class AxiDma:
    """Both channels on the streams of `dut`. `pl_reset`: what the fault `reset` calls."""

    def __init__(self, dut: Any, memory: Memory, faults: list[str], pl_reset: Callable[[], None]) -> None:
        self.dut = dut
        self.memory = memory
        self.faults = faults
        self.pl_reset = pl_reset
        self.channels = {SEND: Channel(), RECEIVE: Channel()}
        self.changed = Event()  # a transfer has ended, or a reset
        self.resetting = False
        self._ahead: deque[tuple[int, bool]] = deque()
        self._received = bytearray()
        self._wake = Event()
        self._stuck = False
        self._sender: Task[None] | None = None
        self._receiver = cocotb.start_soon(self._receive())

    # ---- registers -------------------------------------------------------------------------------------

    def read(self, offset: int) -> int:
        """A register; reserved ones are 0."""
        base = RECEIVE if offset >= RECEIVE else SEND
        channel = self.channels[base]
        values = {
            CONTROL: int(channel.run) * RUN | int(self.resetting) * RESET,
            STATUS: channel.status,
            ADDRESS: channel.address & 0xFFFF_FFFF,
            ADDRESS_HIGH: channel.address >> 32,
            LENGTH: channel.length,
        }
        return values.get(offset - base, 0)

    def write(self, offset: int, value: int) -> None:
        """Write a register."""
        base = RECEIVE if offset >= RECEIVE else SEND
        channel, register = self.channels[base], offset - base
        if register == CONTROL and value & RESET:
            cocotb.start_soon(self.reset())
        elif register == CONTROL:
            channel.control(value)
        elif register == STATUS:
            channel.status &= ~(value & COMPLETE)
        elif register == ADDRESS:
            channel.address = channel.address >> 32 << 32 | value
        elif register == ADDRESS_HIGH:
            channel.address = channel.address & 0xFFFF_FFFF | value << 32
        elif register == LENGTH and value & LENGTH_MASK and not channel.status & HALTED:
            self._start(base, value & LENGTH_MASK)

    @property
    def is_active(self) -> bool:
        """Whether a transfer or a reset is going on."""
        return self.resetting or any(channel.active for channel in self.channels.values())

    async def reset(self) -> None:
        """Both channels: transfers end, words taken ahead are gone."""
        self.resetting = True
        for task in (self._sender, self._receiver):
            if task is not None:
                task.cancel()
        for channel in self.channels.values():
            channel.reset()
        self._ahead.clear()
        self._stuck = False
        self.dut.s_axis_tvalid.value = 0
        self.dut.m_axis_tready.value = 0
        await ClockCycles(self.dut.clk, RESET_CYCLES)
        self._receiver = cocotb.start_soon(self._receive())
        self.resetting = False
        self.changed.set()

    def _start(self, base: int, length: int) -> None:
        channel = self.channels[base]
        channel.length = length
        channel.status &= ~(IDLE | COMPLETE)
        channel.active = True
        if not self.memory.holds(channel.address, length):
            channel.fail(DECODE_ERROR)
        elif base == SEND:
            self._sender = cocotb.start_soon(self._send(channel))
        else:
            self._received.clear()
            self._stuck = self._happens("stuck_receive")
            self._store()
            self._wake.set()

    def _happens(self, fault: str) -> bool:
        if fault not in self.faults:
            return False
        self.faults.remove(fault)
        return True

    # ---- memory to stream ------------------------------------------------------------------------------

    async def _send(self, channel: Channel) -> None:
        data = self.memory.read(channel.address, channel.length)
        words = _words_of(data, _bytes_of(self.dut.s_axis_tdata))
        stuck, drop_last = self._happens("stuck_send"), self._happens("dropped_send_last")
        reset_pl = self._happens("reset")
        dut = self.dut
        dut.s_axis_tkeep.value = (1 << _bytes_of(dut.s_axis_tdata)) - 1
        for index, word in enumerate(words):
            if index == len(words) // 2 and (stuck or reset_pl):
                dut.s_axis_tvalid.value = 0
                if reset_pl:
                    self.pl_reset()
                return
            dut.s_axis_tdata.value = word
            dut.s_axis_tlast.value = int(index == len(words) - 1 and not drop_last)
            dut.s_axis_tvalid.value = 1
            await self._taken()
        dut.s_axis_tvalid.value = 0
        channel.finish(channel.length)
        self.changed.set()

    async def _taken(self) -> None:
        """Until a clock edge at which the accelerator takes the word; asleep while it is not ready."""
        ready = self.dut.s_axis_tready
        while True:
            await RisingEdge(self.dut.clk)
            if int(ready.value):
                return
            await RisingEdge(ready)

    # ---- stream to memory ------------------------------------------------------------------------------

    async def _receive(self) -> None:
        dut = self.dut
        while True:
            while self._stuck or len(self._ahead) >= WORDS_AHEAD:
                dut.m_axis_tready.value = 0
                self._wake.clear()
                await self._wake.wait()
            dut.m_axis_tready.value = 1
            await RisingEdge(dut.clk)
            if int(dut.m_axis_tvalid.value) and int(dut.m_axis_tready.value):
                last = bool(int(dut.m_axis_tlast.value))
                if last and self._happens("dropped_receive_last"):
                    last = False
                self._ahead.append((int(dut.m_axis_tdata.value), last))
                self._store()
            elif int(dut.m_axis_tready.value):
                await RisingEdge(dut.m_axis_tvalid)

    def _store(self) -> None:
        """Move the words that have come into the buffer of the transfer, if there is one."""
        channel = self.channels[RECEIVE]
        while channel.active and self._ahead and not self._stuck:
            word, last = self._ahead.popleft()
            self._received += word.to_bytes(_bytes_of(self.dut.m_axis_tdata), "little")
            if len(self._received) > channel.length:
                channel.fail(INTERNAL_ERROR)
                self.changed.set()
            elif last:
                self.memory.write(channel.address, bytes(self._received))
                channel.finish(len(self._received))
                self.changed.set()


def _bytes_of(data: Any) -> int:
    """Bytes of a word of a stream, by its TDATA."""
    return len(data) // 8


def _words_of(data: bytes, width: int) -> list[int]:
    """The data cut into words of so many bytes, the last one padded with zeros."""
    starts = range(0, len(data), width)
    return [int.from_bytes(data[start : start + width], "little") for start in starts]

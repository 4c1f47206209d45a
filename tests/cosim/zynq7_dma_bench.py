"""cocotb tests of the DMA and the bridge of a Zynq-7000 design, whose accelerator sends back what comes."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import cocotb
from cocotb.triggers import ClockCycles

from asn2fpga.verify.axi3 import BusError
from asn2fpga.verify.zynq7_bench import Zynq7Board

CONTROL, STATUS, ADDRESS, LENGTH = 0x00, 0x04, 0x18, 0x28
SEND, RECEIVE = 0x00, 0x30
RUN, RESET = 1, 4
HALTED, IDLE, INTERNAL, SLAVE, DECODE = 0x1, 0x2, 0x10, 0x20, 0x40
FIXED, WRAP = 0, 2
LONGEST_POLLS = 100
random_numbers = random.Random(11)
PLAN: dict[str, Any] = json.loads(Path(str(cocotb.plusargs["testbench"])).read_text())
WORD = PLAN["word_bits"] // 8


class Bench(Zynq7Board):
    """The board, and transfers as a driver does them."""

    async def status(self, channel: int) -> int:
        return await self.read("dma", channel + STATUS)

    async def begin(self, channel: int, address: int, length: int) -> None:
        await self.write("dma", channel + ADDRESS, address)
        await self.write("dma", channel + LENGTH, length)

    async def run_both(self) -> None:
        for channel in (SEND, RECEIVE):
            await self.write("dma", channel + CONTROL, RUN)

    async def recover(self, channel: int = SEND) -> None:
        """A reset through one channel, of both; then they run again."""
        await self.write("dma", channel + CONTROL, RESET)
        for _ in range(LONGEST_POLLS):
            if not await self.read("dma", channel + CONTROL) & RESET:
                break
        else:
            raise AssertionError("the reset must end")
        assert [await self.status(one) for one in (SEND, RECEIVE)] == [HALTED, HALTED]
        self.ps7.reset_n.value = 0  # the loop still holds words
        await ClockCycles(self.clock, 16)
        self.ps7.reset_n.value = 1
        await ClockCycles(self.clock, 16)
        await self.run_both()

    async def wait(self, channel: int, bits: int) -> None:
        for _ in range(LONGEST_POLLS):
            if await self.status(channel) & bits == bits:
                return
        raise AssertionError(f"status must become {bits:#x}, not {await self.status(channel):#x}")

    def place(self, size: int, offset: int) -> int:
        """Address of `size` bytes, `offset` bytes behind the start of a page, and room before and behind."""
        return self.memory.allocate(size + offset + 64) + offset

    async def loop(self, words: int, offset: int, room: int = 0) -> None:
        """A message there and back: all of it, and nothing besides."""
        size = words * WORD
        data = random_numbers.randbytes(size)
        source, target = self.place(size, offset), self.place(size + room, offset)
        self.memory.write(source, data)
        await self.begin(RECEIVE, target, size + room)
        await self.begin(SEND, source, size)
        await self.wait(SEND, IDLE)
        await self.wait(RECEIVE, IDLE)
        assert await self.read("dma", RECEIVE + LENGTH) == size
        assert self.memory.read(target, size) == data, f"{words} words from {offset} on"
        assert self.memory.read(target + size, 32) == b"\xa5" * 32, "what lies behind must stay"
        if offset >= 32:
            assert self.memory.read(target - 32, 32) == b"\xa5" * 32, "what lies before must stay"


async def start(dut: Any, stalls: float = 0.0) -> Bench:
    board = Bench(dut, {**PLAN, "stalls": stalls})
    await board.reset()
    await board.run_both()
    return board


@cocotb.test()
async def messages_of_every_length_come_back(dut: Any) -> None:
    """From one word to several bursts, from everywhere in a burst's 128 bytes and across pages."""
    board = await start(dut)
    for words in (*range(1, 20), 31, 32, 33, 63, 64, 65, 200):
        await board.loop(words, 8 * random_numbers.randrange(16))
    for words in (3, 40, 600):
        await board.loop(words, 4096 - 8)
    await board.loop(5, 0, room=400)


@cocotb.test()
async def stalls_on_all_channels_lose_nothing(dut: Any) -> None:
    board = await start(dut, stalls=0.6)
    for words in (1, 2, 7, 65, 130):
        await board.loop(words, 8 * random_numbers.randrange(512))


@cocotb.test()
async def several_bursts_are_under_way(dut: Any) -> None:
    board = await start(dut)
    await board.loop(400, 0)
    assert board.dram.longest_queue > 16


@cocotb.test()
async def impossible_transfers_are_refused(dut: Any) -> None:
    """An address between two beats, a part of a word, a message longer than the buffer."""
    board = await start(dut)
    source, target = board.place(256, 0), board.place(256, 0)
    for channel, address, length in (
        (SEND, source + 4, 64),
        (SEND, source, 64 + WORD // 2),
        (RECEIVE, target + 4, 64),
        (RECEIVE, target, 64 + WORD // 2),
    ):
        await board.begin(channel, address, length)
        assert await board.status(channel) == HALTED | INTERNAL
        await board.write("dma", channel + CONTROL, RUN)
        assert await board.status(channel) == HALTED | INTERNAL  # until a reset
        await board.recover(channel)
    await board.begin(RECEIVE, target, 16 * WORD)
    await board.begin(SEND, source, 17 * WORD)
    await board.wait(RECEIVE, HALTED | INTERNAL)
    assert board.memory.read(target + 16 * WORD, 32) == b"\xa5" * 32
    await board.recover(RECEIVE)
    await board.loop(9, 0)


@cocotb.test()
async def nothing_happens_without_a_length_or_while_halted(dut: Any) -> None:
    board = await start(dut)
    source = board.place(64, 0)
    await board.begin(SEND, source, 0)
    assert await board.status(SEND) == 0
    await board.write("dma", SEND + CONTROL, 0)
    await board.begin(SEND, source, 64)
    assert await board.status(SEND) == HALTED
    assert board.dram.longest_queue == 0


@cocotb.test()
async def errors_of_the_memory_are_told_and_overcome(dut: Any) -> None:
    board = await start(dut)
    source, target = board.place(1024, 0), board.place(1024, 0)
    nowhere = 0x3000_0000
    for send, receive, fault, seen in (
        (nowhere, target, "", (SEND, DECODE)),
        (source, nowhere, "", (RECEIVE, DECODE)),
        (source, target, "read_error", (SEND, SLAVE)),
        (source, target, "write_error", (RECEIVE, SLAVE)),
    ):
        board.faults += [fault] if fault else []
        await board.begin(RECEIVE, receive, 1024)
        await board.begin(SEND, send, 1024)
        await board.wait(seen[0], HALTED | seen[1])
        await board.recover()
        await board.loop(21, 16)


@cocotb.test()
async def a_reset_in_the_middle_breaks_no_burst(dut: Any) -> None:
    """At many moments; the models hold the bus to its rules, and the next message comes whole."""
    board = await start(dut, stalls=0.3)
    source, target = board.place(4096, 0), board.place(4096, 0)
    for cycles in (0, 3, 20, 45, 60, 75, 110, 160, 230, 400):
        await board.begin(RECEIVE, target, 4096)
        await board.begin(SEND, source, 4096)
        await ClockCycles(board.clock, cycles)
        await board.recover((SEND, RECEIVE)[cycles % 2])
        await board.loop(13, 24)


@cocotb.test()
async def the_bridge_keeps_bursts_in_order(dut: Any) -> None:
    board = await start(dut)
    here = PLAN["cells"]["accelerator"]
    values = [random_numbers.getrandbits(32) for _ in range(16)]
    await board.processor.write(here + 0x100, values)
    assert await board.processor.read(here + 0x100, 16) == values
    assert await board.processor.read(here + 0x13C) == values[-1:]
    await board.processor.write(here + 0x200, values[:3], burst=FIXED)
    assert await board.processor.read(here + 0x200, 2, burst=FIXED) == [values[2]] * 2


@cocotb.test()
async def the_bridge_answers_everywhere(dut: Any) -> None:
    """Addresses that nothing has, and bursts that wrap: an error, and it goes on."""
    board = await start(dut)
    here = PLAN["cells"]["accelerator"]
    await board.processor.write(here, [7])
    for address, burst, error in (
        (here + 0x1000, 1, "DECERR"),
        (0x5000_0000, 1, "DECERR"),
        (here, WRAP, "SLVERR"),
    ):
        for access in (
            board.processor.read(address, 4, burst=burst),
            board.processor.write(address, [1, 2, 3, 4], burst=burst),
        ):
            try:
                await access
            except BusError as refused:
                assert error in str(refused)
            else:
                raise AssertionError("it must be an error")
    assert await board.processor.read(here) == [7]

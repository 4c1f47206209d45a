"""Two ports of a Zynq-7000's processing system as models for cocotb: M_AXI_GP0, and DRAM behind S_AXI_HP0.

Both hold the design to AXI3 (AMBA AXI specification, IHI 0022D) and to what UG585 says of the ports: bursts
of at most 16 beats that do not cross 4 KiB, offers that stay until they are taken, WLAST on the last beat. A
violation ends the simulation. Signals are those of the stand-in hw/sim/ps7.sv.
"""

from __future__ import annotations

import random
from collections import deque
from typing import Any

import cocotb
from cocotb.triggers import RisingEdge

from asn2fpga.verify.axi_dma import Memory

OKAY, SLVERR, DECERR = 0, 2, 3
INCREMENTING = 1
BEAT_BYTES = 8
LONGEST_ACCESS_CYCLES = 1000
READ_LATENCY_CYCLES = 30  # a guess of ours
BOUNDARY_BYTES = 4096
FAULTS = {
    "read_error": "the memory answers a burst of a message to the accelerator with SLVERR",
    "write_error": "the memory answers a burst of scores with SLVERR",
    "reset": "the programmable logic is reset in the middle of a message to the accelerator",
    "wrong_hash": "the bitstream is of another model",
}
"""Each happens once, at the next message, but wrong_hash, which stays."""


class ProtocolError(Exception):
    """The design broke a rule of the bus."""


class BusError(Exception):
    """The design answered an access with an error."""


class Processor:
    """Reads and writes registers through M_AXI_GP0, one access at a time, each with another ID."""

    def __init__(self, ps7: Any) -> None:
        self._ps7 = ps7
        self._id = 0
        for channel in ("AW", "W", "AR"):
            getattr(ps7, f"MAXIGP0{channel}VALID").value = 0
        ps7.MAXIGP0BREADY.value = ps7.MAXIGP0RREADY.value = 0

    async def read(self, address: int, words: int = 1, burst: int = INCREMENTING) -> list[int]:
        """So many words in one burst. BusError if one is answered with an error."""
        ps7, identifier = self._ps7, self._next_id()
        self._ask("AR", address, words, burst, identifier)
        await self._until(ps7.MAXIGP0ARREADY)
        ps7.MAXIGP0ARVALID.value = 0
        ps7.MAXIGP0RREADY.value = 1
        values, answers = [], []
        for word in range(words):
            await self._until(ps7.MAXIGP0RVALID)
            _require(int(ps7.MAXIGP0RID.value) == identifier, "RID must be ARID")
            _require(
                bool(int(ps7.MAXIGP0RLAST.value)) == (word == words - 1), "RLAST must be on the last word"
            )
            values.append(int(ps7.MAXIGP0RDATA.value))
            answers.append(int(ps7.MAXIGP0RRESP.value))
        ps7.MAXIGP0RREADY.value = 0
        _check_answers(address, answers)
        return values

    async def write(self, address: int, values: list[int], burst: int = INCREMENTING) -> None:
        """Words in one burst. BusError if it is answered with an error."""
        ps7, identifier = self._ps7, self._next_id()
        self._ask("AW", address, len(values), burst, identifier)
        await self._until(ps7.MAXIGP0AWREADY)
        ps7.MAXIGP0AWVALID.value = 0
        ps7.MAXIGP0WSTRB.value, ps7.MAXIGP0WVALID.value = 0xF, 1
        for word, value in enumerate(values):
            ps7.MAXIGP0WDATA.value = value
            ps7.MAXIGP0WLAST.value = int(word == len(values) - 1)
            await self._until(ps7.MAXIGP0WREADY)
        ps7.MAXIGP0WVALID.value = 0
        ps7.MAXIGP0BREADY.value = 1
        await self._until(ps7.MAXIGP0BVALID)
        ps7.MAXIGP0BREADY.value = 0
        _require(int(ps7.MAXIGP0BID.value) == identifier, "BID must be AWID")
        _check_answers(address, [int(ps7.MAXIGP0BRESP.value)])

    def _next_id(self) -> int:
        self._id = (self._id + 1) % (1 << 12)
        return self._id

    def _ask(self, channel: str, address: int, words: int, burst: int, identifier: int) -> None:
        for name, value in (
            ("ID", identifier),
            ("ADDR", address),
            ("LEN", words - 1),
            ("SIZE", 2),
            ("BURST", burst),
            ("VALID", 1),
        ):
            getattr(self._ps7, f"MAXIGP0{channel}{name}").value = value

    async def _until(self, signal: Any) -> None:
        for _ in range(LONGEST_ACCESS_CYCLES):
            await RisingEdge(self._ps7.clock)
            if int(signal.value):
                return
        raise TimeoutError(f"the registers must answer within {LONGEST_ACCESS_CYCLES} cycles, not later")


class Dram:
    """Memory behind S_AXI_HP0. `stalls`: how probable it is that a channel rests in a cycle, 0 to below 1.

    `faults` holds names of FAULTS that happen at the next burst. `pl_reset`: what the fault `reset` calls.
    """

    def __init__(self, ps7: Any, memory: Memory, faults: list[str], stalls: float, pl_reset: Any) -> None:
        self._ps7 = ps7
        self._memory = memory
        self._faults = faults
        self._stalls = stalls
        self._pl_reset = pl_reset
        self._random = random.Random(5)
        self._reads: deque[tuple[int, int, int]] = deque()  # cycle from which on, beats of 8 bytes, answer
        self._cycle = 0
        self.longest_queue = 0
        self.reset()
        for work in (self._take_reads, self._answer_reads, self._take_writes):
            cocotb.start_soon(work())

    def reset(self) -> None:
        """Forget what is under way, as a reset of the programmable logic's side of the port does."""
        self._reads.clear()
        for name in ("ARREADY", "RVALID", "AWREADY", "WREADY", "BVALID"):
            getattr(self._ps7, f"SAXIHP0{name}").value = 0

    def _rests(self) -> bool:
        return self._random.random() < self._stalls

    def _happens(self, fault: str) -> bool:
        if fault not in self._faults:
            return False
        self._faults.remove(fault)
        return True

    # ---- reads -----------------------------------------------------------------------------------------

    async def _take_reads(self) -> None:
        ps7 = self._ps7
        offered: tuple[int, int] | None = None
        while True:
            await RisingEdge(ps7.clock)
            self._cycle += 1
            taken = bool(int(ps7.SAXIHP0ARREADY.value))
            if not int(ps7.reset_n.value):
                offered = None
            elif int(ps7.SAXIHP0ARVALID.value):
                asked = int(ps7.SAXIHP0ARADDR.value), int(ps7.SAXIHP0ARLEN.value) + 1
                _require(offered in (None, asked), "an offered address must stay")
                offered = None if taken else asked
                if taken:
                    self._accept_read(*asked)
            else:
                _require(offered is None, "an offered address must stay")
            ps7.SAXIHP0ARREADY.value = int(not self._rests() and len(self._reads) < 8 * 16)

    def _accept_read(self, address: int, beats: int) -> None:
        ps7 = self._ps7
        _check_burst(address, beats, int(ps7.SAXIHP0ARSIZE.value), int(ps7.SAXIHP0ARBURST.value))
        if self._happens("reset"):
            self._pl_reset()
            return
        answer = self._answer_of(address, beats, "read_error")
        start = self._cycle + READ_LATENCY_CYCLES
        for beat in range(beats):
            place = address + BEAT_BYTES * beat
            held = self._memory.holds(place, BEAT_BYTES)
            data = int.from_bytes(self._memory.read(place, BEAT_BYTES), "little") if held else 0
            self._reads.append((start, data, answer))
        self.longest_queue = max(self.longest_queue, len(self._reads))

    def _answer_of(self, address: int, beats: int, fault: str) -> int:
        if self._happens(fault):
            return SLVERR
        return OKAY if self._memory.holds(address, BEAT_BYTES * beats) else DECERR

    async def _answer_reads(self) -> None:
        ps7 = self._ps7
        while True:
            await RisingEdge(ps7.clock)
            offered = bool(int(ps7.SAXIHP0RVALID.value))
            if offered and self._reads and int(ps7.SAXIHP0RREADY.value):
                self._reads.popleft()
                offered = False
            is_due = bool(self._reads) and self._reads[0][0] <= self._cycle
            if is_due and (offered or not self._rests()):
                _, ps7.SAXIHP0RDATA.value, ps7.SAXIHP0RRESP.value = self._reads[0]
                ps7.SAXIHP0RVALID.value = 1
            else:
                ps7.SAXIHP0RVALID.value = 0

    # ---- writes ----------------------------------------------------------------------------------------

    async def _take_writes(self) -> None:
        ps7 = self._ps7
        while True:
            if not await self._taken("AWVALID", "AWREADY"):
                continue
            address, beats = int(ps7.SAXIHP0AWADDR.value), int(ps7.SAXIHP0AWLEN.value) + 1
            _check_burst(address, beats, int(ps7.SAXIHP0AWSIZE.value), int(ps7.SAXIHP0AWBURST.value))
            answer = self._answer_of(address, beats, "write_error")
            for beat in range(beats):
                if not await self._taken("WVALID", "WREADY"):
                    break
                is_last = bool(int(ps7.SAXIHP0WLAST.value))
                _require(is_last == (beat == beats - 1), "WLAST must be on the last beat")
                self._store(address + BEAT_BYTES * beat, answer)
            else:
                await self._answer_write(answer)

    async def _taken(self, valid: str, ready: str) -> bool:
        """Until a cycle in which a word is offered and taken; False after a reset."""
        ps7, offer = self._ps7, getattr(self._ps7, f"SAXIHP0{valid}")
        accept = getattr(ps7, f"SAXIHP0{ready}")
        accept.value = int(not self._rests())
        while True:
            await RisingEdge(ps7.clock)
            if not int(ps7.reset_n.value):
                accept.value = 0
                return False
            if int(offer.value) and int(accept.value):
                accept.value = 0
                return True
            accept.value = int(not self._rests())

    def _store(self, place: int, answer: int) -> None:
        strobes, data = int(self._ps7.SAXIHP0WSTRB.value), int(self._ps7.SAXIHP0WDATA.value)
        if answer != OKAY:
            return
        for byte in range(BEAT_BYTES):
            if strobes >> byte & 1:
                self._memory.write(place + byte, bytes([data >> 8 * byte & 0xFF]))

    async def _answer_write(self, answer: int) -> None:
        ps7 = self._ps7
        ps7.SAXIHP0BRESP.value, ps7.SAXIHP0BVALID.value = answer, 1
        while True:
            await RisingEdge(ps7.clock)
            if int(ps7.SAXIHP0BREADY.value) and int(ps7.SAXIHP0BVALID.value):
                break
        ps7.SAXIHP0BVALID.value = 0


def _check_burst(address: int, beats: int, size: int, burst: int) -> None:
    _require(size == 3 and burst == INCREMENTING, "a burst must be of rising words of 8 bytes")
    _require(address % BEAT_BYTES == 0, "an address must be a multiple of 8")
    last = address + BEAT_BYTES * beats - 1
    _require(address // BOUNDARY_BYTES == last // BOUNDARY_BYTES, "a burst must not cross 4 KiB")


def _check_answers(address: int, answers: list[int]) -> None:
    names = {SLVERR: "SLVERR", DECERR: "DECERR"}
    wrong = [names[answer] for answer in answers if answer != OKAY]
    if wrong:
        raise BusError(f"address {address:#010x} answered {', '.join(wrong)}")


def _require(is_kept: bool, rule: str) -> None:
    if not is_kept:
        raise ProtocolError(f"AXI3: {rule}")

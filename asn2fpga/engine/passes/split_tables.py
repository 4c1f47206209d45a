"""Split ROMs of look-up tables that take longer than a clock cycle into banks, for the schedule to pipeline.

Every bank is read at the low bits of the address; the high bits choose among what they give, in any later
stage.
"""

from __future__ import annotations

from dataclasses import replace

from asn2fpga.engine.ir.names import Names
from asn2fpga.engine.ir.process import Memory, Op, Process
from asn2fpga.engine.ir.rewrite import Rewriter
from asn2fpga.engine.target.bind import is_deep_table
from asn2fpga.engine.target.delays import DelayModel

SMALLEST_BANK_BITS = 6  # of an address: the words of one look-up table


def split_tables(process: Process, delays: DelayModel) -> Process:
    """The process with no ROM of look-up tables that takes longer than a clock cycle has room for."""
    slow = [memory for memory in process.memories if _is_slow(memory, delays)]
    banks = {memory.name: _bank_bits(memory, delays) for memory in slow}
    return _Splitter(process, banks).run() if banks else process


def _is_slow(memory: Memory, delays: DelayModel) -> bool:
    if memory.writable or not is_deep_table(memory):
        return False
    return not _is_in_time(memory.depth, memory.width, delays)


def _is_in_time(depth: int, width: int, delays: DelayModel) -> bool:
    return delays.table_of(depth, width) + delays.figures.setup <= delays.room


def _bank_bits(memory: Memory, delays: DelayModel) -> int:
    """Address bits of the largest bank that is read in time, at least those of one look-up table."""
    bits = (memory.depth - 1).bit_length() - 1
    while bits > SMALLEST_BANK_BITS and not _is_in_time(1 << bits, memory.width, delays):
        bits -= 1
    return bits


class _Splitter(Rewriter):
    def __init__(self, process: Process, bank_bits: dict[str, int]) -> None:
        super().__init__(process)
        self.bank_bits = bank_bits
        names = Names({memory.name for memory in process.memories})
        self.banks = {
            memory.name: _banks(memory, bank_bits[memory.name], names)
            for memory in process.memories
            if memory.name in bank_bits
        }

    def memories(self) -> tuple[Memory, ...]:
        return tuple(bank for memory in self.old.memories for bank in self.banks.get(memory.name, [memory]))

    def rewrite(self, op: Op, args: list[int], predicate: int) -> int:
        if op.kind != "load" or op.target not in self.banks:
            return super().rewrite(op, args, predicate)
        depth = sum(bank.depth for bank in self.banks[op.target])
        address = self.builder.resize(args[0], (depth - 1).bit_length())
        values = []
        for bank in self.banks[op.target]:
            low = self.builder.slice(address, 0, max(1, (bank.depth - 1).bit_length()))
            values.append(self.builder.add(replace(op, args=(low,), target=bank.name, predicate=predicate)))
        return self._choose(op, address, self.bank_bits[op.target], values)

    def _choose(self, op: Op, address: int, bit: int, values: list[int]) -> int:
        """The value of the bank that the address bits from `bit` on name."""
        while len(values) > 1:
            upper = self.builder.slice(address, bit, 1)
            alone = values[len(values) // 2 * 2 :]
            values = [
                self.builder.make("select", upper, values[at + 1], values[at], width=op.width, like=op)
                for at in range(0, len(values) - 1, 2)
            ]
            values, bit = values + alone, bit + 1
        return values[0]


def _banks(memory: Memory, bits: int, names: Names) -> list[Memory]:
    banks = []
    for start in range(0, memory.depth, 1 << bits):
        contents = memory.contents[start : start + (1 << bits)]
        name = names.unique(f"{memory.name}_{start >> bits}")
        banks.append(replace(memory, name=name, depth=len(contents), contents=contents))
    return banks

"""Arrays that become one register a word: any number of accesses in a cycle, paid with multiplexers.

HLS_PARTITION asks for it; small arrays with more accesses in an iteration of a loop than a memory has ports
get it anyway. Inside a region the words are plain values: read at first use, written back once, at the end.
So are variables (arrays of one word) that an iteration writes in several places, as state machines do.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from asn2fpga.engine.ir.names import Names
from asn2fpga.engine.ir.operations import MEMORY_ACCESSES
from asn2fpga.engine.ir.process import NOTHING, Memory, Op, Process, Region
from asn2fpga.engine.ir.rewrite import Rewriter

SMALL_DEPTH, SMALL_BITS = 16, 512


def partition(process: Process) -> Process:
    """The process with such arrays split into memories of one word, or constants if never written."""
    chosen = [memory for memory in process.memories if _is_wanted(process, memory)]
    return _Partition(process, chosen).run() if chosen else process


def _is_wanted(process: Process, memory: Memory) -> bool:
    loops = [region for region in process.regions if region.is_loop]
    if memory.depth == 1:
        return memory.writable and any(_uses_again(process, loop, memory) for loop in loops)
    if memory.partitioned:
        return True
    small = memory.depth <= SMALL_DEPTH and memory.depth * memory.width <= SMALL_BITS
    return small and any(_exceeds_ports(process, loop, memory) for loop in loops)


def _uses_again(process: Process, region: Region, memory: Memory) -> bool:
    """Whether an iteration uses a variable that it has written before."""
    ops = (process.ops[number] for number in region.ops)
    return "store" in [op.kind for op in ops if op.target == memory.name][:-1]


def _exceeds_ports(process: Process, region: Region, memory: Memory) -> bool:
    accesses = [process.ops[number] for number in region.ops if process.ops[number].target == memory.name]
    words = {(op.kind, op.args[0], NOTHING if op.kind == "load" else op.id) for op in accesses}
    return max(Counter(kind for kind, _, _ in words).values(), default=0) > 1


class _Partition(Rewriter):
    def __init__(self, process: Process, chosen: list[Memory]) -> None:
        super().__init__(process)
        names = Names({memory.name for memory in process.memories})
        self.words = {
            memory.name: [_word(memory, index, names) for index in range(memory.depth)] for memory in chosen
        }
        self.start_region(process.regions[0])

    def memories(self) -> tuple[Memory, ...]:
        kept: list[Memory] = []
        for memory in self.old.memories:
            words = self.words.get(memory.name, [memory])
            kept += words if memory.writable or memory.name not in self.words else []
        return tuple(kept)

    def start_region(self, region: Region) -> None:
        self.current: dict[str, int] = {}  # word -> its value at this point of the region
        self.written: dict[str, int] = {}  # word -> when the region writes it
        self.last: dict[str, Op] = {}

    def rewrite(self, op: Op, args: list[int], predicate: int) -> int:
        if op.target not in self.words or op.kind not in MEMORY_ACCESSES:
            return super().rewrite(op, args, predicate)
        if op.kind == "load":
            return self._load(op, args[0], self.words[op.target])
        for index, word in enumerate(self.words[op.target]):
            self._store(op, word, self._hit(args[0], index), args[1], predicate)
        return NOTHING

    def end_region(self) -> None:
        for name, predicate in self.written.items():
            op, address = self.last[name], self.builder.constant(0, 1)
            self.builder.add(
                replace(op, target=name, args=(address, self.current[name]), predicate=predicate)
            )

    def _hit(self, address: int, index: int) -> int | None:
        """Whether an address is this word: NOTHING if it always is, None if it never is."""
        known = self.builder.constant_of(address)
        if known is not None:
            return NOTHING if known == index else None
        width = self.builder.width(address)
        return (
            self.builder.make("eq", address, self.builder.constant(index, width))
            if index >> width == 0
            else None
        )

    def _store(self, op: Op, word: Memory, hit: int | None, data: int, predicate: int) -> None:
        if hit is None:
            return
        happens = self.builder.both(predicate, hit)
        self.current[word.name] = (
            data
            if happens == NOTHING
            else self.builder.make("select", happens, data, self._value(op, word), width=word.width, like=op)
        )
        self.written[word.name] = self.builder.either(self.written.get(word.name, happens), happens)
        self.last[word.name] = op

    def _load(self, op: Op, address: int, words: list[Memory]) -> int:
        known = self.builder.constant_of(address)
        if known is not None:
            return self._value(op, words[min(known, len(words) - 1)])
        values = [self._value(op, word) for word in words]
        for bit in range(self.builder.width(address)):
            if len(values) > 1:
                values = self._halve(op, values, self.builder.slice(address, bit, 1))
        return values[0]

    def _halve(self, op: Op, values: list[int], odd: int) -> list[int]:
        """One level of the multiplexer: of each pair the second if `odd`."""
        pairs = zip(values[::2], values[1::2], strict=False)
        chosen = [self.builder.make("select", odd, b, a, width=op.width, like=op) for a, b in pairs]
        return chosen + values[len(chosen) * 2 :]

    def _value(self, op: Op, word: Memory) -> int:
        if word.name not in self.current:
            self.current[word.name] = (
                self.builder.add(
                    replace(op, kind="load", target=word.name, width=word.width, predicate=NOTHING,
                            args=(self.builder.constant(0, 1),))
                )
                if word.writable
                else self.builder.constant(word.contents[0], word.width)
            )  # fmt: skip
        return self.current[word.name]


def _word(memory: Memory, index: int, names: Names) -> Memory:
    if memory.depth == 1:
        return memory
    name = names.unique(f"{memory.name}_{index}")
    contents = memory.contents[index : index + 1]
    return replace(memory, name=name, depth=1, contents=contents, bypassed=False, partitioned=False)

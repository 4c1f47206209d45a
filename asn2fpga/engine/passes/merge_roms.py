"""Put the slices of a wide ROM together again: ROMs of one array, always read at the same address."""

from __future__ import annotations

from dataclasses import replace

from asn2fpga.engine.ir.process import Memory, Op, Process, Region
from asn2fpga.engine.ir.rewrite import Rewriter

Reads = frozenset[tuple[str, int]]  # (region, address value)


def merge_roms(process: Process) -> Process:
    """One memory with one wide port instead of many; each old load becomes a slice of the wide one."""
    groups = _groups(process)
    return _Merger(process, groups).run() if groups else process


def _groups(process: Process) -> list[list[Memory]]:
    """ROMs of the same array and depth with the same reads, in order of their slices."""
    reads: dict[str, set[tuple[str, int]]] = {}
    for region in process.regions:
        for number in region.ops:
            op = process.ops[number]
            if op.kind == "load":
                reads.setdefault(op.target, set()).add((region.name, op.args[0]))
    found: dict[tuple[str, int, Reads], list[Memory]] = {}
    for memory in process.memories:
        if not memory.writable:
            key = (memory.c_name, memory.depth, frozenset(reads[memory.name]))
            found.setdefault(key, []).append(memory)
    return [memories for memories in found.values() if len(memories) > 1]


class _Merger(Rewriter):
    def __init__(self, process: Process, groups: list[list[Memory]]) -> None:
        super().__init__(process)
        self.wide: dict[str, Memory] = {}  # old name -> wide memory
        self.place: dict[str, int] = {}  # old name -> first bit in the wide word
        self.loads: dict[tuple[str, int], int] = {}
        taken = {memory.name for memory in process.memories}
        for group in groups:
            merged = _merge(group, taken)
            position = 0
            for memory in group:
                self.wide[memory.name], self.place[memory.name] = merged, position
                position += memory.width

    def memories(self) -> tuple[Memory, ...]:
        return tuple(dict.fromkeys(self.wide.get(memory.name, memory) for memory in self.old.memories))

    def start_region(self, region: Region) -> None:
        self.loads = {}

    def rewrite(self, op: Op, args: list[int], predicate: int) -> int:
        if op.kind != "load" or op.target not in self.wide:
            return super().rewrite(op, args, predicate)
        wide = self.wide[op.target]
        key = (wide.name, args[0])
        if key not in self.loads:
            self.loads[key] = self.builder.add(
                replace(op, args=tuple(args), target=wide.name, width=wide.width, predicate=predicate)
            )
        return self.builder.slice(self.loads[key], self.place[op.target], op.width)


def _merge(group: list[Memory], taken: set[str]) -> Memory:
    contents = []
    for words in zip(*(memory.contents for memory in group), strict=True):
        word, position = 0, 0
        for value, memory in zip(words, group, strict=True):
            word |= value << position
            position += memory.width
        contents.append(word)
    name = group[0].c_name if group[0].c_name not in taken else group[0].name
    taken.add(name)
    width = sum(memory.width for memory in group)
    return Memory(
        name,
        group[0].depth,
        width,
        tuple(contents),
        False,
        group[0].c_name,
        static=group[0].static,
        in_luts=group[0].in_luts,
        fabric=group[0].fabric,
    )

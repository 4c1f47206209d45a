"""A ROM whose words are all equal is a constant, and so is what is multiplied by it."""

from __future__ import annotations

from asn2fpga.engine.ir.process import Memory, Op, Process
from asn2fpga.engine.ir.rewrite import Rewriter


def constant_roms(process: Process) -> Process:
    """The process without such ROMs."""
    words = {memory.name: memory.contents[0] for memory in process.memories if _is_constant(memory)}
    return _Reader(process, words).run() if words else process


def _is_constant(memory: Memory) -> bool:
    return not memory.writable and len(memory.contents) == memory.depth and len(set(memory.contents)) == 1


class _Reader(Rewriter):
    """Puts the word in place of each load. words: by memory."""

    def __init__(self, process: Process, words: dict[str, int]) -> None:
        super().__init__(process)
        self.words = words

    def memories(self) -> tuple[Memory, ...]:
        return tuple(memory for memory in self.old.memories if memory.name not in self.words)

    def rewrite(self, op: Op, args: list[int], predicate: int) -> int:
        if op.kind == "load" and op.target in self.words:
            return self.builder.constant(self.words[op.target], op.width)
        return super().rewrite(op, args, predicate)

"""What a process of the engine's IR does, operation by operation: the meaning that every pass must keep."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from asn2fpga.engine.ir.evaluate import evaluate
from asn2fpga.engine.ir.process import NOTHING, Exit, Op, Process, Region

MAX_STEPS = 200_000


class _StarvedError(Exception):
    """A read of an empty stream."""


def interpret(
    process: Process, inputs: Mapping[str, Sequence[int]], turns: dict[str, int] | None = None
) -> dict[str, list[int]]:
    """Words the process writes, per stream, until it lacks input; `turns` counts the runs of each region."""
    interpreter = _Interpreter(process, inputs)
    written = interpreter.run()
    if turns is not None:
        turns.update(interpreter.turns)
    return written


class _Interpreter:
    def __init__(self, process: Process, inputs: Mapping[str, Sequence[int]]) -> None:
        self.process = process
        self.turns: Counter[str] = Counter()
        self.queues = {name: list(words)[::-1] for name, words in inputs.items()}
        self.written: dict[str, list[int]] = {
            port.name: [] for port in process.ports if port.direction == "out"
        }
        self.memories = {memory.name: list(memory.contents) for memory in process.memories}
        self.values = {number: op.value for number, op in process.ops.items() if op.kind == "constant"}

    def run(self) -> dict[str, list[int]]:
        region = self.process.regions[0]
        try:
            for _ in range(MAX_STEPS):
                region = self._iteration(region)
        except _StarvedError:
            return self.written
        raise AssertionError(f"{self.process.name} runs for ever without reading")

    def _iteration(self, region: Region) -> Region:
        """Run a region's operations once and return the region that is next."""
        for number in region.ops:
            self._operation(self.process.ops[number])
        self.turns[region.name] += 1
        for exit_ in region.exits:
            if exit_.condition == NOTHING or self.values[exit_.condition]:
                self._move(exit_)
                return self.process.region(exit_.target)
        self.values |= {phi: self.values[value] for phi, value in region.back.items()}
        return region

    def _move(self, exit_: Exit) -> None:
        self.values |= {phi: self.values[value] for phi, value in exit_.moves.items()}

    def _operation(self, op: Op) -> None:
        args = [self.values[arg] for arg in op.args]
        happens = op.predicate == NOTHING or bool(self.values[op.predicate])
        if op.kind == "load":
            words = self.memories[op.target]
            self.values[op.id] = words[args[0]] if args[0] < len(words) else 0
        elif op.kind == "read":
            self.values[op.id] = self._read(op.target) if happens else 0
        elif op.kind == "available":
            self.values[op.id] = int(op.target in self.written or bool(self.queues[op.target]))
        elif op.kind == "write":
            self._write(op, args[0], happens)
        elif op.kind == "store":
            if happens:
                self.memories[op.target][args[0]] = args[1]
        else:
            widths = [self.process.ops[arg].width for arg in op.args]
            self.values[op.id] = evaluate(op, args, widths)

    def _read(self, stream: str) -> int:
        if not self.queues[stream]:
            raise _StarvedError
        return self.queues[stream].pop()

    def _write(self, op: Op, word: int, happens: bool) -> None:
        if happens:
            self.written[op.target].append(word)

"""Base of the passes that rebuild a process operation by operation, simplifying as the Builder does."""

from __future__ import annotations

from dataclasses import replace

from asn2fpga.engine.ir.builder import Builder
from asn2fpga.engine.ir.fold.rules import fold
from asn2fpga.engine.ir.process import NOTHING, Exit, Memory, Op, Process, Region


class Rewriter:
    """Copies a process; subclasses override what they change. `new`: old value -> new, maybe narrower."""

    def __init__(self, process: Process) -> None:
        self.old = process
        self.builder = Builder(fold)
        self.new: dict[int, int] = {}

    def run(self) -> Process:
        """The rewritten process."""
        for region in self.old.regions:
            for phi in region.phis:
                op = self.old.ops[phi]
                self.new[phi] = self.builder.phi(self.phi_width(phi), op.name, op.location)
        regions = [self._region(region) for region in self.old.regions]
        return replace(self.old.with_regions(regions, self.builder.ops), memories=self.memories())

    def phi_width(self, phi: int) -> int:
        """Width of the new phi."""
        return self.old.ops[phi].width

    def memories(self) -> tuple[Memory, ...]:
        """Memories of the new process."""
        return self.old.memories

    def start_region(self, region: Region) -> None:
        """Called before a region's operations."""

    def end_region(self) -> None:
        """Called after a region's operations."""

    def rewrite(self, op: Op, args: list[int], predicate: int) -> int:
        """The new value of an operation whose arguments are given at their old widths."""
        return self.builder.add(op.on(tuple(args), predicate))

    def use(self, value: int) -> int:
        """An old value, at its old width, in the region at hand."""
        op = self.old.ops[value]
        if op.kind == "constant":
            return self.builder.constant(op.value, op.width)
        return self.builder.resize(self.new[value], op.width)

    def _region(self, region: Region) -> Region:
        self.builder.start_region()
        self.start_region(region)
        for number in region.ops:
            op = self.old.ops[number]
            predicate = op.predicate if op.predicate == NOTHING else self.use(op.predicate)
            self.new[number] = self.rewrite(op, [self.use(arg) for arg in op.args], predicate)
        self.end_region()
        back = {self.new[phi]: self._sized(value, self.new[phi]) for phi, value in region.back.items()}
        exits = tuple(self._exit(exit_) for exit_ in region.exits)
        phis = tuple(self.new[phi] for phi in region.phis)
        return replace(region, phis=phis, ops=tuple(self.builder.region_ops), back=back, exits=exits)

    def _exit(self, exit_: Exit) -> Exit:
        condition = exit_.condition if exit_.condition == NOTHING else self.use(exit_.condition)
        moves = {self.new[phi]: self._sized(value, self.new[phi]) for phi, value in exit_.moves.items()}
        return Exit(condition, exit_.target, moves)

    def _sized(self, value: int, phi: int) -> int:
        return self.builder.resize(self.use(value), self.builder.width(phi))

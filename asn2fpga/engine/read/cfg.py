"""Control flow of one LLVM function: predecessors, natural loops, and the partition into regions."""

from __future__ import annotations

from dataclasses import dataclass

from asn2fpga.engine.clang.syntax import BasicBlock, Function
from asn2fpga.errors import HlsError


@dataclass(frozen=True)
class Cluster:
    """Blocks that become one region, in topological order; the first one is the only way in."""

    blocks: tuple[str, ...]
    is_loop: bool

    @property
    def header(self) -> str:
        """The block that is entered."""
        return self.blocks[0]


class ControlFlow:
    """Successors, predecessors and reverse post-order of a function's reachable blocks."""

    def __init__(self, function: Function) -> None:
        self.blocks: dict[str, BasicBlock] = {block.name: block for block in function.blocks}
        self.entry = function.blocks[0].name
        self.successors = {name: _successors(block) for name, block in self.blocks.items()}
        self.order = self._reverse_post_order()
        self.index = {name: position for position, name in enumerate(self.order)}
        self.predecessors: dict[str, list[str]] = {name: [] for name in self.order}
        for name in self.order:
            for successor in self.successors[name]:
                if name not in self.predecessors[successor]:
                    self.predecessors[successor].append(name)

    def _reverse_post_order(self) -> list[str]:
        seen, order = {self.entry}, []
        stack = [(self.entry, iter(self.successors[self.entry]))]
        while stack:
            name, successors = stack[-1]
            for successor in successors:
                if successor not in seen:
                    seen.add(successor)
                    stack.append((successor, iter(self.successors[successor])))
                    break
            else:
                order.append(name)
                stack.pop()
        return order[::-1]

    def loops(self) -> dict[str, set[str]]:
        """Natural loops: header -> all blocks of the loop (back edges go up in reverse post-order).

        Raises:
            HlsError: a loop with more than one way in.
        """
        loops: dict[str, set[str]] = {}
        for name in self.order:
            for header in self.successors[name]:
                if self.index[header] <= self.index[name]:
                    body = loops.setdefault(header, {header})
                    self._collect(name, body)
        for header, body in loops.items():
            entered = [name for name in body - {header} if not body.issuperset(self.predecessors[name])]
            if entered or self.entry in body - {header}:
                raise HlsError("a loop must be entered at its beginning only; write it without goto")
        return loops

    def _collect(self, latch: str, body: set[str]) -> None:
        stack = [latch]
        while stack:
            name = stack.pop()
            if name not in body:
                body.add(name)
                stack += self.predecessors[name]

    def clusters(self, endless: bool) -> list[Cluster]:
        """Innermost loops as one cluster each, every other block alone; in reverse post-order.

        An `endless` function without loops is one: its end leads to its beginning.
        """
        loops = self.loops()
        if endless and not loops:
            return [Cluster(tuple(self.order), True)]
        innermost = {
            header: body
            for header, body in loops.items()
            if not any(other != header and other in body for other in loops)
        }
        inside = {name: header for header, body in innermost.items() for name in body}
        clusters = []
        for name in self.order:
            if inside.get(name, name) != name:
                continue
            body = innermost.get(name, {name})
            ordered = tuple(block for block in self.order if block in body)
            clusters.append(Cluster(ordered, name in innermost))
        return clusters


def _successors(block: BasicBlock) -> tuple[str, ...]:
    terminator = block.instructions[-1]
    return terminator.labels if terminator.opcode in ("br", "switch") else ()

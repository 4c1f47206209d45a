"""Loops of a module's text: blocks, natural loops, and the metadata that steers LLVM's unrolling."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from asn2fpga.engine.clang.notes import next_metadata

FULL = '!{!"llvm.loop.unroll.full"}'

_NAME = r'(?:[-\w.$]+|"[^"]*")'
_LABEL = re.compile(rf"^({_NAME}):")
_TARGET = re.compile(rf"label %({_NAME})")
_FUNCTION = re.compile(r"^define [^@\n]*@([^(\n]+)\(.*?^}$", re.DOTALL | re.MULTILINE)
_MARK = re.compile(r", !llvm\.loop (!\d+)")


@dataclass
class Block:
    """A block: its label, its first line and the one after its last, and where it leads."""

    name: str
    start: int
    end: int = 0
    successors: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Loop:
    """A natural loop: its header, all its blocks, and those that lead back."""

    header: str
    blocks: frozenset[str]
    latches: tuple[str, ...]


class FunctionText:
    """The lines of one function, its blocks by name and its loops, the innermost ones first."""

    def __init__(self, text: str) -> None:
        self.lines = text.split("\n")
        self.blocks = {block.name: block for block in _blocks(self.lines)}
        self.loops = sorted(_loops(self.blocks), key=lambda loop: len(loop.blocks))

    def calls(self, marker: str) -> Iterator[tuple[int, str, str]]:
        """Line, block and arguments of each call of a marker function."""
        call = re.compile(rf"^\s+call void @{marker}\((.*?)\)")
        for block in self.blocks.values():
            for number in range(block.start, block.end):
                found = call.match(self.lines[number])
                if found:
                    yield number, block.name, found[1]

    def drop_calls(self, marker: str) -> None:
        """Leave out all calls of a marker function; no line changes its number."""
        self.lines = ["" if f"@{marker}(" in line else line for line in self.lines]

    def innermost(self, block: str) -> Loop | None:
        """The innermost loop that a block is in."""
        return next((loop for loop in self.loops if block in loop.blocks), None)

    def inside(self, outer: Loop | None) -> list[Loop]:
        """The loops within a loop; all of them for None."""
        return [loop for loop in self.loops if outer is None or loop.blocks < outer.blocks]


class LoopMetadata:
    """Rewrites the loop metadata of a module."""

    def __init__(self, text: str) -> None:
        self._next = next_metadata(text)
        self._made: list[str] = []
        self._added: dict[str, list[str]] = {}  # loop's metadata -> what is said of it
        self._parts: dict[str, str] = {}

    def say(self, function: FunctionText, loop: Loop, *properties: str) -> None:
        """Say something of a loop."""
        lines = [function.blocks[latch].end - 1 for latch in loop.latches]
        marks = [found[1] for line in lines if (found := _MARK.search(function.lines[line]))]
        mark = marks[0] if len(marks) == len(lines) and len(set(marks)) == 1 else self._new(function, lines)
        said = self._added.setdefault(mark, [])
        said += [part for part in map(self._part, properties) if part not in said]

    def apply(self, text: str) -> str:
        """The module's text with all that was said."""

        def extended(found: re.Match[str]) -> str:
            parts = [part for part in self._added.get(found[1], []) if part not in found[2].split(", ")]
            return f"{found[1]} = distinct !{{{', '.join([found[2], *parts])}}}"

        text = "\n".join([text, *self._made, ""])
        return re.sub(r"^(!\d+) = distinct !\{(!\d+[^}\n]*)\}$", extended, text, flags=re.MULTILINE)

    def _new(self, function: FunctionText, lines: list[int]) -> str:
        mark = self._number()
        self._made.append(f"{mark} = distinct !{{{mark}}}")
        for line in lines:
            function.lines[line] = f"{_MARK.sub('', function.lines[line])}, !llvm.loop {mark}"
        return mark

    def _part(self, value: str) -> str:
        if value not in self._parts:
            self._parts[value] = self._number()
            self._made.append(f"{self._parts[value]} = {value}")
        return self._parts[value]

    def _number(self) -> str:
        self._next += 1
        return f"!{self._next - 1}"


def functions(text: str) -> Iterator[tuple[str, str]]:
    """Name and text of each function."""
    return ((found[1], found[0]) for found in _FUNCTION.finditer(text))


def map_functions(text: str, change: Callable[[str], str]) -> str:
    """The module with each function's text changed."""
    return _FUNCTION.sub(lambda found: change(found[0]), text)


def _blocks(lines: list[str]) -> Iterator[Block]:
    block = Block("", 1)
    for number, line in enumerate(lines[1:-1], 1):
        label = _LABEL.match(line)
        if label:
            if block.end:
                yield block
            block = Block(label[1], number + 1, number + 1)
        elif line.strip() and not line.lstrip().startswith(";"):
            block.end = number + 1
            block.successors += _TARGET.findall(line)
    yield block


def _loops(blocks: dict[str, Block]) -> Iterator[Loop]:
    order = _post_order(blocks)
    predecessors: dict[str, list[str]] = {name: [] for name in order}
    for name in order:
        for successor in blocks[name].successors:
            predecessors[successor].append(name)
    latches: dict[str, list[str]] = {}
    for name, header in _back_edges(blocks, order):
        latches.setdefault(header, []).append(name)
    for header, sources in latches.items():
        yield Loop(header, _body(header, sources, predecessors), tuple(sources))


def _post_order(blocks: dict[str, Block]) -> dict[str, int]:
    """Reachable blocks with their numbers in a depth-first walk's post-order."""
    entry = next(iter(blocks))
    seen, order = {entry}, dict[str, int]()
    stack = [(entry, iter(blocks[entry].successors))]
    while stack:
        name, successors = stack[-1]
        following = next((successor for successor in successors if successor not in seen), None)
        if following is None:
            order[name] = len(order)
            stack.pop()
        else:
            seen.add(following)
            stack.append((following, iter(blocks[following].successors)))
    return order


def _back_edges(blocks: dict[str, Block], order: dict[str, int]) -> Iterator[tuple[str, str]]:
    for name in order:
        for successor in dict.fromkeys(blocks[name].successors):
            if order[successor] >= order[name]:
                yield name, successor


def _body(header: str, sources: list[str], predecessors: dict[str, list[str]]) -> frozenset[str]:
    body, stack = {header}, list(sources)
    while stack:
        name = stack.pop()
        if name not in body:
            body.add(name)
            stack += predecessors[name]
    return frozenset(body)

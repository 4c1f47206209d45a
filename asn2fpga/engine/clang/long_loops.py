"""Long loops are unrolled in two steps, because LLVM's time grows with the cube of the copies.

A loop of N turns first becomes one of N / K turns with K copies of the body, which are merged into one block;
that one is then unrolled whole. So what LLVM makes at once is K copies, then N / K.
"""

from __future__ import annotations

import math
import re

from asn2fpga.engine.clang.loop_text import FULL, FunctionText, Loop, functions
from asn2fpga.engine.clang.notes import next_metadata

FEWEST_TURNS = 512  # below, one step takes less than 10 ms

_MARK = re.compile(r"!llvm\.loop (!\d+)")
_BOUND = re.compile(r"= icmp [\w ]+ i\d+ [^,]+, (\d+)(?=,|$)")
_COUNT = '!{!"llvm.loop.unroll.count", i32 %d}'
_FOLLOWING = '!{!"llvm.loop.unroll.followup_unrolled", %s}'


def in_two_steps(text: str, leave: frozenset[str] = frozenset()) -> str:
    """The module with long loops marked for their first step, and for the second one after it.

    Args:
        text: the module; its loops to be unrolled whole say so.
        leave: names of functions whose loops stay as they are.
    """
    turns: dict[str, int] = {}
    for name, body in functions(text) if FULL in text else ():
        if name not in leave:
            turns |= _long_loops(FunctionText(body))
    return _marked(text, turns)


def _long_loops(function: FunctionText) -> dict[str, int]:
    """Turns of each long loop, by its metadata."""
    found = {}
    for loop in function.loops:
        bound = _bound(function, loop)
        marks = {mark[1] for line in _latches(function, loop) if (mark := _MARK.search(line))}
        if bound >= FEWEST_TURNS and len(marks) == 1:
            found[marks.pop()] = bound
    return found


def _marked(text: str, turns: dict[str, int]) -> str:
    full = {found[1] for found in re.finditer(rf"^(!\d+) = {re.escape(FULL)}$", text, re.MULTILINE)}
    made: list[str] = []
    first = next_metadata(text)

    def steps(found: re.Match[str]) -> str:
        mark, parts = found[1], found[2].split(", ")
        if mark not in turns or not full.intersection(parts):
            return found[0]
        count, following = (f"!{first + len(made) + each}" for each in range(2))
        made.append(f"{count} = {_COUNT % copies(turns[mark])}")
        made.append(f"{following} = {_FOLLOWING % ', '.join(parts[1:])}")
        kept = [part for part in parts if part not in full]
        return f"{mark} = distinct !{{{', '.join([*kept, count, following])}}}"

    text = re.sub(r"^(!\d+) = distinct !\{(!\d+[^}\n]*)\}$", steps, text, flags=re.MULTILINE)
    return "\n".join([text, *made, ""]) if made else text


def copies(turns: int) -> int:
    """Of the body in the first step: near the root of the turns, which it divides if that costs little."""
    root = math.isqrt(turns)
    near = (count for count in range(root, root // 4, -1) if turns % count == 0)
    return next(near, root)


def _latches(function: FunctionText, loop: Loop) -> list[str]:
    return [function.lines[function.blocks[latch].end - 1] for latch in loop.latches]


def _bound(function: FunctionText, loop: Loop) -> int:
    """The largest constant that the loop's header or a block that leads back compares with, else 0.

    Of loops that count from 0 by 1 it is the number of turns; a wrong guess costs time, nothing else.
    """
    lines = (
        line
        for name in (loop.header, *loop.latches)
        for line in function.lines[function.blocks[name].start : function.blocks[name].end]
    )
    return max((int(found[1]) for line in lines if (found := _BOUND.search(line))), default=0)

"""Promises about the iterations of a loop that is to be unrolled: nothing says them about the loop around it.

Unrolling leaves the marker of HLS_INDEPENDENT and HLS_DEPENDENCE_DISTANCE in the body of the loop around,
where it would promise more than was written. So it is looked for before, in the text of the module.
"""

from __future__ import annotations

import re

from asn2fpga.errors import HlsError
from asn2fpga.hls.llvm.cfg import ControlFlow
from asn2fpga.hls.llvm.locations import Locations
from asn2fpga.hls.llvm.syntax import BasicBlock, Function, Instruction, Module, VoidType

_PROMISE = re.compile(r"^ +call void @asn_dependence_distance\(.*!dbg (!\d+)", re.MULTILINE)
_FUNCTION = re.compile(r"^define .*?^}$", re.DOTALL | re.MULTILINE)
_NAME = r'(?:[-\w.$]+|"[^"]*")'
_LABEL = re.compile(rf"^({_NAME}):.*$", re.MULTILINE)
_TARGET = re.compile(rf"label %({_NAME})")
_LOOP = re.compile(r"!llvm\.loop (!\d+)")
_METADATA = re.compile(r"^(!\d+) = (.*)$", re.MULTILINE)
_UNROLL = '!{!"llvm.loop.unroll.full"}'


def check_promises(text: str) -> None:
    """Refuse promises in loops that are marked to be unrolled.

    Raises:
        HlsError: there is one; names FILE:LINE.
    """
    if _UNROLL not in text or not _PROMISE.search(text):
        return
    metadata = dict(_METADATA.findall(text))
    unrolled = {name for name, value in metadata.items() if any(
        metadata.get(part) == _UNROLL for part in re.findall(r"!\d+", value)
    )}  # fmt: skip
    for function in _FUNCTION.findall(text):
        for debug in _promised(function, unrolled):
            raise HlsError(
                f"{Locations(Module(metadata=metadata)).of(debug)}: HLS_INDEPENDENT and "
                "HLS_DEPENDENCE_DISTANCE must not stand in a loop that is unrolled; "
                "write what holds for the iterations of the pipelined loop there"
            )


def _promised(function: str, unrolled: set[str]) -> list[str]:
    """Debug references of the promises whose innermost loop is to be unrolled."""
    if not _PROMISE.search(function):
        return []
    blocks = _blocks(function)
    skeleton = Function("", [], [BasicBlock(name, [_terminator(body)]) for name, body in blocks.items()])
    try:
        loops = ControlFlow(skeleton).loops()
    except HlsError:  # said with its place when the function is read
        return []
    found = []
    for name, body in blocks.items():
        around = [header for header in loops if name in loops[header]]
        header = min(around, key=lambda header: len(loops[header]), default="")
        if header and any(_ends(blocks[latch], header, unrolled) for latch in loops[header]):
            found += _PROMISE.findall(body)
    return found


def _blocks(function: str) -> dict[str, str]:
    """Label -> text of each block."""
    first, *others = _LABEL.split(function.partition("\n")[2])
    names, bodies = others[::2], others[1::2]
    return ({"": first} if first.strip() else {}) | dict(zip(names, bodies, strict=True))


def _terminator(body: str) -> Instruction:
    return Instruction("br", None, VoidType(), (), labels=tuple(_targets(body)))


def _targets(body: str) -> list[str]:
    return list(dict.fromkeys(_TARGET.findall(body)))


def _ends(body: str, header: str, unrolled: set[str]) -> bool:
    """Whether a block ends a turn of a loop that is to be unrolled."""
    marks = _LOOP.findall(body)
    return header in _targets(body) and bool(unrolled.intersection(marks))

"""Promises about the iterations of a loop that is to be unrolled: nothing says them about the loop around it.

Unrolling leaves the marker of HLS_INDEPENDENT and HLS_DEPENDENCE_DISTANCE in the body of the loop around,
where it would promise more than was written. So it is looked for before, by the places in the source: what
ends with a `break` is in no loop of LLVM's any more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from asn2fpga.engine.clang.locations import Locations, metadata_field
from asn2fpga.engine.clang.syntax import Module
from asn2fpga.errors import HlsError

_PROMISE = re.compile(r"^ +call void @asn_dependence_distance\(.*!dbg (!\d+)", re.MULTILINE)
_METADATA = re.compile(r"^(!\d+) = (.*)$", re.MULTILINE)
_LOOP = re.compile(r"^distinct !\{!\d+, (!\d+), (!\d+)(.*)\}$")
_UNROLL = '!{!"llvm.loop.unroll.full"}'

Metadata = Mapping[str, str]


@dataclass(frozen=True)
class _Place:
    """A place in a function; `caller` is that of the call which was inlined."""

    scope: str
    caller: str
    position: tuple[int, int]  # line, column


@dataclass(frozen=True)
class _Loop:
    start: _Place
    end: _Place
    unrolled: bool

    def holds(self, place: _Place) -> bool:
        same = (place.scope, place.caller) == (self.start.scope, self.start.caller)
        return same and self.start.position <= place.position <= self.end.position


def check_promises(text: str) -> None:
    """Refuse promises in loops that are marked to be unrolled, in the text of an inlined module.

    Raises:
        HlsError: there is one; names FILE:LINE.
    """
    promises = dict.fromkeys(_PROMISE.findall(text))
    if not promises or _UNROLL not in text:
        return
    metadata = dict(_METADATA.findall(text))
    loops = list(_loops(metadata))
    for debug in promises:
        loop = _innermost(loops, list(_places(metadata, debug)))
        if loop is not None and loop.unrolled:
            raise HlsError(
                f"{Locations(Module(metadata=dict(metadata))).of(debug)}: HLS_INDEPENDENT and "
                "HLS_DEPENDENCE_DISTANCE must not stand in a loop that is unrolled; "
                "write what holds for the iterations of the pipelined loop there"
            )


def _loops(metadata: Metadata) -> Iterator[_Loop]:
    for value in metadata.values():
        found = _LOOP.match(value)
        if found and all("!DILocation(" in metadata.get(place, "") for place in (found[1], found[2])):
            unrolled = any(metadata.get(part) == _UNROLL for part in re.findall(r"!\d+", found[3]))
            yield _Loop(_place(metadata, found[1]), _place(metadata, found[2]), unrolled)


def _innermost(loops: list[_Loop], places: list[_Place]) -> _Loop | None:
    """The innermost loop around a place, first in its own function, then in its callers."""
    for place in places:
        around = [loop for loop in loops if loop.holds(place)]
        if around:
            return max(around, key=lambda loop: loop.start.position)
    return None


def _places(metadata: Metadata, debug: str) -> Iterator[_Place]:
    """The place of a call, then those of the inlined calls it came through."""
    while debug:
        place = _place(metadata, debug)
        yield place
        debug = place.caller


def _place(metadata: Metadata, debug: str) -> _Place:
    text = metadata.get(debug, "")
    line, column = (int(metadata_field(text, name) or 0) for name in ("line", "column"))
    return _Place(metadata_field(text, "scope"), metadata_field(text, "inlinedAt"), (line, column))

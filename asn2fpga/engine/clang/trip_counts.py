"""LOOP_TRIPCOUNT: the turns the C++ says a loop has, as metadata of the loop from clang to the reader."""

from __future__ import annotations

import re
from collections.abc import Mapping

from asn2fpga.engine.clang.locations import Locations
from asn2fpga.engine.clang.loop_text import FunctionText, LoopMetadata
from asn2fpga.errors import HlsError

_MARKER = "asn_trip_count"
_SAID = '!{!"asn.trip_count", i32 %d, i32 %d}'
_PROPERTY = re.compile(r'!\{!"asn\.trip_count", i32 (\d+), i32 (\d+)\}')
_NUMBERS = re.compile(r"i32 (?:noundef )?(\d+), i32 (?:noundef )?(\d+)")


def mark_trip_counts(
    function: FunctionText, metadata: LoopMetadata, factors: Mapping[str, int], locations: Locations
) -> None:
    """Say of each loop how many turns it has; `factors`: headers of loops whose copies share the turns.

    Raises:
        HlsError: counts that are no constants.
    """
    for line, block, arguments in function.calls(_MARKER):
        found, loop = _NUMBERS.fullmatch(arguments), function.innermost(block)
        if found is None or int(found[1]) > int(found[2]):
            place = locations.of_line(function.lines[line])
            raise HlsError(f"{place}: min and max of LOOP_TRIPCOUNT must be constants, min not above max")
        if loop is not None:
            factor = max(1, factors.get(loop.header, 1))
            metadata.say(function, loop, _SAID % (-(-int(found[1]) // factor), -(-int(found[2]) // factor)))
    function.drop_calls(_MARKER)


def said_trips(metadata: Mapping[str, str], loop: str) -> tuple[int, int] | None:
    """The fewest and the most turns of a loop, by the name of its metadata, if the C++ says them."""
    for part in re.findall(r"!\d+", metadata.get(loop, "")):
        found = _PROPERTY.fullmatch(metadata.get(part, ""))
        if found:
            return int(found[1]), int(found[2])
    return None

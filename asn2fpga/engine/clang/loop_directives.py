"""What UNROLL and PIPELINE say of loops, as metadata that LLVM's unrolling obeys; and what it did not do.

UNROLL unrolls the loop that it stands in. PIPELINE makes one iteration of a loop a straight list of
operations, as in Vitis HLS: all loops within it are unrolled. It has no effect, and a warning says so, if the
number of turns of one is not constant, or if one says PIPELINE itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from asn2fpga.engine.clang.locations import Locations
from asn2fpga.engine.clang.loop_text import FULL, FunctionText, LoopMetadata, functions, map_functions
from asn2fpga.engine.clang.notes import with_warnings
from asn2fpga.engine.clang.syntax import Module
from asn2fpga.engine.clang.trip_counts import mark_trip_counts
from asn2fpga.errors import HlsError

_COUNT = '!{!"llvm.loop.unroll.count", i32 %d}'
_NEVER = '!{!"llvm.loop.unroll.disable"}'
_PIPELINED = '!{!"asn.pipelined"}'  # of loops that are unrolled because a loop around them is pipelined
_METADATA = re.compile(r"^(!\d+) = (.*)$", re.MULTILINE)
_LOOP = re.compile(r"!llvm\.loop (!\d+)")
_NUMBER = re.compile(r"i32 (?:noundef )?(-?\d+)")


def mark_unrolling(text: str) -> str:
    """A module as clang emits it, with UNROLL and LOOP_TRIPCOUNT said of its loops.

    Raises:
        HlsError: a factor or a count that is no constant.
    """
    if "@asn_unroll(" not in text and "@asn_trip_count(" not in text:
        return text
    metadata, warnings = LoopMetadata(text), list[str]()
    locations = _locations(text)

    def marked(body: str) -> str:
        function, factors = FunctionText(body), dict[str, int]()
        for line, block, arguments in function.calls("asn_unroll"):
            place = locations.of_line(function.lines[line])
            factor = _factor(arguments, place)
            loop = function.innermost(block)
            if loop is None:
                warnings.append(
                    f"{place}: UNROLL stands in no loop and has no effect; put it in the loop's body"
                )
            elif factor != 1:
                factors[loop.header] = factor
                metadata.say(function, loop, _property(factor))
        mark_trip_counts(function, metadata, factors, locations)
        function.drop_calls("asn_unroll")
        return "\n".join(function.lines)

    return with_warnings(metadata.apply(map_functions(text, marked)), warnings)


def mark_pipelines(text: str) -> str:
    """An inlined module, with the unrolling of all loops in pipelined ones and around processes."""
    if "@asn_pipeline(" not in text and "@asn_dataflow(" not in text:
        return text
    metadata, warnings, locations = LoopMetadata(text), list[str](), _locations(text)

    def marked(body: str) -> str:
        function = FunctionText(body)
        calls = [*function.calls("asn_pipeline"), *function.calls("asn_dataflow")]
        pipelined = [function.innermost(block) for _, block, _ in calls]
        for outer, (line, _, _) in zip(pipelined, calls, strict=True):
            within = [loop for loop in function.inside(outer) if loop in pipelined]
            if within:
                place = locations.of_line(function.lines[line])
                warnings.append(f"{place}: PIPELINE has no effect, because a loop within says it, too")
                continue
            for loop in function.inside(outer):
                metadata.say(function, loop, FULL, _PIPELINED)
        return "\n".join(function.lines)

    return with_warnings(metadata.apply(map_functions(text, marked)), warnings)


def functions_left(text: str) -> frozenset[str]:
    """Names of the functions in which a loop is still to be unrolled."""
    left = {mark for mark, _, _ in _left(text)}
    return frozenset(name for name, body in functions(text) if left.intersection(_LOOP.findall(body)))


def check_unrolled(text: str) -> str:
    """The module after unrolling; with a warning for each loop that is not pipelined.

    Raises:
        HlsError: a loop that says UNROLL and could not be unrolled.
    """
    locations, warnings = _locations(text), list[str]()
    for _, place, properties in _left(text):
        where = locations.of(place) if place else ""
        if _PIPELINED not in properties:
            raise HlsError(
                f"{where}: the loop cannot be unrolled, because its number of turns is not a constant; "
                "give it constant bounds and leave it with `break`, or unroll it by a factor"
            )
        warnings.append(
            f"{where}: the number of turns of this loop is not a constant, so the loop or function around "
            "it is not pipelined; only this loop is"
        )
    return with_warnings(text, warnings)


def _left(text: str) -> Iterator[tuple[str, str, list[str]]]:
    """Metadata, place and properties of each loop that still says that it is to be unrolled."""
    metadata = dict(_METADATA.findall(text))
    for mark in dict.fromkeys(_LOOP.findall(text)):
        parts = re.findall(r"!\d+", metadata.get(mark, ""))[1:]
        properties = [metadata.get(part, "") for part in parts]
        count = any(value.startswith('!{!"llvm.loop.unroll.count"') for value in properties)
        if (FULL in properties or count) and _NEVER not in properties:
            places = [part for part, value in zip(parts, properties, strict=True) if "DILocation(" in value]
            yield mark, next(iter(places), ""), properties


def _property(factor: int) -> str:
    return {-1: FULL, 0: _NEVER}.get(factor, _COUNT % factor)


def _factor(arguments: str, place: str) -> int:
    found = _NUMBER.fullmatch(arguments)
    if found is None or int(found[1]) < -1:
        raise HlsError(f"{place}: the factor of UNROLL must be a constant of 1 or more")
    return int(found[1])


def _locations(text: str) -> Locations:
    return Locations(Module(metadata=dict(_METADATA.findall(text))))

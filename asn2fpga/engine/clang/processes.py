"""Which functions are processes, and stay functions; all others are inlined, whatever they say themselves.

A process says HLS_PROCESS, or a function that says DATAFLOW calls it. One that says DATAFLOW itself is none:
its processes are those of the function that calls it.
"""

from __future__ import annotations

import re

from asn2fpga.engine.clang.loop_text import map_functions

SECTION = "asn_process"  # where HLS_PROCESS puts a function

_NAME = r'(?:[-\w.$]+|"[^"]*")'
_DEFINITION = re.compile(rf"^define [^\n]*?@({_NAME})\((?P<rest>[^\n]*)\{{$", re.MULTILINE)
_CALL = re.compile(rf"^\s+call void @({_NAME})\(", re.MULTILINE)
_GROUP = re.compile(r"^attributes (#\d+) = \{(.*)\}$", re.MULTILINE)
_GROUP_OF = re.compile(r" (#\d+) ")
_ASKED = re.compile(r" (?:noinline|optnone|alwaysinline)\b")
_CONSTRUCTOR = re.compile(r"_ZN.*[CD][0-2]E")


def mark_processes(text: str) -> str:
    """The module as clang emits it, in which processes and no others say `noinline`."""
    groups = dict(_GROUP.findall(text))
    inlined = {
        found[1]
        for found in _DEFINITION.finditer(text)
        if "alwaysinline" in _attributes(found["rest"], groups)
    }
    defined = {found[1] for found in _DEFINITION.finditer(text)}
    called, networks = _called(text)
    processes = (_said(text) | called & defined - inlined) - networks
    text = _GROUP.sub(lambda found: _ASKED.sub("", found[0]), text)

    def marked(body: str) -> str:
        found = _DEFINITION.match(body)
        if found is None or found[1] not in processes:
            return body
        place = _GROUP_OF.search(body, found.start("rest"), found.end())
        start = place.start() if place else found.end() - 1
        return f"{body[:start]} noinline{body[start:]}"

    return map_functions(text, marked)


def _said(text: str) -> set[str]:
    return {found[1] for found in _DEFINITION.finditer(text) if f'section "{SECTION}"' in found["rest"]}


def _called(text: str) -> tuple[set[str], set[str]]:
    """Functions that are called where DATAFLOW is said, and those that say it."""
    networks: set[str] = set()
    called: set[str] = set()

    def look(body: str) -> str:
        found = _DEFINITION.match(body)
        if found is not None and "call void @asn_dataflow(" in body:
            networks.add(found[1])
            called.update(name for name in _CALL.findall(body) if not _CONSTRUCTOR.match(name))
        return body

    map_functions(text, look)
    return called, networks


def _attributes(rest: str, groups: dict[str, str]) -> str:
    found = _GROUP_OF.search(rest)
    return groups.get(found[1], "") if found else ""

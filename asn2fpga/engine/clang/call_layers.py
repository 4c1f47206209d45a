"""The order in which functions are inlined: those first that call no others.

What is inlined has then been simplified. Inlined all at once, templates within templates become text a
hundred times as long as what is left of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from asn2fpga.engine.clang.loop_text import functions
from asn2fpga.engine.clang.parse import NAME
from asn2fpga.engine.clang.tokens import plain_name

_CALLED = re.compile(rf"@({NAME})\(")


def call_layers(text: str) -> list[set[str]]:
    """Names of a module's functions: those that call none, those that call only these, and so on.

    A function that calls itself, through others or not, stands with what is left of it without these calls.
    """
    bodies = {plain_name(name): body for name, body in functions(text)}
    calls = {name: _calls(body, bodies) - {name} for name, body in bodies.items()}
    depths: dict[str, int] = {}
    for name in calls:
        _find_depth(name, calls, depths)
    layers: list[set[str]] = [set() for _ in range(max(depths.values(), default=-1) + 1)]
    for name, depth in depths.items():
        layers[depth].add(name)
    return layers


def _calls(body: str, bodies: Mapping[str, str]) -> set[str]:
    return {name for name in map(plain_name, _CALLED.findall(body)) if name in bodies}


def _find_depth(name: str, calls: Mapping[str, set[str]], depths: dict[str, int]) -> None:
    """The depth of a function and of all that it calls, without recursion: chains may be long."""
    waiting, open_ = [name], set[str]()
    while waiting:
        current = waiting[-1]
        missing = [] if current in open_ else [one for one in calls[current] if one not in depths]
        open_.add(current)
        if missing:
            waiting += [one for one in missing if one not in open_]
            continue
        waiting.pop()
        depths[current] = 1 + max((depths[one] for one in calls[current] if one in depths), default=-1)

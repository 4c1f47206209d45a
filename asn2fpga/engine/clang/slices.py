"""The part of a module's text that one function needs: a module of its own, equal for equal functions.

It holds the function, all functions and variables that can be reached from it, and their debug metadata, whose
numbers are new, in the order in which they are met. So a slice does not change with what else is in the source,
but for lines that move.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from asn2fpga.engine.clang.parse import NAME
from asn2fpga.engine.clang.syntax import Module
from asn2fpga.engine.clang.tokens import plain_name

_GLOBAL = re.compile(rf"@({NAME})")
_FILE = re.compile(r'!DIFile\(filename: "([^"]*)"')
_QUOTED_OR_METADATA = re.compile(r'"[^"]*"|!\d+\b')


def slice_of(module: Module, function: str) -> str:
    """The text of a module, as parse_module read it, with a function and what it needs."""
    numbers = _Numbers()
    parts = [numbers.renewed(module.texts[name]) for name in _reached(module, function)]
    metadata = [
        f"{new} = {numbers.renewed(_without_folder(module.metadata.get(old, '')))}"
        for old, new in numbers.in_order()
    ]
    return "\n".join([*module.type_lines, *parts, *metadata, ""])


def _reached(module: Module, function: str) -> list[str]:
    """A function, and the functions and variables it names, whether itself or through others."""
    found = [function]
    for name in found:  # grows as it goes
        names = dict.fromkeys(map(plain_name, _GLOBAL.findall(module.texts[name])))
        found += [other for other in names if other in module.texts and other not in found]
    return found


def _without_folder(metadata: str) -> str:
    """The metadata of a file with nothing but its name: where it lies changes from build to build."""
    found = _FILE.match(metadata)
    return f'!DIFile(filename: "{PurePosixPath(found[1]).name}")' if found else metadata


class _Numbers:
    """New numbers of metadata, in the order in which they are met."""

    def __init__(self) -> None:
        self._order: list[str] = []
        self._new: dict[str, str] = {}

    def renewed(self, text: str) -> str:
        """The text with new numbers; nothing in quotes is a number."""
        return _QUOTED_OR_METADATA.sub(self._number, text)

    def in_order(self) -> Iterator[tuple[str, str]]:
        """Old and new number of all, those included that are met meanwhile."""
        for old in self._order:
            yield old, self._new[old]

    def _number(self, found: re.Match[str]) -> str:
        old = found[0]
        if old.startswith('"'):
            return old
        if old not in self._new:
            self._new[old] = f"!{len(self._order)}"
            self._order.append(old)
        return self._new[old]

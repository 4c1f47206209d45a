"""The part of a module's text that one function needs: a module of its own, equal for equal functions.

It holds the function, and all functions, variables, types and debug metadata that can be reached from it.
Types and metadata get new names, in the order in which they are met: those that LLVM gives depend on what
else it has read. So a slice does not change with the rest of the source, but for lines that move.
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
_GROUP = re.compile(r", atom(?:Group|Rank): \d+")
_NAMED = re.compile(r'%"[^"]*"|%[a-z]+\.[-\w.$]+|"[^"]*"|!\d+\b')


def slice_of(module: Module, function: str) -> str:
    """The text of a module, as parse_module read it, with a function and what it needs."""
    names = _Names(module)
    parts = [names.renewed(module.texts[name]) for name in _reached(module, function)]
    parts += names.definitions()
    return "\n".join([*parts, ""])


def _reached(module: Module, function: str) -> list[str]:
    """A function, and the functions and variables it names, whether itself or through others."""
    found = [function]
    for name in found:  # grows as it goes
        names = dict.fromkeys(map(plain_name, _GLOBAL.findall(module.texts[name])))
        found += [other for other in names if other in module.texts and other not in found]
    return found


class _Names:
    """New names of types and metadata, in the order in which they are met."""

    def __init__(self, module: Module) -> None:
        self._module = module
        self._order: list[str] = []
        self._new: dict[str, str] = {}

    def renewed(self, text: str) -> str:
        """The text with new names; what else is in quotes stays."""
        return _NAMED.sub(self._name, text)

    def definitions(self) -> Iterator[str]:
        """A line for each name, those included that are met meanwhile."""
        for old in self._order:
            is_type = old.startswith("%")
            text = self._module.type_texts[old] if is_type else self._module.metadata.get(old, "")
            yield f"{self._new[old]} = {self.renewed(_what_counts(text))}"

    def _name(self, found: re.Match[str]) -> str:
        old = found[0]
        if old not in self._new and (old.startswith("!") or old in self._module.type_texts):
            self._new[old] = f"{old[0]}{'t' if old.startswith('%') else ''}{len(self._order)}"
            self._order.append(old)
        return self._new.get(old, old)


def _what_counts(metadata: str) -> str:
    """Metadata of a file with nothing but its name, of a place without the numbers of clang's groups of
    places: the former differ from folder to folder, the latter from compilation to compilation.
    """
    found = _FILE.match(metadata)
    return f'!DIFile(filename: "{PurePosixPath(found[1]).name}")' if found else _GROUP.sub("", metadata)

"""Large modules, which Yosys maps each on its own, once for equal ones; and what is then left of a design.

The hierarchy is kept while mapping, so no pass looks beyond a module. A run of Yosys takes two seconds before
it has done anything, so small modules are mapped together, with the top. Which are, depends on the design
alone: neither on how many cores there are nor on what was mapped before. So do the results.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from asn2fpga.rtl import RtlDesign

Cells = Mapping[str, int]

LARGE = 40_000  # characters of a module's file
_MODULE = re.compile(r"^\s*module\s+(\w+)\s*(#?)", re.MULTILINE)
_HEADER = re.compile(r"^module .*?^\);", re.MULTILINE | re.DOTALL)
_MEMORY_FILE = re.compile(r'\$readmem[bh]\("([^"]*)"')
_COMMENT = re.compile(r"//[^\n]*")
_FOLDER = "<folder of the design>"


@dataclass(frozen=True)
class Unit:
    """Modules that are mapped together, `top` and others, and their files.

    outside: files of modules that are mapped elsewhere. content: all that the cells depend on, of the design.
    """

    top: str
    files: tuple[Path, ...]
    outside: tuple[Path, ...]
    content: str


@dataclass(frozen=True)
class Mapped:
    """Cells of each module of a unit by type, and the modules' netlists as RTLIL."""

    cells: Mapping[str, Cells]
    rtlil: str

    def packed(self, folder: Path) -> bytes:
        """What `unpacked` takes, also for a design in another folder than this one's."""
        rtlil = self.rtlil.replace(str(folder.resolve()), _FOLDER)
        return zlib.compress(json.dumps([self.cells, rtlil]).encode(), 1)


def unpacked(content: bytes | None, folder: Path) -> Mapped | None:
    """What was packed; None for nothing, or for what is damaged."""
    if content is None:
        return None
    try:
        cells, rtlil = json.loads(zlib.decompress(content))
        return Mapped(cells, rtlil.replace(_FOLDER, str(folder.resolve())))
    except (zlib.error, ValueError, TypeError, AttributeError):
        return None


def split(design: RtlDesign) -> list[Unit]:
    """The units of a design, that with its top first.

    A module is one of its own if it is large, alone in its file, and has no parameters and no modules of the
    design in it: processes of the engine are like that.
    """
    texts = {path: path.read_text() for path in design.verilog}
    alone = {path: name for path in texts if (name := _alone(path, texts, design.top))}
    rest = tuple(path for path in texts if path not in alone)
    headers = [found[0] for path in alone for found in _HEADER.finditer(texts[path])]
    content = "\n".join([*(_content(path, texts[path]) for path in rest), *headers])
    units = [Unit(name, (path,), (), _content(path, texts[path])) for path, name in alone.items()]
    return [Unit(design.top, rest, tuple(alone), content), *units]


def _alone(path: Path, texts: Mapping[Path, str], top: str) -> str:
    """The name of a file's module, if it is a unit of its own."""
    found = _MODULE.findall(texts[path])
    if len(texts[path]) < LARGE or len(found) != 1 or found[0][1] or found[0][0] == top:
        return ""
    others = {name for other, text in texts.items() if other != path for name, _ in _MODULE.findall(text)}
    words = set(re.findall(r"\w+", _COMMENT.sub("", texts[path])))
    return "" if words & others else str(found[0][0])


def _content(path: Path, text: str) -> str:
    memories = [path.parent / name for name in _MEMORY_FILE.findall(text)]
    return "\n".join([text, *(memory.read_text() for memory in memories if memory.is_file())])

"""Preprocessed C++ -> C++ for clang: each `#pragma HLS` line becomes what it says in marker functions.

clang keeps such a line through `-E`, also that of a macro (`_Pragma("HLS ...")`) and of an included header,
and says before it which line of which file it is. The marker calls take that line's place, so every other
line keeps its number. `-dD` also keeps the lines of #define: of a macro that is used in a directive.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from asn2fpga.engine.clang.pragmas import read_pragma, translate
from asn2fpga.errors import HlsError

_MARK = re.compile(r'# (\d+) "((?:[^"\\]|\\.)*)"')
_DEFINE = re.compile(r"#define (\w+)(?: (.*))?$")
_UNDEFINE = re.compile(r"#undef (\w+)")
_PRAGMA = re.compile(r"\s*#\s*pragma\s+HLS\b", re.IGNORECASE)
_VALUE = re.compile(r"=\s*\S+")
_WORD = re.compile(r"\b[A-Za-z_]\w*\b")
_DEEPEST = 16  # macros that stand for macros


class Preprocessed:
    """Text for clang; the directives by their places (FILE:LINE), and what of them has no effect."""

    def __init__(self, text: str) -> None:
        self.warnings: list[str] = []
        self.pragmas: dict[str, str] = {}
        self._macros: dict[str, str] = {}
        self._file, self._line = "", 1
        self._before = ";"  # what stands before a directive
        self.text = "\n".join(map(self._read, text.split("\n")))

    def _read(self, line: str) -> str:
        mark = _MARK.match(line)
        if mark:
            self._line, self._file = int(mark[1]), mark[2]
            return line
        written = self._directive(line) if line.lstrip().startswith("#") else line
        self._before = (written.rstrip() or self._before)[-4:]
        self._line += 1
        return written

    def _directive(self, line: str) -> str:
        define, undefine = _DEFINE.match(line), _UNDEFINE.match(line)
        if define:
            self._macros[define[1]] = define[2] or ""
        elif undefine:
            self._macros.pop(undefine[1], None)
        if define or undefine or line.startswith("#define "):
            return ""
        return self._pragma(line) if _PRAGMA.match(line) else line

    def _pragma(self, line: str) -> str:
        place = f"{PurePosixPath(self._file).name}:{self._line}"
        pragma = read_pragma(self._expand(line), place)
        self.pragmas[place] = f"#pragma HLS {pragma.name}"
        if not self._before.endswith(("{", "}", ";", ":")):
            raise HlsError(
                f"{pragma.where} stands between a statement and its body; put the body in braces, "
                "and the directive in it"
            )
        translation = translate(pragma)
        self.warnings += [warning for warning in translation.warnings if warning not in self.warnings]
        return translation.code or ";"

    def _expand(self, line: str) -> str:
        """The line with what macros stand for in the values of its options."""
        for _ in range(_DEEPEST):
            expanded = _VALUE.sub(lambda value: _WORD.sub(self._meaning, value[0]), line)
            if expanded == line:
                break
            line = expanded
        return line

    def _meaning(self, word: re.Match[str]) -> str:
        return self._macros.get(word[0], word[0]).replace(" ", "")

"""C++ places (FILE:LINE) of LLVM values, from the module's debug metadata."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import PurePosixPath

from asn2fpga.engine.clang.syntax import Module

_DEBUG = re.compile(r"!dbg (!\d+)")
_LIBRARY = "libcxx"  # a folder above the headers of the C++ library
SHIM_HEADERS = (
    "ap_int.h",
    "ap_operators.h",
    "ap_concatenation.h",
    "hls_stream.h",
    "ap_fixed.h",
    "ap_fixed_operators.h",
    "hls_vector.h",
    "fstream",
    "sstream",
)


class Locations:
    """Looks locations up; what is inlined from our headers or the C++ library has its caller's place."""

    def __init__(self, module: Module) -> None:
        self.metadata = module.metadata
        self.of = lru_cache(maxsize=None)(self._of)

    def _of(self, debug: str) -> str:
        """FILE:LINE of a `!dbg` reference, or an empty string."""
        place = ""
        while debug:
            text = self.metadata.get(debug, "")
            line, scope = metadata_field(text, "line"), metadata_field(text, "scope")
            path = self._path(scope)
            known = line not in ("", "0")  # 0: the compiler's own
            place = f"{path.name}:{line}" if known and path.name else place
            debug = metadata_field(text, "inlinedAt")
            if path.name not in SHIM_HEADERS and _LIBRARY not in path.parts and known:
                return place
        return place

    def of_line(self, line: str) -> str:
        """FILE:LINE of an instruction as text, or an empty string."""
        debug = _DEBUG.search(line)
        return self.of(debug[1]) if debug else ""

    def function(self, debug: str) -> str:
        """FILE:LINE of a function's definition."""
        text = self.metadata.get(debug, "")
        return f"{self._path(debug).name}:{metadata_field(text, 'line')}" if text else ""

    def _path(self, scope: str) -> PurePosixPath:
        text = self.metadata.get(scope, "")
        while text and "DIFile" not in text:
            file = metadata_field(text, "file")
            text = self.metadata.get(file or metadata_field(text, "scope"), "")
        match = re.search(r'filename: "([^"]*)"', text)
        return PurePosixPath(match[1] if match else "")


def metadata_field(text: str, name: str) -> str:
    """A number or reference of a metadata line, or an empty string."""
    match = re.search(rf"[(,] ?{name}: (![0-9]+|[0-9]+)", text)
    return match[1] if match else ""

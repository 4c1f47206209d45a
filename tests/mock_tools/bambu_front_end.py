"""The C++ front end of Bambu: clang for i386 with headers that declare what Bambu's offer. Not the real tool.

What its sources say of pragmas: one belongs to the function that ends next in the same file; a _Pragma that
comes from a macro stands in no file, so it is lost and those after it with it.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

HEADERS = Path(__file__).with_name("bambu_headers")
_OPTIONS = ("-std=c++14", "-D__BAMBU__", "-Wall", "-Werror", "-Wno-unknown-pragmas")
_OPTIONS += ("-Wno-unused-command-line-argument",)
_PRAGMA = re.compile(r"^\s*#\s*pragma\s+HLS\s+(.*?)\s*$", re.MULTILINE)


class FrontEndError(Exception):
    """What clang said."""


def compile_to_llvm(source: Path, includes: Sequence[Path], work: Path) -> str:
    """LLVM IR of a source, inlined as its attributes demand."""
    target = work / "bambu.ll"
    _run(["-S", "-emit-llvm", "-O1", str(source), "-o", str(target)], includes, work)
    return target.read_text()


def lost_pragmas(source: Path, includes: Sequence[Path], work: Path) -> list[str]:
    """The HLS pragmas that come from macros: there are more of them after preprocessing than in the files."""
    target = work / "bambu.ii"
    _run(["-E", "-P", str(source), "-o", str(target)], includes, work)
    files = [source, *(path for folder in includes for path in folder.rglob("*") if path.is_file())]
    texts = [path.read_text() for path in files if path.suffix in (".h", ".cpp")]
    written = Counter(line for text in texts for line in _PRAGMA.findall(text))
    return sorted((Counter(_PRAGMA.findall(target.read_text())) - written).elements())


def _run(arguments: Sequence[str], includes: Sequence[Path], work: Path) -> None:
    command = [sys.executable, "-m", "ziglang", "c++", "-target", "x86-linux-gnu", *_OPTIONS]
    folders = [f"-I{path}" for path in includes]
    cache = {f"ZIG_{kind}_CACHE_DIR": str(work / "cache") for kind in ("GLOBAL", "LOCAL")}
    ran = subprocess.run(
        [*command, *folders, "-isystem", str(HEADERS), *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=cache,
    )
    if ran.returncode:
        raise FrontEndError(ran.stderr)

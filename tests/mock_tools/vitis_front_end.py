"""The C++ front end of Vitis HLS: the branch that it compiles, with Xilinx's open headers. Not the real tool.

Its pragmas are held against the table `pragmas` of vitis_commands.toml.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

from asn2fpga.toolchain.ap_types import ap_types_dir
from asn2fpga.toolchain.compiler import find_compiler
from asn2fpga.verify.cpp_library import ONLY_INTEGERS

HERE = Path(__file__).parent
# The open headers refuse __SYNTHESIS__, so it is defined after them.
_PRELUDE = "#include <ap_int.h>\n#include <hls_stream.h>\n#define __SYNTHESIS__\n"
_OPTIONS = ("-std=c++14", "-Wall", "-Wno-unknown-pragmas", "-Wno-uninitialized", *ONLY_INTEGERS)


def compile_source(source: Path, includes: Sequence[Path], word_bits: int, work: Path) -> str:
    """Compile a source; its preprocessed text. ToolError with the compiler's message."""
    prelude = work / "vitis_prelude.h"
    prelude.write_text(f"#define AP_INT_MAX_W {word_bits}\n{_PRELUDE}")
    folders = [f"-I{path}" for path in includes]
    headers = ["-isystem", HERE / "vitis_headers", "-isystem", ap_types_dir()]
    arguments = [*_OPTIONS, "-include", prelude, *folders, *headers, source]
    for last in (["-fsyntax-only"], ["-E", "-P", "-o", work / "vitis.ii"]):
        log = work / "vitis.log"
        find_compiler().run([*arguments, *last], cwd=work, log=log, timeout_seconds=300)
    return (work / "vitis.ii").read_text()


def pragmas(text: str) -> list[str]:
    """The HLS pragmas of preprocessed text, without those of Xilinx's headers, which are lower case."""
    return re.findall(r"^\s*#\s*pragma\s+HLS\s+([A-Z].*?)\s*$", text, re.MULTILINE)


def objections(pragma: str) -> Iterator[str]:
    """What Vitis would not take of a pragma."""
    table = tomllib.loads((HERE / "vitis_commands.toml").read_text())["pragmas"]
    keyword, *words = re.sub(r"\s*=\s*", "=", pragma).split()
    if keyword.lower() not in table:
        yield f"no pragma {keyword}"
        return
    known = table[keyword.lower()]
    given = dict(word.split("=", 1) if "=" in word else (word, "") for word in words)
    for key, value in given.items():
        if key.lower() not in known:
            yield f"{keyword}: no option {key}"
        elif known[key.lower()] and value.lower() not in known[key.lower()]:
            yield f"{keyword}: no value {key}={value}"
    yield from (f"{keyword}: {key} is missing" for key in known.get("required", ()) if key not in given)

"""What the kernels must do: the C++ compiled with Xilinx's headers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from asn2fpga.resources import hardware_dir
from asn2fpga.toolchain import process
from asn2fpga.toolchain.ap_types import ap_types_dir
from asn2fpga.toolchain.compiler import find_compiler
from asn2fpga.verify.cpp_library import ONLY_INTEGERS
from benchmarks.hls.suite import FOLDER, Kernel, Words

TIMEOUT_SECONDS = 600.0


def run_native(kernels: Sequence[Kernel], calls: Mapping[str, int], work: Path) -> dict[str, Words]:
    """Words of each kernel's output streams after its calls, all in one program. Raises ToolError."""
    work.mkdir(parents=True, exist_ok=True)
    work = work.resolve()
    source, program = work / "native.cpp", work / "native"
    source.write_text(_text(kernels, calls))
    for kernel in kernels:
        write_words(kernel, kernel.words(calls[kernel.name]), work)
    compiler = find_compiler()
    includes = [f"-I{path}" for path in (hardware_dir() / "hls", ap_types_dir(), FOLDER / "sim")]
    flags = ("-std=c++14", "-O0", "-w", *ONLY_INTEGERS, *includes)
    arguments = [*flags, source, "-o", program]
    compiler.run(arguments, cwd=work, log=work / "native.build.log", timeout_seconds=TIMEOUT_SECONDS)
    process.run([program], cwd=work, log=work / "native.log", timeout_seconds=TIMEOUT_SECONDS)
    return collect(kernels, (work / "native.log").read_text())


def write_words(kernel: Kernel, words: Words, work: Path) -> None:
    """Input words as NAME_STREAM.hex, for $readmemh and for the native program."""
    for stream, values in words.items():
        (work / f"{kernel.name}_{stream}.hex").write_text("".join(f"{value:x}\n" for value in values))


def collect(kernels: Sequence[Kernel], text: str) -> dict[str, Words]:
    """Lines `KERNEL STREAM HEX ...` as words per kernel and output stream."""
    found = {kernel.name: {stream.name: list[int]() for stream in kernel.outputs} for kernel in kernels}
    for line in text.splitlines():
        parts = line.split()
        if len(parts) >= 3 and parts[1] in found.get(parts[0], {}):
            found[parts[0]][parts[1]].append(int(parts[2], 16))
    return found


def _text(kernels: Sequence[Kernel], calls: Mapping[str, int]) -> str:
    sources = dict.fromkeys(kernel.path for kernel in kernels)
    lines = [
        "#define AP_INT_MAX_W 4096",
        '#include "native_words.h"',
        *(f'#include "{path}"' for path in sources),
    ]
    lines.append("int main() {")
    for kernel in kernels:
        arguments = ", ".join(f"{kernel.name}_{stream.name}" for stream in kernel.streams)
        lines += [
            f'  hls::stream<{stream.c_type} > {kernel.name}_{stream.name}("{stream.name}");'
            for stream in kernel.streams
        ]
        lines += [
            f'  load({kernel.name}_{stream.name}, "{kernel.name}_{stream.name}.hex");'
            for stream in kernel.inputs
        ]
        lines.append(f"  for (int call = 0; call < {calls[kernel.name]}; call++) {kernel.name}({arguments});")
        lines += [
            f'  show({kernel.name}_{stream.name}, "{kernel.name}", "{stream.name}");'
            for stream in kernel.outputs
        ]
    return "\n".join([*lines, "}", ""])

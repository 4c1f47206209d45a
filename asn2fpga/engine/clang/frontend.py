"""C++ -> optimised LLVM IR text: clang (from the ziglang package), then chosen passes in process (llvmlite).

The passes are chosen for what the hardware becomes. Loop rotation and peeling duplicate stream reads, loop
idioms make calls of memset, vectorisers make vectors: none of them runs. Directives are calls of marker
functions; they are told to touch no memory the program can see, so that they stay and hinder nothing.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from itertools import takewhile
from pathlib import Path
from types import MappingProxyType

import llvmlite.binding as llvm

from asn2fpga.engine.clang.call_layers import call_layers
from asn2fpga.engine.clang.constructors import evaluate_constructors
from asn2fpga.engine.clang.lifetimes import forget_nothing, nothing_at_birth
from asn2fpga.engine.clang.locations import SHIM_HEADERS
from asn2fpga.engine.clang.long_loops import in_two_steps
from asn2fpga.engine.clang.loop_directives import (
    check_unrolled,
    functions_left,
    mark_pipelines,
    mark_unrolling,
)
from asn2fpga.engine.clang.nonblocking import warn_of_timing
from asn2fpga.engine.clang.notes import with_warnings
from asn2fpga.engine.clang.preprocess import Preprocessed
from asn2fpga.engine.clang.processes import mark_processes
from asn2fpga.engine.clang.promises import check_promises
from asn2fpga.engine.clang.whole_arrays import word_by_word
from asn2fpga.errors import HlsError, InputError, ToolError
from asn2fpga.resources import hardware_dir
from asn2fpga.rtl import HlsProject
from asn2fpga.toolchain.process import run

_FLAGS = (
    "-O1", "-Xclang", "-disable-llvm-passes", "-gline-tables-only", "-std=c++20",
    "-mcpu=baseline", "-fno-discard-value-names", "-fno-exceptions", "-fno-rtti",
    "-fno-threadsafe-statics", "-fdebug-compilation-dir=.",
    "-Wno-unused-command-line-argument", "-Wno-c++26-extensions", "-DASN_ENGINE_LLVM", "-D__SYNTHESIS__",
    "-DNDEBUG",
)  # fmt: skip
# Loops that are marked are unrolled whatever they hold. LLVM may unroll others, if they hold neither a stream
# access nor a directive, in part or, if small, whole: local structs and windows become values by that. With a
# threshold of 0 it would leave marked loops alone that hold one, as each is a call.
_UNROLLING = ("-unroll-allow-peeling=false", "-unroll-threshold=1", "-pragma-unroll-threshold=10000000")
# NewGVN moves conditions of an inner loop into the outer one, where they no longer change (LLVM issue 53277).
_SOUND = ("-enable-phi-of-ops=false",)
_MARKER = re.compile(r"(declare (?:!dbg !\d+ )?(?:void|[^\n]*i1) @asn_\w+\([^)]*\))[^\n]*")
_MARKER_EFFECT = r"\1 memory(inaccessiblemem: readwrite) nounwind willreturn"
_NO_PRAGMAS: Mapping[str, str] = MappingProxyType({})
# What prints is there for C simulation. So are tests of `assert`: NDEBUG leaves them out.
_PRINTER = re.compile(
    r"^(declare [^\n]*@(?:printf|fprintf|puts|fputs|putchar|putc|fputc|fflush)\([^\n]*?\))[^\n)]*$",
    re.MULTILINE,
)
_PRINTER_EFFECT = r"\1 memory(none) nounwind willreturn"
_DEPTH_OF_TRIANGLES = 3  # loops of a constructor whose bounds are counters of the loops around them
_CLANG_ERROR = re.compile(r"([^\s:]+:\d+):\d+: (?:fatal )?error: (?:static assertion failed.*?: )?(.*)")
_CLANG_PLACE = re.compile(r"([^\s:]+:\d+):\d+: (?:fatal )?(error|note): ")
_INCLUDING = re.compile(r"In file included from ([^\s:]+:\d+):")

_NO_HEADER = re.compile(r"'(?:\w+/)?(\w+\.h)' file not found")
_NOT_BUILT = {
    "hls_math.h": "use ap_int; there is no floating point",
    "hls_burst_maxi.h": "send words of memory through a hls::stream",
    "hls_streamofblocks.h": "send the words of a block through a hls::stream",
    "hls_task.h": "call the processes in a function that says #pragma HLS DATAFLOW",
    "hls_directio.h": "use a hls::stream",
    "hls_fence.h": "a process keeps the order of its reads and writes anyway",
}


def compile_to_llvm(project: HlsProject, work: Path) -> str:
    """LLVM IR text of the project's source as clang emits it, unoptimised.

    Raises:
        HlsError: the C++ does not compile, or says `#pragma HLS` and something that is no directive; the
            first error with FILE:LINE.
    """
    work.mkdir(parents=True, exist_ok=True)
    work = work.resolve()
    stem = project.source.stem
    preprocessed, source, output = (work / f"{stem}{end}" for end in (".ii", ".pre.cpp", ".ll"))
    ours = hardware_dir() / "hls"
    includes = (ours / "llvm", ours / "llvm" / "silent", ours, *project.include_dirs)
    folders = [f"-I{_relative(path, work)}" for path in includes]
    _clang(
        ["-E", "-dD", "-include", "asn_markers.h", *folders, _relative(project.source, work)], preprocessed
    )
    text = Preprocessed(preprocessed.read_text(errors="surrogateescape"))
    source.write_text(text.text, errors="surrogateescape")
    _clang(["-S", "-emit-llvm", source.name], output, text.pragmas)
    return with_warnings(output.read_text(), text.warnings)


def _clang(arguments: Sequence[str], output: Path, pragmas: Mapping[str, str] = _NO_PRAGMAS) -> None:
    """Run clang in the folder of its output; errors name the directive in whose place they are."""
    work, log = output.parent, output.parent / "clang.log"
    command = [sys.executable, "-m", "ziglang", "c++", *_FLAGS, *arguments, "-o", output.name]
    environment = {"ZIG_GLOBAL_CACHE_DIR": "cache", "ZIG_LOCAL_CACHE_DIR": "cache"}
    try:
        run(command, cwd=work, log=log, timeout_seconds=600, environment=environment)
    except ToolError as error:
        found = _first_error(log.read_text(errors="replace"), pragmas) if log.is_file() else None
        if found is None:
            raise
        raise HlsError(f"{found}; the whole message is in {log}") from error


def _relative(path: Path, work: Path) -> str:
    """`path` as seen from `work`: clang writes names into a list that not every character survives.

    Raises:
        InputError: the path holds one of these even so.
    """
    text = os.path.relpath(path.resolve(), work)
    for letter in text:
        if letter in '\\"' or not letter.isprintable():
            raise InputError(f"{text!r}: the path of a source must not hold {letter!r}; rename the folder.")
    return text


def _first_error(log: str, pragmas: Mapping[str, str]) -> str | None:
    """FILE:LINE and text of clang's first error; for one in the engine's headers, the line that used them."""
    found = _CLANG_ERROR.search(log)
    if found is None:
        return None
    notes = takewhile(lambda place: place[2] == "note", _CLANG_PLACE.finditer(log, found.end()))
    including = reversed(_INCLUDING.findall(log[: found.start()]))
    places = [Path(place).name for place in (found[1], *(note[1] for note in notes), *including)]
    user = next((place for place in places if place.split(":")[0] not in SHIM_HEADERS), places[0])
    missing = _NO_HEADER.match(found[2])
    if missing and missing[1] in _NOT_BUILT:
        return f"{user}: {missing[1]} is not built; {_NOT_BUILT[missing[1]]}"
    directive = f"{pragmas[user]}: " if user in pragmas else ""
    return f"{user}: {directive}{found[2]}"


def optimise(text: str) -> str:
    """Inline, promote to SSA, unroll what is marked, simplify; control flow keeps its shape."""
    llvm.initialize_native_target()
    for option in (*_UNROLLING, *_SOUND):
        llvm.set_option("asn2fpga", option)
    text = _PRINTER.sub(_PRINTER_EFFECT, _MARKER.sub(_MARKER_EFFECT, text))
    text = word_by_word(mark_processes(mark_unrolling(text)))
    module = llvm.parse_assembly(nothing_at_birth(evaluate_constructors(text, _inline, _evaluate)))
    _inline(module)
    text = forget_nothing(_unrolled(mark_pipelines(warn_of_timing(str(module)))))
    module = llvm.parse_assembly(text)
    _run(module, _add_simplification)
    return str(module)


def _unrolled(text: str) -> str:
    """The module with its marked loops unrolled; those with bounds that counters around them give, too."""
    check_promises(text)
    found = _unrolled_in_rounds(in_two_steps(text))
    left = functions_left(found)
    if left:  # with several exits of a loop, the first step may hide the number of turns
        found = _unrolled_in_rounds(in_two_steps(text, left))
    return check_unrolled(found)


def _unrolled_in_rounds(text: str) -> str:
    module = llvm.parse_assembly(text)
    for _ in range(_DEPTH_OF_TRIANGLES + 1):  # long loops take a round more
        _run(module, _add_unrolling)
        text = str(module)
        if not functions_left(text):
            break
    return text


def _inline(module: llvm.ModuleRef) -> None:
    """All functions but processes, the innermost first, each with values in place of its variables by then.

    More is not simplified on the way: a choice of two variables would become one of their addresses.
    """
    _run(module, _add_values)
    for layer in call_layers(str(module)):
        for function in module.functions:
            if function.name in layer and not _is_process(function):
                function.add_function_attribute("alwaysinline")
        _run(module, _add_inliner)
    _run(module, _clean)


def _is_process(function: llvm.ValueRef) -> bool:
    return any(b"noinline" in attribute for attribute in function.attributes)


def _evaluate(module: llvm.ModuleRef) -> None:
    _run(module, _add_evaluation)


def _run(module: llvm.ModuleRef, add_passes: Callable[[llvm.ModulePassManager], None]) -> None:
    machine = llvm.Target.from_triple(llvm.get_default_triple()).create_target_machine()
    options = llvm.PipelineTuningOptions(speed_level=1)
    options.loop_vectorization = options.slp_vectorization = False
    passes = llvm.ModulePassManager()
    add_passes(passes)
    passes.run(module, llvm.create_pass_builder(machine, options))


def _add_inliner(passes: llvm.ModulePassManager) -> None:
    passes.add_always_inliner_pass()
    _add_values(passes)


def _add_values(passes: llvm.ModulePassManager) -> None:
    passes.add_sroa_pass()


def _add_evaluation(passes: llvm.ModulePassManager) -> None:
    for _ in range(_DEPTH_OF_TRIANGLES):
        _unroll(passes)
    passes.add_global_opt_pass()


def _add_unrolling(passes: llvm.ModulePassManager) -> None:
    passes.add_global_dead_code_eliminate_pass()
    _unroll(passes)


def _add_simplification(passes: llvm.ModulePassManager) -> None:
    passes.add_new_gvn_pass()
    passes.add_sccp_pass()
    passes.add_instruction_combine_pass()
    passes.add_aggressive_dce_pass()
    passes.add_simplify_cfg_pass()
    passes.add_instruction_combine_pass()


def _unroll(passes: llvm.ModulePassManager) -> None:
    passes.add_loop_simplify_pass()
    passes.add_lcssa_pass()
    passes.add_loop_unroll_pass()
    passes.add_sroa_pass()
    passes.add_simplify_cfg_pass()  # copies of a body in one block: combining is quadratic in their blocks
    _clean(passes)


def _clean(passes: llvm.ModulePassManager) -> None:
    passes.add_sroa_pass()
    passes.add_instruction_combine_pass()
    passes.add_simplify_cfg_pass()

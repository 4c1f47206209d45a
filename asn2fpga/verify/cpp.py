"""C simulation: the generated C++ compiled into a library and run, with every stream recorded."""

from __future__ import annotations

import ctypes
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from asn2fpga import resources
from asn2fpga.codegen.project import source_file, top_name
from asn2fpga.dataflow.lower import lower
from asn2fpga.errors import CheckError
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.trace import Trace, concatenate
from asn2fpga.graph.types import Array
from asn2fpga.kinds.sources.source import source_of
from asn2fpga.toolchain import process
from asn2fpga.toolchain.ap_types import ap_types_dir
from asn2fpga.toolchain.compiler import Family, find_compiler
from asn2fpga.verify.vectors import Messages, counts_of, input_messages, scores_of

OUTPUT_STREAM = "m_axis"
BATCH = 250
_TIMEOUT_SECONDS = 600.0

WARNINGS: dict[Family, tuple[str, ...]] = {
    # Xilinx's constructors mask the unused bits of a member before they set it.
    "gcc": ("-Wall", "-Wextra", "-Werror", "-Wno-uninitialized", "-Wno-maybe-uninitialized"),
    "clang": ("-Wall", "-Wextra", "-Werror", "-Wno-uninitialized"),
}
# Two networks in one process must not share the memories of layers of equal name: no symbol is unique in the
# process, and only the functions of csim.cpp are visible.
_SHARED = ("-O1", "-fPIC", "-shared", "-fvisibility=hidden")
LIBRARY: dict[Family, tuple[str, ...]] = {"gcc": (*_SHARED, "-fno-gnu-unique"), "clang": _SHARED}
# Complex numbers of fixed-point types, which no network has and clang's C++ library does not take.
ONLY_INTEGERS = ("-D__AP_INT_SPECIAL_H__", "-D__AP_FIXED_SPECIAL_H__")
SANITISERS = (
    "-fsanitize=address,undefined",
    "-fno-sanitize=shift-base",  # Xilinx's headers shift negative numbers left, which C++14 leaves undefined
    "-fno-sanitize-recover=all",
)


class CppModel:
    """A network as a shared library; `simulate` has the shape of golden.simulate."""

    def __init__(self, graph: Graph, library: Path) -> None:
        self._graph = graph
        self._library = _load(library)
        for stream in lower(graph).events().values():
            self._library.csim_record(stream.name.encode())

    def simulate(self, x: Array, progress: Callable[[int], None] | None = None) -> Trace:
        """Run x (frames (B, *shape) or events (B, T, *shape)); `progress` hears how many vectors are done.

        Raises CheckError if the C++ reads an empty stream, leaves words in one or sends malformed events.
        """
        traces = []
        for start in range(0, len(x), BATCH):
            traces.append(self._simulate(x[start : start + BATCH], start))
            if progress:
                progress(min(start + BATCH, len(x)))
        return concatenate(traces)

    def _simulate(self, x: Array, first: int) -> Trace:
        messages = input_messages(source_of(self._graph), x)
        words, offsets = np.ascontiguousarray(messages.words), np.ascontiguousarray(messages.offsets)
        done = self._library.csim_run(words.ctypes.data, offsets.ctypes.data, len(x))
        if done != len(x):
            raise CheckError(f"C simulation, vector {first + done}: {self._library.csim_failure().decode()}.")
        return trace_of(self._graph, lambda stream: self._recorded(stream, len(x)))

    def _recorded(self, stream: str, messages: int) -> Messages:
        name = stream.encode()
        offsets = np.ctypeslib.as_array(self._library.csim_offsets(name), (messages + 1,)).copy()
        if not offsets[-1]:
            return Messages(np.zeros(0, np.uint64), offsets)
        words = np.ctypeslib.as_array(self._library.csim_words(name), (int(offsets[-1]),)).copy()
        return Messages(words, offsets)


def build(graph: Graph, project: Path, out: Path, log: Path) -> CppModel:
    """Compile the project folder that codegen wrote into a library in `out`, and load it."""
    library = out / "csim.so"
    compile_library(graph, project, library, log)
    return CppModel(graph, library)


def compile_library(graph: Graph, project: Path, library: Path, log: Path) -> process.Finished:
    """Make the shared library; raises ToolError with the compiler's message."""
    return _compile(graph, project, library, log, LIBRARY[find_compiler().family])


def compile_program(graph: Graph, project: Path, program: Path, log: Path) -> process.Finished:
    """Make a program with address and undefined-behaviour checks instead; ziglang's clang has none."""
    return _compile(graph, project, program, log, ("-O1", "-DCSIM_MAIN", *SANITISERS))


def trace_of(graph: Graph, recorded: Callable[[str], Messages]) -> Trace:
    """Trace from what the streams carried; `recorded` gives the messages of a stream by name."""
    counts: dict[str, Array] = {}
    for name, stream in lower(graph).events().items():
        assert stream.events is not None
        counts[name] = counts_of(stream.name, stream.events, recorded(stream.name), graph.edges[name].steps)
    return Trace(scores_of(recorded(OUTPUT_STREAM), graph.classes), counts)


def _compile(
    graph: Graph, project: Path, result: Path, log: Path, options: tuple[str, ...]
) -> process.Finished:
    simulation = resources.hardware_dir() / "sim" / "csim"
    result.parent.mkdir(parents=True, exist_ok=True)
    compiler = find_compiler()
    arguments: list[str | Path] = [
        "-std=c++14",
        *options,
        *WARNINGS[compiler.family],
        *ONLY_INTEGERS,
        f'-DCSIM_SOURCE="{source_file(graph)}"',
        f"-DCSIM_TOP={top_name(graph)}",
        "-I",
        simulation,
        "-I",
        project.resolve(),
        "-isystem",
        ap_types_dir(),
        simulation / "csim.cpp",
        "-o",
        result.resolve(),
    ]
    return compiler.run(arguments, cwd=result.parent, log=log, timeout_seconds=_TIMEOUT_SECONDS)


def _load(path: Path) -> ctypes.CDLL:
    """Load a copy: the loader would give an earlier library of the same path again, whatever it holds now."""
    with tempfile.TemporaryDirectory() as folder:
        library = ctypes.CDLL(shutil.copy(path, folder))
    library.csim_record.argtypes = [ctypes.c_char_p]
    library.csim_record.restype = None
    library.csim_run.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64]
    library.csim_run.restype = ctypes.c_int64
    library.csim_failure.restype = ctypes.c_char_p
    for function, element in (
        (library.csim_words, ctypes.c_uint64),
        (library.csim_offsets, ctypes.c_int64),
    ):
        function.argtypes = [ctypes.c_char_p]
        function.restype = ctypes.POINTER(element)
    return library

"""C simulation: the generated C++ compiled into a library and run, with every stream recorded."""

from __future__ import annotations

import ctypes
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from asn2fpga.dataflow.lower import lower
from asn2fpga.errors import CheckError
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.trace import Trace, concatenate
from asn2fpga.graph.types import Array
from asn2fpga.kinds.nodes import answer_of
from asn2fpga.kinds.sources.source import source_of
from asn2fpga.verify.cpp_library import Types, compile_library
from asn2fpga.verify.map_words import map_counts
from asn2fpga.verify.patience import within
from asn2fpga.verify.vectors import Messages, Words, answers_of, counts_of, input_messages

OUTPUT_STREAM = "m_axis"
BATCH = 250
SECONDS = 1800.0
"""After which a batch is given up: large networks with Xilinx's types take a second for a vector."""
MOST_COUNTS = 1 << 24
"""Counts of all streams that lie in memory at the same time."""


class CppModel:
    """A network as a shared library; `simulate` has the shape of golden.simulate."""

    def __init__(self, graph: Graph, library: Path) -> None:
        self._graph = graph
        self._library = _load(library)
        self._events = lower(graph).events()
        for stream in self._events.values():
            self._library.csim_record(stream.name.encode())

    def simulate(self, x: Array) -> Trace:
        """Run x: frames (B, *shape) or events (B, T, *shape), B > 0. Errors as those of `traces`."""
        return concatenate([trace for _, trace in self.traces(x)])

    def traces(self, x: Array, first: int = 0) -> Iterator[tuple[int, Trace]]:
        """Run x in batches, so that the traces of many vectors need not lie in memory at the same time.

        Yields the number of the first vector of a batch, counted from `first`, and the trace of the batch.
        Raises CheckError if the C++ reads an empty stream, leaves words in one, sends malformed events or
        does not end.
        """
        sent = sum(self._graph.edges[name].size * self._graph.edges[name].steps for name in self._events)
        batch = max(1, min(BATCH, MOST_COUNTS // max(1, sent)))
        for start in range(0, len(x), batch):
            yield first + start, self._simulate(x[start : start + batch], first + start)

    def _simulate(self, x: Array, first: int) -> Trace:
        messages = input_messages(source_of(self._graph), x)
        words, offsets = np.ascontiguousarray(messages.words), np.ascontiguousarray(messages.offsets)
        done = self._run(words, offsets, first, len(x))
        if done != len(x):
            raise CheckError(f"C simulation, vector {first + done}: {self._library.csim_failure().decode()}.")
        return trace_of(self._graph, lambda stream: self._recorded(stream, len(x)))

    def _run(self, words: Words, offsets: npt.NDArray[np.int64], first: int, count: int) -> int:
        """How many messages were answered. A run that was given up goes on, so it keeps the arrays."""

        def run() -> int:
            return int(self._library.csim_run(words.ctypes.data, offsets.ctypes.data, count))

        try:
            return within(SECONDS, run)
        except TimeoutError:
            raise CheckError(
                f"C simulation, vectors {first} to {first + count - 1}: no end after {SECONDS / 60:g} "
                "minutes; a process of the generated C++ waits or turns for ever."
            ) from None

    def _recorded(self, stream: str, messages: int) -> Messages:
        name = stream.encode()
        offsets = np.ctypeslib.as_array(self._library.csim_offsets(name), (messages + 1,)).copy()
        if not offsets[-1]:
            return Messages(np.zeros(0, np.uint64), offsets)
        words = np.ctypeslib.as_array(self._library.csim_words(name), (int(offsets[-1]),)).copy()
        return Messages(words, offsets)


def build(graph: Graph, project: Path, out: Path, log: Path, types: Types = "engine") -> CppModel:
    """Compile the project folder that codegen wrote into a library in `out`, and load it."""
    library = out / f"csim-{types}.so"
    compile_library(graph, project, library, log, types)
    return CppModel(graph, library)


def trace_of(graph: Graph, recorded: Callable[[str], Messages]) -> Trace:
    """Trace from what the streams carried; `recorded` gives the messages of a stream by name."""
    counts: dict[str, Array] = {}
    answer = answer_of(graph)
    for name, stream in lower(graph).events().items():
        messages = recorded(stream.name)
        if stream.raster is not None:
            counts[name] = map_counts(stream.name, stream.raster, _units(messages.words, stream.width_bits))
            continue
        assert stream.events is not None
        counts[name] = counts_of(stream.name, stream.events, messages, graph.edges[name].steps)
    return Trace.of(answers_of(recorded(OUTPUT_STREAM), answer), counts, answer.exits)


def _units(words: Words, width_bits: int) -> npt.NDArray[np.uint32]:
    """(n, 32-bit units) of words that were recorded 64 bits at a time."""
    return words.astype("<u8").view("<u4").reshape(-1, 2 * -(-width_bits // 64)).astype(np.uint32)


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

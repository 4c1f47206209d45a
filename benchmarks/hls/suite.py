"""The kernels of the set: their streams, what goes in, the cycles they need at least, expected intervals."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random

from benchmarks.hls import vectors

FOLDER = Path(__file__).parent
SEED = 1

Words = dict[str, list[int]]  # stream -> its words, as unsigned bit patterns


@dataclass(frozen=True)
class Stream:
    """A stream of the top function; its payload is ap_uint or ap_int of `width` bits."""

    name: str
    width: int
    signed: bool = False

    @property
    def c_type(self) -> str:
        """Payload type."""
        return f"ap_{'int' if self.signed else 'uint'}<{self.width}>"


@dataclass(frozen=True)
class Kernel:
    """One top function of a file in cpp/.

    `inputs_of(random, calls)` makes the words for so many calls of the top function; `bound(inputs, outputs)`
    counts the cycles no implementation with these streams and memory ports can go below: `why` in words.
    """

    name: str
    source: str  # FILE of cpp/FILE.cpp
    inputs: tuple[Stream, ...]
    outputs: tuple[Stream, ...]
    calls: int
    inputs_of: Callable[[Random, int], Words]
    bound: Callable[[Words, Words], int]
    why: str
    intervals: tuple[int, ...]  # of the loops, in the order of the report
    yardstick: bool = False  # sv/NAME_yardstick.sv does the same by hand

    @property
    def path(self) -> Path:
        """The C++ file."""
        return FOLDER / "cpp" / f"{self.source}.cpp"

    @property
    def streams(self) -> tuple[Stream, ...]:
        """All streams, inputs first."""
        return self.inputs + self.outputs

    @property
    def yardstick_path(self) -> Path:
        """The hand-written module."""
        return FOLDER / "sv" / f"{self.name}_yardstick.sv"

    def words(self, calls: int) -> Words:
        """The words of the input streams, the same ones every time."""
        return self.inputs_of(Random(f"{SEED} {self.name}"), calls)


def _words_in(inputs: Words, outputs: Words) -> int:
    return max(map(len, inputs.values()))


def _events_or_words(inputs: Words, outputs: Words) -> int:
    """A cycle an event, and one for each word without a spike."""
    return len(outputs["events"]) + sum(word == 0 for word in inputs["counts"])


def _groups(lanes: int) -> Callable[[Words, Words], int]:
    """Cycles of the dense kernel: 32 neurons, `lanes` at a time, for every event, and to fire once a step."""

    def cycles(inputs: Words, outputs: Words) -> int:
        ends = sum(word >> 9 for word in inputs["events"])
        return (len(inputs["events"]) - ends) * (32 // lanes) + ends * (32 // lanes)

    return cycles


def _bytes_and_bins(inputs: Words, outputs: Words) -> int:
    return len(inputs["bytes"]) + len(outputs["sizes"])


def _products(inputs: Words, outputs: Words) -> int:
    """The ROM has one port of eight elements."""
    return len(outputs["products"]) * 4


def _dense(lanes: int, bits: int) -> Kernel:
    return Kernel(
        name=f"dense_{lanes}x{bits}",
        source="dense_event",
        inputs=(Stream("events", 10),),
        outputs=(Stream("counts", 3 * lanes),),
        calls=20,
        inputs_of=vectors.spike_events,
        bound=_groups(lanes),
        why=f"{32 // lanes} cycle(s) an event, and as many to fire",
        intervals=(1, 1),
    )


def _packed(name: str, source: str, given: str) -> Kernel:
    """A kernel of packed words: one in, one out."""
    return Kernel(
        name=name,
        source=name,
        inputs=(Stream(source, 128),),
        outputs=(Stream(given, 128),),
        calls=8,
        inputs_of=partial(vectors.packed_values, source),
        bound=_words_in,
        why="a word of eight values a cycle",
        intervals=(1,),
    )


def _sampled(name: str, output: Stream, intervals: tuple[int, ...]) -> Kernel:
    """A kernel of 12-bit samples."""
    return Kernel(
        name=name,
        source=name,
        inputs=(Stream("samples", 12, signed=True),),
        outputs=(output,),
        calls=16,
        inputs_of=vectors.short_samples,
        bound=_words_in,
        why="a sample a cycle",
        intervals=intervals,
    )


KERNELS = (
    _dense(4, 8),
    _dense(8, 8),
    _dense(16, 4),
    _dense(16, 8),
    Kernel(
        name="compress",
        source="compress",
        inputs=(Stream("counts", 24),),
        outputs=(Stream("events", 10),),
        calls=24,
        inputs_of=vectors.spike_counts,
        bound=_events_or_words,
        why="an event a cycle, and a cycle a word without spikes",
        intervals=(1,),
        yardstick=True,
    ),
    Kernel(
        name="histogram",
        source="histogram",
        inputs=(Stream("bytes", 8),),
        outputs=(Stream("sizes", 10),),
        calls=4,
        inputs_of=vectors.skewed_bytes,
        bound=_bytes_and_bins,
        why="a byte a cycle, then a bin a cycle",
        intervals=(1, 1),
    ),
    Kernel(
        name="fir",
        source="fir",
        inputs=(Stream("samples", 16, signed=True),),
        outputs=(Stream("filtered", 36, signed=True),),
        calls=16,
        inputs_of=vectors.samples,
        bound=_words_in,
        why="a sample a cycle",
        intervals=(1,),
        yardstick=True,
    ),
    _sampled("moving_average", Stream("averages", 12, signed=True), (1,)),
    Kernel(
        name="matrix_vector",
        source="matrix_vector",
        inputs=(Stream("elements", 64),),
        outputs=(Stream("products", 21, signed=True),),
        calls=8,
        inputs_of=vectors.vector_words,
        bound=_products,
        why="eight products a cycle",
        intervals=(1, 1),
    ),
    Kernel(
        name="convolution",
        source="convolution",
        inputs=(Stream("pixels", 8),),
        outputs=(Stream("edges", 8),),
        calls=2,
        inputs_of=vectors.images,
        bound=_words_in,
        why="a pixel a cycle",
        intervals=(1,),
    ),
    _packed("prefix_sum", "values", "sums"),
    _packed("sorting_network", "unsorted", "sorted"),
    Kernel(
        name="crc32",
        source="crc32",
        inputs=(Stream("bytes", 9),),
        outputs=(Stream("checks", 32),),
        calls=16,
        inputs_of=vectors.messages,
        bound=_words_in,
        why="a byte a cycle",
        intervals=(1,),
    ),
    Kernel(
        name="run_length",
        source="run_length",
        inputs=(Stream("symbols", 9),),
        outputs=(Stream("runs", 17),),
        calls=16,
        inputs_of=vectors.messages_of_runs,
        bound=_words_in,
        why="a byte a cycle",
        intervals=(1,),
        yardstick=True,
    ),
    _sampled("producer_consumer", Stream("energies", 56), (1, 1)),
)

BY_NAME: Mapping[str, Kernel] = {kernel.name: kernel for kernel in KERNELS}


def kernel_called(name: str) -> Kernel:
    """A kernel by its name, for argparse, which prints the error."""
    if name not in BY_NAME:
        raise argparse.ArgumentTypeError(f"the kernel must be one of {', '.join(BY_NAME)}, not '{name}'")
    return BY_NAME[name]

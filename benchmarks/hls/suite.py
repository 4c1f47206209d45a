"""The kernels of the set: their streams, what goes in, the cycles they need at least, expected intervals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
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


KERNELS = (
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
)

BY_NAME: Mapping[str, Kernel] = {kernel.name: kernel for kernel in KERNELS}

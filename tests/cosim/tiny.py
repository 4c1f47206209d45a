"""The network of fixtures/tiny_core.sv, with random weights, as an integer graph and as memory files."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from dense_graphs import dense_projection

from asn2fpga.graph.graph import Graph
from asn2fpga.graph.types import FixedType
from asn2fpga.kinds.neurons.graded import Graded
from asn2fpga.kinds.neurons.integrator import Integrator
from asn2fpga.kinds.population import Population
from asn2fpga.kinds.sources.frames import Encode
from asn2fpga.rtl import HlsReport, Probe, RtlDesign

SOURCE = Path(__file__).parent / "fixtures" / "tiny_core.sv"
PIXELS, NEURONS, CLASSES, LEVELS, TIME_STEPS = 10, 5, 3, 4, 2
STREAM_WIDTHS = {
    "encode_words": 32,
    "encode_events": 13,
    "fc1_counts": 6,
    "fc1_events": 7,
    "fc2_scores": 16,
}
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Tiny:
    """Graph and RTL of one tiny network."""

    graph: Graph
    design: RtlDesign

    def inputs(self, vectors: int) -> npt.NDArray[np.uint8]:
        """Frames (vectors, 10), about half of the pixels 0; the first all 0, the second all 255."""
        random = np.random.default_rng(7)
        x = random.integers(0, 256, (vectors, PIXELS)) * (random.random((vectors, PIXELS)) < 0.5)
        x[:1], x[1:2] = 0, 255
        return x.astype(np.uint8)


# Bits of faults.mem.
WRONG_COUNT, NO_LAST, HANG, UNSTABLE, ENDLESS = 1, 2, 4, 8, 16


def make_tiny(directory: Path, faults: int = 0) -> Tiny:
    """The tiny network in `directory`, which must exist; `faults`: see above and tiny_core.sv."""
    random = np.random.default_rng(3)
    first = random.integers(-127, 128, (NEURONS, PIXELS))
    thresholds = np.sort(random.integers(-20_000, 40_000, (NEURONS, LEVELS)), axis=1)
    second = random.integers(-127, 128, (CLASSES, NEURONS))
    biases = random.integers(-500, 500, CLASSES)
    _write_memories(directory, first, thresholds, second, biases)
    _write(directory / "faults.mem", [faults], 5)
    return Tiny(_graph(first, thresholds, second, biases), _design(directory))


def _graph(first: IntArray, thresholds: IntArray, second: IntArray, biases: IntArray) -> Graph:
    neuron = Graded(
        thresholds=thresholds,
        level_values=tuple(range(LEVELS + 1)),
        count_type=FixedType(3, False),
        threshold_type=FixedType(20, True),
        potential_type=FixedType(20, True),
    )
    encode = Encode(name="encode", shape=(PIXELS,), max_count=255, time_steps=TIME_STEPS)
    hidden = Population(
        name="fc1",
        inputs=("encode",),
        projections=(dense_projection("fc1", first),),
        neuron=neuron,
        acc_type=FixedType(20, True),
        time_steps=TIME_STEPS,
        lanes=2,
    )
    readout = Population(
        name="fc2",
        inputs=("fc1",),
        projections=(dense_projection("fc2", second),),
        neuron=Integrator(bias=biases, shift=np.zeros_like(biases)),
        acc_type=FixedType(16, True),
        time_steps=TIME_STEPS,
    )
    return Graph("tiny", (encode, hidden, readout))


def _design(directory: Path) -> RtlDesign:
    verilog = Path(shutil.copyfile(SOURCE, directory / "tiny_core.sv"))
    probes = tuple(
        Probe(
            name,
            *(f"{name}_rd_{signal}" for signal in ("valid", "ready", "data")),
            width,
            *(f"{name}_wr_{signal}" for signal in ("valid", "ready")),
        )
        for name, width in STREAM_WIDTHS.items()
    )
    memories = tuple(sorted(directory.glob("*.mem")))
    return RtlDesign(directory, "tiny_core", (verilog,), memories, probes, HlsReport("by hand"))


def _write_memories(
    directory: Path, first: IntArray, thresholds: IntArray, second: IntArray, biases: IntArray
) -> None:
    groups = -(-NEURONS // 2)
    padded = np.zeros((2 * groups, PIXELS), np.int64)
    padded[:NEURONS] = first
    never = np.full((2 * groups, LEVELS), (1 << 19) - 1)
    never[:NEURONS] = thresholds
    rows = [(padded[2 * group : 2 * group + 2, pixel]) for pixel in range(PIXELS) for group in range(groups)]
    _write(directory / "fc1_weights.mem", [_pack(row, 8) for row in rows], 16)
    words = [_pack(never[2 * group : 2 * group + 2].reshape(-1), 20) for group in range(groups)]
    _write(directory / "fc1_thresholds.mem", words, 160)
    _write(
        directory / "fc2_weights.mem",
        [_pack(second[:, n].reshape(-1)[c : c + 1], 8) for n in range(NEURONS) for c in range(CLASSES)],
        8,
    )
    _write(directory / "fc2_biases.mem", [_pack(biases[c : c + 1], 32) for c in range(CLASSES)], 32)


def _pack(lanes: IntArray, width: int) -> int:
    """Lane 0 in the low bits, two's complement."""
    return sum((int(value) & ((1 << width) - 1)) << (index * width) for index, value in enumerate(lanes))


def _write(path: Path, words: list[int], width: int) -> None:
    path.write_text("".join(f"{word:0{-(-width // 4)}x}\n" for word in words))

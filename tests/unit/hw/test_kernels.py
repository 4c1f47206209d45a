"""Each kernel header of hw/hls alone, compiled, against golden on random numbers."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from kernel_cases import (
    CASES,
    FIRE_LANES,
    GROUPS,
    INPUTS,
    LANES,
    NEURONS,
    READOUTS,
    S3,
    STEPS,
    THRESHOLD,
    U2,
    U3,
    Case,
    Read,
)

from asn2fpga import resources
from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.edge import EventFormat
from asn2fpga.graph.types import Array
from asn2fpga.kinds.neurons.membrane import Leak
from asn2fpga.kinds.population import Population
from asn2fpga.kinds.roms import group_lanes, level_rom, packed_words, without_borrows
from asn2fpga.kinds.sources.events import ReceiveEvents
from asn2fpga.kinds.sources.frames import Encode
from asn2fpga.kinds.synapses.dense import Dense
from asn2fpga.kinds.synapses.diagonal import OneToOne
from asn2fpga.toolchain.ap_types import ap_types_dir
from asn2fpga.toolchain.compiler import find_compiler
from asn2fpga.verify.cpp_library import LIBRARY, ONLY_INTEGERS, WARNINGS
from asn2fpga.verify.vectors import Messages, counts_of, event_messages, input_messages

INPUT_FORMAT = EventFormat(INPUTS, U2)
OWN, THRESHOLDS, BIASES, RESETS, LEAKS, FLOORS, STARTS, SCORE_BIASES, SHIFTS = range(3, 12)
ROUNDS = 60


@pytest.fixture(scope="module")
def kernels(tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    folder = tmp_path_factory.mktemp("kernels")
    hardware = resources.hardware_dir()
    compiler = find_compiler()
    flags = (*LIBRARY[compiler.family], *WARNINGS[compiler.family], *ONLY_INTEGERS, "-fvisibility=default")
    arguments: list[str | Path] = ["-std=c++14", *flags]
    folders = (hardware / "sim" / "csim" / "xilinx", hardware / "hls", ap_types_dir())
    arguments += [f"-{kind}{folder}" for kind, folder in zip(("I", "I", "isystem"), folders, strict=True)]
    arguments += [Path(__file__).with_name("kernels.cpp"), "-o", folder / "kernels.so"]
    compiler.run(arguments, cwd=folder, log=folder / "compiler.log", timeout_seconds=300)
    library = ctypes.CDLL(str(folder / "kernels.so"))
    library.leak.argtypes, library.leak.restype = [ctypes.c_int64], ctypes.c_int64
    library.pair_of.argtypes = [ctypes.c_int64, ctypes.c_int64, ctypes.c_void_p]
    library.pair_of.restype = ctypes.c_int64
    library.scan.argtypes = [ctypes.c_uint64, ctypes.c_void_p, ctypes.c_void_p]
    library.lowest_of_many.argtypes = [ctypes.c_uint64]
    return library


@pytest.fixture
def random() -> np.random.Generator:
    return np.random.default_rng(7)


def call(function: Callable[..., int], *arguments: int, words: Array) -> Array:
    """Words that a kernel sends for these input words."""
    sent = np.ascontiguousarray(words, np.uint64)
    result = np.zeros(256, np.uint64)
    pointer = ctypes.c_void_p
    count = function(*arguments, pointer(sent.ctypes.data), len(sent), pointer(result.ctypes.data))
    return result[:count]


class Words(ctypes.Structure):
    """Words of one input stream."""

    _fields_ = (("words", ctypes.c_void_p), ("count", ctypes.c_int))


def words_of(inputs: Sequence[Array]) -> ctypes.Array[Words]:
    """Several input streams; `inputs` must outlive it."""
    return (Words * len(inputs))(*(Words(words.ctypes.data, len(words)) for words in inputs))


def set_rom(kernels: ctypes.CDLL, tag: int, words: Array) -> None:
    words = np.ascontiguousarray(words, np.uint64)
    kernels.set_rom(tag, ctypes.c_void_p(words.ctypes.data), *words.shape)


def set_lanes(kernels: ctypes.CDLL, tag: int, values: Array, bits: int, lanes: int = FIRE_LANES) -> None:
    """A ROM of one value a neuron."""
    set_rom(kernels, tag, packed_words(group_lanes(values, lanes), bits))


def set_synapses(kernels: ctypes.CDLL, node: Population) -> None:
    """The weights of every projection; Diagonal's are always in the second ROM."""
    for projection in node.projections:
        synapse = projection.synapse
        if isinstance(synapse, Dense):
            grouped = np.moveaxis(group_lanes(synapse.weight, LANES), -1, 0)
            tag = OWN if projection.steps_late else 0
            grouped = without_borrows(grouped) if synapse.paired else grouped
            set_rom(kernels, tag, packed_words(grouped.reshape(synapse.inputs * GROUPS, LANES), 5))
        if isinstance(synapse, OneToOne):
            set_rom(kernels, 1, packed_words(synapse.weight.reshape(-1, 1), 5))


def set_neurons(kernels: ctypes.CDLL, node: Population) -> None:
    """Thresholds, and what membranes have for each neuron."""
    neuron = node.graded
    grouped = group_lanes(neuron.thresholds, FIRE_LANES, padding=THRESHOLD.max)
    grouped.reshape(-1, 4)[NEURONS:, : neuron.silent_level] = THRESHOLD.min
    set_rom(kernels, THRESHOLDS, level_rom("", "", grouped, THRESHOLD.width_bits).words)
    set_lanes(kernels, STARTS, np.full(NEURONS, node.start_count), 3)
    membrane = neuron.membrane
    if membrane is None:
        return
    set_lanes(kernels, BIASES, membrane.bias, 11)
    set_lanes(kernels, RESETS, membrane.resets, 11)
    if membrane.leaks is not None:
        set_lanes(kernels, LEAKS, membrane.leaks, 4)
    if membrane.floors is not None:
        set_lanes(kernels, FLOORS, membrane.floors, 13)


def stream_words(read: Read, values: Array) -> Array:
    """The words of one input stream: events, or currents one number each lane."""
    if read.kind != "current":
        return np.ascontiguousarray(event_messages(read.edge.format, values).words, np.uint64)
    lanes = np.zeros((values.shape[1], GROUPS * LANES), np.int64)
    lanes[:, :NEURONS] = values[0]
    return lanes.reshape(-1).view(np.uint64)


def inputs_of(reads: tuple[Read, ...], random: np.random.Generator) -> tuple[list[Array], list[Array]]:
    """Random values of each input, and their words."""
    values = [read.values(random) for read in reads]
    return values, [stream_words(read, found) for read, found in zip(reads, values, strict=True)]


def packed_counts(counts: Array) -> Array:
    """Counts (1, T, N) as the words between the first process and compress."""
    return packed_words(counts[0].astype(np.int64).reshape(-1, FIRE_LANES), 3)[0]


def random_counts(random: np.random.Generator, steps: int) -> IntArray:
    return random.integers(0, 4, (1, steps, INPUTS)) * (random.random((1, steps, INPUTS)) < 0.5)


def event_words(counts: Array) -> Array:
    return event_messages(INPUT_FORMAT, counts).words


def message(words: Array) -> Messages:
    """Words that a kernel sent, as one message."""
    return Messages(words, np.array([0, len(words)]))


def test_lanes_cross_the_slices_of_a_rom(kernels: ctypes.CDLL, random: np.random.Generator) -> None:
    values = random.integers(-(2**16), 2**16, (32, 16))
    set_rom(kernels, THRESHOLDS, packed_words(values, 17))
    for row, expected in enumerate(values):
        found = np.zeros(16, np.int64)
        assert kernels.lanes_of_row(row, ctypes.c_void_p(found.ctypes.data)) == 1
        assert (found == expected).all()


def test_scanner_finds_every_non_zero_lane_once_lowest_first(kernels: ctypes.CDLL) -> None:
    for word in range(1 << 12):
        lanes = [word >> (3 * lane) & 7 for lane in range(4)]
        indices, counts = np.zeros(4, np.uint64), np.zeros(4, np.uint64)
        found = kernels.scan(word, indices.ctypes.data, counts.ctypes.data)
        expected = [(lane, count) for lane, count in enumerate(lanes) if count]
        assert list(zip(indices[:found].tolist(), counts[:found].tolist(), strict=True)) == expected


def test_scanner_of_many_lanes_takes_the_lowest(kernels: ctypes.CDLL, random: np.random.Generator) -> None:
    assert kernels.lowest_of_many(0) == -1
    for first in range(40):
        above = int(random.integers(0, 1 << 40)) >> (first + 1) << (first + 1)
        assert kernels.lowest_of_many(above | 1 << first) == first


@pytest.mark.parametrize("in_word", [4, 8, 16])
@pytest.mark.parametrize("pixels", [1, 2, 4, 7, 9])
def test_encode(kernels: ctypes.CDLL, random: np.random.Generator, pixels: int, in_word: int) -> None:
    layer = Encode(name="encode", shape=(pixels,), max_count=255, time_steps=1, word_bits=8 * in_word)
    for density in np.linspace(0, 1, ROUNDS):
        frame = (random.integers(1, 256, (1, pixels)) * (random.random((1, pixels)) < density)).astype(
            np.uint8
        )
        sent = call(kernels.encode, 1, in_word, pixels, words=input_messages(layer, frame).words)
        expected = event_messages(EventFormat(pixels, layer.count_type), layer.run((), [frame]).sent)
        assert sent.tolist() == expected.words.tolist()


@pytest.mark.parametrize("pixels", [1, 2, 4, 7, 9])
def test_encode_finds_two_pixels_of_a_word_at_a_time(
    kernels: ctypes.CDLL, random: np.random.Generator, pixels: int
) -> None:
    layer = Encode(
        name="encode", shape=(pixels,), max_count=255, time_steps=1, word_bits=64, events_in_word=2
    )
    format_ = layer.output(()).format
    for density in np.linspace(0, 1, ROUNDS):
        pattern = random.integers(1, 256, (1, pixels)) * (random.random((1, pixels)) < density)
        frame = pattern.astype(np.uint8)
        sent = call(kernels.encode, 2, 8, pixels, words=input_messages(layer, frame).words)
        assert (counts_of("events", format_, message(sent), 1) == frame[:, None]).all()
        words = [np.count_nonzero(frame[:, first : first + 8]) for first in range(0, pixels, 8)]
        assert len(sent) == sum(-(-count // 2) for count in words) + 1


def test_encode_ignores_what_pads_the_last_word(kernels: ctypes.CDLL) -> None:
    sent = call(kernels.encode, 1, 4, 7, words=np.array([0, 0xFF_05_00_00]))
    assert sent.tolist() == [6 << 8 | 5, 1 << 11]
    sent = call(kernels.encode, 1, 8, 7, words=np.array([0, 0xFF_05_00_00]))
    assert sent.tolist() == [6 << 8 | 5, 1 << 11]
    sent = call(kernels.encode, 1, 16, 9, words=np.array([0, 0xFF_00_00_00, 0xFF_01, 0xFF_00]))
    assert sent.tolist() == [7 << 8 | 255, 8 << 8 | 1, 1 << 12]


def test_counts_of_fewer_bits_are_the_low_bits_of_the_pixels(kernels: ctypes.CDLL) -> None:
    words = np.array([31 << 24 | 32 << 16 | 255 << 8 | 16, 0xFF_01_00_40])
    sent = call(kernels.encode_5_bits, words=words)
    counts = {0: 16, 1: 31, 3: 31, 6: 1}
    assert sent.tolist() == [*(address << 5 | count for address, count in counts.items()), 1 << 8]


def test_receive_events(kernels: ctypes.CDLL, random: np.random.Generator) -> None:
    layer = ReceiveEvents(name="receive", shape=(INPUTS,), max_count=3, time_steps=STEPS)
    for _ in range(ROUNDS):
        counts = random_counts(random, STEPS)
        sent = call(kernels.receive_events, words=input_messages(layer, counts).words)
        assert sent.tolist() == event_words(layer.run((), [counts]).sent).tolist()


@pytest.mark.parametrize("readers", [2, 3])
def test_forks_give_every_reader_all_words(
    kernels: ctypes.CDLL, random: np.random.Generator, readers: int
) -> None:
    words = event_words(random_counts(random, STEPS))
    assert call(kernels.fork_to, readers, words=words).tolist() == readers * words.tolist()
    currents = random.integers(0, 1 << 40, 9)
    assert call(kernels.fork_words_to, readers, words=currents).tolist() == readers * currents.tolist()


def test_integrate(kernels: ctypes.CDLL, random: np.random.Generator) -> None:
    for _ in range(ROUNDS):
        node, counts = Case().node(random), random_counts(random, 1)
        set_synapses(kernels, node)
        words, sums = event_words(counts), np.zeros(GROUPS * LANES, np.int64)
        pointer = ctypes.c_void_p
        kernels.integrate(pointer(words.ctypes.data), len(words), pointer(sums.ctypes.data))
        (synapse,) = (projection.synapse for projection in node.projections)
        assert (sums[:NEURONS] == synapse.sums(Read("dense").edge, counts[0])[0]).all()
        assert (sums[NEURONS:] == 0).all()


def test_both_numbers_of_a_pair_are_read(kernels: ctypes.CDLL) -> None:
    found = np.zeros(2, np.int64)
    for lower in (-64, -17, -1, 0, 1, 63):
        for upper in (-64, -1, 0, 1, 40, 63):
            pair = kernels.pair_of(lower, upper, ctypes.c_void_p(found.ctypes.data))
            assert pair == upper * 2**20 + lower
            assert found.tolist() == [lower, upper]


def test_leak_rounds_half_up_below_and_above_zero(kernels: ctypes.CDLL, random: np.random.Generator) -> None:
    values = np.concatenate([np.arange(-100, 100), random.integers(-(2**25), 2**25, ROUNDS)])
    assert [kernels.leak(int(value)) for value in values] == Leak(5, 3).apply(values).tolist()


@pytest.mark.parametrize("name", CASES)
def test_populations(kernels: ctypes.CDLL, random: np.random.Generator, name: str) -> None:
    """Counts, and the currents for other populations, of every kernel and every choice of one."""
    case = CASES[name]
    for _ in range(ROUNDS):
        node = case.node(random)
        set_synapses(kernels, node)
        set_neurons(kernels, node)
        values, words = inputs_of(case.reads, random)
        edges = [read.edge for read in case.reads]
        expected = node.run([*edges, node.output(())] if case.is_recurrent else edges, values)
        counts, sums = np.zeros(64, np.uint64), np.full((STEPS + 1, GROUPS * LANES), 10**6, np.int64)
        found = kernels.population(
            name.encode(),
            words_of(words),
            ctypes.c_void_p(counts.ctypes.data),
            ctypes.c_void_p(sums.ctypes.data),
        )
        assert found == STEPS * NEURONS // FIRE_LANES
        assert counts[:found].tolist() == packed_counts(expected.sent).tolist()
        currents = expected.currents
        assert currents is not None
        assert (sums[: currents.shape[1], :NEURONS] == currents[0]).all()
        assert (sums[currents.shape[1] :] == 10**6).all()  # of frames alone they are sent once


@pytest.mark.parametrize("signed", [False, True])
def test_compress(kernels: ctypes.CDLL, random: np.random.Generator, signed: bool) -> None:
    format_ = EventFormat(NEURONS, S3 if signed else U3)
    for density in np.linspace(0, 1, ROUNDS):
        low, high = (format_.count_type.min, format_.count_type.max) if signed else (1, 7)
        fired = random.integers(low, high, (1, STEPS, NEURONS), endpoint=True)
        counts = fired * (random.random(fired.shape) < density)
        sent = call(kernels.compress, 1, int(signed), words=packed_counts(counts))
        assert sent.tolist() == event_messages(format_, counts).words.tolist()


def test_compress_sends_the_events_of_a_word_of_counts_together(
    kernels: ctypes.CDLL, random: np.random.Generator
) -> None:
    format_ = EventFormat(NEURONS, S3, events_in_word=2)
    for density in np.linspace(0, 1, ROUNDS):
        fired = random.integers(S3.min, S3.max, (1, STEPS, NEURONS), endpoint=True)
        counts = fired * (random.random(fired.shape) < density)
        sent = call(kernels.compress, 2, 1, words=packed_counts(counts))
        assert (counts_of("events", format_, message(sent), STEPS) == counts).all()
        words = (counts.reshape(1, STEPS, -1, FIRE_LANES) != 0).any(axis=3)
        assert len(sent) == int(words.sum()) + STEPS


@pytest.mark.parametrize("largest_shift", [0, 1, 18])
@pytest.mark.parametrize("name", READOUTS)
def test_readouts(kernels: ctypes.CDLL, random: np.random.Generator, name: str, largest_shift: int) -> None:
    case = READOUTS[name]
    for _ in range(ROUNDS):
        node = case.node(random, largest_shift if case.output is None else min(largest_shift, 14))
        neuron = node.readout
        set_synapses(kernels, node)
        set_lanes(kernels, BIASES, neuron.bias, 11, LANES)
        set_rom(kernels, SCORE_BIASES, packed_words(group_lanes(neuron.bias, case.scores_in_word), 32))
        set_rom(kernels, SHIFTS, packed_words(group_lanes(neuron.shift, case.scores_in_word), 5))
        values, words = inputs_of(case.reads, random)
        expected = node.run([read.edge for read in case.reads], values).sent[0]
        sent = np.zeros(64, np.uint64)
        found = kernels.readout(name.encode(), words_of(words), ctypes.c_void_p(sent.ctypes.data))
        assert found == -(-NEURONS // case.scores_in_word) * case.scores_in_word
        scores = sent[:found].astype(np.uint32).view(np.int32)
        assert (scores[:NEURONS] == expected).all() and not scores[NEURONS:].any()
        assert ((sent[:found] >> np.uint64(63)) == (np.arange(found) == found - 1)).all()


def test_every_compiled_case_is_called() -> None:
    text = Path(__file__).with_name("kernel_cases.h").read_text()
    assert re.findall(r'^    \{"(.+?)",', text, re.MULTILINE) == [*CASES, *READOUTS]

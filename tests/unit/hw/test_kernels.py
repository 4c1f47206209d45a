"""Each kernel header of hw/hls alone, compiled, against golden/ops.py on random numbers."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from asn2fpga.graph.layers import DensePopulation, DenseReadout
from asn2fpga.graph.neuron import IntegerNeuron

from asn2fpga import resources
from asn2fpga.golden import ops
from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.edge import EventFormat
from asn2fpga.graph.types import Array, FixedType
from asn2fpga.kinds.roms import group_lanes, level_rom, packed_words
from asn2fpga.kinds.sources.events import ReceiveEvents
from asn2fpga.kinds.sources.frames import Encode
from asn2fpga.toolchain.ap_types import ap_types_dir
from asn2fpga.toolchain.compiler import find_compiler
from asn2fpga.verify.cpp import LIBRARY, ONLY_INTEGERS, WARNINGS
from asn2fpga.verify.vectors import event_messages, input_messages

# The configuration that kernels.cpp compiles.
INPUTS, NEURONS, LANES, GROUPS, STEPS = 7, 10, 4, 3, 3
LEVEL_VALUES = (0, 1, 2, 3, 7)
U2, U3, ACC, THRESHOLD = FixedType(2, False), FixedType(3, False), FixedType(13, True), FixedType(17, True)
INPUT_FORMAT, OUTPUT_FORMAT = EventFormat(INPUTS, U2), EventFormat(NEURONS, U3)
WEIGHTS, THRESHOLDS, BIASES, RESET_STEPS, SHIFTS = range(5)
ROUNDS = 100


@pytest.fixture(scope="module")
def kernels(tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    folder = tmp_path_factory.mktemp("kernels")
    hardware = resources.hardware_dir()
    compiler = find_compiler()
    flags = (*LIBRARY[compiler.family], *WARNINGS[compiler.family], *ONLY_INTEGERS, "-fvisibility=default")
    arguments: list[str | Path] = ["-std=c++14", *flags]
    arguments += ["-I", hardware / "sim" / "csim", "-I", hardware / "hls", "-isystem", ap_types_dir()]
    arguments += [Path(__file__).with_name("kernels.cpp"), "-o", folder / "kernels.so"]
    compiler.run(arguments, cwd=folder, log=folder / "compiler.log", timeout_seconds=300)
    library = ctypes.CDLL(str(folder / "kernels.so"))
    library.leak.argtypes, library.leak.restype = [ctypes.c_int64], ctypes.c_int64
    library.scan.argtypes = [ctypes.c_uint64, ctypes.c_void_p, ctypes.c_void_p]
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


def set_rom(kernels: ctypes.CDLL, tag: int, words: Array) -> None:
    words = np.ascontiguousarray(words, np.uint64)
    kernels.set_rom(tag, ctypes.c_void_p(words.ctypes.data), *words.shape)


def set_weights(kernels: ctypes.CDLL, weight: IntArray) -> None:
    grouped = np.moveaxis(group_lanes(weight, LANES), -1, 0).reshape(INPUTS * GROUPS, LANES)
    set_rom(kernels, WEIGHTS, packed_words(grouped, 5))


def random_weight(random: np.random.Generator) -> IntArray:
    return random.integers(-15, 16, (NEURONS, INPUTS))


def random_counts(random: np.random.Generator, steps: int) -> IntArray:
    return random.integers(0, 4, (1, steps, INPUTS)) * (random.random((1, steps, INPUTS)) < 0.5)


def event_words(counts: Array) -> Array:
    return event_messages(INPUT_FORMAT, counts).words


def population(
    kernels: ctypes.CDLL, random: np.random.Generator, stateful: bool, static_input: bool
) -> DensePopulation:
    """A random layer of the configuration, its ROMs already set."""
    thresholds = np.sort(random.integers(-400, 400, (NEURONS, 4)), axis=1)
    bias, reset_step = random.integers(-1000, 1000, NEURONS), random.integers(0, 500, NEURONS)
    neuron = IntegerNeuron(
        thresholds=thresholds,
        level_values=LEVEL_VALUES,
        count_type=U3,
        stateful=stateful,
        state_frac_bits=2 if stateful else 0,
        bias=bias if stateful else None,
        reset_step=reset_step if stateful else None,
        base=-1 if stateful else 0,
        leak_multiplier=5,
        leak_shift=3,
        threshold_type=THRESHOLD,
        state_type=FixedType(20, True) if stateful else None,
        potential_type=FixedType(20, True) if stateful else ACC,
    )
    grouped = group_lanes(thresholds, LANES, padding=THRESHOLD.max)
    set_rom(kernels, THRESHOLDS, level_rom("", "", grouped, THRESHOLD.width_bits).words)
    set_rom(kernels, BIASES, packed_words(group_lanes(bias, LANES), 11))
    set_rom(kernels, RESET_STEPS, packed_words(group_lanes(reset_step, LANES), 9))
    weight = random_weight(random)
    set_weights(kernels, weight)
    return DensePopulation(
        name="fc1",
        inputs=("encode",),
        weight=weight,
        weight_bits=5,
        input_count_type=U2,
        acc_type=ACC,
        neuron=neuron,
        time_steps=STEPS,
        static_input=static_input,
        lanes=LANES,
    )


def packed_counts(counts: Array) -> Array:
    """Counts (1, T, N) as the words between integrate_fire and compress."""
    lanes = np.zeros((STEPS, GROUPS * LANES), np.int64)
    lanes[:, :NEURONS] = counts[0]
    return packed_words(lanes.reshape(-1, LANES), 3)[0]


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


@pytest.mark.parametrize("pixels", [1, 2, 4, 7])
def test_encode(kernels: ctypes.CDLL, random: np.random.Generator, pixels: int) -> None:
    layer = Encode(name="encode", shape=(pixels,), max_count=255, time_steps=1)
    for density in np.linspace(0, 1, ROUNDS):
        frame = (random.integers(1, 256, (1, pixels)) * (random.random((1, pixels)) < density)).astype(
            np.uint8
        )
        sent = call(kernels.encode, pixels, words=input_messages(layer, frame).words)
        expected = event_messages(EventFormat(pixels, layer.count_type), ops.encode(layer, frame))
        assert sent.tolist() == expected.words.tolist()


def test_encode_ignores_what_pads_the_last_word(kernels: ctypes.CDLL) -> None:
    sent = call(kernels.encode, 7, words=np.array([0, 0xFF_05_00_00]))
    assert sent.tolist() == [6 << 8 | 5, 1 << 11]


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
        assert sent.tolist() == event_words(ops.receive_events(layer, counts)).tolist()


def test_integrate(kernels: ctypes.CDLL, random: np.random.Generator) -> None:
    for _ in range(ROUNDS):
        weight, counts = random_weight(random), random_counts(random, 1)
        set_weights(kernels, weight)
        words, sums = event_words(counts), np.zeros(GROUPS * LANES, np.int64)
        pointer = ctypes.c_void_p
        kernels.integrate(pointer(words.ctypes.data), len(words), pointer(sums.ctypes.data))
        assert (sums[:NEURONS] == weight @ counts[0, 0]).all()
        assert (sums[NEURONS:] == 0).all()


def test_leak_rounds_half_up_below_and_above_zero(kernels: ctypes.CDLL, random: np.random.Generator) -> None:
    neuron = population(kernels, random, stateful=True, static_input=False).neuron
    values = np.concatenate([np.arange(-100, 100), random.integers(-(2**19), 2**19, ROUNDS)])
    assert [kernels.leak(int(value)) for value in values] == ops.leak(neuron, values).tolist()


@pytest.mark.parametrize("static_input", [False, True])
@pytest.mark.parametrize("stateful", [False, True])
def test_integrate_fire(
    kernels: ctypes.CDLL, random: np.random.Generator, stateful: bool, static_input: bool
) -> None:
    for _ in range(ROUNDS):
        layer = population(kernels, random, stateful, static_input)
        counts = random_counts(random, 1 if static_input else STEPS)
        sent = call(kernels.integrate_fire, static_input, stateful, words=event_words(counts))
        assert sent.tolist() == packed_counts(ops.dense_population(layer, counts)).tolist()


def test_compress(kernels: ctypes.CDLL, random: np.random.Generator) -> None:
    for density in np.linspace(0, 1, ROUNDS):
        fired = random.integers(1, 8, (1, STEPS, NEURONS))
        counts = fired * (random.random(fired.shape) < density)
        sent = call(kernels.compress, words=packed_counts(counts))
        assert sent.tolist() == event_messages(OUTPUT_FORMAT, counts).words.tolist()


@pytest.mark.parametrize("largest_shift", [0, 1, 18])
def test_readout(kernels: ctypes.CDLL, random: np.random.Generator, largest_shift: int) -> None:
    for _ in range(ROUNDS):
        weight, bias = random_weight(random), random.integers(-(2**30), 2**30, NEURONS)
        set_weights(kernels, weight)
        shift = random.integers(0, largest_shift, NEURONS, endpoint=True)
        set_rom(kernels, BIASES, packed_words(bias.reshape(-1, 1), 32))
        set_rom(kernels, SHIFTS, packed_words(shift.reshape(-1, 1), 5))
        layer = DenseReadout(
            name="fc2",
            weight=weight,
            weight_bits=5,
            bias=bias,
            shift=shift,
            input_count_type=U2,
            acc_type=ACC,
            time_steps=STEPS,
        )
        counts = random_counts(random, STEPS)
        sent = call(kernels.readout, words=event_words(counts))
        scores = sent.astype(np.uint32).view(np.int32)
        assert (scores == ops.dense_readout(layer, counts)[0]).all()
        assert ((sent >> np.uint64(63)) == (np.arange(NEURONS) == NEURONS - 1)).all()

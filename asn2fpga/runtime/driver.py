"""Driver of an asn2fpga accelerator on a PYNQ board. Stand-alone: standard library, numpy and pynq.

    from driver import Accelerator

    with Accelerator(".") as accelerator:           # the unpacked package: .bit, manifest.json, ...
        labels = accelerator.predict(x)             # x: (inferences, *shape) uint8
        scores = accelerator.scores(x)              # (inferences, classes) int32

Of pynq it uses Overlay (ip_dict only), MMIO and allocate; for a design with our own DMA, which no .hwh
describes, Bitstream and Clocks instead of Overlay. Either DMA is driven through its registers (PG021, direct
register mode): the wait() of pynq's own DMA class has no time limit. One file, Python 3.8 or newer, numpy 1
or 2.

Tested against a simulation of the RTL, not on a real board.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

Array = Any  # numpy.ndarray

PACKAGE_SCHEMA = "asn2fpga.package/2"
REGISTERS_SCHEMA = "asn2fpga.registers/1"
END_OF_STEP = 1 << 31
UNIT_BITS = 32  # an event, a score
LINE_UNITS = 16  # at least a cache line of every Zynq
FAST_POLLS = 2000
POLL_SECONDS = 100e-6
RESET_SECONDS = 1.0


class DriverError(Exception):
    """Base of what this driver raises on purpose: one sentence, *where: subject must be X, not Y; hint.*"""


class PackageError(DriverError):
    """The package's files, or the Python they run in, are not what they must be."""


class LoadError(DriverError):
    """pynq could not load the bitstream."""


class WrongDeviceError(DriverError):
    """What is in the device is not the accelerator of this package."""


class InputError(DriverError, ValueError):
    """An argument has the wrong type, shape or range; nothing was sent."""


class DeviceError(DriverError):
    """The device reported an error or gave no answer in time. It has been reset and can be used again."""


class DeadDeviceError(DeviceError):
    """The device did not even react to a reset: load the bitstream again (a new Accelerator)."""


class ClosedError(DriverError):
    """The accelerator was closed before this call."""


class Registers:
    """The AXI4-Lite registers by name, as registers.json describes them."""

    def __init__(self, path: Path, mmio: Any) -> None:
        self._plain = _read_json(path)
        if self._plain.get("schema") != REGISTERS_SCHEMA:
            raise _schema_error(path, REGISTERS_SCHEMA, self._plain)
        self._registers = self._plain["registers"]
        self._mmio = mmio

    def read(self, name: str, index: int = 0) -> int:
        """Register `name`; `index` counts in a register of several words."""
        return int(self._mmio.read(self._registers[name]["offset"] + 4 * index))

    def write(self, name: str, value: int) -> None:
        """Write a register."""
        self._mmio.write(self._registers[name]["offset"], int(value))

    def mask(self, name: str, field: str) -> int:
        """The bit of a field, as a mask."""
        return int(1 << self._registers[name]["fields"][field])

    def set_bits(self, name: str) -> str:
        """Names of the fields whose bit is set now, in words; empty if there are none."""
        value = self.read(name)
        fields = self._registers[name]["fields"].items()
        return ", ".join(field.replace("_", " ") for field, bit in fields if value >> bit & 1)

    def read_layer(self, layer: int, name: str) -> int:
        """Register `name` of a layer (0: the input layer)."""
        block = self._plain["layers"]
        offset = block["offset"] + block["stride"] * layer + block["registers"][name]["offset"]
        return int(self._mmio.read(offset))

    def constant(self, name: str) -> int:
        """What a register of this map holds, whatever the model."""
        return int(self._registers[name]["value"])


class DmaChannel:
    """One direction of the AXI DMA in direct register mode (PG021; `base` 0x00 sends, 0x30 receives)."""

    CONTROL, STATUS, ADDRESS, ADDRESS_HIGH, LENGTH = 0x00, 0x04, 0x18, 0x1C, 0x28
    RUN, RESET, HALTED, IDLE, ERRORS = 0x1, 0x4, 0x1, 0x2, 0x70
    NAMES = (("halted", 0x1), ("internal error", 0x10), ("slave error", 0x20), ("decode error", 0x40))

    def __init__(self, mmio: Any, base: int) -> None:
        self._mmio = mmio
        self._base = base

    def status(self) -> int:
        """The status register."""
        return int(self._mmio.read(self._base + self.STATUS))

    def start(self, address: int, length: int) -> None:
        """Begin to move `length` bytes from or to the physical `address`."""
        self._write(self.ADDRESS, address & 0xFFFFFFFF)
        self._write(self.ADDRESS_HIGH, address >> 32)
        self._write(self.LENGTH, length)

    def moved(self) -> int:
        """Bytes of the last message."""
        return int(self._mmio.read(self._base + self.LENGTH))

    def ask_for_reset(self) -> None:
        """Reset; in this IP it always hits both directions."""
        self._write(self.CONTROL, self.RESET)

    def is_reset(self) -> bool:
        """Whether the reset is over."""
        return not int(self._mmio.read(self._base + self.CONTROL)) & self.RESET

    def run(self) -> None:
        """Let it run; a halted channel takes no transfer."""
        self._write(self.CONTROL, self.RUN)

    def state(self) -> str:
        """In words, for error messages."""
        status = self.status()
        words = [name for name, bit in self.NAMES if status & bit]
        return ", ".join(words) or ("idle" if status & self.IDLE else "busy")

    def _write(self, offset: int, value: int) -> None:
        self._mmio.write(self._base + offset, int(value))


class InputFormat:
    """Inputs as messages (docs/spec/events.md of asn2fpga); from the manifest's `input`, `time_steps`.

    A message is an array of units of 32 bits, whatever the words of the stream; of a frame it is padded to
    whole words.
    """

    def __init__(self, plain: dict[str, Any], time_steps: int) -> None:
        self.is_frames: bool = plain["kind"] == "frames"
        self.shape: tuple[int, ...] = tuple(
            plain["shape"] if self.is_frames else [time_steps, *plain["shape"]]
        )
        self.low, self.high = plain["min"], plain["max"]
        self.size = int(np.prod(plain["shape"]))
        self.units: int = plain["words"] * plain["word_bits"] // UNIT_BITS  # of a frame
        self._order: tuple[int, ...] = tuple(axis + 1 for axis in plain["order"])
        self._item_bits: int = plain["item_bits"]
        self._count_bits: int = plain["count_bits"]
        self._time_steps = time_steps
        self.shortest = self.units if self.is_frames else time_steps
        self.precisions: int = plain.get("precisions", 1)
        self.sent = self.size + int(self.precisions > 1)  # elements of a frame, its precision included

    def check(self, x: Any) -> Array:
        """x as an array; InputError unless its type, shape and range are right. Token ids become counts.

        Where there are several precisions, frames may also be (inferences, elements + 1): their elements, and
        the precision of each.
        """
        array = np.asarray(x)
        if self.precisions > 1 and array.shape[1:] == (self.sent,) != self.shape:
            self.check(array[:, :-1].reshape(len(array), *self.shape))
            _check_range("x: precisions", array[:, -1:], 0, self.precisions - 1)
            return array
        if self._are_ids(array):
            array = self._counts_of(array)
        if array.shape[1:] != self.shape or array.ndim != len(self.shape) + 1:
            wanted = ", ".join(map(str, self.shape))
            raise InputError(f"x: shape must be (inferences, {wanted}), not {array.shape}.")
        if array.dtype.kind not in "iu":
            raise InputError(f"x: type must be uint8 (integers {self.low}..{self.high}), not {array.dtype}.")
        _check_range("x: values", array, self.low, self.high)
        return array

    def _are_ids(self, array: Array) -> bool:
        """Whether they are token ids (inferences, time steps): of binary events, in place of their counts."""
        takes_ids = not self.is_frames and len(self.shape) == 2 and self.high == 1
        return (
            takes_ids and array.ndim == 2 and array.shape[1:] == self.shape[:1] and array.dtype.kind in "iu"
        )

    def _counts_of(self, ids: Array) -> Array:
        """(inferences, time steps, tokens): 1 for the id of each step."""
        wrong = np.argwhere((ids < 0) | (ids >= self.size))
        if len(wrong):
            at, step = wrong[0]
            raise InputError(
                f"x: the token id of inference {at}, time step {step} must be 0..{self.size - 1}, "
                f"not {ids[at, step]}."
            )
        return (ids[..., None] == np.arange(self.size)).astype(np.uint8)

    def frames(self, x: Array, most: int, precision: int = 0) -> Iterator[tuple[Array, int]]:
        """Messages of at most `most` frames: units, inferences. precision: of those without one."""
        for start in range(0, len(x), most):
            part = x[start : start + most]
            padded = np.zeros((len(part), UNIT_BITS // self._item_bits * self.units), np.uint8)
            if part.shape[1:] == self.shape:
                padded[:, : self.size] = part.transpose(0, *self._order).reshape(-1, self.size)
                padded[:, self.size : self.sent] = precision
            else:
                padded[:, : self.sent] = part
            yield self._packed(padded).view("<u4").reshape(-1), len(part)

    def _packed(self, items: Array) -> Array:
        """Items of 1, 2, 4 or 8 bits side by side, the first in the low bits of each byte."""
        if self._item_bits == 8:
            return items
        bits = np.unpackbits(items[..., None], axis=2, count=self._item_bits, bitorder="little")
        return np.packbits(bits.reshape(len(items), -1), axis=1, bitorder="little")

    def dense(self, counts: Array) -> Array:
        """Units of one inference; counts (time steps, *shape)."""
        flat = counts.reshape(self._time_steps, -1)
        steps, addresses = np.nonzero(flat)
        return self._words(steps, addresses, flat[steps, addresses].astype(np.int64))

    def sparse(self, index: int, recording: Any) -> Array:
        """Units of recording `index`, rows of time step, address, count; InputError if it is none."""
        where = f"recording {index}"
        rows = np.asarray(recording)
        if rows.ndim != 2 or rows.shape[1] != 3 or rows.dtype.kind not in "iu":
            raise InputError(
                f"{where}: it must be an integer array (events, 3) of time step, address, count, "
                f"not {rows.dtype} {rows.shape}."
            )
        rows = rows.astype(np.int64)
        _check_range(f"{where}: time steps", rows[:, 0], 0, self._time_steps - 1)
        _check_range(f"{where}: addresses", rows[:, 1], 0, self.size - 1)
        keys, inverse = np.unique(rows[:, 0] * self.size + rows[:, 1], return_inverse=True)
        counts = np.zeros(len(keys), np.int64)
        np.add.at(counts, inverse, rows[:, 2])
        _check_range(f"{where}: counts (of equal step and address added)", counts, self.low, self.high)
        keys, counts = keys[counts != 0], counts[counts != 0]
        return self._words(keys // self.size, keys % self.size, counts)

    def _words(self, steps: Array, addresses: Array, counts: Array) -> Array:
        ones = (1 << self._count_bits) - 1
        events = (addresses.astype(np.int64) << self._count_bits | counts & ones).astype(np.uint32)
        ends = np.searchsorted(steps, np.arange(self._time_steps), side="right")
        return np.insert(events, ends, np.uint32(END_OF_STEP))


class Patience:
    """Whether a message may go on: as long as something moves, and not much longer than it was predicted.

    progress: what has moved so far. clock: seconds of the device, which on a simulated board are not those of
    the wall. quiet_seconds, last_seconds: the device's, from the package; both limits are at least
    `timeout_seconds` by the wall.
    """

    def __init__(
        self,
        progress: Callable[[], Any],
        clock: Callable[[], float],
        timeout_seconds: float,
        quiet_seconds: float,
        last_seconds: float,
    ) -> None:
        self._progress = progress
        self._clock = clock
        self._timeout = timeout_seconds
        self._quiet, self._last = quiet_seconds, last_seconds
        self._seen = progress()
        self._began = self._moved = self._now()

    def problem(self) -> str:
        """Which limit is over; nothing as long as there is hope."""
        now = self._now()
        if not self._is_over(self._moved, now, self._quiet):
            return ""
        last, self._seen = self._seen, self._progress()
        if self._seen == last:
            return f"nothing moved for {max(self._timeout, self._quiet):.3g} s"
        self._moved = now
        if self._is_over(self._began, now, self._last):
            return f"work goes on, but did not end within {max(self._timeout, self._last):.3g} s"
        return ""

    def _now(self) -> tuple[float, float]:
        return time.monotonic(), self._clock()

    def _is_over(self, since: tuple[float, float], now: tuple[float, float], seconds: float) -> bool:
        return now[0] - since[0] > self._timeout and now[1] - since[1] > seconds


class Accelerator:
    """The accelerator of the package in `folder`. Not for several threads at a time.

    buffer_bytes: size of each of the two DMA buffers; longer work is cut into messages that fit.
    timeout_seconds: how long a message may go on without anything moving; longer where the package says so.
    download: False attaches to a bitstream that is loaded already.
    Raises PackageError, LoadError or WrongDeviceError unless package, bitstream and board belong together.
    """

    def __init__(
        self,
        folder: str | os.PathLike[str] = ".",
        *,
        buffer_bytes: int = 1 << 20,
        timeout_seconds: float = 10.0,
        download: bool = True,
    ) -> None:
        self.folder = Path(folder)
        self.manifest: dict[str, Any] = read_manifest(self.folder)
        self.timeout_seconds = timeout_seconds
        self.precision = 0
        """That of inputs which do not say theirs; see `set_precision`."""
        self._closed = True
        self._usable = False
        self._batch = 0
        self._buffers: tuple[Any, ...] = ()
        pynq = import_pynq()
        self.simulated: str = getattr(pynq, "SIMULATED", "")
        """What simulates the board; empty on a real one."""
        self._clock: Callable[[], float] = getattr(pynq, "simulated_seconds", time.monotonic)
        check_board(self.manifest, self.simulated)
        bitstream = self._bitstream()
        self._cells: dict[str, Any] = self._load(pynq, bitstream, download)
        self.registers = Registers(self.folder / "registers.json", self._mmio(pynq, bitstream, "accelerator"))
        dma = self._mmio(pynq, bitstream, "dma")
        self._send, self._receive = DmaChannel(dma, 0x00), DmaChannel(dma, 0x30)
        self._check_device()
        self._size_buffers(pynq, buffer_bytes)
        self._closed = False
        if self._exits:
            self.cut_inputs(True)
        self.reset()

    # ---- what users call -------------------------------------------------------------------------------

    def predict(self, x: Any) -> Array:
        """int64 label of each of x (inferences, ...): index of the highest score, the first of equals; of the
        last time step's if there are scores of every one."""
        scores = self.scores(x)
        return np.argmax(scores if scores.ndim == 2 else scores[:, -1], axis=1).astype(np.int64)

    def scores(self, x: Any) -> Array:
        """int32 scores (inferences, classes), or (inferences, time steps, classes) if the accelerator sends
        them after every time step. x: (inferences, *shape) uint8 for frames; for events the counts
        (inferences, time steps, *shape); for tokens their ids (inferences, time steps). Other integer types
        are taken if the values fit."""
        return self._scores(self._answers(x))

    def scores_and_steps(self, x: Any) -> tuple[Array, Array]:
        """As `scores`, and (inferences,) int32 the time steps that each used: of an early exit only."""
        if not self._exits:
            raise InputError("scores_and_steps: the model must be built with --early-exit; call scores(x).")
        answers = self._answers(x)
        return self._scores(answers), np.ascontiguousarray(answers[:, 0, -1])

    def _answers(self, x: Any) -> Array:
        array = self._input.check(x)
        if self._input.is_frames:
            return self._run(self._input.frames(array, self._most, self.precision))
        return self._run(self._group(self._input.dense(one) for one in array))

    def _scores(self, answers: Array) -> Array:
        """The scores in answers (inferences, rows, values)."""
        scores = np.ascontiguousarray(answers[:, :, : self._classes])
        return scores[:, 0] if self._rows == 1 else scores

    def set_precision(self, precision: int) -> None:
        """The precision of adaptive neurons for the inputs from now on. It goes with each input, so that what
        is under way keeps its own. 0 is the usual one; larger numbers as the model was trained for them.
        """
        last = self.precisions - 1
        if last == 0:
            raise InputError(
                "precision: the model must have adaptive neurons of several precisions, not one."
            )
        if isinstance(precision, bool) or not isinstance(precision, int) or not 0 <= precision <= last:
            raise InputError(f"precision: the number must be an integer in 0..{last}, not {precision!r}.")
        self.precision = precision

    def cut_inputs(self, on: bool) -> None:
        """Whether events of an input that has been answered reach no layer: at first, if there is an early
        exit. Answers are the same; layers work less, so that the next input comes sooner."""
        self._check_open()
        self.registers.write("INPUT", self.registers.mask("INPUT", "cut") if on else 0)

    def events(self, recordings: Iterable[Any]) -> Array:
        """int32 scores of event recordings, each an integer array (events, 3) of time step, address, count.

        The order of the events does not matter; counts of the same step and address are added.
        """
        if self._input.is_frames:
            raise InputError("events: the model must take events, not frames; call scores(x).")
        messages = self._group(self._input.sparse(at, one) for at, one in enumerate(recordings))
        return self._scores(self._run(messages))

    def stream(self, inputs: Iterable[Any], batch: int = 1) -> Iterator[Array]:
        """Scores, as those of `scores`, of each of a sequence of single inputs, in order, as they come;
        `batch` inputs are collected for one message (1: the shortest latency)."""
        if batch < 1:
            raise InputError(f"stream: batch must be at least 1, not {batch}.")
        group: list[Any] = []
        for one in inputs:
            group.append(one)
            if len(group) == batch:
                yield from self.scores(np.stack(group))
                group = []
        if group:
            yield from self.scores(np.stack(group))

    def counters(self) -> dict[str, Any]:
        """The hardware's counters since clear_counters(); `latency_us` is the last inference's in the core.

        layers: one entry per layer with its events and stall cycles; empty if there are no such counters.
        time_steps_used: of all inferences, only where answers come early.
        """
        self._check_open()
        read = self.registers.read
        low = read("INFERENCES_LOW")
        cycles = read("INFERENCE_CYCLES")
        counters = {
            "inferences": read("INFERENCES_HIGH") << 32 | low,
            "inference_cycles": cycles,
            "latency_us": cycles * 1000.0 / read("CLOCK_KHZ"),
            "input_stall_cycles": read("INPUT_STALL_CYCLES"),
            "output_stall_cycles": read("OUTPUT_STALL_CYCLES"),
            "layers": self._layer_counters(),
        }
        return {**counters, "time_steps_used": read("TIME_STEPS_USED")} if self._exits else counters

    def clear_counters(self) -> None:
        """Set all counters to 0."""
        self._check_open()
        self.registers.write("CONTROL", self.registers.mask("CONTROL", "clear"))

    def reset(self) -> None:
        """Soft reset of core and DMA: what is in flight is lost, error flags are cleared, counters stay."""
        self._check_open()
        self._usable = False
        control = self.registers.mask
        self.registers.write(
            "CONTROL", control("CONTROL", "stop")
        )  # takes and drops what the DMA still sends
        self._send.ask_for_reset()
        self._until(lambda: self._send.is_reset() and self._receive.is_reset(), "the DMA must end its reset")
        for channel in (self._send, self._receive):
            channel.run()
        running = (self._send, self._receive)
        self._until(lambda: not any(c.status() & c.HALTED for c in running), "the DMA must run")
        self.registers.write("CONTROL", control("CONTROL", "soft_reset"))
        self.registers.write("ERRORS", 0xFFFFFFFF)
        in_reset = control("STATUS", "in_reset")
        self._until(lambda: not self.registers.read("STATUS") & in_reset, "the core must leave its reset")
        self._batch = 0
        self._usable = True

    def close(self) -> None:
        """Stop, and give the buffers back. Harmless if called twice."""
        if self._closed:
            return
        try:
            if not self._usable:
                self.reset()
        except DriverError:
            self._leaked = self._buffers  # the DMA might still write there: never give it back
        else:
            for buffer in self._buffers:
                getattr(buffer, "freebuffer", lambda: None)()
        finally:
            self._closed = True
            self._buffers = ()

    def __enter__(self) -> Accelerator:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ---- opening ---------------------------------------------------------------------------------------

    def _bitstream(self) -> Path:
        path = self.folder / f"{self.manifest['name']}.bit"
        is_own = "own_dma" in self.manifest
        described = () if is_own else (path.with_suffix(".hwh"),)
        for file in (path, *described):
            if not self.simulated and not file.is_file():
                raise PackageError(
                    f"{self.folder}: the package has no {file.name}; it was made without a "
                    "bitstream: run `asn2fpga build --until package` where "
                    f"{'the openXC7 tools are' if is_own else 'Vivado is'} installed."
                )
        return path

    def _load(self, pynq: Any, bitstream: Path, download: bool) -> dict[str, Any]:
        """Load the bitstream: address and range of the cells of its design."""
        if "own_dma" not in self.manifest:
            cells: dict[str, Any] = load_overlay(pynq, bitstream, download).ip_dict
            return cells
        design = self.manifest["own_dma"]
        if download:
            load_bitstream(pynq, bitstream, self.manifest["clock_mhz"])
        set_port_width(pynq.MMIO(design["memory_port"], 0x1000))
        return dict(design["cells"])

    def _mmio(self, pynq: Any, bitstream: Path, cell: str) -> Any:
        cells = self._cells
        if cell not in cells:
            raise WrongDeviceError(
                f"{bitstream.name}: the block design must have the cells accelerator and dma, not "
                f"{', '.join(sorted(cells)) or 'none'}; use the package as asn2fpga made it."
            )
        return pynq.MMIO(cells[cell]["phys_addr"], cells[cell]["addr_range"])

    def _check_device(self) -> None:
        """Id, version, model and shapes in the registers against the manifest."""
        read, constant, expected = self.registers.read, self.registers.constant, self.manifest
        if read("ID") != constant("ID"):
            raise WrongDeviceError(
                f"accelerator: ID must be {constant('ID'):#010x}, not {read('ID'):#010x}; "
                "this is no bitstream of asn2fpga."
            )
        if read("VERSION") >> 16 != constant("VERSION") >> 16:
            raise WrongDeviceError(
                f"accelerator: the registers must be version {constant('VERSION') >> 16}, "
                f"not {read('VERSION') >> 16}; make bitstream and package with the same asn2fpga."
            )
        sha256 = "".join(f"{read('MODEL_HASH', word):08x}" for word in range(8))
        if sha256 != expected["model_sha256"]:
            raise WrongDeviceError(
                f"accelerator: the bitstream must be of model {expected['model_sha256'][:16]}, "
                f"not {sha256[:16]}; take bitstream and manifest from the same package."
            )
        shape = expected["input"]
        for name, value in (
            ("INPUT_KIND", 0 if shape["kind"] == "frames" else 1),
            ("INPUT_SIZE", int(np.prod(shape["shape"])) + int(shape.get("precisions", 1) > 1)),
            ("INPUT_WORDS", shape["words"]),
            ("INPUT_WORD_BITS", shape["word_bits"]),
            ("OUTPUT_WORD_BITS", expected["output"]["word_bits"]),
            ("CLASSES", expected["classes"]),
            ("SCORE_ROWS", expected["output"]["rows"]),
            ("TIME_STEPS", expected["time_steps"]),
            ("LAYERS", len(expected["layers"])),
        ):
            if read(name) != value:
                raise WrongDeviceError(
                    f"accelerator: {name} must be {value} as in the manifest, not {read(name)}."
                )
        exits = bool(read("CAPABILITIES") & self.registers.mask("CAPABILITIES", "early_exit"))
        if exits != expected["output"]["early_exit"]:
            raise WrongDeviceError(
                f"accelerator: early exit must be {expected['output']['early_exit']} as in the manifest, "
                f"not {exits}."
            )

    def _size_buffers(self, pynq: Any, buffer_bytes: int) -> None:
        self._input = InputFormat(self.manifest["input"], self.manifest["time_steps"])
        self.precisions = self._input.precisions
        self._classes: int = self.manifest["classes"]
        self._rows: int = self.manifest["output"]["rows"]
        self._exits: bool = self.manifest["output"]["early_exit"]
        self._values = self._classes + int(self._exits)
        self._row = _whole(self._values, self.manifest["output"]["word_bits"] // UNIT_BITS)
        self._answer = self._rows * self._row
        self._capacity = buffer_bytes // 4
        least = max(self._input.shortest, self._answer)
        if self._capacity < least:
            raise InputError(f"buffer_bytes: the value must be at least {4 * least}, not {buffer_bytes}.")
        self._most = min(self._capacity // self._input.shortest, self._capacity // self._answer)
        shape = (_whole(self._capacity, LINE_UNITS),)
        self._buffers = tuple(pynq.allocate(shape=shape, dtype=np.uint32) for _ in range(2))
        for buffer in self._buffers:
            buffer.flush()  # no dirty cache line may hit memory behind the DMA's back

    # ---- running ---------------------------------------------------------------------------------------

    def _run(self, messages: Iterable[tuple[Array, int]]) -> Array:
        """(inferences, rows, values) what came for all messages, each of words and a number of inferences."""
        self._check_open()
        parts = [self._exchange(words, inferences) for words, inferences in messages]
        none = np.zeros((0, self._rows, self._values), np.int32)
        return np.concatenate([none, *parts])

    def _group(self, inferences: Iterable[Array]) -> Iterator[tuple[Array, int]]:
        """As many inferences a message as fit into the buffers."""
        group: list[Array] = []
        used = 0
        for words in inferences:
            if len(words) > self._capacity:
                raise InputError(
                    f"buffer_bytes: the value must be at least {4 * len(words)} for this recording, "
                    f"not {4 * self._capacity}."
                )
            if group and (used + len(words) > self._capacity or len(group) == self._most):
                yield np.concatenate(group), len(group)
                group, used = [], 0
            group.append(words)
            used += len(words)
        if group:
            yield np.concatenate(group), len(group)

    def _exchange(self, words: Array, inferences: int) -> Array:
        """Send one message, receive its scores. DeviceError after a reset if that fails."""
        if not self._usable:
            self.reset()  # the last call was interrupted
        self._usable = False
        source, target = self._buffers
        if inferences != self._batch:
            self.registers.write("BATCH", inferences)
            self._batch = inferences
        source[: len(words)] = words
        source[: _whole(len(words), LINE_UNITS)].flush()
        values = inferences * self._answer
        before = self.registers.read("INFERENCES_LOW")
        self._receive.start(target.device_address, 4 * values)
        self._send.start(source.device_address, 4 * len(words))
        problem = self._wait(inferences) or self._short_answer(4 * values)
        if problem:
            self._fail(problem, before, inferences)
        self._usable = True
        target[: _whole(values, LINE_UNITS)].invalidate()
        copy = np.array(target[:values], dtype=np.uint32, copy=True, subok=False)
        rows = copy.view(np.int32).reshape(inferences, self._rows, self._row)
        return np.ascontiguousarray(rows[:, :, : self._values])  # zeros fill the last word

    def _wait(self, inferences: int) -> str:
        """Until both directions are done: nothing, else what is wrong."""
        patience: Patience | None = None
        polls = 0
        while True:
            status = self._send.status(), self._receive.status()
            if any(one & DmaChannel.ERRORS for one in status):
                return "the DMA reported an error"
            if any(one & DmaChannel.HALTED for one in status):
                return "the DMA was halted by someone else"
            if all(one & DmaChannel.IDLE for one in status):
                return "an error was flagged" if self.registers.read("ERRORS") else ""
            polls += 1
            if polls < FAST_POLLS and not self.simulated:
                continue
            if self.registers.read("ERRORS"):
                return "an error was flagged"
            patience = patience or self._patience(inferences)
            problem = patience.problem()
            if problem:
                return problem
            time.sleep(POLL_SECONDS)

    def _patience(self, inferences: int) -> Patience:
        """Of a message; its limits in cycles come with the package."""
        limits, clock_hz = self.manifest["limits"], 1e3 * self.registers.read("CLOCK_KHZ")
        quiet = limits["quiet_cycles" if self._counts_events() else "answer_cycles"]
        last = inferences * limits["answer_cycles"]
        return Patience(self._moves, self._clock, self.timeout_seconds, quiet / clock_hz, last / clock_hz)

    def _moves(self) -> tuple[int, ...]:
        """What has moved so far: inferences finished, and the events of all layers if they are counted."""
        layers = range(len(self.manifest["layers"]) if self._counts_events() else 0)
        read = self.registers.read_layer
        events = [read(layer, name) for layer in layers for name in ("EVENTS_IN", "EVENTS_OUT")]
        return (self.registers.read("INFERENCES_LOW"), *events)

    def _counts_events(self) -> bool:
        return bool(
            self.registers.read("CAPABILITIES") & self.registers.mask("CAPABILITIES", "layer_counters")
        )

    def _short_answer(self, expected: int) -> str:
        moved = self._receive.moved()
        return "" if moved == expected else f"the scores had {moved} bytes, not {expected}"

    def _fail(self, problem: str, before: int, inferences: int) -> None:
        """Raise with the state of core and DMA, after a reset."""
        done = (self.registers.read("INFERENCES_LOW") - before) & 0xFFFFFFFF
        errors, status = self.registers.set_bits("ERRORS"), self.registers.set_bits("STATUS")
        state = (
            f"{done} of {inferences} inferences done; errors: {errors or 'none'}; core: {status or 'idle'}; "
            f"DMA: send {self._send.state()}, receive {self._receive.state()}"
        )
        text = f"accelerator: no scores came for a message ({problem}); {state}"
        try:
            self.reset()
        except DeviceError as error:
            raise DeadDeviceError(f"{text}; {error}") from None
        raise DeviceError(f"{text}; the device has been reset and can be used again.")

    def _until(self, done: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + RESET_SECONDS
        while not done():
            if time.monotonic() > deadline:
                raise DeadDeviceError(
                    f"accelerator: {what} within {RESET_SECONDS:g} s, not later; load the bitstream again: "
                    "open a new Accelerator."
                )
            time.sleep(POLL_SECONDS)

    def _layer_counters(self) -> list[dict[str, Any]]:
        read = self.registers.read_layer
        if not self._counts_events():
            return []
        names = ("EVENTS_IN", "EVENTS_OUT", "STALL_CYCLES")
        layers = enumerate(self.manifest["layers"])
        return [
            {"name": layer["name"], **{name.lower(): read(at, name) for name in names}}
            for at, layer in layers
        ]

    def _check_open(self) -> None:
        if self._closed:
            raise ClosedError("accelerator: it is closed; make a new Accelerator.")


def _whole(units: int, of: int) -> int:
    """`units` rounded up to whole words, or to cache lines, which a flush of a part of a buffer needs."""
    return -(-units // of) * of


def _check_range(what: str, values: Array, low: int, high: int) -> None:
    if values.size and (values.min() < low or values.max() > high):
        raise InputError(f"{what} must be within {low}..{high}, not {values.min()}..{values.max()}.")


def read_manifest(folder: Path) -> dict[str, Any]:
    """manifest.json of a package; PackageError if it is none of ours."""
    path = folder / "manifest.json"
    plain = _read_json(path)
    if plain.get("schema") != PACKAGE_SCHEMA:
        raise _schema_error(path, PACKAGE_SCHEMA, plain)
    return plain


def _schema_error(path: Path, schema: str, plain: dict[str, Any]) -> PackageError:
    return PackageError(
        f"{path}: schema must be {schema}, not {plain.get('schema')}; use the driver.py of this package."
    )


def import_pynq() -> Any:
    """The module pynq; PackageError if this Python has none."""
    os.environ.setdefault("XILINX_XRT", "/usr")  # without it pynq finds no device (Xilinx/PYNQ issue 1651)
    try:
        import pynq
    except ImportError as error:
        raise PackageError(
            f"pynq: this Python does not have it ({error}); on a PYNQ image run with root rights: "
            "sudo /usr/local/share/pynq-venv/bin/python3"
        ) from error
    return pynq


def load_overlay(pynq: Any, bitstream: Path, download: bool) -> Any:
    """pynq's Overlay; LoadError with what pynq said, whatever it raised."""
    try:
        return pynq.Overlay(str(bitstream), download=download)
    except Exception as error:
        raise _not_loaded(bitstream, error) from error


def load_bitstream(pynq: Any, bitstream: Path, clock_mhz: float) -> None:
    """A bitstream that no .hwh describes, with its clock (FCLK_CLK0); LoadError if either cannot be had.

    The clock comes first, as in pynq's Overlay; pynq takes the nearest one that the board's dividers make.
    """
    try:
        pynq.Clocks.fclk0_mhz = clock_mhz
        found = float(pynq.Clocks.fclk0_mhz)
        if found <= 1.001 * clock_mhz:
            pynq.Bitstream(str(bitstream)).download()
            return
    except Exception as error:
        raise _not_loaded(bitstream, error) from error
    raise LoadError(
        f"clock: FCLK_CLK0 must be at most {clock_mhz:g} MHz, for which {bitstream.name} was made, not "
        f"{found:g}, the nearest that the board has; build with `--clock-mhz` of one that it has."
    )


def _not_loaded(bitstream: Path, error: Exception) -> LoadError:
    return LoadError(
        f"pynq: cannot load {bitstream.name} ({type(error).__name__}: {error}); run with root "
        "rights, in the login environment of the board's PYNQ image."
    )


def set_port_width(registers: Any) -> None:
    """Make the memory port of a Zynq-7000 (S_AXI_HP0) 64 bits wide, whatever was loaded before (UG585)."""
    for offset in (0x00, 0x14):  # AFI_RDCHAN_CTRL, AFI_WRCHAN_CTRL; bit 0: 32 bits
        registers.write(offset, int(registers.read(offset)) & ~1)


def check_board(manifest: dict[str, Any], simulated: str) -> None:
    """WrongDeviceError if the PYNQ image names (in BOARD) another board than the package was made for."""
    board, wanted = (_plain_name(name) for name in (os.environ.get("BOARD", ""), manifest["board"]))
    if board and not simulated and board not in wanted and wanted not in board:
        raise WrongDeviceError(
            f"board: it must be a {manifest['board']}, not a {os.environ['BOARD']}; build for this board, "
            "or unset BOARD if its name is wrong."
        )


def _plain_name(name: str) -> str:
    return "".join(character for character in name.lower() if character.isalnum())


def _read_json(path: Path) -> dict[str, Any]:
    try:
        plain: dict[str, Any] = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise PackageError(
            f"{path}: missing, or not as asn2fpga wrote it ({error}); unpack the package again."
        ) from None
    return plain

"""The board behind the stand-in for pynq: the accelerator's registers, the AXI DMA, and faults to inject."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from asn2fpga.golden.simulate import simulate
from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.nodes import answer_of
from asn2fpga.kinds.sources.events import ReceiveEvents
from asn2fpga.kinds.sources.frames import Encode
from asn2fpga.verify.vectors import output_messages

END = 1 << 31
RUN, RESET, HALTED, IDLE = 1, 4, 1, 2
LAYER_VALUES = (7, 5, 3)


@dataclass
class Channel:
    """One direction of the DMA."""

    control: int = 0
    halted: bool = True
    idle: bool = False
    error: int = 0
    address: int = 0
    length: int = 0
    active: bool = False

    def status(self) -> int:
        return int(self.halted) * HALTED | int(self.idle) * IDLE | self.error


@dataclass
class Board:
    """A board with the accelerator of `graph`; it moves one step whenever a DMA status register is read.

    faults: each is used up by happening once, but those that begin with 'always'.
    """

    graph: Graph
    manifest: dict[str, Any]
    registers: dict[str, Any]
    faults: list[str] = field(default_factory=list)
    cells: tuple[str, ...] = ("accelerator", "dma")
    cycles: int = 123
    layer_counters: bool = True

    def __post_init__(self) -> None:
        self.memory: dict[int, Any] = {}
        self.next_address = 0x10000000
        self.loaded: list[tuple[str, bool]] = []
        self.freed: list[int] = []
        self.batches: list[int] = []
        self.values = self._constants()
        self.channels = {0x00: Channel(), 0x30: Channel()}
        self.words: list[int] = []
        self.answer: list[int] = []

    # ---- the bus ---------------------------------------------------------------------------------------

    def read(self, cell: str, offset: int) -> int:
        if cell == "dma":
            return self._read_dma(offset)
        entry = next((e for e in self.registers["registers"].values() if self._holds(e, offset)), None)
        if entry is None:
            return self._layer(offset)
        return int(self.values[entry["offset"]][(offset - entry["offset"]) // 4])

    def write(self, cell: str, offset: int, data: int) -> None:
        if cell == "dma":
            return self._write_dma(offset, data)
        name = next(n for n, e in self.registers["registers"].items() if e["offset"] == offset)
        if name == "ERRORS":
            self._set("ERRORS", self._get("ERRORS") & ~data)
        elif name == "CONTROL":
            self._control(data)
        else:
            assert (name == "BATCH" and data >= 1) or (name == "INPUT" and data in (0, 1))
            self._set(name, data)
        return None

    def take(self, fault: str) -> bool:
        """Whether the fault is to happen now."""
        if f"always {fault}" in self.faults:
            return True
        if fault in self.faults:
            self.faults.remove(fault)
            return True
        return False

    # ---- the accelerator -------------------------------------------------------------------------------

    def _constants(self) -> dict[int, list[int]]:
        shape, sha256 = self.manifest["input"], self.manifest["model_sha256"]
        known = {
            "MODEL_HASH": [int(sha256[8 * word : 8 * word + 8], 16) for word in range(8)],
            "INPUT_KIND": [0 if shape["kind"] == "frames" else 1],
            "INPUT_SIZE": [int(np.prod(shape["shape"]))],
            "INPUT_WORDS": [shape["words"]],
            "INPUT_WORD_BITS": [shape["word_bits"]],
            "OUTPUT_WORD_BITS": [self.manifest["output"]["word_bits"]],
            "CLASSES": [self.manifest["classes"]],
            "SCORE_ROWS": [self.manifest["output"]["rows"]],
            "TIME_STEPS": [self.manifest["time_steps"]],
            "LAYERS": [len(self.manifest["layers"])],
            "CLOCK_KHZ": [int(self.manifest["clock_mhz"] * 1000)],
            "CAPABILITIES": [int(self.layer_counters) | 2 * self.manifest["output"]["early_exit"]],
        }
        values = {}
        for name, entry in self.registers["registers"].items():
            first = entry.get("value", entry.get("reset", 0))
            values[entry["offset"]] = known.get(name, [first] * entry["count"])
        return values

    def _holds(self, entry: dict[str, Any], offset: int) -> bool:
        return bool(entry["offset"] <= offset < entry["offset"] + 4 * entry["count"])

    def _get(self, name: str) -> int:
        return self.values[self.registers["registers"][name]["offset"]][0]

    def _set(self, name: str, value: int) -> None:
        self.values[self.registers["registers"][name]["offset"]][0] = value

    def _flag(self, name: str, field_name: str) -> None:
        self._set(name, self._get(name) | 1 << self.registers["registers"][name]["fields"][field_name])

    def _layer(self, offset: int) -> int:
        block = self.registers["layers"]
        layer, at = divmod(offset - block["offset"], block["stride"])
        return 100 * layer + LAYER_VALUES[at // 4]

    def _control(self, data: int) -> None:
        fields = self.registers["registers"]["CONTROL"]["fields"]
        if data >> fields["stop"] & 1 or data >> fields["soft_reset"] & 1:
            self.words, self.answer = [], []
            self._set("STATUS", 0)
        if data >> fields["stop"] & 1 or self.faults == ["always in reset"]:
            self._flag("STATUS", "in_reset")
        if data >> fields["clear"] & 1:
            for name in ("ERRORS", "INFERENCES_LOW", "INFERENCE_CYCLES"):
                self._set(name, 0)

    def _message(self, words: list[int]) -> None:
        """A message has come, its last word with TLAST."""
        inferences = self._inferences(words)
        batch = self._get("BATCH")
        self.batches.append(batch)
        if inferences is None or len(inferences) != batch:
            short = inferences is None or len(inferences) < batch
            self._flag("ERRORS", "short_message" if short else "missing_last")
            self._flag("STATUS", "draining")
            return
        x = np.array(inferences)
        scores = simulate(self.graph, x).answers
        late = self._get("INFERENCES_LOW") >= 6 and self.take("wrong score after 6")
        if late or self.take("wrong score"):
            scores = scores + np.eye(len(x), scores.shape[2], dtype=np.int64)[:, None]
        self.answer = output_messages(scores, answer_of(self.graph)).words.tolist()
        self._set("INFERENCES_LOW", self._get("INFERENCES_LOW") + batch)
        self._set("INFERENCE_CYCLES", self.cycles)

    def _inferences(self, words: list[int]) -> list[Any] | None:
        source = self.graph.layers[0]
        if isinstance(source, Encode):
            size = self.manifest["input"]["words"] * self.manifest["input"]["word_bits"] // 32
            bytes_ = np.array(words, "<u4").view(np.uint8)
            cut = [bytes_[4 * at : 4 * (at + size)] for at in range(0, len(words), size)]
            pixels = int(np.prod(source.shape))
            return None if len(words) % size else [one[:pixels].reshape(source.shape) for one in cut]
        assert isinstance(source, ReceiveEvents)
        return self._event_inferences(source, words)

    def _event_inferences(self, source: ReceiveEvents, words: list[int]) -> list[Any] | None:
        format_ = source.output(()).format
        found: list[Any] = []
        steps: list[Any] = [np.zeros(format_.neurons, np.int64)]
        previous = -1
        for word in words:
            if word & END:
                assert word == END
                steps.append(np.zeros(format_.neurons, np.int64))
                previous = -1
            else:
                address = word >> format_.count_bits
                assert previous < address < format_.neurons
                steps[-1][address] = word & (1 << format_.count_bits) - 1
                previous = address
                assert steps[-1][address]
            if len(steps) > source.time_steps:
                found.append(np.array(steps[:-1]).reshape(source.time_steps, *source.shape))
                steps = steps[-1:]
        return found if len(steps) == 1 and not steps[0].any() else None

    # ---- the DMA ---------------------------------------------------------------------------------------

    def _read_dma(self, offset: int) -> int:
        base = offset // 0x30 * 0x30
        channel = self.channels[base]
        if offset - base == 0x00:
            if not self.take("no reset"):
                channel.control &= ~RESET
            return channel.control
        if offset - base == 0x04:
            self._step()
            return channel.status()
        assert offset - base == 0x28
        return channel.length

    def _write_dma(self, offset: int, data: int) -> None:
        base = offset // 0x30 * 0x30
        channel = self.channels[base]
        if offset - base == 0x00 and data & RESET:
            for at in self.channels:
                self.channels[at] = Channel(control=RESET)
        elif offset - base == 0x00:
            channel.control = data
            channel.halted = not data & RUN or self.take("no run")
        elif offset - base == 0x18:
            channel.address = data
        elif offset - base == 0x1C:
            assert data == 0
        else:
            assert offset - base == 0x28 and data > 0 and not channel.active
            assert not channel.halted, "a halted channel takes no length"
            channel.length, channel.active, channel.idle = data, True, False

    def _step(self) -> None:
        if self.take("interrupt"):
            raise KeyboardInterrupt
        send, receive = self.channels[0x00], self.channels[0x30]
        if send.active and not self.take("stuck send"):
            self._send(send)
        elif receive.active and self.answer and not self.take("dropped output last"):
            self._receive(receive)

    def _send(self, channel: Channel) -> None:
        words = [int(word) for word in self.memory[channel.address][: channel.length // 4]]
        if self.take("reset from outside"):
            self.channels = {at: Channel() for at in self.channels}
            return
        if self.take("slave error"):
            channel.halted, channel.active, channel.error = True, False, 0x20
            return
        channel.active, channel.idle = False, True
        if self.take("reset in the middle"):
            words = words[len(words) // 2 :]  # the first half is forgotten
        if self.take("dropped last"):
            self._flag("ERRORS", "missing_last")
            self._flag("STATUS", "draining")
        elif not self.take("no answer"):
            self._message(words)

    def _receive(self, channel: Channel) -> None:
        if self.take("short answer"):
            self.answer = self.answer[:-1]
        channel.active = False
        if self.take("long answer"):
            channel.halted, channel.error = True, 0x10
            return
        channel.idle = True
        channel.length = 4 * len(self.answer)
        self.memory[channel.address][: len(self.answer)] = self.answer
        self.answer = []


def load_board(path: Path) -> Board:
    """The board of a JSON file: `graph` (stem of a saved graph), `package` (unpacked folder), `faults`."""
    from asn2fpga.stages.folder import load_graph

    plain = json.loads(path.read_text())
    package = Path(plain["package"])
    manifest, registers = (json.loads((package / f"{n}.json").read_text()) for n in ("manifest", "registers"))
    return Board(load_graph(Path(plain["graph"])), manifest, registers, plain.get("faults", []))

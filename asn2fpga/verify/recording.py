"""What a simulation saw: every word that moved on every stream, and in which cycle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from asn2fpga.errors import CheckError
from asn2fpga.verify.harness import WORD_BITS

U32 = npt.NDArray[np.uint32]


@dataclass(frozen=True, eq=False)
class StreamRecord:
    """Words of one stream in the order they moved: cycles (n,) int64; data (n, W) uint32, low word first."""

    cycles: npt.NDArray[np.int64]
    data: U32

    def __len__(self) -> int:
        return len(self.cycles)

    def values(self) -> npt.NDArray[np.uint64]:
        """Data of a stream of at most 64 bits as integers, (n,)."""
        if self.data.shape[1] > 2:
            raise ValueError("stream is wider than 64 bits")
        words = self.data.astype(np.uint64)
        low = words[:, 0]
        return low if self.data.shape[1] == 1 else low | words[:, 1] << np.uint64(WORD_BITS)


Recording = Mapping[str, StreamRecord]


def words_of(width_bits: int) -> int:
    """32-bit words that hold a stream's data."""
    return -(-width_bits // WORD_BITS)


def read_binary(folder: Path, widths: Mapping[str, int]) -> Recording:
    """Recording written by fast_main.cpp: FOLDER/<stream>.u32."""
    return {name: _read_stream(folder / f"{name}.u32", words_of(width)) for name, width in widths.items()}


def _read_stream(path: Path, words: int) -> StreamRecord:
    rows = np.fromfile(path, dtype="<u4").reshape(-1, 1 + words)
    return StreamRecord(rows[:, 0].astype(np.int64), rows[:, 1:].astype(np.uint32))


def read_log(path: Path, widths: Mapping[str, int]) -> Recording:
    """Recording written by the harness under cocotb: lines `STREAM CYCLE WORD`, the word in hexadecimal.

    Raises CheckError if a word holds unknown bits (x or z), naming the stream and the cycle.
    """
    names = list(widths)
    lines: list[list[str]] = [[] for _ in names]
    with path.open() as stream:
        for line in stream:
            lines[int(line[: line.index(" ")])].append(line)
    streams = zip(names, lines, strict=True)
    return {name: _parse_stream(name, rows, words_of(widths[name])) for name, rows in streams}


def _parse_stream(name: str, lines: list[str], words: int) -> StreamRecord:
    cycles = np.zeros(len(lines), np.int64)
    data = bytearray()
    for index, line in enumerate(lines):
        _, cycle, text = line.split()
        cycles[index] = int(cycle)
        data += _parse_word(name, cycle, text).to_bytes(4 * words, "little")
    return StreamRecord(cycles, np.frombuffer(bytes(data), "<u4").astype(np.uint32).reshape(-1, words))


def _parse_word(name: str, cycle: str, text: str) -> int:
    try:
        return int(text, 16)
    except ValueError:
        raise CheckError(
            f"{name}, cycle {cycle}: word must hold known bits, not {text}; "
            "a register or memory has no start value."
        ) from None

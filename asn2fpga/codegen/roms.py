"""ROM contents as 64-bit words: rows of packed lanes, cut into slices, written as C++ initialisers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from asn2fpga.graph.types import Array
from asn2fpga.passes.packed_words import SLICE_BITS

_COLUMNS = 100
_HEX_DIGITS = np.frombuffer(b"0123456789abcdef", np.uint8)


@dataclass(frozen=True, eq=False)
class Rom:
    """A memory of constants. `words` is (slices, rows) uint64; slice 0 holds the low bits of each row.

    in_luts: it must lie in look-up tables, whatever its size.
    """

    name: str
    comment: str
    width_bits: int
    words: npt.NDArray[np.uint64]
    in_luts: bool = False

    @property
    def slices(self) -> int:
        """Number of 64-bit slices of a row."""
        return len(self.words)

    @property
    def rows(self) -> int:
        """Number of rows."""
        return int(self.words.shape[1])


def rom(name: str, comment: str, values: Array, value_bits: int) -> Rom:
    """ROM with one row per values[row]: (rows, lanes) integers, `value_bits` each, lane 0 in the low bits."""
    return Rom(name, comment, values.shape[1] * value_bits, packed_words(values, value_bits))


def level_rom(name: str, comment: str, values: Array, value_bits: int) -> Rom:
    """ROM with (rows, lanes, levels) integers: whole 64-bit slices for level 1, then for level 2, ..."""
    levels = [packed_words(values[:, :, level], value_bits) for level in range(values.shape[2])]
    words = np.concatenate(levels)
    return Rom(name, comment, len(words) * SLICE_BITS, words)


def packed_words(values: Array, value_bits: int) -> npt.NDArray[np.uint64]:
    """Pack (rows, lanes) integers, two's complement in `value_bits`, into (slices, rows) 64-bit words."""
    rows, lanes = values.shape
    octets = np.ascontiguousarray(values.astype("<i8")).view(np.uint8).reshape(rows, lanes, 8)
    bits = np.unpackbits(octets, axis=-1, count=value_bits, bitorder="little").reshape(rows, -1)
    slices = -(-bits.shape[1] // SLICE_BITS)
    padded = np.zeros((rows, slices * SLICE_BITS), np.uint8)
    padded[:, : bits.shape[1]] = bits
    words = np.packbits(padded, axis=-1, bitorder="little").view("<u8")
    return np.ascontiguousarray(words.T.astype(np.uint64))


def group_lanes(values: Array, lanes: int, padding: int = 0) -> npt.NDArray[np.int64]:
    """Cut axis 0 into groups of `lanes`: (N, ...) becomes (groups, lanes, ...), the last group padded."""
    groups = -(-len(values) // lanes)
    padded = np.full((groups * lanes, *values.shape[1:]), padding, np.int64)
    padded[: len(values)] = values
    return padded.reshape(groups, lanes, *values.shape[1:])


def initialiser(memory: Rom) -> str:
    """The braces of `= { {slice 0}, {slice 1}, ... }`, at most 100 columns wide, one block a slice."""
    blocks = []
    for index, words in enumerate(memory.words):
        bits = min(SLICE_BITS, memory.width_bits - SLICE_BITS * index)
        blocks.append("    {\n" + _hexadecimal(words, -(-bits // 4)) + "    },\n")
    return "".join(blocks)


def _hexadecimal(words: npt.NDArray[np.uint64], digits: int) -> str:
    """Lines of `0x..., 0x...,` for all words; built as one array of characters: 1 MB takes 0.1 s."""
    cell = digits + 4  # 0x, digits, comma, space
    per_line = max(1, (_COLUMNS - 8) // cell)
    text = np.full((len(words), cell), ord(" "), np.uint8)
    text[:, 0], text[:, 1], text[:, 2 + digits] = ord("0"), ord("x"), ord(",")
    octets = words.astype(">u8").view(np.uint8).reshape(-1, 8)
    nibbles = np.stack((octets >> 4, octets & 15), axis=-1).reshape(-1, 16)
    text[:, 2 : 2 + digits] = _HEX_DIGITS[nibbles[:, 16 - digits :]]
    lines = (text[start : start + per_line] for start in range(0, len(words), per_line))
    return "".join("      " + line.tobytes().decode().rstrip() + "\n" for line in lines)

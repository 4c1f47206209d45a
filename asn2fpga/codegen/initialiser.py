"""ROM contents as C++ initialisers."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from asn2fpga.kinds.roms import SLICE_BITS, Rom, RomPart

_COLUMNS = 100
_HEX_DIGITS = np.frombuffer(b"0123456789abcdef", np.uint8)


def initialiser(memory: Rom | RomPart) -> str:
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

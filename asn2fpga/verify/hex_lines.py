"""Files of $readmemh: one word in hexadecimal on each line."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from asn2fpga.graph.words import UNIT_BITS
from asn2fpga.verify.vectors import Messages

_DIGITS = np.frombuffer(b"0123456789abcdef", np.uint8)

Octets = npt.NDArray[np.uint8]


def hex_lines(octets: Octets, bits: int) -> bytes:
    """The text of words (n, bytes), the lowest byte first, of `bits` bits each; made as one array."""
    digits = -(-bits // 4)
    highest_first = octets[:, ::-1]
    nibbles = np.stack((highest_first >> 4, highest_first & 15), axis=-1).reshape(len(octets), -1)
    text = np.full((len(octets), digits + 1), ord("\n"), np.uint8)
    text[:, :digits] = _DIGITS[nibbles[:, nibbles.shape[1] - digits :]]
    return text.tobytes()


def octets_of(words: npt.NDArray[np.uint64], bits: int) -> Octets:
    """(n, bytes) of words of at most 64 bits, the lowest byte first."""
    return words.astype("<u8").view(np.uint8).reshape(-1, 8)[:, : -(-bits // 8)]


def port_lines(messages: Messages, bits: int) -> tuple[bytes, int]:
    """The words of a port, { TLAST | TDATA } on each line, and how many there are."""
    units = np.ascontiguousarray(messages.words.astype("<u4").reshape(-1, bits // UNIT_BITS))
    last = np.zeros((len(units), 1), np.uint8)
    last[messages.offsets[1:] // (bits // UNIT_BITS) - 1] = 1
    octets = np.concatenate([units.view(np.uint8), last], axis=1)
    return hex_lines(octets, bits + 1), len(units)

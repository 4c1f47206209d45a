"""Files of $readmemh: one word in hexadecimal on each line."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

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

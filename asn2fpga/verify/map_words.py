"""Maps as the words that hardware sees: packed counts, in order of pixels, groups of lanes and time steps;
of a map that comes step by step, in that order for one time step after the other.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from asn2fpga.errors import CheckError
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.types import Array

Bits = npt.NDArray[np.uint8]


def map_counts(stream: str, edge: Edge, words: npt.NDArray[np.uint32]) -> npt.NDArray[np.int64]:
    """Counts (B, T, N) of whole inferences. words: (n, 32-bit units of a word), the lowest first.

    Raises CheckError, naming the stream, if a lane without a channel is not 0.
    """
    channels = edge.image[0]
    in_order = by_step_and_pixel(edge, _lanes(words, edge))
    wrong = np.argwhere(in_order[..., channels:])
    if wrong.size:
        vector, step, pixel, lane = wrong[0].tolist()
        raise CheckError(
            f"{stream}, vector {vector}: lane {channels + lane} of pixel {pixel} in time step {step} must be "
            f"0, as there are {channels} channels."
        )
    return in_order[..., :channels].reshape(len(in_order), edge.steps, -1)


def by_step_and_pixel(edge: Edge, words: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """What belongs to the words of whole inferences, (words, n), as (B, T, pixels, groups * n)."""
    _, height, width = edge.image
    groups = edge.words_per_pixel // edge.word_steps
    sent = words.reshape(-1, edge.rounds, height * width, groups, edge.word_steps, words.shape[1])
    return sent.transpose(0, 1, 4, 2, 3, 5).reshape(len(sent), edge.steps, height * width, -1)


def map_words(edge: Edge, counts: Array) -> Bits:
    """Inverse of map_counts: counts (B, T, N) as packed words (n, bytes), the lowest byte first."""
    channels, height, width = edge.image
    groups, lanes, bits = -(-channels // edge.lanes), edge.lanes, edge.fixed.width_bits
    padded = np.zeros((len(counts), edge.rounds, edge.word_steps, height * width, groups * lanes), np.int64)
    padded[..., :channels] = counts.reshape(*padded.shape[:4], channels)
    in_order = padded.reshape(*padded.shape[:4], groups, lanes).transpose(0, 1, 3, 4, 2, 5)
    values = np.ascontiguousarray(in_order).reshape(-1, lanes, 1)
    flat = (values >> np.arange(bits) & 1).astype(np.uint8).reshape(len(values), lanes * bits)
    return np.packbits(flat, axis=1, bitorder="little")


def _lanes(words: npt.NDArray[np.uint32], edge: Edge) -> npt.NDArray[np.int64]:
    """(n, lanes) the counts in packed words."""
    bits, fixed = edge.fixed.width_bits, edge.fixed
    octets = np.ascontiguousarray(words.astype("<u4")).view(np.uint8)
    flat = np.unpackbits(octets, axis=1, count=edge.lanes * bits, bitorder="little")
    of_lanes = np.packbits(flat.reshape(len(words), edge.lanes, bits), axis=2, bitorder="little")
    values = np.zeros(of_lanes.shape[:2], np.int64)
    for place in range(of_lanes.shape[2]):
        values |= of_lanes[..., place].astype(np.int64) << 8 * place
    return np.where(values > fixed.max, values - (1 << bits), values) if fixed.signed else values


def packed_items(items: Array, item_bits: int, unit_bits: int = 32) -> npt.NDArray[np.uint64]:
    """(B, n) items of 1, 2, 4 or 8 bits side by side, the first in the low bits: (B, units) of 32 bits.

    n must fill whole units.
    """
    octets = items.astype(np.uint8)[..., None]
    bits = np.unpackbits(octets, axis=2, count=item_bits, bitorder="little").reshape(len(items), -1)
    found: npt.NDArray[np.uint64] = np.packbits(bits, axis=1, bitorder="little").view("<u4").astype(np.uint64)
    return found

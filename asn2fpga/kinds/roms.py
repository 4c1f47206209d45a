"""ROM contents as 64-bit words: rows of packed lanes, cut into slices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from asn2fpga.graph.types import Array, FixedType

SLICE_BITS = 64  # ROM rows are written as whole 64-bit words


@dataclass(frozen=True, eq=False)
class RomPart:
    """An array of a ROM: (slices, rows) words of `width_bits` a row."""

    name: str
    width_bits: int
    words: npt.NDArray[np.uint64]
    in_luts: bool

    @property
    def rows(self) -> int:
        """Number of rows."""
        return int(self.words.shape[1])


@dataclass(frozen=True, eq=False)
class Rom:
    """A memory of constants. `words` is (slices, rows) uint64; slice 0 holds the low bits of each row.

    in_luts: it must lie in look-up tables, whatever its size. rows_in_blocks: the first rows, if the others
    must lie in look-up tables; a multiple of 512.
    """

    name: str
    comment: str
    width_bits: int
    words: npt.NDArray[np.uint64]
    in_luts: bool = False
    rows_in_blocks: int | None = None

    @property
    def parts(self) -> tuple[RomPart, ...]:
        """The arrays that it is: one, or two of which the second has a power of two of rows."""
        words, kept = f"{self.name}_words", self.rows_in_blocks
        if kept is None:
            return (RomPart(words, self.width_bits, self.words, self.in_luts),)
        rest = self.words[:, kept:]
        rows = 1 << (rest.shape[1] - 1).bit_length()
        padded = np.pad(rest, [(0, 0), (0, rows - rest.shape[1])])
        return (
            RomPart(words, self.width_bits, self.words[:, :kept], in_luts=False),
            RomPart(f"{self.name}_last_words", self.width_bits, padded, in_luts=True),
        )

    @property
    def slices(self) -> int:
        """Number of 64-bit slices of a row."""
        return len(self.words)

    @property
    def rows(self) -> int:
        """Number of rows."""
        return int(self.words.shape[1])

    def holds_the_same_as(self, other: Rom) -> bool:
        """Whether both hold the same words, and in the same kind of memory."""
        form = (self.width_bits, self.in_luts, self.rows_in_blocks, self.words.shape)
        same = form == (other.width_bits, other.in_luts, other.rows_in_blocks, other.words.shape)
        return same and bool((self.words == other.words).all())


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


def pixel_groups(
    values: Array, channels: int, lanes: int, padding: int = 0
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Values (pixels * channels, ...), pixel by pixel, as (rows, lanes, ...): a row for each group of
    channels of each pixel, or for each group alone where all pixels have the same; and (rows, lanes) which
    lanes have no channel.
    """
    by_pixel = values.reshape(-1, channels, *values.shape[1:])
    if are_alike(values, channels):
        by_pixel = by_pixel[:1]
    groups = groups_of(channels, lanes)
    padded = np.full((len(by_pixel), groups * lanes, *values.shape[1:]), padding, np.int64)
    padded[:, :channels] = by_pixel
    is_empty = np.tile(np.arange(groups * lanes) >= channels, len(by_pixel))
    return padded.reshape(-1, lanes, *values.shape[1:]), is_empty.reshape(-1, lanes)


def are_alike(values: Array, channels: int) -> bool:
    """Whether values (pixels * channels, ...) are the same at all pixels."""
    by_pixel = values.reshape(-1, channels, *values.shape[1:])
    return len(by_pixel) == 1 or bool((by_pixel == by_pixel[:1]).all())


def each_pixel(values: Array, channels: int) -> str:
    """For a comment: whether there are rows for each pixel."""
    return "" if are_alike(values, channels) else " at each pixel"


def rows_of(values: Array, channels: int, lanes: int) -> int:
    """Rows that `pixel_groups` makes of them."""
    pixels = 1 if are_alike(values, channels) else len(values) // channels
    return pixels * groups_of(channels, lanes)


def without_borrows(values: Array) -> npt.NDArray[np.int64]:
    """Lanes (..., lanes) as the halves of pairs (hw/hls/pairs.h): lane 2 i + 1 is 1 less where lane 2 i is
    negative.
    """
    halves = np.array(values, np.int64)
    upper = halves[..., 1::2]
    upper -= halves[..., 0::2][..., : upper.shape[-1]] < 0
    return halves


def lane_rom(name: str, values: Array, lanes: int, channels: int | None = None) -> Rom:
    """ROM of one value for each neuron in the narrowest type that holds all: a row for each group, of a map
    as `pixel_groups` has them. channels: of a pixel.
    """
    of_pixel = channels or len(values)
    rows, _ = pixel_groups(values, of_pixel, lanes)
    comment = f"{lanes} lanes{each_pixel(values, of_pixel)}"
    return rom(name, comment, rows, value_type_of(values).width_bits)


def value_type_of(values: Array) -> FixedType:
    """Narrowest type of all values and of the zero in padding lanes."""
    return FixedType.for_range(min(0, int(values.min())), max(0, int(values.max())))


def rom_bits(width_bits: int) -> int:
    """Width of a ROM row in whole slices."""
    return -(-width_bits // SLICE_BITS) * SLICE_BITS


def groups_of(neurons: int, lanes: int) -> int:
    """Cycles to touch every neuron once, `lanes` at a time."""
    return -(-neurons // lanes)

"""Words of the two AXI4-Stream ports: docs/spec/events.md. All that packs or unpacks them reads this."""

from __future__ import annotations

from dataclasses import dataclass

from asn2fpga.graph.types import FixedType

UNIT_BITS = 32  # an event, a score; every word is a whole number of them
PIXEL_BITS = 8
WORD_BITS = (32, 64, 128)
"""Widths of a word that the DMA and the kernels take."""
SCORE_TYPE = FixedType(UNIT_BITS, True)


@dataclass(frozen=True)
class PortWord:
    """One beat of a port: `bits` wide, items of `item_bits` side by side, the first in the low bits.

    The last word of an inference is padded with zeros.
    """

    bits: int
    item_bits: int

    @property
    def items(self) -> int:
        """Items of a full word."""
        return self.bits // self.item_bits

    @property
    def units(self) -> int:
        """Words of 32 bits, which is what arrays and files of messages hold."""
        return self.bits // UNIT_BITS

    @property
    def bytes(self) -> int:
        """Bytes of a word."""
        return self.bits // 8

    def words_of(self, items: int) -> int:
        """Words that hold so many items."""
        return -(-items // self.items)


@dataclass(frozen=True)
class Answer:
    """What a read-out sends per inference: `rows` times `values` int32, each row in whole words of `port`.

    exits: the last value of the row is no score, but the number of time steps that were used.
    """

    rows: int
    values: int
    port: PortWord
    exits: bool = False

    @property
    def row_words(self) -> int:
        """Words of a row."""
        return self.port.words_of(self.values)

    @property
    def words(self) -> int:
        """Words of an inference."""
        return self.rows * self.row_words


@dataclass(frozen=True)
class PortWidths:
    """Bits of a word that goes in, and of one that comes out."""

    input: int = UNIT_BITS
    output: int = UNIT_BITS

"""How a memory lies in block RAMs: how many, in the form that Yosys takes (memory_libmap, brams_xc4v.txt).

Forms are words by bits of half a block RAM or of a whole one. Where a memory has more words than a form,
parts of it lie side by side, and what is read is chosen among them: 3136 words of 128 bits are 7 * 128
columns of 512 words, which take 25 halves of 36 columns. A RAM is written in bytes of 9 bits, and none lies
in two block RAMs.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

_CHOICE_PRICE = 0.5  # of a bit that is chosen among two
_BYTE = 9  # bits that are written together


@dataclass(frozen=True)
class Form:
    """Words by bits, in so many halves of a block RAM; price: what Yosys weighs it by."""

    words: int
    bits: int
    halves: int
    price: int

    @property
    def takes_both_ports(self) -> bool:
        """Whether one read takes both ports."""
        return self.bits // self.halves > 18


_SIZES = ((1024, 18), (2048, 9), (4096, 4), (8192, 2), (16384, 1))
_HALF = [Form(words, bits, 1, 129) for words, bits in ((512, 36), *_SIZES)]
_WHOLE = [Form(words, bits, 2, 257) for words, bits in ((512, 72), (1024, 36))]
_WHOLE += [Form(2 * words, bits, 2, 257) for words, bits in _SIZES]
FORMS = (*_HALF, *_WHOLE)


@dataclass(frozen=True)
class Placement:
    """halves: halves of block RAMs. stacked: how many of them each bit is chosen among."""

    halves: int
    stacked: int


@cache
def placement(depth: int, width_bits: int, rom: bool, reads: int = 1) -> Placement:
    """What a memory of one port to read takes, or a ROM of two."""
    found = []
    for form in FORMS:
        if reads > 1 and form.takes_both_ports:
            continue
        stacked = -(-depth // form.words)
        unit = 1 if rom else min(_BYTE, form.bits)
        count = -(-stacked * -(-width_bits // unit) * unit // form.bits)
        price = count * form.price + _CHOICE_PRICE * (stacked - 1) * width_bits
        found.append((price, count * form.halves, stacked))
    _, halves, stacked = min(found)
    return Placement(halves, stacked)

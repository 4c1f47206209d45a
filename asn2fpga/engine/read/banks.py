"""Arrays in banks (ARRAY_PARTITION): one dimension cut into parts that are memories of their own.

`cyclic` deals the elements of the dimension out to the banks in turn, `block` gives each bank neighbours, and
`complete` makes a bank of each element. Which bank a word is in follows from its index: exactly, whatever
LLVM made of the indices of several dimensions.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from asn2fpga.engine.clang.syntax import ArrayType, LlvmType, StructType, size_of
from asn2fpga.engine.ir.builder import Builder
from asn2fpga.engine.read.intervals import Interval
from asn2fpga.errors import HlsError

COMPLETE, CYCLIC, BLOCK = range(3)  # as in asn_array_partition
ALL_DIMENSIONS = 0


@dataclass(frozen=True)
class Request:
    """What ARRAY_PARTITION asks for; dimensions count from 1."""

    kind: int
    factor: int
    dimension: int


@dataclass(frozen=True)
class Dimension:
    """Elements of one dimension, and the bytes of one element."""

    count: int
    size: int


@dataclass(frozen=True)
class Index:
    """A word index: a constant and a sum of multiples of values, each of which lies in an interval."""

    constant: int
    terms: tuple[tuple[int, int, Interval], ...] = ()

    def value(self, builder: Builder, width: int) -> int:
        """The index as an operation."""
        total = builder.constant(self.constant, width)
        for words, value, _ in self.terms:
            product = builder.make("mul", builder.resize(value, width), builder.constant(words, width))
            total = builder.make("add", total, product)
        return total

    def scaled(self, factor: int, other: Index) -> Index:
        """This index times a factor, and another one added."""
        scaled = tuple((words * factor, value, within) for words, value, within in self.terms)
        return Index(self.constant * factor + other.constant, scaled + other.terms)

    def divided(self, builder: Builder, width: int, divisor: int) -> tuple[Index, Index]:
        """Quotient and remainder of an index that is not negative."""
        if divisor == 1:
            return self, Index(0)
        rest = tuple(term for term in self.terms if term[0] % divisor)
        constant = self.constant % divisor
        span = Interval(constant, constant)
        for words, _, within in rest:
            span += within.times(words)
        if span.low >= 0 and span.high < divisor:
            whole = tuple((words // divisor, value, within) for words, value, within in self.terms)
            quotient = tuple(term for term, (words, _, _) in zip(whole, self.terms, strict=True)
                             if words % divisor == 0)  # fmt: skip
            return Index(self.constant // divisor, quotient), Index(constant, rest)
        return self._computed(builder, width, divisor)

    def _computed(self, builder: Builder, width: int, divisor: int) -> tuple[Index, Index]:
        value = self.value(builder, width)
        bits = (divisor - 1).bit_length()
        if divisor == 1 << bits and bits < width:
            high, low = builder.slice(value, bits, width - bits), builder.slice(value, 0, bits)
        else:
            number = builder.constant(divisor, max(width, divisor.bit_length()))
            dividend = builder.resize(value, builder.width(number))
            high, low = builder.make("udiv", dividend, number), builder.make("urem", dividend, number)
        return (
            Index(0, ((1, high, Interval(0, (1 << width) // divisor)),)),
            Index(0, ((1, low, Interval(0, divisor - 1)),)),
        )


@dataclass(frozen=True)
class _Cut:
    """One dimension cut: `inner` words lie within one of its `count` elements."""

    kind: int
    banks: int
    count: int
    inner: int

    @property
    def kept(self) -> int:
        """Elements of the dimension in one bank."""
        return -(-self.count // self.banks)

    def locate(self, builder: Builder, index: Index, width: int) -> tuple[Index, Index]:
        """The bank, and the word index in it."""
        above, inner = index.divided(builder, width, self.inner)
        outer, element = above.divided(builder, width, self.count)
        if self.kind == BLOCK:
            bank, place = element.divided(builder, width, self.kept)
        else:
            place, bank = element.divided(builder, width, self.banks)
        return bank, outer.scaled(self.kept, place).scaled(self.inner, inner)

    def place(self, word: int) -> tuple[int, int]:
        """The same of a known index."""
        above, inner = divmod(word, self.inner)
        outer, element = divmod(above, self.count)
        bank, place = divmod(element, self.kept) if self.kind == BLOCK else divmod(element, self.banks)[::-1]
        return bank, (outer * self.kept + place) * self.inner + inner


class Banks:
    """The banks of one memory of `depth` words, and which word lies where."""

    def __init__(
        self, depth: int, dimensions: Sequence[tuple[int, int]], requests: Iterable[Request]
    ) -> None:
        """`dimensions`: number of elements and words of one, the outermost first."""
        self._cuts: list[_Cut] = []
        self._width = max(1, (depth - 1).bit_length())
        counts = [count for count, _ in dimensions]
        words = dimensions[-1][1]
        for request in requests:
            number = request.dimension - 1
            banks = counts[number] if request.kind == COMPLETE else min(request.factor, counts[number])
            inner = math.prod(counts[number + 1 :]) * words
            if banks > 1:
                self._cuts.append(_Cut(request.kind, banks, counts[number], inner))
                counts[number] = self._cuts[-1].kept
        self.depth = math.prod(counts) * words
        self.count = math.prod(cut.banks for cut in self._cuts)

    def locate(self, builder: Builder, index: Index) -> tuple[int, int]:
        """The values of the bank's number and of the word index in it."""
        bank = Index(0)
        for cut in self._cuts:
            part, index = cut.locate(builder, index, self._width)
            bank = bank.scaled(cut.banks, part)
        bits, address_bits = max(1, (self.count - 1).bit_length()), max(1, (self.depth - 1).bit_length())
        return bank.value(builder, bits), index.value(builder, address_bits)

    def contents(self, words: Sequence[int]) -> list[tuple[int, ...]]:
        """The first values of each bank."""
        found = [[0] * self.depth for _ in range(self.count)]
        for index, word in enumerate(words):
            bank = 0
            for cut in self._cuts:
                part, index = cut.place(index)
                bank = bank * cut.banks + part
            found[bank][index] = word
        return [tuple(bank) for bank in found]


def dimensions_of(type_: LlvmType) -> list[Dimension]:
    """The dimensions of an array, the outermost first."""
    found: list[Dimension] = []
    while isinstance(type_, ArrayType) or (isinstance(type_, StructType) and len(type_.fields) == 1):
        if isinstance(type_, ArrayType):
            found.append(Dimension(type_.count, size_of(type_.element)))
        type_ = type_.element if isinstance(type_, ArrayType) else type_.fields[0]
    return found


def check_request(place: str, name: str, request: Request, dimensions: Sequence[Dimension]) -> None:
    """Refuse what no array of these dimensions can be cut into.

    Raises:
        HlsError: there is no such dimension.
    """
    if not dimensions:
        raise HlsError(f"{place}: ARRAY_PARTITION: {name} is no array")
    if not 0 <= request.dimension <= len(dimensions):
        raise HlsError(
            f"{place}: ARRAY_PARTITION: dim of {name} must be 0 (all) to {len(dimensions)}, "
            f"not {request.dimension}"
        )
    if request.kind != COMPLETE and (request.factor < 1 or request.dimension == ALL_DIMENSIONS):
        raise HlsError(
            f"{place}: ARRAY_PARTITION: {name} in parts needs a factor of 1 or more and one dimension"
        )


def is_complete(requests: Iterable[Request], dimensions: Sequence[Dimension]) -> bool:
    """Whether every word of the array becomes a bank."""
    complete = {request.dimension for request in requests if request.kind == COMPLETE}
    return ALL_DIMENSIONS in complete or len(complete) == len(dimensions) > 0


def banks_of(
    requests: Sequence[Request], dimensions: Sequence[Dimension], part: int, stride: int
) -> Banks | None:
    """The banks of a memory that holds `part` bytes of the array, one word every `stride` bytes.

    None if none are asked for, or if the memory is what is left of a cut that the array already has.
    """
    kept = [(place, dimension) for place, dimension in enumerate(dimensions, 1) if dimension.size < part]
    shape: list[tuple[int, int]] = []
    places: dict[int, tuple[int, int]] = {}  # dimension -> its place in the memory, elements of a word
    for place, dimension in kept:
        together = max(1, stride // dimension.size)
        if dimension.count % together or max(stride, dimension.size) % min(stride, dimension.size):
            return None
        places[place] = (len(shape) + 1, together)
        shape.append((dimension.count // together, max(1, dimension.size // stride)))
    asked = [
        Request(
            request.kind, max(1, request.factor // places[request.dimension][1]), places[request.dimension][0]
        )
        for request in requests
        if request.dimension in places
    ]
    if not shape or not asked:
        return None
    banks = Banks(part // stride, shape, asked)
    return banks if banks.count > 1 and banks.depth * banks.count >= part // stride else None

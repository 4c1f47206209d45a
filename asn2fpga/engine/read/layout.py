"""How arrays are laid out: which bytes an access touches, into which words and parts an array is cut."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from asn2fpga.engine.clang.syntax import ArrayType, IntType, LlvmType, StructType, Typed, size_of
from asn2fpga.engine.read.banks import Dimension, dimensions_of
from asn2fpga.engine.read.intervals import Interval
from asn2fpga.errors import HlsError


@dataclass(frozen=True)
class Address:
    """Where a pointer points: base + offset + sum of scale * value bytes."""

    base: str
    offset: int
    terms: tuple[tuple[int, Typed], ...] = ()


@dataclass(frozen=True)
class Choice:
    """A pointer chosen at run time between two places (the compiler makes one access of two alike)."""

    condition: Typed
    yes: Place
    no: Place


Place = Address | Choice


def leaves(place: Place) -> list[Address]:
    """All addresses a pointer may be."""
    return [place] if isinstance(place, Address) else [*leaves(place.yes), *leaves(place.no)]


@dataclass
class Array:
    """One array of the C++ source with all its accesses."""

    name: str
    size: int
    outer: int  # bytes of one element of the outermost dimension
    initial: bytes
    type: LlvmType
    variable: str  # LLVM's name of the whole variable
    accesses: list[tuple[Address, IntType, bool]] = field(default_factory=list)
    spans: dict[Address, Interval] = field(default_factory=dict)  # bytes at which an access may begin
    places: list[str] = field(default_factory=list)  # FILE:LINE of each access
    moved: dict[tuple[Address, int], Address] = field(
        default_factory=dict
    )  # of a field: where it was accessed

    @property
    def dimensions(self) -> list[Dimension]:
        """Its dimensions, the outermost first."""
        return dimensions_of(self.type)

    def promise_slices(self) -> None:
        """HLS_SEPARATE_SLICES: an index after that of a slice stays in it; so no constant is part of it."""
        for address in {address for address, _, _ in self.accesses if address.terms}:
            if address.offset % self.outer == 0:
                self.spans[address] = Interval(address.offset, address.offset)


@dataclass(frozen=True)
class Layout:
    """How an array is split: words of `stride` bytes in parts of `part` bytes; `width` bits are accessed."""

    array: Array
    stride: int
    part: int
    width: int

    def word(self, address: Address) -> tuple[tuple[int, int], int]:
        """Key of the memory (part, field offset) and constant part of the word index of an access."""
        outer = 0 if self.part == self.array.size else self.array.spans[address].low // self.part
        index, offset = divmod(address.offset - outer * self.part, self.stride)
        return (outer, offset), index

    @property
    def depth(self) -> int:
        """Words of one memory; the last one may begin in the array and end after it."""
        return -(-self.part // self.stride)


def outer_bytes(type_: LlvmType) -> int:
    """Bytes of one element of the outermost of several dimensions; the whole size if there is only one."""
    while isinstance(type_, StructType) and len(type_.fields) == 1:  # a struct around an array is the array
        type_ = type_.fields[0]
    parts = (type_.element,) * type_.count if isinstance(type_, ArrayType) else ()
    if isinstance(type_, StructType):
        parts = type_.fields
    sizes = {size_of(part) for part in parts}
    nested = bool(parts) and all(isinstance(part, ArrayType | StructType) for part in parts)
    return sizes.pop() if nested and len(sizes) == 1 else size_of(type_)


def layout_of(array: Array) -> Layout:
    width = array.accesses[0][1].width
    for (_, type_, _), place in zip(array.accesses, array.places, strict=True):
        if type_.width != width:
            raise HlsError(
                f"{place}: all accesses of {array.name} must be of one element type, not of {width} and "
                f"{type_.width} bits; use one type, or an array for each field"
            )
    word = size_of(IntType(width))
    scales = {abs(scale) for address, _, _ in array.accesses for scale, _ in address.terms}
    if not scales:
        return Layout(array, word, word, width)
    whole = any(_spans(array, address, word) for address, _, _ in array.accesses)
    return Layout(array, math.gcd(*scales), array.size if whole else array.outer, width)


def _spans(array: Array, address: Address, word: int) -> bool:
    """Whether an access may touch more than one element of the outermost dimension."""
    if any(abs(scale) >= array.outer or scale % word for scale, _ in address.terms):
        return True
    span = array.spans[address]
    inside = span.low >= 0 and span.high + word <= array.size
    return not inside or span.low // array.outer != (span.high + word - 1) // array.outer

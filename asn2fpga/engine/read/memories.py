"""Which memories a process's arrays become, and which word of which memory each access touches.

An array is split where every access is known to stay in one part: elements of the outermost dimension (the
slices of a wide ROM) and fields of structs become memories of their own. LLVM moves constants freely between
what was the outer and what was the inner index, so only the interval in which an address lies tells the part,
or the promise of HLS_SEPARATE_SLICES.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from asn2fpga.engine.clang.demangle import variable_name
from asn2fpga.engine.clang.locations import Locations
from asn2fpga.engine.clang.syntax import (
    ArrayType,
    Function,
    Global,
    Instruction,
    IntType,
    LlvmType,
    Local,
    Module,
    Number,
    OffsetExpression,
    Operand,
    PointerType,
    StructType,
    Typed,
    field_offset,
    size_of,
)
from asn2fpga.engine.ir.names import Names
from asn2fpga.engine.ir.process import Memory
from asn2fpga.engine.read.intervals import Interval, Intervals
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
    accesses: list[tuple[Address, IntType, bool]] = field(default_factory=list)
    spans: dict[Address, Interval] = field(default_factory=dict)  # bytes at which an access may begin
    places: list[str] = field(default_factory=list)  # FILE:LINE of each access

    def promise_slices(self) -> None:
        """HLS_SEPARATE_SLICES: an index behind that of a slice stays in it; so no constant is part of it."""
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
        """Words of one memory; the last one may begin in the array and end behind it."""
        return -(-self.part // self.stride)


class MemoryPlan:
    """Resolves pointers of one function and lays its arrays out as memories."""

    def __init__(self, module: Module, function: Function, names: Names, locations: Locations) -> None:
        self._module = module
        self.places: dict[str, Place] = {}
        self._arrays: dict[str, Array] = {}
        self._partitioned: set[str] = set()
        self._in_luts: set[str] = set()  # arrays of which HLS_ROM_LUT is said
        self._sliced: set[str] = set()  # arrays of which HLS_SEPARATE_SLICES is said
        self._two: dict[str, tuple[Typed, int, int]] = {}  # what is one of two constants
        self._parameters = set(function.parameters)
        self._intervals = Intervals(function)
        for block in function.blocks:
            for instruction in block.instructions:
                self._place = locations.of(instruction.debug) or locations.function(function.debug)
                try:
                    self._visit(instruction, block.name)
                except HlsError as error:
                    raise HlsError(f"{self._place}: {error}") from None
        for base in self._sliced & self._arrays.keys():
            self._arrays[base].promise_slices()
        self._layouts = {name: _layout(array) for name, array in self._arrays.items() if array.accesses}
        self._names = {
            (name, key): names.unique(self._stem(name, key, keys))
            for name, keys in self._keys().items()
            for key in keys
        }

    def address(self, operand: Operand) -> Address:
        """What a pointer operand that is not chosen at run time points at."""
        place = self.place(operand)
        if isinstance(place, Choice):
            raise HlsError("a directive must name an array, not one chosen at run time; name both")
        return place

    def place(self, operand: Operand) -> Place:
        """What a pointer operand points at."""
        if isinstance(operand, Global):
            return Address(operand.name, 0)
        if isinstance(operand, OffsetExpression):
            inner = self.address(operand.base)
            return Address(inner.base, inner.offset + operand.offset, inner.terms)
        if isinstance(operand, Local):
            if operand.name in self.places:
                return self.places[operand.name]
            if operand.name in self._parameters:
                return Address(operand.name, 0)
        raise HlsError(
            "a pointer must be the name of an array or stream with indices; select elements, not arrays"
        )

    def is_stream(self, operand: Operand) -> bool:
        """Whether a pointer is a parameter of the function."""
        return any(self.is_parameter(address) for address in leaves(self.place(operand)))

    def is_parameter(self, address: Address) -> bool:
        """Whether an address is that of a parameter of the function."""
        return address.base in self._parameters

    def access(self, address: Address) -> tuple[str, int, tuple[tuple[int, Typed], ...]]:
        """Memory name, constant word index and (words, value) terms of an access."""
        layout = self._layouts[address.base]
        key, index = layout.word(address)
        terms = tuple((scale // layout.stride, value) for scale, value in address.terms)
        return self._names[address.base, key], index, terms

    def address_bits(self, name: str) -> int:
        """Bits of a word index of one memory."""
        base = next(array for (array, _), known in self._names.items() if known == name)
        return max(1, (self._layouts[base].depth - 1).bit_length())

    def memory_names(self, operand: Operand) -> tuple[str, ...]:
        """All memories an array was split into (for directives about the whole array)."""
        base = self.address(operand).base
        return tuple(name for (array, _), name in self._names.items() if array == base)

    def partition(self, operand: Operand) -> None:
        """Make registers of all words of an array."""
        self._partitioned.add(self.address(operand).base)

    def keep_in_luts(self, operand: Operand) -> None:
        """Make look-up tables of an array that is never written."""
        self._in_luts.add(self.address(operand).base)

    def memories(self) -> tuple[Memory, ...]:
        """The memories, in the order of their first access."""
        return tuple(self._memory(base, key, name) for (base, key), name in self._names.items())

    def _memory(self, base: str, key: tuple[int, int], name: str) -> Memory:
        layout = self._layouts[base]
        array = layout.array
        start, size = key[0] * layout.part + key[1], size_of(IntType(layout.width))
        mask = (1 << layout.width) - 1
        contents = tuple(
            int.from_bytes(array.initial[position : position + size], "little") & mask
            for position in range(start, start + layout.part - key[1], layout.stride)
        )
        written = any(write for _, _, write in array.accesses)
        return Memory(
            name,
            len(contents),
            layout.width,
            contents,
            written,
            array.name,
            static=base in self._module.globals,
            partitioned=base in self._partitioned,
            in_luts=base in self._in_luts,
            base=base,
        )

    def _keys(self) -> dict[str, list[tuple[int, int]]]:
        keys: dict[str, list[tuple[int, int]]] = {}
        for name, layout in self._layouts.items():
            for address, _, _ in layout.array.accesses:
                key = layout.word(address)[0]
                if key not in keys.setdefault(name, []):
                    keys[name].append(key)
            keys[name].sort()
        return keys

    def _stem(self, name: str, key: tuple[int, int], keys: list[tuple[int, int]]) -> str:
        stem = self._arrays[name].name
        return stem if len(keys) == 1 else f"{stem}_{keys.index(key)}"

    def _visit(self, instruction: Instruction, block: str) -> None:
        if instruction.opcode == "getelementptr" and instruction.result is not None:
            self.places[instruction.result] = self._element(
                instruction, self.place(instruction.operands[0].operand)
            )
        elif (
            instruction.opcode == "select"
            and isinstance(instruction.type, PointerType)
            and instruction.result
        ):
            condition, yes, no = instruction.operands
            self.places[instruction.result] = Choice(
                condition, self.place(yes.operand), self.place(no.operand)
            )
        elif instruction.opcode == "select" and instruction.result is not None:
            condition, one, other = instruction.operands
            if isinstance(one.operand, Number) and isinstance(other.operand, Number):
                self._two[instruction.result] = (condition, one.operand.value, other.operand.value)
        elif instruction.opcode == "call" and instruction.callee == "asn_separate_slices":
            self._sliced.add(self.address(instruction.operands[0].operand).base)
        elif instruction.opcode == "alloca" and instruction.result is not None:
            self.places[instruction.result] = Address(instruction.result, 0)
            self._declare(instruction.result, instruction.element or IntType(8), None)
        elif instruction.opcode in ("load", "store"):
            self._record(instruction, block)

    def _element(self, instruction: Instruction, base: Place) -> Place:
        if isinstance(base, Choice):
            yes, no = (self._element(instruction, place) for place in (base.yes, base.no))
            return Choice(base.condition, yes, no)
        offset, terms = base.offset, list(base.terms)
        type_: LlvmType = ArrayType(0, instruction.element or IntType(8))
        for index in instruction.operands[1:]:
            if isinstance(type_, StructType):
                number = index.operand.value if isinstance(index.operand, Number) else 0
                offset, type_ = offset + field_offset(type_, number), type_.fields[number]
                continue
            element = type_.element if isinstance(type_, ArrayType) else type_
            if isinstance(index.operand, Number):
                offset += index.operand.value * size_of(element)
            else:
                constant, term = self._term(size_of(element), index)
                offset += constant
                terms.append(term)
            type_ = element
        return Address(base.base, offset, tuple(terms))

    def _term(self, scale: int, index: Typed) -> tuple[int, tuple[int, Typed]]:
        """Constant and varying part of an index; one of two constants varies with their condition."""
        if isinstance(index.operand, Local) and index.operand.name in self._two:
            condition, yes, no = self._two[index.operand.name]
            return no * scale, ((yes - no) * scale, condition)
        return 0, (scale, index)

    def _record(self, instruction: Instruction, block: str) -> None:
        for address in leaves(self.place(instruction.operands[-1].operand)):
            self._record_access(instruction, address, block)

    def _record_access(self, instruction: Instruction, address: Address, block: str) -> None:
        if address.base in self._parameters:
            return
        if address.base not in self._arrays:
            variable = self._module.globals.get(address.base)
            if variable is None:
                raise HlsError(
                    f"the array {variable_name(address.base)} must be defined in this file, with constants"
                )
            self._declare(address.base, variable.type, variable.initial)
        type_ = instruction.type if instruction.opcode == "load" else instruction.operands[0].type
        if not isinstance(type_, IntType):
            raise HlsError(f"{variable_name(address.base)}: array elements must be integers")
        array, span = self._arrays[address.base], self._span(address, block)
        array.accesses.append((address, type_, instruction.opcode == "store"))
        array.places.append(self._place)
        array.spans[address] = span.join(array.spans.get(address, span))

    def _span(self, address: Address, block: str) -> Interval:
        """First and last byte at which an access may begin."""
        span = Interval(address.offset, address.offset)
        for scale, value in address.terms:
            span += self._intervals.of(value, block).times(scale)
        return span

    def _declare(self, base: str, type_: LlvmType, initial: bytes | None) -> None:
        size = size_of(type_)
        self._arrays[base] = Array(variable_name(base), size, _outer_bytes(type_), initial or bytes(size))


def _outer_bytes(type_: LlvmType) -> int:
    """Bytes of one element of the outermost of several dimensions; the whole size if there is only one."""
    while isinstance(type_, StructType) and len(type_.fields) == 1:  # a struct around an array is the array
        type_ = type_.fields[0]
    parts = (type_.element,) * type_.count if isinstance(type_, ArrayType) else ()
    if isinstance(type_, StructType):
        parts = type_.fields
    sizes = {size_of(part) for part in parts}
    nested = bool(parts) and all(isinstance(part, ArrayType | StructType) for part in parts)
    return sizes.pop() if nested and len(sizes) == 1 else size_of(type_)


def _layout(array: Array) -> Layout:
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

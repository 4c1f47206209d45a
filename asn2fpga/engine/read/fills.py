"""Arrays and structs that C++ fills or copies as a whole (`= {}`, memset, memcpy): loops over their integers.

LLVM leaves a call of memset or memcpy of what does not become variables. It becomes a store of each integer,
or a load and a store; more than a few of them in a loop. Of a copy of up to eight bytes LLVM makes one
access, which becomes one of each integer again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from asn2fpga.engine.clang.locations import Locations
from asn2fpga.engine.clang.syntax import (
    ArrayType,
    BasicBlock,
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
    VoidType,
    size_of,
    struct_layout,
)
from asn2fpga.errors import HlsError

_FILLS = ("llvm.memset.", "llvm.memcpy.", "llvm.memmove.")
_STRAIGHT = 8  # integers without a loop
_INDEX = IntType(64)


def expand_fills(module: Module, function: Function, locations: Locations) -> Function:
    """The function without calls of memset, memcpy and memmove, and without accesses of several integers.

    Raises:
        HlsError: the length is not constant, or part of an integer is meant.
    """
    if not any(_may_be_whole(i) for block in function.blocks for i in block.instructions):
        return function
    return _Expansion(module, function, locations).run()


class _Expansion:
    def __init__(self, module: Module, function: Function, locations: Locations) -> None:
        self.module = module
        self.function = function
        self.locations = locations
        self.definitions = {
            instruction.result: instruction
            for block in function.blocks
            for instruction in block.instructions
            if instruction.result is not None
        }
        self.blocks: list[BasicBlock] = []
        self.last: dict[str, str] = {}  # block -> where its end is now
        self.debug = ""
        self.made = 0
        self.downwards = False  # whether a copy begins at its end

    def run(self) -> Function:
        for block in self.function.blocks:
            self.blocks.append(BasicBlock(block.name))
            for instruction in block.instructions:
                if instruction.callee.startswith(_FILLS):
                    self._expand(instruction)
                elif not _may_be_whole(instruction) or not self._take_apart(instruction):
                    self.blocks[-1].instructions.append(instruction)
            self.last[block.name] = self.blocks[-1].name
        for block in self.blocks:
            block.instructions = [
                self._relabelled(i) if i.opcode == "phi" and not i.predicate else i
                for i in block.instructions
            ]
        return replace(self.function, blocks=self.blocks)

    def _relabelled(self, phi: Instruction) -> Instruction:
        return replace(phi, labels=tuple(self.last.get(label, label) for label in phi.labels))

    def _expand(self, call: Instruction) -> None:
        self.debug = call.debug
        target, source, length = (operand.operand for operand in call.operands[:3])
        if not isinstance(length, Number):
            raise self._refused("the length of a fill or copy is not a constant; write a loop")
        type_ = self._object(target, length.value)
        if type_ is None:
            raise self._refused(
                "only whole integers, arrays and structs can be filled or copied; write a loop"
            )
        if call.callee.startswith("llvm.memset."):
            if not isinstance(source, Number):
                raise self._refused("the value of memset is not a constant; write a loop")
            self._each(type_, target, source.value & 0xFF, None)
        else:
            self.downwards = call.callee.startswith("llvm.memmove.") and self._moves_up(target, source)
            self._each(type_, target, 0, source)
            self.downwards = False

    def _moves_up(self, target: Operand, source: Operand) -> bool:
        """Whether words move to higher places of their own array: the last ones first, then."""
        (to, to_offset), (base, offset) = self._place(target), self._place(source)
        if to != base:
            return False
        if to_offset is None or offset is None:
            raise self._refused("a copy within an array must have constant places; write a loop")
        return to_offset > offset

    def _refused(self, text: str) -> HlsError:
        place = self.locations.of(self.debug) or self.locations.function(self.function.debug)
        return HlsError(f"{place}: {text}")

    # ---- one access of several integers ----------------------------------------------------------------

    def _take_apart(self, access: Instruction) -> bool:
        """Access each integer of an array or struct by itself; False if there is only one."""
        self.debug = access.debug
        pointer, type_ = access.operands[-1].operand, _accessed(access)
        object_ = self._object(pointer, size_of(type_))
        parts = [] if object_ is None else list(_leaves(object_, 0))
        if len(parts) < 2:
            return False
        if access.opcode == "store":
            for offset, part in parts:
                value = self._part_of(access.operands[0], type_, offset, part)
                self._add("store", None, VoidType(), (value, self._byte(pointer, offset)))
            return True
        joined = Typed(type_, Number(0))
        for number, (offset, part) in enumerate(parts):
            word = self._computed("load", part, (self._byte(pointer, offset),))
            wide = self._computed("zext", type_, (word,))
            places = self._computed("shl", type_, (wide, Typed(type_, Number(8 * offset))))
            name = access.result if number == len(parts) - 1 else None
            joined = self._computed("or", type_, (joined, places), name)
        return True

    def _part_of(self, whole: Typed, type_: IntType, offset: int, part: IntType) -> Typed:
        low = self._computed("lshr", type_, (whole, Typed(type_, Number(8 * offset))))
        return self._computed("trunc", part, (low,))

    def _byte(self, pointer: Operand, offset: int) -> Typed:
        return Typed(PointerType(), self._at(pointer, IntType(8), Number(offset)) or pointer)

    def _computed(
        self, opcode: str, type_: IntType, operands: tuple[Typed, ...], name: str | None = None
    ) -> Typed:
        result = Local(name or self._name("part"))
        self._add(opcode, result.name, type_, operands)
        return Typed(type_, result)

    # ---- what is filled --------------------------------------------------------------------------------

    def _object(self, pointer: Operand, length: int) -> LlvmType | None:
        """The type of what is `length` bytes long where a pointer points."""
        base, offset, _ = self._followed(pointer)
        if isinstance(base, Global):
            variable = self.module.globals.get(base.name)
            return _part(variable.type, offset, length) if variable is not None else None
        definition = self.definitions.get(base.name) if isinstance(base, Local) else None
        if definition is None or definition.opcode != "alloca" or definition.element is None:
            return None
        return _part(definition.element, offset, length)

    def _place(self, pointer: Operand) -> tuple[Operand, int | None]:
        """The variable a pointer points into, and the byte; None if that is not constant."""
        base, offset, constant = self._followed(pointer)
        return base, offset if constant else None

    def _followed(self, pointer: Operand) -> tuple[Operand, int, bool]:
        """The variable, the constant part of the byte a pointer points at, and whether that is all of it."""
        offset, constant = 0, True
        while True:
            definition = self.definitions.get(pointer.name) if isinstance(pointer, Local) else None
            if isinstance(pointer, OffsetExpression):
                offset += pointer.offset
                pointer = pointer.base
            elif definition is not None and definition.opcode == "getelementptr":
                pointer, offset = definition.operands[0].operand, offset + _constant_part(definition)
                constant &= all(isinstance(index.operand, Number) for index in definition.operands[1:])
            else:
                return pointer, offset, constant

    # ---- stores ----------------------------------------------------------------------------------------

    def _each(self, type_: LlvmType, target: Operand, byte: int, source: Operand | None) -> None:
        """Fill an object with a byte, or with another object."""
        type_ = _wide(type_)
        if isinstance(type_, StructType):
            for offset, inner in zip(struct_layout(type_)[0], type_.fields, strict=True):
                places = [self._at(place, IntType(8), Number(offset)) for place in (target, source)]
                self._each(inner, places[0] or target, byte, places[1])
        elif isinstance(type_, ArrayType):
            if _integers(type_) <= _STRAIGHT:
                for index in range(type_.count)[:: -1 if self.downwards else 1]:
                    self._element(type_, target, byte, source, Number(index))
            else:
                self._loop(type_, target, byte, source)
        elif isinstance(type_, IntType):
            self._word(type_, target, byte, source)

    def _element(
        self, type_: ArrayType, target: Operand, byte: int, source: Operand | None, index: Operand
    ) -> None:
        places = [self._at(place, type_.element, index) for place in (target, source)]
        self._each(type_.element, places[0] or target, byte, places[1])

    def _word(self, type_: IntType, target: Operand, byte: int, source: Operand | None) -> None:
        value: Operand = Number(
            int.from_bytes(bytes([byte]) * size_of(type_), "little") & (1 << type_.width) - 1
        )
        if source is not None:
            value = Local(self._name("word"))
            self._add("load", value.name, type_, (Typed(PointerType(), source),))
        self._add("store", None, VoidType(), (Typed(type_, value), Typed(PointerType(), target)))

    def _loop(self, type_: ArrayType, target: Operand, byte: int, source: Operand | None) -> None:
        before, header, after = self.blocks[-1].name, self._name("fill"), self._name("filled")
        index, following, more = (self._name(stem) for stem in ("index", "next", "more"))
        self._branch(None, header)
        self.blocks.append(BasicBlock(header))
        phi = len(self.blocks[-1].instructions)
        self._element(type_, target, byte, source, self._turned(type_, Local(index)))
        self._add("add", following, _INDEX, (Typed(_INDEX, Local(index)), Typed(_INDEX, Number(1))))
        test = (Typed(_INDEX, Local(following)), Typed(_INDEX, Number(type_.count)))
        self._add("icmp", more, IntType(1), test, predicate="ult")
        latch = self.blocks[-1].name
        self._branch(more, header, after)
        values = (Typed(_INDEX, Number(0)), Typed(_INDEX, Local(following)))
        counter = Instruction(
            "phi", index, _INDEX, values, (before, latch), predicate="new", debug=self.debug
        )
        next(block for block in self.blocks if block.name == header).instructions.insert(phi, counter)
        self.blocks.append(BasicBlock(after))

    def _turned(self, type_: ArrayType, index: Local) -> Local:
        """The index of a loop that may go downwards."""
        if not self.downwards:
            return index
        turned = self._name("turned")
        operands = (Typed(_INDEX, Number(type_.count - 1)), Typed(_INDEX, index))
        self._add("sub", turned, _INDEX, operands)
        return Local(turned)

    def _at(self, pointer: Operand | None, element: LlvmType, index: Operand) -> Operand | None:
        if pointer is None or index == Number(0):
            return pointer
        place = self._name("place")
        operands = (Typed(PointerType(), pointer), Typed(_INDEX, index))
        self._add("getelementptr", place, PointerType(), operands, element=element)
        return Local(place)

    def _branch(self, condition: str | None, *labels: str) -> None:
        operands = () if condition is None else (Typed(IntType(1), Local(condition)),)
        self.blocks[-1].instructions.append(
            Instruction("br", None, VoidType(), operands, labels, debug=self.debug)
        )

    def _add(
        self,
        opcode: str,
        result: str | None,
        type_: LlvmType,
        operands: tuple[Typed, ...],
        predicate: str = "",
        element: LlvmType | None = None,
    ) -> None:
        self.blocks[-1].instructions.append(
            Instruction(
                opcode, result, type_, operands, predicate=predicate, element=element, debug=self.debug
            )
        )

    def _name(self, stem: str) -> str:
        self.made += 1
        return f"{stem}.whole{self.made}"


def _accessed(access: Instruction) -> IntType:
    """What a load or store accesses."""
    type_ = access.type if access.opcode == "load" else access.operands[0].type
    return type_ if isinstance(type_, IntType) else IntType(8)


def _may_be_whole(instruction: Instruction) -> bool:
    """Whether it is a fill or copy, or an access as wide as LLVM makes of small ones."""
    if instruction.opcode in ("load", "store") and not instruction.volatile:
        return _accessed(instruction).width in (16, 32, 64)
    return instruction.callee.startswith(_FILLS)


def _leaves(type_: LlvmType, offset: int) -> Iterator[tuple[int, IntType]]:
    """The integers of a type with their bytes."""
    type_ = _wide(type_)
    if isinstance(type_, IntType):
        yield offset, type_
    elif isinstance(type_, ArrayType):
        for index in range(type_.count):
            yield from _leaves(type_.element, offset + index * size_of(type_.element))
    elif isinstance(type_, StructType):
        for start, inner in zip(struct_layout(type_)[0], type_.fields, strict=True):
            yield from _leaves(inner, offset + start)


def _constant_part(element: Instruction) -> int:
    """Bytes that the constant indices of a getelementptr add; the others go over whole elements."""
    offset, type_ = 0, ArrayType(0, element.element or IntType(8))
    inner: LlvmType = type_
    for index in element.operands[1:]:
        number = index.operand.value if isinstance(index.operand, Number) else 0
        if isinstance(inner, StructType):
            offset, inner = offset + struct_layout(inner)[0][number], inner.fields[number]
        else:
            inner = inner.element if isinstance(inner, ArrayType) else inner
            offset += number * size_of(inner)
    return offset


def _part(type_: LlvmType, offset: int, length: int) -> LlvmType | None:
    """The type of the part of a type that begins at an offset and has a length; None if there is none."""
    type_ = _wide(type_)
    if offset == 0 and size_of(type_) == length:
        return type_
    if isinstance(type_, ArrayType):
        size = size_of(type_.element)
        inner = offset % size
        if inner == 0 and length % size == 0 and length > size:
            return ArrayType(length // size, type_.element)
        return _part(type_.element, inner, length)
    if isinstance(type_, StructType):
        for start, inner_type in zip(struct_layout(type_)[0], type_.fields, strict=True):
            if start <= offset < start + size_of(inner_type):
                return _part(inner_type, offset - start, length)
    return None


def _wide(type_: LlvmType) -> LlvmType:
    """The integer of more than 64 bits that clang puts in memory as bytes."""
    if (
        isinstance(type_, ArrayType)
        and type_.element == IntType(8)
        and type_.count % 8 == 0
        and type_.count > 8
    ):
        return IntType(8 * type_.count)
    return type_


def _integers(type_: LlvmType) -> int:
    if isinstance(type_, ArrayType):
        return type_.count * _integers(_wide(type_.element))
    if isinstance(type_, StructType):
        return sum(_integers(_wide(inner)) for inner in type_.fields)
    return 1

"""Arrays and structs that C++ fills or copies as a whole (`= {}`, memset, memcpy): loops over their integers.

LLVM leaves a call of memset or memcpy of what does not become variables. It becomes a store of each integer,
or a load and a store; more than a few of them in a loop.
"""

from __future__ import annotations

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

_FILLS = ("llvm.memset.", "llvm.memcpy.")
_STRAIGHT = 8  # integers without a loop
_INDEX = IntType(64)


def expand_fills(module: Module, function: Function, locations: Locations) -> Function:
    """The function without calls of memset and memcpy.

    Raises:
        HlsError: the length is not constant, or part of an integer is meant.
    """
    if not any(i.callee.startswith(_FILLS) for block in function.blocks for i in block.instructions):
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

    def run(self) -> Function:
        for block in self.function.blocks:
            self.blocks.append(BasicBlock(block.name))
            for instruction in block.instructions:
                if instruction.callee.startswith(_FILLS):
                    self._expand(instruction)
                else:
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
            self._each(type_, target, 0, source)

    def _refused(self, text: str) -> HlsError:
        place = self.locations.of(self.debug) or self.locations.function(self.function.debug)
        return HlsError(f"{place}: {text}")

    # ---- what is filled --------------------------------------------------------------------------------

    def _object(self, pointer: Operand, length: int) -> LlvmType | None:
        """The type of what is `length` bytes long where a pointer points."""
        offset = 0
        while not isinstance(pointer, Global):
            definition = self.definitions.get(pointer.name) if isinstance(pointer, Local) else None
            if isinstance(pointer, OffsetExpression):
                offset += pointer.offset
                pointer = pointer.base
            elif definition is not None and definition.opcode == "getelementptr":
                pointer, offset = definition.operands[0].operand, offset + _constant_part(definition)
            elif definition is not None and definition.opcode == "alloca" and definition.element is not None:
                return _part(definition.element, offset, length)
            else:
                return None
        variable = self.module.globals.get(pointer.name)
        return _part(variable.type, offset, length) if variable is not None else None

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
                for index in range(type_.count):
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
        self._element(type_, target, byte, source, Local(index))
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

"""Pointers that walk through an array, as indices of its elements.

A pointer that a loop changes (`*p++`, `p != end`) becomes a count of bytes from the beginning of its array; a
count of bytes whose steps are all multiples of an element's size becomes a count of elements, as the index of
a loop over the array is.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from asn2fpga.engine.clang.syntax import (
    ArrayType,
    BasicBlock,
    Function,
    Global,
    Instruction,
    IntType,
    LlvmType,
    Local,
    Number,
    OffsetExpression,
    Operand,
    PointerType,
    StructType,
    Typed,
    size_of,
    struct_layout,
)

_INDEX = IntType(64)
_BYTE = IntType(8)


def index_walks(function: Function) -> Function:
    """The function with such pointers as indices; others are left alone."""
    blocks = [BasicBlock(block.name, list(block.instructions)) for block in function.blocks]
    function = replace(function, blocks=blocks)
    _Pointers(function).convert()
    _Bytes(function).convert()
    return function


class _Editor:
    """A function's definitions, and new instructions beside old ones."""

    def __init__(self, function: Function) -> None:
        self.function = function
        self.home: dict[str, BasicBlock] = {}
        self.definitions: dict[str, Instruction] = {}
        for block in function.blocks:
            for instruction in block.instructions:
                if instruction.result is not None:
                    self.home[instruction.result] = block
                    self.definitions[instruction.result] = instruction

    def definition(self, operand: Operand) -> Instruction | None:
        return self.definitions.get(operand.name) if isinstance(operand, Local) else None

    def after(self, known: Instruction, new: Instruction) -> None:
        """Put an instruction after another one, and after all phis."""
        block = self.home[known.result or ""]
        place = next(n for n, i in enumerate(block.instructions) if i.result == known.result) + 1
        while new.opcode != "phi" and block.instructions[place].opcode == "phi":
            place += 1
        block.instructions.insert(place, new)
        self.home[new.result or ""] = block
        self.definitions[new.result or ""] = new

    def replace(self, old: Instruction, new: Instruction) -> None:
        for block in self.function.blocks:
            for place, instruction in enumerate(block.instructions):
                if instruction is old:
                    block.instructions[place] = new
        if new.result is not None:
            self.definitions[new.result] = new

    def all(self, wanted: Callable[[Instruction], bool]) -> list[Instruction]:
        return [i for block in self.function.blocks for i in block.instructions if wanted(i)]


class _Pointers(_Editor):
    """Pointers as counts of bytes."""

    def __init__(self, function: Function) -> None:
        super().__init__(function)
        self.bytes: dict[str, Operand] = {}

    def convert(self) -> None:
        walking = [phi for phi in self.all(_is_pointer_phi) if self._walks(phi)]
        for phi in walking:
            name = f"{phi.result}.bytes"
            self.after(phi, Instruction("phi", name, _INDEX, (), phi.labels, debug=phi.debug))
            self.bytes[phi.result or ""] = Local(name)
        for phi in walking:
            values = tuple(Typed(_INDEX, self._bytes(operand.operand)) for operand in phi.operands)
            counter = self.definitions[f"{phi.result}.bytes"]
            self.replace(counter, replace(counter, operands=values))
        for phi in walking:
            self._point(phi)
        for test in self.all(_compares_pointers):
            self._compare(test)
        for number in self.all(lambda i: i.opcode == "ptrtoint"):
            self._subtract(number)

    def _point(self, phi: Instruction) -> None:
        """The pointer is its array and the bytes from there."""
        base = self._root(phi.operands[0].operand) or phi.operands[0].operand
        block = self.home[phi.result or ""]
        block.instructions.remove(phi)
        place = next(n for n, i in enumerate(block.instructions) if i.opcode != "phi")
        operands = (Typed(PointerType(), base), Typed(_INDEX, self.bytes[phi.result or ""]))
        pointer = Instruction(
            "getelementptr", phi.result, PointerType(), operands, element=_BYTE, debug=phi.debug
        )
        block.instructions.insert(place, pointer)
        self.definitions[phi.result or ""] = pointer

    def _compare(self, test: Instruction) -> None:
        """Two pointers into one array compare as their places."""
        roots = [self._root(operand.operand) for operand in test.operands]
        if roots[0] is None or roots[0] != roots[1]:
            return
        places = tuple(Typed(_INDEX, self._bytes(operand.operand)) for operand in test.operands)
        self.replace(test, replace(test, operands=places))

    def _subtract(self, number: Instruction) -> None:
        """A pointer as a number is its place: only differences within one array have a meaning."""
        if self._root(number.operands[0].operand) is None or number.type != _INDEX:
            return
        place = Typed(_INDEX, self._bytes(number.operands[0].operand))
        self.replace(number, replace(number, opcode="freeze", operands=(place,)))

    def _walks(self, phi: Instruction) -> bool:
        """Whether a pointer comes from itself, and stays in one array of this function or of the file."""
        return self._root(Local(phi.result or "")) is not None and self._reaches(phi, phi, set())

    def _reaches(self, start: Instruction, wanted: Instruction, seen: set[str]) -> bool:
        for source in _sources(start):
            found = self.definition(source)
            if found is wanted:
                return True
            if found is not None and found.result not in seen:
                seen.add(found.result or "")
                if self._reaches(found, wanted, seen):
                    return True
        return False

    def _root(self, pointer: Operand) -> Operand | None:
        """The one array that a pointer is in; None if there are several, or if it is no array."""
        roots = self._roots(pointer, set())
        return roots.pop() if len(roots) == 1 else None

    def _roots(self, pointer: Operand, seen: set[str]) -> set[Operand | None]:
        """All arrays that a pointer may be in; None stands for what is no array."""
        if isinstance(pointer, OffsetExpression):
            return self._roots(pointer.base, seen)
        definition = self.definition(pointer)
        if isinstance(pointer, Global) or (definition is not None and definition.opcode == "alloca"):
            return {pointer}
        sources = _sources(definition) if definition is not None else []
        if not isinstance(pointer, Local) or not sources:
            return {None}
        if pointer.name in seen:
            return set()
        seen.add(pointer.name)
        found: set[Operand | None] = set()
        return found.union(*(self._roots(source, seen) for source in sources))

    def _bytes(self, pointer: Operand) -> Operand:
        """Bytes from the beginning of the array, computed where the pointer is."""
        if isinstance(pointer, OffsetExpression):
            inner = self._bytes(pointer.base)
            return Number(inner.value + pointer.offset) if isinstance(inner, Number) else inner
        definition = self.definition(pointer)
        if definition is None or definition.opcode == "alloca":
            return Number(0)
        name = definition.result or ""
        if name not in self.bytes:
            if definition.opcode == "getelementptr":
                self.bytes[name] = self._element(definition)
            else:
                self.bytes[name] = self._merged(definition)
        return self.bytes[name]

    def _merged(self, chosen: Instruction) -> Operand:
        """Of a phi or select of pointers."""
        pointers = chosen.operands if chosen.opcode == "phi" else chosen.operands[1:]
        first = () if chosen.opcode == "phi" else chosen.operands[:1]
        values = tuple(Typed(_INDEX, self._bytes(pointer.operand)) for pointer in pointers)
        name = f"{chosen.result}.bytes"
        self.after(chosen, replace(chosen, result=name, type=_INDEX, operands=(*first, *values)))
        return Local(name)

    def _element(self, element: Instruction) -> Operand:
        constant, terms = _offsets(element)
        total = self._bytes(element.operands[0].operand)
        known = element
        for number, (scale, index) in enumerate(terms):
            values = [Typed(_INDEX, index.operand)]
            if index.type != _INDEX:
                known = self._add(element, f"wide{number}", "sext", known, (index,))
                values = [Typed(_INDEX, Local(known.result or ""))]
            known = self._add(
                element, f"scaled{number}", "mul", known, (*values, Typed(_INDEX, Number(scale)))
            )
            operands = (Typed(_INDEX, total), Typed(_INDEX, Local(known.result or "")))
            known = self._add(element, f"sum{number}", "add", known, operands)
            total = Local(known.result or "")
        if not constant:
            return total
        if isinstance(total, Number):
            return Number(total.value + constant)
        operands = (Typed(_INDEX, total), Typed(_INDEX, Number(constant)))
        return Local(self._add(element, "bytes", "add", known, operands).result or "")

    def _add(
        self, element: Instruction, stem: str, opcode: str, known: Instruction, operands: tuple[Typed, ...]
    ) -> Instruction:
        new = Instruction(opcode, f"{element.result}.{stem}", _INDEX, operands, debug=element.debug)
        self.after(known, new)
        return new


class _Bytes(_Editor):
    """Counts of bytes as counts of elements."""

    def __init__(self, function: Function) -> None:
        super().__init__(function)
        self.divided: dict[tuple[str, int], Operand] = {}

    def convert(self) -> None:
        for element in self.all(lambda i: i.opcode == "getelementptr" and i.element == _BYTE):
            if len(element.operands) == 2 and self.definition(element.operands[1].operand) is not None:
                self._count(element)
        for test in self.all(lambda i: i.opcode == "icmp" and i.predicate in ("eq", "ne")):
            self._compare(test)

    def _count(self, element: Instruction) -> None:
        base, index = element.operands
        size = self._multiple(index.operand, {})
        if size > 1:
            count = Typed(index.type, self._divide(index.operand, size))
            self.replace(element, replace(element, element=ArrayType(size, _BYTE), operands=(base, count)))

    def _compare(self, test: Instruction) -> None:
        """With what is a multiple, too, so that the count of bytes is not needed."""
        names = [operand.operand.name for operand in test.operands if isinstance(operand.operand, Local)]
        sizes = [size for name, size in self.divided if name in names]
        size = sizes[0] if sizes else 1
        if all(self._multiple(operand.operand, {}) % size == 0 for operand in test.operands) and size > 1:
            counts = tuple(Typed(o.type, self._divide(o.operand, size)) for o in test.operands)
            self.replace(test, replace(test, operands=counts))

    def _multiple(self, value: Operand, seen: dict[str, int]) -> int:
        """What a value is a multiple of; 0 is one of everything."""
        if isinstance(value, Number):
            return abs(value.value)
        definition = self.definition(value)
        if definition is None or definition.result is None:
            return 1
        if definition.result in seen:
            return 0
        seen[definition.result] = 0
        operands = [operand.operand for operand in definition.operands]
        if definition.opcode in ("phi", "add", "sub"):
            return math.gcd(*(self._multiple(operand, seen) for operand in operands))
        if definition.opcode == "mul" and isinstance(operands[1], Number):
            return abs(operands[1].value)
        if definition.opcode == "shl" and isinstance(operands[1], Number):
            return 1 << operands[1].value
        return 1

    def _divide(self, value: Operand, size: int) -> Operand:
        if isinstance(value, Number):
            return Number(value.value // size)
        definition = self.definitions[value.name]  # type: ignore[union-attr]
        key = (definition.result or "", size)
        if key in self.divided:
            return self.divided[key]
        name = f"{definition.result}.by{size}"
        self.divided[key] = Local(name)
        if definition.opcode in ("mul", "shl"):
            first, by = definition.operands[0], definition.operands[1].operand
            factor = (by.value if definition.opcode == "mul" else 1 << by.value) // size  # type: ignore[union-attr]
            operands = (first, Typed(definition.type, Number(factor)))
            self.after(definition, replace(definition, opcode="mul", result=name, operands=operands))
        else:
            self.after(definition, replace(definition, result=name, operands=()))
            parts = tuple(Typed(o.type, self._divide(o.operand, size)) for o in definition.operands)
            self.replace(self.definitions[name], replace(definition, result=name, operands=parts))
        return Local(name)


def _is_pointer_phi(instruction: Instruction) -> bool:
    return instruction.opcode == "phi" and isinstance(instruction.type, PointerType)


def _compares_pointers(instruction: Instruction) -> bool:
    return instruction.opcode == "icmp" and isinstance(instruction.operands[0].type, PointerType)


def _sources(instruction: Instruction) -> list[Operand]:
    """The pointers that a pointer is made of."""
    if instruction.opcode == "getelementptr":
        return [instruction.operands[0].operand]
    if instruction.opcode == "phi":
        return [operand.operand for operand in instruction.operands]
    if instruction.opcode == "select":
        return [operand.operand for operand in instruction.operands[1:]]
    return []


def _offsets(element: Instruction) -> tuple[int, list[tuple[int, Typed]]]:
    """Constant bytes, and indices with what they are multiplied by, of a getelementptr."""
    constant, terms = 0, list[tuple[int, Typed]]()
    type_: LlvmType = ArrayType(0, element.element or _BYTE)
    for index in element.operands[1:]:
        number = index.operand.value if isinstance(index.operand, Number) else None
        if isinstance(type_, StructType):
            constant, type_ = constant + struct_layout(type_)[0][number or 0], type_.fields[number or 0]
            continue
        type_ = type_.element if isinstance(type_, ArrayType) else type_
        if number is None:
            terms.append((size_of(type_), index))
        else:
            constant += number * size_of(type_)
    return constant, terms

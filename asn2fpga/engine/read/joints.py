"""The streams of the top function, and which of them a process is called with."""

from __future__ import annotations

from dataclasses import dataclass

from asn2fpga.engine.clang.demangle import variable_name
from asn2fpga.engine.clang.syntax import (
    ArrayType,
    Function,
    Global,
    Instruction,
    IntType,
    Number,
    OffsetExpression,
    Operand,
    StructType,
    field_offset,
    size_of,
)
from asn2fpga.engine.ir.process import Port


@dataclass(frozen=True)
class Joint:
    """A stream of the top function, or where an array of them begins: a variable and bytes from there."""

    base: str
    offset: int = 0


NOWHERE = Joint("")


class Joints:
    """Resolves pointers of the top function, and names its streams."""

    def __init__(self, top: Function) -> None:
        self._parameters = set(top.parameters)
        self._definitions = {
            instruction.result: instruction
            for block in top.blocks
            for instruction in block.instructions
            if instruction.result is not None
        }
        self._known = self._parameters | {name for name in self._definitions if name is not None}
        self._taken: dict[str, tuple[str, int]] = {}
        self._arrays = {
            name for name, instruction in self._definitions.items() if _is_array_of_streams(instruction)
        }

    def of(self, operand: Operand) -> Joint:
        """What a pointer points at; NOWHERE if that is no stream."""
        offset = 0
        while not isinstance(operand, Number | Global):
            if isinstance(operand, OffsetExpression):
                offset += operand.offset
                operand = operand.base
                continue
            definition = self._definitions.get(operand.name)
            if definition is None or definition.opcode == "alloca":
                known = definition is not None or operand.name in self._parameters
                return Joint(operand.name, offset) if known else NOWHERE
            step = _constant_offset(definition)
            if step is None:
                return NOWHERE
            operand, offset = definition.operands[0].operand, offset + step
        return Joint(operand.name, offset) if isinstance(operand, Global) else NOWHERE

    def place(self, argument: Joint, port: Port) -> tuple[str, int]:
        """Variable and element of the stream at a process's port."""
        element = argument.offset // size_of(IntType(port.width)) + port.element
        if element:
            self._arrays.add(argument.base)
        return argument.base, element

    def name(self, place: tuple[str, int]) -> str:
        """The name of a stream, which no other one has, once all places are known."""
        base, element = place
        stem = variable_name(base) if base.startswith("_Z") else base
        name = f"{stem}_{element}" if base in self._arrays else stem
        while self._taken.get(name, place) != place or (name != base and name in self._known):
            name += "_"
        self._taken[name] = place
        return name


def _is_array_of_streams(instruction: Instruction) -> bool:
    return instruction.opcode == "alloca" and isinstance(instruction.element, ArrayType)


def _constant_offset(element: Instruction) -> int | None:
    """Bytes that a getelementptr with constant indices adds."""
    if element.opcode != "getelementptr":
        return None
    offset, type_ = 0, element.element or IntType(8)
    for number, index in enumerate(element.operands[1:]):
        if not isinstance(index.operand, Number):
            return None
        if number and isinstance(type_, StructType):
            offset += field_offset(type_, index.operand.value)
            type_ = type_.fields[index.operand.value]
            continue
        if number and isinstance(type_, ArrayType):
            type_ = type_.element
        offset += index.operand.value * size_of(type_)
    return offset

"""LLVM IR text as plain data: modules, functions, blocks and instructions with typed operands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True)
class IntType:
    """iN."""

    width: int


@dataclass(frozen=True)
class PointerType:
    """ptr."""


@dataclass(frozen=True)
class ArrayType:
    """[count x element]."""

    count: int
    element: LlvmType


@dataclass(frozen=True)
class StructType:
    """{ ... } or <{ ... }>."""

    fields: tuple[LlvmType, ...]
    packed: bool


@dataclass(frozen=True)
class VoidType:
    """void, and types that only occur in places we do not look at."""


LlvmType: TypeAlias = "IntType | PointerType | ArrayType | StructType | VoidType"


@dataclass(frozen=True)
class Local:
    """%name."""

    name: str


@dataclass(frozen=True)
class Global:
    """@name."""

    name: str


@dataclass(frozen=True)
class Number:
    """An integer constant; zeroinitializer is 0. `defined`: not undef, not poison, which count as 0 too."""

    value: int
    defined: bool = True


@dataclass(frozen=True)
class OffsetExpression:
    """A constant address: `base` plus `offset` bytes."""

    base: Operand
    offset: int


Operand: TypeAlias = "Local | Global | Number | OffsetExpression"


@dataclass(frozen=True)
class Typed:
    """A type and an operand."""

    type: LlvmType
    operand: Operand


@dataclass(frozen=True)
class Instruction:
    """One instruction. `labels` are branch targets or the blocks of a phi; `cases` the values of a switch."""

    opcode: str
    result: str | None
    type: LlvmType
    operands: tuple[Typed, ...]
    labels: tuple[str, ...] = ()
    cases: tuple[int, ...] = ()
    predicate: str = ""
    callee: str = ""
    element: LlvmType | None = None  # of a getelementptr or alloca
    volatile: bool = False
    debug: str = ""  # metadata name of the location, e.g. !12
    loop: str = ""  # metadata name of the loop that a branch closes
    accessed: str = ""  # metadata name of the type that C++ accesses


@dataclass
class BasicBlock:
    """A label and its instructions; the last one is the terminator."""

    name: str
    instructions: list[Instruction] = field(default_factory=list)


@dataclass
class Function:
    """A defined function; parameters are names. `is_void`: it returns nothing.

    `copied`: parameters that are pointers here and values in C++.
    """

    name: str
    parameters: list[str]
    blocks: list[BasicBlock] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)  # SSA name -> metadata of its C++ variable
    debug: str = ""
    is_void: bool = True
    types: dict[str, LlvmType] = field(default_factory=dict)
    copied: frozenset[str] = frozenset()


@dataclass(frozen=True)
class GlobalVariable:
    """A global: its type and initial bytes; constant if never written."""

    name: str
    type: LlvmType
    constant: bool
    initial: bytes


@dataclass
class Module:
    """All that a module defines; its metadata, and the text of functions, variables and types, by name."""

    types: dict[str, LlvmType] = field(default_factory=dict)
    globals: dict[str, GlobalVariable] = field(default_factory=dict)
    pointers: dict[str, str] = field(default_factory=dict)  # globals that hold addresses: their first values
    functions: dict[str, Function] = field(default_factory=dict)
    metadata: dict[str, str] = field(default_factory=dict)
    constructors: list[str] = field(default_factory=list)  # functions that would run before `main`
    warnings: tuple[str, ...] = ()  # what of the source has no effect
    texts: dict[str, str] = field(default_factory=dict)
    type_texts: dict[str, str] = field(default_factory=dict)  # of %name


def size_of(type_: LlvmType) -> int:
    """Bytes of a type in memory on the baseline x86-64 layout clang uses for `_BitInt`."""
    if isinstance(type_, IntType):
        return integer_bytes(type_.width)
    if isinstance(type_, ArrayType):
        return type_.count * size_of(type_.element)
    if isinstance(type_, StructType):
        return struct_layout(type_)[1]
    return 8


def align_of(type_: LlvmType) -> int:
    """Alignment of a type in bytes."""
    if isinstance(type_, IntType):
        return min(integer_bytes(type_.width), 16) if type_.width <= 128 else 16
    if isinstance(type_, ArrayType):
        return align_of(type_.element)
    if isinstance(type_, StructType):
        return 1 if type_.packed else max((align_of(field_) for field_ in type_.fields), default=1)
    return 8


def integer_bytes(width: int) -> int:
    """Bytes an iN takes in memory: the next power of two up to 8 bytes, then multiples of 8."""
    size = 1
    while size < 8 and size * 8 < width:
        size *= 2
    return size if width <= 64 else 8 * ((width + 63) // 64)


def struct_layout(type_: StructType) -> tuple[list[int], int]:
    """Byte offset of each field, and the size of the whole."""
    offset, offsets = 0, []
    for field_ in type_.fields:
        alignment = 1 if type_.packed else align_of(field_)
        offset = -(-offset // alignment) * alignment
        offsets.append(offset)
        offset += size_of(field_)
    whole = align_of(type_)
    return offsets, -(-offset // whole) * whole


def field_offset(type_: StructType, index: int) -> int:
    """Byte offset of field `index`."""
    return struct_layout(type_)[0][index]

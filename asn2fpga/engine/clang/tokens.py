"""Token stream over LLVM IR text, with the parsers of types and constants."""

from __future__ import annotations

import re
from itertools import islice

from asn2fpga.engine.clang.syntax import (
    ArrayType,
    Global,
    IntType,
    LlvmType,
    Local,
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

_TOKEN = re.compile(r'\s*([%@][-\w.$]+|[%@]"[^"]*"|c?"[^"]*"|![-\w.]+|#\d+|-?\d+|[-\w.$]+|<\{|\}>|\.\.\.|.)')
_BRACKET = re.compile(r"[][]")
_UNDEFINED = {"undef", "poison"}
_ZERO_WORDS = {*_UNDEFINED, "zeroinitializer", "null", "none", "false"}
_ATTRIBUTE_WORDS = frozenset(
    """
    noundef nonnull zeroext signext inreg returned noalias nocapture readonly writeonly inbounds nuw
    nusw nsw exact disjoint nneg samesign captures align dereferenceable range initializes
    dereferenceable_or_null allocalign dead_on_unwind writable immarg allocptr sret byval nofpclass
    dead_on_return tail notail musttail
    """.split()
)
_ATTRIBUTES_WITH_ARGUMENTS = frozenset(
    """
    sret byval align captures dereferenceable dereferenceable_or_null dead_on_return initializes range
    nofpclass
    """.split()
)


class Tokens:
    """A cursor over the tokens of one line (or one global's definition)."""

    def __init__(self, text: str, types: dict[str, LlvmType]) -> None:
        self._text = text
        self._types = types
        self._go_to(0)

    def _go_to(self, place: int) -> None:
        self._found = _TOKEN.finditer(self._text, place)
        self._next = next(self._found, None)

    def peek(self) -> str:
        """The next token, or an empty string at the end."""
        return self._next[1] if self._next else ""

    def take(self) -> str:
        """Consume and return the next token."""
        token = self.peek()
        self._next = next(self._found, None)
        return token

    def accept(self, token: str) -> bool:
        """Consume the next token if it is `token`."""
        if self.peek() == token:
            self._next = next(self._found, None)
            return True
        return False

    def expect(self, token: str) -> None:
        """Consume the next token, which must be `token`."""
        if not self.accept(token):
            line = " ".join(found[1] for found in islice(_TOKEN.finditer(self._text), 40))
            raise HlsError(f"LLVM IR: expected {token!r}, not {self.peek()!r} in: {line}")

    def skip_attributes(self) -> None:
        """Skip parameter and instruction attributes with their arguments."""
        while self.peek() in _ATTRIBUTE_WORDS:
            word = self.take()
            if word in _ATTRIBUTES_WITH_ARGUMENTS and self.peek() == "(":
                self.skip_parentheses()
            elif word == "align":
                self.take()

    def skip_parentheses(self) -> None:
        """Skip a balanced parenthesis."""
        depth = 0
        while True:
            token = self.take()
            depth += (token == "(") - (token == ")")
            if depth == 0 or not token:
                return

    def type(self) -> LlvmType:
        """Parse a type."""
        token = self.take()
        if re.fullmatch(r"i\d+", token):
            return IntType(int(token[1:]))
        if token == "[":
            count = int(self.take())
            self.expect("x")
            element = self.type()
            self.expect("]")
            return ArrayType(count, element)
        if token in ("{", "<{"):
            return self._struct("}" if token == "{" else "}>")
        if token.startswith("%"):
            return self._types.get(unquote(token), VoidType())
        return PointerType() if token == "ptr" else VoidType()

    def _struct(self, close: str) -> StructType:
        fields = []
        while not self.accept(close):
            fields.append(self.type())
            self.accept(",")
        return StructType(tuple(fields), close == "}>")

    def typed(self) -> Typed:
        """Parse `type [attributes] operand`."""
        type_ = self.type()
        self.skip_attributes()
        return Typed(type_, self.operand())

    def operand(self) -> Operand:
        """Parse an operand that is not an aggregate."""
        token = self.take()
        if token.startswith("%"):
            return Local(unquote(token))
        if token.startswith("@"):
            return Global(unquote(token))
        if token == "true":
            return Number(1)
        if token in _ZERO_WORDS:
            return Number(0, defined=token not in _UNDEFINED)
        if token == "getelementptr":
            return self._constant_address()
        if re.fullmatch(r"-?\d+", token):
            return Number(int(token))
        raise HlsError(f"LLVM IR: unsupported constant {token!r}")

    def _constant_address(self) -> OffsetExpression:
        self.skip_attributes()
        self.expect("(")
        element = self.type()
        self.expect(",")
        base = self.typed().operand
        indices = []
        while self.accept(","):
            self.skip_attributes()
            operand = self.typed().operand
            indices.append(operand.value if isinstance(operand, Number) else 0)
        self.expect(")")
        return OffsetExpression(base, constant_offset(element, indices))

    def initial_bytes(self, type_: LlvmType) -> bytes:
        """Parse a constant initialiser of `type_` into its bytes in memory."""
        if self.peek() in _ZERO_WORDS and not isinstance(type_, IntType):
            self.take()
            return bytes(size_of(type_))
        if self.peek().startswith('c"'):
            return _string_bytes(self.take()[2:-1])
        if isinstance(type_, ArrayType):
            return self._table(type_) or self._array()
        if isinstance(type_, StructType):
            self.expect("<{" if type_.packed else "{")
            return _fields(type_, self._elements("}>" if type_.packed else "}"))
        operand = self.operand()
        if not isinstance(operand, Number):
            raise HlsError("LLVM IR: a constant array must hold integers, not addresses")
        size = size_of(type_)
        return (operand.value & ((1 << (8 * size)) - 1)).to_bytes(size, "little")

    def _array(self) -> bytes:
        self.expect("[")
        return b"".join(self._elements("]"))

    def _table(self, type_: ArrayType) -> bytes | None:
        """An array of elements that hold one number each, read at once; None if it is no such array."""
        start = self._next.start(1) if self._next else len(self._text)
        end = _end_of_brackets(self._text, start)
        leaf = _only_integer(type_)
        text = self._text[start:end]
        if leaf is None or 'c"' in text:
            return None
        size = size_of(leaf)
        words = re.findall(rf"\bi{leaf.width} (-?\d+)", text)
        if len(words) * size != size_of(type_):
            return None
        self._go_to(end)
        mask = (1 << (8 * size)) - 1
        return b"".join([(int(word) & mask).to_bytes(size, "little") for word in words])

    def _elements(self, close: str) -> list[bytes]:
        parts = []
        while not self.accept(close):
            element = self.type()
            parts.append(self.initial_bytes(element))
            self.accept(",")
        return parts


def _end_of_brackets(text: str, start: int) -> int:
    """The place behind the bracket that closes the one at `start`."""
    depth = 0
    for bracket in _BRACKET.finditer(text, start):
        depth += 1 if bracket[0] == "[" else -1
        if depth == 0:
            return bracket.end()
    return len(text)


def _only_integer(type_: LlvmType) -> IntType | None:
    """The integer that each element of an array consists of, if there is nothing beside it."""
    while isinstance(type_, ArrayType):
        type_ = type_.element
    while isinstance(type_, StructType) and len(type_.fields) == 1:
        type_ = type_.fields[0]
    return type_ if isinstance(type_, IntType) else None


def _fields(type_: StructType, parts: list[bytes]) -> bytes:
    """A struct in memory: each field where it is aligned, zeros between."""
    offsets, size = struct_layout(type_)
    whole = bytearray(size)
    for offset, part in zip(offsets, parts, strict=True):
        whole[offset : offset + len(part)] = part
    return bytes(whole)


def constant_offset(element: LlvmType, indices: list[int]) -> int:
    """Byte offset of a getelementptr with constant indices."""
    offset, type_ = indices[0] * size_of(element), element
    for index in indices[1:]:
        if isinstance(type_, ArrayType):
            offset, type_ = offset + index * size_of(type_.element), type_.element
        elif isinstance(type_, StructType):
            offset, type_ = offset + struct_layout(type_)[0][index], type_.fields[index]
    return offset


def unquote(token: str) -> str:
    """Name after a % or @ sigil."""
    return plain_name(token[1:])


def plain_name(name: str) -> str:
    r"""A name as the source spells it; in quotes, LLVM writes bytes outside ASCII as \XX."""
    if not name.startswith('"'):
        return name
    return _string_bytes(name[1:-1]).decode("utf-8", "replace")


def _string_bytes(text: str) -> bytes:
    r"""Bytes of LLVM's c"..." text: a backslash is doubled, other bytes may be \XX in hexadecimal."""

    def escaped(match: re.Match[bytes]) -> bytes:
        return b"\\" if match[1] == b"\\" else bytes([int(match[1], 16)])

    return re.sub(rb"\\(\\|[0-9A-Fa-f]{2})", escaped, text.encode("latin-1"))

"""Structs in memory: each of their fields becomes an array of its own.

`struct { ap_uint<3> a; ap_int<17> b; } table[16]` is two arrays of 16 words, a member of a class an array or
a word. To which field an access goes follows from its place: from the interval in which it lies, or from
its width if only one field has that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from asn2fpga.engine.clang.syntax import (
    ArrayType,
    IntType,
    LlvmType,
    StructType,
    Typed,
    size_of,
    struct_layout,
)
from asn2fpga.engine.read.intervals import Interval
from asn2fpga.engine.read.layout import Address, Array, outer_bytes

Span = Callable[[Typed], Interval]
Terms = tuple[tuple[int, Typed], ...]


@dataclass(frozen=True)
class _Step:
    """On the way to a field: into the elements of an array of structs, or into a field at an offset."""

    offset: int = 0  # of the field
    count: int = 0  # elements of the array
    size: int = 0  # bytes of one element in the struct, and of its part of the field
    kept: int = 0


@dataclass(frozen=True)
class Field:
    """One field of an array's type: where it begins, how to get there, and what it is alone."""

    name: str
    start: int
    steps: tuple[_Step, ...]
    type: LlvmType

    @property
    def width(self) -> int:
        """Bits of one word; 0 if it is no integer."""
        type_ = self.type
        while isinstance(type_, ArrayType):
            type_ = type_.element
        return type_.width if isinstance(type_, IntType) else 0


def has_fields(type_: LlvmType) -> bool:
    """Whether a struct of several fields is in a type."""
    return len(list(fields_of(type_))) > 1


def fields_of(type_: LlvmType, name: str = "") -> Iterator[Field]:
    """The integers of a type and arrays of them, in the order of their places."""
    if isinstance(type_, StructType):
        offsets, _ = struct_layout(type_)
        for number, (offset, inner) in enumerate(zip(offsets, type_.fields, strict=True)):
            part = f"{name}_{number}" if len(type_.fields) > 1 else name
            into = (_Step(offset),) if len(type_.fields) > 1 else ()
            for field in fields_of(inner, part):
                yield replace(field, start=offset + field.start, steps=(*into, *field.steps))
    elif isinstance(type_, ArrayType):
        for field in fields_of(type_.element, name):
            step = _Step(count=type_.count, size=size_of(type_.element), kept=size_of(field.type))
            yield replace(field, steps=(step, *field.steps), type=ArrayType(type_.count, field.type))
    else:
        yield Field(name, 0, (), type_)


def split(array: Array, span: Callable[[Address], Span]) -> dict[Field, Array] | None:
    """An array's fields as arrays of their own, with the accesses that each has.

    None if an access could go to several fields, or to none.
    """
    wide = {size_of(type_): type_ for _, type_, _ in array.accesses if type_.width > 64}
    fields = [field for field in fields_of(_with_wide(array.type, wide)) if field.width]
    parts = {field: _part(array, field) for field in fields}
    for (address, width, written), place in zip(array.accesses, array.places, strict=True):
        found = _field_of(fields, address, width.width, span(address))
        if found is None:
            return None
        field, moved = found
        part = parts[field]
        part.accesses.append((moved, width, written))
        part.places.append(place)
        part.moved[address, width.width] = moved
    return parts


def _part(array: Array, field: Field) -> Array:
    initial = b"".join(_initial(array.initial, field.steps, 0, field))
    name, size = array.name + field.name, size_of(field.type)
    return Array(name, size, outer_bytes(field.type), initial, field.type, array.variable)


def _with_wide(type_: LlvmType, wide: dict[int, IntType]) -> LlvmType:
    """A type in which the bytes that clang makes of a wide integer are that integer again."""
    if isinstance(type_, StructType):
        return replace(type_, fields=tuple(_with_wide(inner, wide) for inner in type_.fields))
    if isinstance(type_, ArrayType):
        is_wide = type_.element == IntType(8) and type_.count in wide
        return wide[type_.count] if is_wide else replace(type_, element=_with_wide(type_.element, wide))
    return type_


def _initial(data: bytes, steps: tuple[_Step, ...], start: int, field: Field) -> Iterator[bytes]:
    if not steps:
        yield data[start : start + (field.width + 7) // 8].ljust(size_of(IntType(field.width)), b"\0")
        return
    step, rest = steps[0], steps[1:]
    if not step.count:
        yield from _initial(data, rest, start + step.offset, field)
    for index in range(step.count):
        yield from _initial(data, rest, start + index * step.size, field)


def _field_of(fields: list[Field], address: Address, width: int, span: Span) -> tuple[Field, Address] | None:
    candidates = [field for field in fields if field.width == width]
    exact = [(field, moved) for field in candidates if (moved := _moved(field, address, span, True))]
    if exact:
        return exact[0] if len(exact) == 1 else None
    if len(candidates) == 1:
        moved = _moved(candidates[0], address, span, False)
        return (candidates[0], moved) if moved else None
    return None


def _moved(field: Field, address: Address, span: Span, exact: bool) -> Address | None:
    """The address within a field's own array; None if it is not known to be in the field.

    Not `exact`: the field is the only one of its width, so its own index need not be known to stay in it.
    """
    constant, terms = address.offset, address.terms
    offset, moved = 0, list[tuple[int, Typed]]()
    for number, step in enumerate(field.steps):
        inner = field.steps[number + 1 :]
        if not step.count:
            constant -= step.offset
        elif all(after.count for after in inner):  # the integers' own array
            break
        else:
            outer = [(scale, value) for scale, value in terms if scale % step.size == 0]
            terms = tuple(term for term in terms if term not in outer)
            moved += [(scale // step.size * step.kept, value) for scale, value in outer]
            index = _sum(terms, span, constant).low // step.size
            within = _sum(tuple((scale // step.size, value) for scale, value in outer), span, index)
            is_inside = number == 0 or (within.low >= 0 and within.high < step.count)  # 0: the whole variable
            if not exact or not is_inside:
                return None
            offset, constant = offset + index * step.kept, constant - index * step.size
    left = _remaining(field)
    within = _sum(terms, span, constant)
    unit = size_of(IntType(field.width))
    aligned = constant % unit == 0 and all(scale % unit == 0 for scale, _ in terms)
    inside = within.low >= 0 and within.high + unit <= left
    if not aligned or (exact and not inside):
        return None
    return Address(address.base + field.name, offset + constant, (*moved, *terms))


def _remaining(field: Field) -> int:
    """Bytes of the integers' own array at the end of the way to a field."""
    unit = size_of(IntType(field.width))
    for step in reversed(field.steps):
        if not step.count:
            break
        unit *= step.count
    return unit


def _sum(terms: Terms, span: Span, constant: int) -> Interval:
    total = Interval(constant, constant)
    for scale, value in terms:
        total += span(value).times(scale)
    return total

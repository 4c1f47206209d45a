"""A variable holds nothing where its life begins, also in a later turn of the loop that it is declared in.

LLVM makes values of variables, and takes what was stored last; it does not see that a life began since. Then
an array that is declared in a loop, without a first value, is carried from one turn to the next, in
registers. So what begins is given a value that a function without a body returns; once variables are
values, that is undefined.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count, islice

_MOST_PARTS = 256  # of a variable that may become values
_MOST_PADDING = 7  # bytes between the fields of a struct
_NAME = r'%(?:[-\w.$]+|"[^"]*")'
_FUNCTION = re.compile(r"^define .*?^}$", re.DOTALL | re.MULTILINE)
_VARIABLE = re.compile(rf"^  ({_NAME}) = alloca (.+?), align \d+", re.MULTILINE)
_BIRTH = re.compile(
    rf"^  call void @llvm\.lifetime\.start\.p0\(ptr (?:nonnull )?({_NAME})\)[^\n]*$", re.MULTILINE
)
_STRUCT = re.compile(rf"^({_NAME}) = type (.*)$", re.MULTILINE)
_INSIDE = re.compile(r"^<?{(.*)}>?$", re.DOTALL)  # of a struct, packed or not
_ARRAY = re.compile(r"^\[(\d+) x (.*)\]$", re.DOTALL)
_NOTHING = re.compile(r"= (?:tail )?call (.+?) @asn\.nothing\.\d+\(\)")
_DECLARED = re.compile(r"^declare [^\n]* @asn\.nothing\.\d+\(\)[^\n]*\n", re.MULTILINE)

_Part = tuple[tuple[int, ...], str]  # indices that lead to a number, and its type


def nothing_at_birth(text: str) -> str:
    """The module with stores of nothing in particular wherever the life of a small array begins."""
    known = dict(_STRUCT.findall(text))
    types: dict[str, int] = {}
    found = _FUNCTION.sub(lambda function: _in_function(function[0], known, types), text)
    declared = (
        f"declare {kind} @asn.nothing.{number}() memory(none) nounwind willreturn\n"
        for kind, number in types.items()
    )
    return found + "\n" + "".join(declared)


def forget_nothing(text: str) -> str:
    """The module with what was nothing in particular undefined."""
    return _DECLARED.sub("", _NOTHING.sub(r"= select i1 true, \1 undef, \1 undef", text))


def _in_function(text: str, known: dict[str, str], types: dict[str, int]) -> str:
    """types: what functions return so far, and their numbers."""
    parts = {name: _parts_of(kind, known) for name, kind in _VARIABLE.findall(text)}
    kinds = dict(_VARIABLE.findall(text))
    numbers = count()

    def born(match: re.Match[str]) -> str:
        name = match[1]
        lines = [match[0]]
        for path, kind in parts.get(name, ()):
            number = next(numbers)
            function = f"@asn.nothing.{types.setdefault(kind, len(types))}"
            indices = "".join(f", i32 {index}" for index in (0, *path))
            lines += [
                f"  %asn.part.{number} = getelementptr inbounds {kinds[name]}, ptr {name}{indices}",
                f"  %asn.nothing.{number} = call {kind} {function}()",
                f"  store {kind} %asn.nothing.{number}, ptr %asn.part.{number}, align 1",
            ]
        return "\n".join(lines)

    return _BIRTH.sub(born, text)


def _parts_of(kind: str, known: dict[str, str]) -> list[_Part]:
    """The numbers in a variable of that type, if they are several and not too many to become values."""
    parts = list(islice(_numbers(kind, known), _MOST_PARTS))
    return parts if 1 < len(parts) < _MOST_PARTS else []


def _numbers(kind: str, known: dict[str, str]) -> Iterator[_Part]:
    """Every number in a type, and the way to it. A wide one, an array of bytes, is one: LLVM would make as
    many values of it; what is between the fields of a struct is none.
    """
    array, inside = _ARRAY.match(kind), _INSIDE.match(known.get(kind, kind))
    if array and array[2] == "i8":
        if int(array[1]) > _MOST_PADDING:
            yield (), f"i{8 * int(array[1])}"
    elif array:
        for index in range(int(array[1])):
            yield from (((index, *path), part) for path, part in _numbers(array[2], known))
    elif inside:
        for index, field in enumerate(_fields(inside[1])):
            yield from (((index, *path), part) for path, part in _numbers(field, known))
    else:
        yield (), kind


def _fields(text: str) -> Iterator[str]:
    """The types between the commas that stand in no brackets."""
    depth, start, quoted = 0, 0, False
    for place, letter in enumerate(text):
        quoted ^= letter == '"'
        if quoted:
            continue
        depth += (letter in "[{<(") - (letter in "]}>)")
        if letter == "," and not depth:
            yield text[start:place].strip()
            start = place + 1
    if text[start:].strip():
        yield text[start:].strip()

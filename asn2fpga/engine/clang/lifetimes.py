"""A variable holds nothing where its life begins, also in a later turn of the loop that it is declared in.

LLVM makes values of variables, and takes what was stored last; it does not see that a life began since. Then
an array that is declared in a loop, without a first value, is carried from one turn to the next, in
registers. So what begins is given a value that a function without a body returns; once variables are
values, that is undefined.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count

_MOST_ELEMENTS = 256  # of a variable that may become values
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


def nothing_at_birth(text: str) -> str:
    """The module with a store of nothing in particular wherever the life of a small array begins."""
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
    kinds = {
        name: kind
        for name, kind in _VARIABLE.findall(text)
        if _elements(kind, known) in range(2, _MOST_ELEMENTS)
    }
    numbers = count()

    def born(match: re.Match[str]) -> str:
        kind = kinds.get(match[1])
        if kind is None:
            return match[0]
        value = f"%asn.nothing.{next(numbers)}"
        made = f"  {value} = call {kind} @asn.nothing.{types.setdefault(kind, len(types))}()"
        return f"{match[0]}\n{made}\n  store {kind} {value}, ptr {match[1]}, align 1"

    return _BIRTH.sub(born, text)


def _elements(kind: str, known: dict[str, str]) -> int:
    """Numbers that a variable of that type holds; too many if it holds a wide one, an array of bytes: LLVM
    would make as many values of it.
    """
    array = _ARRAY.match(kind)
    if array:
        is_wide = array[2].startswith("i") and int(array[1]) > _MOST_PADDING
        return _MOST_ELEMENTS if is_wide else int(array[1]) * _elements(array[2], known)
    fields = known.get(kind, kind)
    inside = _INSIDE.match(fields)
    return sum(_elements(field, known) for field in _fields(inside[1])) if inside else 1


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

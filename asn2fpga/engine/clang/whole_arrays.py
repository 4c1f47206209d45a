"""Local arrays and small structs that C++ fills or copies as a whole, word by word: `int a[16] = {0}`.

clang makes a memset or memcpy of it, and LLVM one wide access of one of up to 8 bytes. So before it does, an
array of up to 64 words gets a store, or a load and a store, of each word, a struct of each field.
Larger ones become loops later, if LLVM makes no variables of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_MOST_WORDS = 64
_NAME = r'(?:[-\w.$]+|"[^"]*")'
_FUNCTION = re.compile(r"^define .*?^}$", re.DOTALL | re.MULTILINE)
_ALLOCA = re.compile(rf"^\s+(%{_NAME}) = alloca ((?:\[\d+ x )+)i(8|16|32|64)\]", re.MULTILINE)
_FILL = re.compile(
    rf"^\s+call void @llvm\.memset\.\w+\.i64\(ptr [^%]*(%{_NAME}), i8 (-?\d+), i64 (\d+), i1 false\)(.*)$"
)
_COPY = re.compile(
    rf"^\s+call void @llvm\.memcpy\.[\w.]+\.i64\(ptr [^%]*(%{_NAME}), ptr [^%@]*(@{_NAME}), i64 (\d+), "
    r"i1 false\)(.*)$"
)
_STRUCT = re.compile(
    rf"^\s+call void @llvm\.memcpy\.[\w.]+\.i64\(ptr [^%@]*([%@]{_NAME}), ptr [^%@]*([%@]{_NAME}), "
    r"i64 [248], i1 false\)(.*), !tbaa\.struct (!\d+)"
)
_LAYOUT = re.compile(r"^(!\d+) = !\{(i64 \d+, i64 \d+, !\d+(?:, i64 \d+, i64 \d+, !\d+)*)\}$", re.MULTILINE)


def word_by_word(text: str) -> str:
    """A module's text with accesses to words and fields in place of those to the whole."""
    layouts = dict(_LAYOUT.findall(text))
    return _FUNCTION.sub(lambda found: _in_function(found[0], layouts), text)


def _in_function(text: str, layouts: dict[str, str]) -> str:
    arrays = {}
    for name, dimensions, bits in _ALLOCA.findall(text):
        words = 1
        for count in re.findall(r"\d+", dimensions):
            words *= int(count)
        arrays[name] = (words, int(bits))
    lines: list[str] = []
    for number, line in enumerate(text.split("\n")):
        struct = _STRUCT.match(line)
        if struct:
            lines += _fields(struct, layouts.get(struct[4], ""), f"%whole.{number}") or [line]
        else:
            lines += _line(line, arrays, f"%whole.{number}")
    return "\n".join(lines)


def _line(line: str, arrays: dict[str, tuple[int, int]], stem: str) -> Iterator[str]:
    fill, copy = _FILL.match(line), _COPY.match(line)
    found = fill or copy
    words, bits = arrays.get(found[1], (0, 0)) if found else (0, 0)
    if found is None or words > _MOST_WORDS or int(found[3]) * 8 != words * bits:
        yield line
        return
    array, tail = found[1], found[4]
    for word in range(words):
        place = f"{stem}.{word}"
        yield f"  {place} = getelementptr inbounds i{bits}, ptr {array}, i64 {word}{tail}"
        if fill:
            value = str(int.from_bytes(bytes([int(fill[2]) & 0xFF]) * (bits // 8), "little"))
        else:
            value = f"{place}.v"
            yield f"  {place}.s = getelementptr inbounds i8, ptr {found[2]}, i64 {word * bits // 8}{tail}"
            yield f"  {value} = load i{bits}, ptr {place}.s{tail}"
        yield f"  store i{bits} {value}, ptr {place}{tail}"


def _fields(copy: re.Match[str], layout: str, stem: str) -> list[str]:
    """A copy of each field of a struct; nothing if its layout is not known."""
    target, source, tail = copy[1], copy[2], copy[3]
    lines = []
    for offset, size in re.findall(r"i64 (\d+), i64 (\d+)", layout):
        if size not in ("1", "2", "4"):
            return []
        place, type_ = f"{stem}.{offset}", f"i{8 * int(size)}"
        lines += [
            f"  {place}.t = getelementptr inbounds i8, ptr {target}, i64 {offset}{tail}",
            f"  {place}.s = getelementptr inbounds i8, ptr {source}, i64 {offset}{tail}",
            f"  {place}.v = load {type_}, ptr {place}.s{tail}",
            f"  store {type_} {place}.v, ptr {place}.t{tail}",
        ]
    return lines

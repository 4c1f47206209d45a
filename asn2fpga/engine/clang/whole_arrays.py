"""Local arrays that C++ fills or copies as a whole, word by word: `int a[16] = {0}`, `bool b[] = {true}`.

clang makes a memset or memcpy of such a first value. LLVM does those of arrays that become variables; of what
is left, a word of an array of up to 64 gets a store, or a load and a store. Larger ones are refused later.
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


def word_by_word(text: str) -> str:
    """A module's text with whole-array accesses to local arrays of built-in integers as stores of words."""
    return _FUNCTION.sub(lambda found: _in_function(found[0]), text)


def _in_function(text: str) -> str:
    arrays = {}
    for name, dimensions, bits in _ALLOCA.findall(text):
        words = 1
        for count in re.findall(r"\d+", dimensions):
            words *= int(count)
        arrays[name] = (words, int(bits))
    lines: list[str] = []
    for number, line in enumerate(text.split("\n")):
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

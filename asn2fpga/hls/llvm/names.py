"""Readable identifiers from LLVM's and the C++ compiler's names."""

from __future__ import annotations

import re

# Names clang invents for temporaries; they say nothing a reader wants to know.
_CLANG_NAMES = frozenset(
    """
    conv add sub mul shl shr or and xor div rem cmp neg not idxprom arrayidx loadedv storedv tobool
    frombool cond inc dec call retval ref tmp agg coerce narrow spec select sroa lnot lor land this
    """.split()
)
_VERILOG_WORDS = frozenset(
    """
    always and assign begin bit byte case class clk const disable do else end event final for function
    generate if initial input int integer local logic loop module new nor not or output package
    parameter posedge priority program pure rand real reg ref repeat reset return rst_n signed static
    string struct table task this time type union unique unsigned var void wait while wire with within
    word xor
    """.split()
)


def value_name(llvm_name: str, kind: str) -> str:
    """A stem for a value's signal name: the C++ variable's if LLVM kept it, else the kind of operation."""
    stem = re.split(r"[.]", llvm_name)[0].rstrip("0123456789")
    if not re.fullmatch(r"[A-Za-z]\w*", stem) or stem.rstrip("_") in _CLANG_NAMES:
        return kind
    return stem


def identifier(text: str) -> str:
    """`text` as an identifier that SystemVerilog does not reserve."""
    name = re.sub(r"\W", "_", text) or "x"
    name = name if name[0].isalpha() or name[0] == "_" else f"x{name}"
    return name + "_" if name in _VERILOG_WORDS else name


def demangle_last(mangled: str) -> str:
    """Last identifier in an Itanium-mangled name: `_ZZ..E8membrane` -> membrane, `_ZZ..E8membrane_0` too.

    The number before it must not be a template argument (`Li17E`), and it must reach the name's end.
    """
    for match in re.finditer(r"(?<![0-9i])[0-9]+", mangled):
        word = mangled[match.end() : match.end() + int(match[0])]
        rest = mangled[match.end() + len(word) :]
        known = re.fullmatch(r"[A-Za-z_]\w*", word) and re.fullmatch(r"(_\d*_?)?", rest)
        if known and len(word) == int(match[0]):
            return word
    return mangled


def demangle_function(mangled: str) -> str:
    """Name of a function: `_Z12fc1_compressRN3hls...` -> fc1_compress."""
    match = re.match(r"_Z(\d+)", mangled)
    if match is None:
        nested = re.match(r"_ZN(.*)", mangled)
        return _last_nested(nested[1]) if nested else mangled
    return mangled[match.end() : match.end() + int(match[1])]


def _last_nested(text: str) -> str:
    name = text
    while match := re.match(r"(\d+)", text):
        end = match.end() + int(match[1])
        name, text = text[match.end() : end], text[end:]
    return name


class Names:
    """Hands out each identifier once: `group`, `group_1`, ..."""

    def __init__(self, reserved: set[str] | None = None) -> None:
        self._taken = set(reserved or ())
        self._next: dict[str, int] = {}

    def unique(self, stem: str) -> str:
        """An identifier that starts with `stem` and was not handed out before."""
        base = identifier(stem)
        name = base
        while name in self._taken:
            self._next[base] = self._next.get(base, 0) + 1
            name = f"{base}_{self._next[base]}"
        self._taken.add(name)
        return name

"""C++ names of what clang and LLVM call by names of their own."""

from __future__ import annotations

import re

# Names clang invents for temporaries; they say nothing a reader wants to know.
_CLANG_NAMES = frozenset(
    """
    conv add sub mul shl shr or and xor div rem cmp neg not idxprom arrayidx loadedv storedv tobool
    frombool cond inc dec call retval ref tmp agg coerce narrow spec select sroa lnot lor land this
    """.split()
)


def value_name(llvm_name: str, kind: str) -> str:
    """A stem for a value's signal name: the C++ variable's if LLVM kept it, else the kind of operation."""
    stem = re.split(r"[.]", llvm_name)[0].rstrip("0123456789")
    if not re.fullmatch(r"[^\W\d_]\w*", stem) or stem.rstrip("_") in _CLANG_NAMES:
        return kind
    return stem


def demangle_last(mangled: str) -> str:
    """Last identifier in an Itanium-mangled name: `_ZZ..E8membrane` -> membrane, `_ZZ..E8membrane_0` too.

    A variable template is known by its own name: `_Z7weightsILi8EE` -> weights.

    The number before it must not be a template argument (`Li17E`) or a back reference (`S4_`), and it must
    reach the name's end.
    """
    return _text(_last(_counted(mangled)))


def _counted(mangled: str) -> str:
    """A letter a byte, as names count theirs."""
    return mangled.encode().decode("latin-1")


def _text(name: str) -> str:
    return name.encode("latin-1").decode("utf-8", "replace")


def _last(mangled: str) -> str:
    template = re.match(r"_Z(\d+)", mangled)
    if template and mangled[template.end() + int(template[1]) :].startswith("I"):
        return _function(mangled)
    for match in re.finditer(r"(?<![0-9i])[0-9]+", mangled):
        if re.match(r"S\d+_", mangled[match.start() - 1 :]):  # what was mangled before
            continue
        word = mangled[match.end() : match.end() + int(match[0])]
        rest = mangled[match.end() + len(word) :]
        known = re.fullmatch(r"[A-Za-z_\x80-\xff][\w\x80-\xff]*", word) and re.fullmatch(r"E?(_\d*_?)?", rest)
        if known and len(word) == int(match[0]):
            return word
    return mangled


def variable_name(base: str) -> str:
    """C++ name of a variable whose LLVM name this is."""
    return demangle_last(base) if base.startswith("_Z") else base.split(".")[0]


def demangle_function(mangled: str) -> str:
    """Name of a function: `_Z12fc1_compressRN3hls...` -> fc1_compress, `_ZN5layerILi3EE3runE...` -> run."""
    return _text(_function(_counted(mangled)))


def _function(mangled: str) -> str:
    match = re.match(r"_ZL?(\d+)", mangled)
    if match is None:
        nested = re.match(r"_ZNK?(.*)", mangled)
        return _last_nested(nested[1], mangled) if nested else mangled
    return mangled[match.end() : match.end() + int(match[1])]


def _last_nested(text: str, mangled: str) -> str:
    name = mangled
    while match := re.match(r"L?(\d+)", text):
        end = match.end() + int(match[1])
        name, text = text[match.end() : end], text[end:]
        if text.startswith("I"):
            text = text[_arguments_end(text) :]
    return name


def _arguments_end(text: str) -> int:
    """Where template arguments `I...E` end."""
    depth, position = 0, 0
    while position < len(text):
        literal = re.match(r"L(?:[a-z]|\d+)", text[position:])
        if literal:  # of a builtin type or of an enumeration; its digits are a value
            count = literal[0][1:]
            skipped = position + literal.end() + (int(count) if count.isdigit() else 0)
            position = text.index("E", skipped) + 1 if "E" in text[skipped:] else len(text)
            continue
        name = re.match(r"\d+", text[position:])
        if name:
            position += name.end() + int(name[0])
            continue
        depth += (text[position] in "INJXF") - (text[position] == "E")
        position += 1
        if depth == 0:
            break
    return position

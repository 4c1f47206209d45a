"""First values of global variables that C++ computes before `main`: LLVM computes them here.

clang makes a function of each initialiser that is no constant, and lists them in `llvm.global_ctors`. In a
copy of the module their loops are unrolled and LLVM's GlobalOpt runs them; the values it finds replace those
in the module itself, which nothing else of the copy reaches. What cannot be computed stays listed, and a
process that uses such a variable is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

import llvmlite.binding as llvm

from asn2fpga.engine.clang.demangle import demangle_last
from asn2fpga.engine.clang.locations import Locations
from asn2fpga.engine.clang.syntax import Function, Global, Instruction, Module, OffsetExpression, Operand
from asn2fpga.errors import HlsError

Passes = Callable[[llvm.ModuleRef], None]

_NAME = r'(?:[-\w.$]+|"[^"]*")'
_LIST = re.compile(r"^@llvm\.global_ctors = .*$\n", re.MULTILINE)
_LISTED = re.compile(rf"i32 \d+, ptr @({_NAME}), ptr ")
_CALL = re.compile(rf"call void @({_NAME})\(\)")
_VALUE = re.compile(rf"^@({_NAME}) = .*$", re.MULTILINE)
_TARGET = re.compile(rf"label %({_NAME})")
_LOOP = re.compile(r", !llvm\.loop !\d+")
_GUARD = re.compile(r"^(@_ZGV.* global) i64 0", re.MULTILINE)  # only their first byte is used
_FIRST_MARK = 10_000_000  # metadata numbers above those of any module


def evaluate_constructors(text: str, inline: Passes, evaluate: Passes) -> str:
    """A module with all first values that can be known; the functions of the others are still listed.

    `inline` makes one function of each constructor, `evaluate` unrolls what is marked and runs GlobalOpt.
    """
    if _LIST.search(text) is None:
        return text
    text = _GUARD.sub(r"\1 i8 0", _LIST.sub(_list(_initialisers(text)), text))
    copy = _parse(text)
    inline(copy)
    copy = _parse(_mark_loops(str(copy), _names(text)))
    for value in (*copy.global_variables, *copy.functions):
        if not value.is_declaration and value.linkage.name != "appending":
            value.linkage = "external"  # GlobalOpt trusts its value, and leaves alone what others may see
    evaluate(copy)
    return _with_values(text, str(copy))


def _parse(text: str) -> llvm.ModuleRef:
    """A module of its own context, where types keep the names that they have in the text."""
    return llvm.parse_assembly(text, llvm.create_context())


def _names(text: str) -> list[str]:
    found = _LIST.search(text)
    return _LISTED.findall(found[0]) if found else []


def _initialisers(text: str) -> list[str]:
    """Functions of single variables, in the order in which they run; clang lists one that calls them."""
    names = []
    for name in _names(text):
        body = re.search(rf"^define [^\n]*@{re.escape(name)}\(\).*?^\}}", text, re.MULTILINE | re.DOTALL)
        calls = _CALL.findall(body[0]) if body and name.strip('"').startswith("_GLOBAL__sub_I_") else []
        names += calls or [name]
    return names


def _list(names: list[str]) -> str:
    """The list of constructors; each has a priority of its own, so that none runs if one before it cannot."""
    if not names:
        return ""
    entry = "{ i32, ptr, ptr }"
    entries = ", ".join(f"{entry} {{ i32 {n}, ptr @{name}, ptr null }}" for n, name in enumerate(names, 1000))
    return f"@llvm.global_ctors = appending global [{len(names)} x {entry}] [{entries}]\n"


def _mark_loops(text: str, names: list[str]) -> str:
    """Ask for the full unrolling of every loop of the named functions."""
    marks = 0
    inside, above, lines = False, set[str](), []
    for line in text.split("\n"):
        if line.startswith("define "):
            inside, above = any(f"@{name}(" in line for name in names), set()
        label = re.match(rf"({_NAME}):", line)
        if label:
            above.add(label[1])
        if inside and above.intersection(_TARGET.findall(line)):  # goes back: the end of a loop
            line = f"{_LOOP.sub('', line)}, !llvm.loop !{_FIRST_MARK + marks}"
            marks += 1
        lines.append(line)
    full = _FIRST_MARK + marks
    lines += [f"!{mark} = distinct !{{!{mark}, !{full}}}" for mark in range(_FIRST_MARK, full)]
    return "\n".join([*lines, f'!{full} = !{{!"llvm.loop.unroll.full"}}', ""])


def _with_values(text: str, evaluated: str) -> str:
    """The module with the first values of another one, and its list of constructors."""
    values = {found[1]: found[0] for found in _VALUE.finditer(evaluated)}
    text = _LIST.sub(lambda _: _list(_names(evaluated)), text)
    return _VALUE.sub(lambda found: _with_value(found[0], values.get(found[1], "")), text)


def _with_value(line: str, evaluated: str) -> str:
    new = re.search(r"\b(?:global|constant) .*", evaluated)
    if new is None or " external " in line or line.startswith("@llvm."):
        return line
    return re.sub(r"\b(?:global|constant) .*", lambda _: new[0], line, count=1)


def check_first_values(module: Module, used_by: Iterable[Function], locations: Locations) -> None:
    """Refuse variables whose first value a constructor would have to compute.

    Raises:
        HlsError: a function uses such a variable.
    """
    computed: dict[str, str] = {}
    for name, instruction in _computed(module):
        computed.setdefault(name, locations.of(instruction.debug))
    for function in used_by:
        for name in dict.fromkeys(_globals(function)):
            if name not in computed:
                continue
            first = next(iter(computed))
            reason = "" if name == first else f" (that of {demangle_last(first)} before it is none either)"
            place = computed[name] or locations.function(function.debug)
            raise HlsError(
                f"{place}: the first value of {demangle_last(name)} must be a constant{reason}; write the "
                "values, or compute them in loops whose numbers of turns are constants"
            )


def _computed(module: Module) -> Iterator[tuple[str, Instruction]]:
    """Variables that the remaining constructors may write, with what does it."""
    for name in module.constructors:
        for instruction in _instructions(module.functions[name]):
            if instruction.opcode in ("store", "call"):
                for operand in instruction.operands[1 if instruction.opcode == "store" else 0 :]:
                    yield from ((base, instruction) for base in _base(operand.operand))


def _globals(function: Function) -> Iterator[str]:
    for instruction in _instructions(function):
        for operand in instruction.operands:
            yield from _base(operand.operand)


def _instructions(function: Function) -> Iterator[Instruction]:
    return (instruction for block in function.blocks for instruction in block.instructions)


def _base(operand: Operand) -> list[str]:
    while isinstance(operand, OffsetExpression):
        operand = operand.base
    return [operand.name] if isinstance(operand, Global) else []

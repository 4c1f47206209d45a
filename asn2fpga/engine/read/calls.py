"""Calls that are left after inlining: of processes, and of what cannot be inlined."""

from __future__ import annotations

from collections.abc import Iterator

from asn2fpga.engine.clang.demangle import demangle_function
from asn2fpga.engine.clang.syntax import Function, Instruction, Module
from asn2fpga.errors import HlsError

_HEAP = ("malloc", "calloc", "realloc", "free", "_Znwm", "_Znam", "_ZdlPv", "_ZdaPv", "_ZdlPvm", "_ZdaPvm")


def calls_of(function: Function) -> Iterator[Instruction]:
    """All calls in a function."""
    for block in function.blocks:
        yield from (instruction for instruction in block.instructions if instruction.opcode == "call")


def is_recursive(module: Module, name: str) -> bool:
    """Whether a function calls itself, maybe through others."""
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        function = module.functions.get(waiting.pop())
        for callee in (call.callee for call in calls_of(function)) if function else ():
            if callee == name:
                return True
            if callee not in seen:
                seen.add(callee)
                waiting.append(callee)
    return False


def refuse_call(module: Module, call: Instruction, place: str) -> HlsError:
    """Why a call that was not inlined cannot become hardware."""
    name = demangle_function(call.callee)
    if is_recursive(module, call.callee):
        return HlsError(f"{place}: {name} calls itself, and recursion cannot become hardware; write a loop")
    if call.callee in _HEAP:
        return HlsError(
            f"{place}: there is no heap in hardware for new, delete, malloc and free; "
            "declare an array of constant size"
        )
    if not call.callee:
        return HlsError(
            f"{place}: a function called through a pointer or a virtual one is known at run time only, "
            "and cannot become hardware; call it by name, in a switch if there are several"
        )
    if call.callee in module.functions:
        return HlsError(
            f"{place}: {name} is a process and called by another one; call it from the top function"
        )
    return HlsError(f"{place}: {name} is not defined in this file; define it here or in a header")

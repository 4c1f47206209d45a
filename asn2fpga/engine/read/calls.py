"""Calls that are left after inlining: of processes, and of what cannot be inlined."""

from __future__ import annotations

from collections.abc import Iterator

from asn2fpga.engine.clang.demangle import demangle_function, variable_name
from asn2fpga.engine.clang.syntax import Function, Instruction, Module
from asn2fpga.errors import HlsError

_HEAP = ("malloc", "calloc", "realloc", "free", "_Znwm", "_Znam", "_ZdlPv", "_ZdaPv", "_ZdlPvm", "_ZdaPvm")

_BY_NAME = "call functions by name, in a switch if there are several"


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


def check_call(module: Module, call: Instruction) -> None:
    """Refuse a call that is left and is neither a directive nor LLVM's.

    Raises:
        HlsError: why it cannot become hardware, without the place.
    """
    if call.callee.startswith(("asn_", "llvm.")):
        return
    name = demangle_function(call.callee)
    if is_recursive(module, call.callee):
        raise HlsError(f"{name} calls itself, and recursion cannot become hardware; write a loop")
    if call.callee in _HEAP:
        raise HlsError(
            "there is no heap in hardware for new, delete and malloc; declare an array of constant size"
        )
    if call.callee in module.functions:
        raise HlsError(f"the process {name} is called by another one; call it from the top function")
    if not call.callee or call.callee in module.globals:
        raise HlsError(
            "which function is called is known at run time only (a function pointer or a virtual function); "
            f"{_BY_NAME}"
        )
    raise HlsError(f"{name} is not defined in this file; define it here or in a header")


def pointers_in_memory(base: str, first_value: str = "") -> str:
    """What to say of a variable that holds pointers, as objects with virtual functions do."""
    if "_ZTV" in base + first_value:
        return f"virtual functions cannot become hardware; {_BY_NAME}"
    return (
        f"{variable_name(base)} holds pointers, and hardware has no addresses to keep; keep indices of one "
        f"array, or {_BY_NAME}"
    )

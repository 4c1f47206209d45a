"""Arguments of a function that are values: built-in integers, and those of ap_int.h, which lie in memory."""

from __future__ import annotations

import re
from collections.abc import Mapping

from asn2fpga.engine.clang.syntax import Function, Instruction, IntType, Local

_BITS = re.compile(r'!\{!"_BitInt\((\d+)\)"')


def value_arguments(function: Function, metadata: Mapping[str, str]) -> dict[str, int]:
    """Bits of each argument that is a value and is used."""
    widths: dict[str, int] = {}
    for block in function.blocks:
        for instruction in block.instructions:
            for operand in instruction.operands:
                name = operand.operand.name if isinstance(operand.operand, Local) else ""
                type_ = function.types.get(name)
                if isinstance(type_, IntType):
                    widths[name] = type_.width
                elif name in function.copied and _is_plain_load(instruction):
                    widths[name] = _width(instruction, metadata)
    return {name: widths[name] for name in function.parameters if name in widths}


def _is_plain_load(instruction: Instruction) -> bool:
    return instruction.opcode == "load" and not instruction.volatile


def _width(load: Instruction, metadata: Mapping[str, str]) -> int:
    """Bits of an integer as C++ declares it; in memory it has whole bytes."""
    references = re.findall(r"!\d+", metadata.get(load.accessed, ""))
    found = _BITS.match(metadata.get(references[1], "")) if len(references) > 1 else None
    if found:
        return int(found[1])
    return load.type.width if isinstance(load.type, IntType) else 1

"""Pointers merged where branches meet become selects, whose conditions say which branch it was."""

from __future__ import annotations

from dataclasses import replace

from asn2fpga.hls.llvm.syntax import (
    BasicBlock,
    Function,
    Instruction,
    IntType,
    Local,
    Number,
    PointerType,
    Typed,
)

_BIT = IntType(1)


def split_pointer_phis(function: Function) -> Function:
    """The function with each `phi ptr` of n branches as n - 1 bits and n - 1 selects."""
    return replace(function, blocks=[_split_block(block) for block in function.blocks])


def _split_block(block: BasicBlock) -> BasicBlock:
    phis: list[Instruction] = []
    selects: list[Instruction] = []
    others: list[Instruction] = []
    for instruction in block.instructions:
        if instruction.opcode != "phi":
            others.append(instruction)
        elif isinstance(instruction.type, PointerType):
            phis += _bits(instruction)
            selects += _selects(instruction)
        else:
            phis.append(instruction)
    return BasicBlock(block.name, [*phis, *selects, *others])


def _bits(phi: Instruction) -> list[Instruction]:
    """`%p.is0` tells whether the first branch was taken, and so on."""
    return [
        replace(
            phi,
            result=f"{phi.result}.is{chosen}",
            type=_BIT,
            operands=tuple(Typed(_BIT, Number(int(number == chosen))) for number in range(len(phi.labels))),
        )
        for chosen in range(len(phi.labels) - 1)
    ]


def _selects(phi: Instruction) -> list[Instruction]:
    """From the last pair of branches to the first; the last select made has the phi's name."""
    last = len(phi.operands) - 1
    if last == 0:
        always = (Typed(_BIT, Number(1)), phi.operands[0], phi.operands[0])
        return [Instruction("select", phi.result, PointerType(), always, debug=phi.debug)]
    names = [phi.result if chosen == 0 else f"{phi.result}.from{chosen}" for chosen in range(last)]
    selects: list[Instruction] = []
    otherwise = phi.operands[last]
    for chosen in range(last - 1, -1, -1):
        condition = Typed(_BIT, Local(f"{phi.result}.is{chosen}"))
        operands = (condition, phi.operands[chosen], otherwise)
        selects.append(Instruction("select", names[chosen], PointerType(), operands, debug=phi.debug))
        otherwise = Typed(PointerType(), Local(names[chosen] or ""))
    return selects

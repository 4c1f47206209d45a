"""Pointers merged where branches meet become selects, whose conditions say which branch it was.

LLVM makes one load of one before a loop and one at the end of its body, from a pointer that the loop's header
merges. Those two come back, and what they load is merged instead; so each is in the iteration to which
promises about distances count it.
"""

from __future__ import annotations

from dataclasses import replace

from asn2fpga.engine.clang.syntax import (
    BasicBlock,
    Function,
    Instruction,
    IntType,
    Local,
    Number,
    PointerType,
    Typed,
)
from asn2fpga.engine.read.cfg import ControlFlow

_BIT = IntType(1)
_MARKERS = ("asn_", "llvm.lifetime", "llvm.dbg", "llvm.assume", "llvm.experimental.noalias")


def split_pointer_phis(function: Function) -> Function:
    """The function with each `phi ptr` of n branches as n - 1 bits and n - 1 selects."""
    function = _load_in_branches(function)
    return replace(function, blocks=[_split_block(block) for block in function.blocks])


def _load_in_branches(function: Function) -> Function:
    """The function with loads from pointers that a loop's header merges in the branches to it."""
    function = replace(
        function, blocks=[BasicBlock(block.name, list(block.instructions)) for block in function.blocks]
    )
    return _Loads(function).move()


class _Loads:
    """Loads from pointers that a loop's header merges: one in each branch to it for all of them."""

    def __init__(self, function: Function) -> None:
        self.function = function
        self.flow = ControlFlow(function)
        self.made: set[str] = set()

    def move(self) -> Function:
        """Move loads until there is none left to move, and drop pointers nobody needs then."""
        headers = [self.flow.blocks[name] for name in self.flow.loops()]
        phis = [(phi, header) for header in headers for phi in header.instructions if _is_pointer_phi(phi)]
        while any([self._move_loads(phi, header) for phi, header in phis]):
            pass
        used = {
            operand.operand
            for block in self.function.blocks
            for instruction in block.instructions
            for operand in instruction.operands
        }
        for phi, header in phis:
            if Local(phi.result or "") not in used:
                header.instructions.remove(phi)
        return self.function

    def _move_loads(self, phi: Instruction, header: BasicBlock) -> bool:
        pointer, moved = Local(phi.result or ""), False
        for block in self.flow.blocks.values():
            for load in list(block.instructions):
                if _loads(load, pointer) and _is_unchanged(self.flow, header.name, block, load):
                    loaded = self._loaded(load, phi, header)
                    block.instructions[block.instructions.index(load)] = replace(
                        load, opcode="freeze", operands=(loaded,)
                    )
                    moved = True
        return moved

    def _loaded(self, load: Instruction, phi: Instruction, header: BasicBlock) -> Typed:
        """What is at the pointer when the header is entered."""
        width = load.type.width if isinstance(load.type, IntType) else 0
        name = f"{phi.result}.loaded{width}"
        if name not in self.made:
            self.made.add(name)
            values = []
            for number, (label, pointer) in enumerate(zip(phi.labels, phi.operands, strict=True)):
                value = Local(f"{name}.from{number}")
                branch = self.flow.blocks[label].instructions
                branch.insert(-1, replace(load, result=value.name, operands=(pointer,)))
                values.append(Typed(load.type, value))
            header.instructions.insert(
                0, replace(phi, result=name, type=load.type, operands=tuple(values), debug=load.debug)
            )
        return Typed(load.type, Local(name))


def _is_pointer_phi(instruction: Instruction) -> bool:
    return instruction.opcode == "phi" and isinstance(instruction.type, PointerType)


def _loads(instruction: Instruction, pointer: Local) -> bool:
    return (
        instruction.opcode == "load"
        and not instruction.volatile
        and instruction.operands[0].operand == pointer
    )


def _is_unchanged(flow: ControlFlow, header: str, block: BasicBlock, load: Instruction) -> bool:
    """Whether no array changes from the entry of a header to a load; only straight ways are looked at."""
    before = block.instructions[: block.instructions.index(load)]
    while block.name != header:
        predecessors = flow.predecessors.get(block.name, [])
        if len(predecessors) != 1:
            return False
        block = flow.blocks[predecessors[0]]
        before += block.instructions
    return all(
        instruction.opcode != "store"
        and (instruction.opcode != "call" or instruction.callee.startswith(_MARKERS))
        for instruction in before
    )


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

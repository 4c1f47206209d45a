"""Every rule of the IR notices a process that breaks it, and says where."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from asn2fpga.engine.ir.process import NOTHING, Exit, Memory, Op, Port, Process, Region
from asn2fpga.engine.ir.verify import RULES, verify
from asn2fpga.errors import InternalError

REPORT = ". This is a mistake of the engine; please report it with the C++."
MEMORIES = (
    Memory("ram", 4, 8, (0, 0, 0, 0), True),
    Memory("rom", 2, 4, (3, 15), False, read_ports=2),
)
OPS = (
    Op(0, "constant", 4, value=0),
    Op(1, "constant", 4, value=1),
    Op(2, "phi", 4, name="i"),
    Op(3, "read", 8, target="words"),
    Op(4, "add", 4, (2, 1)),
    Op(5, "eq", 1, (4, 0)),
    Op(6, "load", 4, (2,), target="rom", value=1),
    Op(7, "store", 8, (2, 3), target="ram", predicate=5),
    Op(8, "zext", 8, (6,)),
    Op(9, "write", 8, (8,), target="sums", predicate=5),
)
START = Region("start", False, (), (), (Exit(NOTHING, "turns", {2: 0}),))
TURNS = Region("turns", True, (2,), (3, 4, 5, 6, 7, 8, 9), (Exit(5, "start"),), back={2: 4})
SOUND = Process(
    "p",
    (Port("words", "in", 8), Port("sums", "out", 8)),
    MEMORIES,
    {op.id: op for op in OPS},
    (START, TURNS),
)


def with_op(number: int, **fields: object) -> Process:
    op = SOUND.ops[number] if number in SOUND.ops else Op(number, "not", 1)
    return replace(SOUND, ops={**SOUND.ops, number: replace(op, **fields)})  # type: ignore[arg-type]


def with_memory(**fields: object) -> Process:
    return replace(SOUND, memories=(MEMORIES[0], replace(MEMORIES[1], **fields)))  # type: ignore[arg-type]


def with_turns(**fields: object) -> Process:
    return replace(SOUND, regions=(START, replace(TURNS, **fields)))  # type: ignore[arg-type]


def with_start(**fields: object) -> Process:
    return replace(SOUND, regions=(replace(START, **fields), TURNS))  # type: ignore[arg-type]


BROKEN: tuple[tuple[str, Process, str], ...] = (
    ("names_are_unique", replace(SOUND, regions=()), "regions: there must be one to enter"),
    ("names_are_unique", replace(SOUND, regions=(TURNS, TURNS)), "region turns: the name is used 2 times"),
    (
        "names_are_unique",
        replace(SOUND, memories=(*MEMORIES, MEMORIES[0])),
        "memory ram: the name is used 2 times",
    ),
    (
        "names_are_unique",
        replace(SOUND, ports=(*SOUND.ports, *SOUND.ports)),
        "stream words: the name is used 2 times",
    ),
    ("memories_hold_their_contents", with_memory(contents=(1,)), "memory rom: 2 words start as 1"),
    (
        "memories_hold_their_contents",
        with_memory(depth=0, contents=()),
        "memory rom: 0 x u4 holds nothing",
    ),
    (
        "memories_hold_their_contents",
        with_memory(contents=(1, 16)),
        "memory rom: contents do not fit in u4",
    ),
    ("memories_hold_their_contents", with_memory(read_ports=3), "memory rom: 3 read ports"),
    ("values_are_listed_once", with_turns(ops=(*TURNS.ops, 30)), "loop turns: there is no operation %30"),
    ("values_are_listed_once", with_op(4, id=5), "loop turns: %5: u4 = add %2 %1: its id must be 4"),
    (
        "values_are_listed_once",
        with_turns(ops=(*TURNS.ops, 4)),
        "loop turns: %4: u4 = add %2 %1: it is listed twice",
    ),
    (
        "operations_are_well_formed",
        with_op(4, kind="plus"),
        "loop turns: %4: u4 = plus %2 %1: there is no operation plus",
    ),
    (
        "operations_are_well_formed",
        with_op(4, args=(2, 40)),
        "loop turns: %4: u4 = add %2 %40: there is no value %40",
    ),
    (
        "operations_are_well_formed",
        with_op(8, args=(7,)),
        "loop turns: %8: u8 = zext %7: %7 has no value",
    ),
    (
        "operations_are_well_formed",
        with_op(4, args=(2,)),
        "loop turns: %4: u4 = add %2: it must have 2 argument(s), not 1",
    ),
    (
        "operations_are_well_formed",
        with_op(8, kind="concat", args=()),
        "loop turns: %8: u8 = concat: it must have 1 argument(s), not 0",
    ),
    (
        "operations_are_well_formed",
        with_op(3, width=0),
        "loop turns: %3: u0 = read @words: it must have a width, not u0",
    ),
    (
        "operations_are_well_formed",
        with_op(4, value=3),
        "loop turns: %4: u4 = add 3 %2 %1: it has no use for the number 3",
    ),
    (
        "operations_are_well_formed",
        with_op(4, width=5),
        "loop turns: %4: u5 = add %2 %1: the result must be as wide as the arguments, not u5 of u4 u4",
    ),
    (
        "operations_are_well_formed",
        with_op(1, value=16),
        "no region: %1: u4 = constant 16: the number must fit in u4, not be 16",
    ),
    (
        "operations_are_well_formed",
        with_op(4, predicate=5),
        "loop turns: %4: u4 = add %2 %1 if %5: only what has an effect has a predicate",
    ),
    (
        "operations_are_well_formed",
        with_op(9, predicate=4),
        "loop turns: %9: u8 = write @sums %8 if %4: the predicate must be u1, not u4",
    ),
    (
        "targets_are_there",
        with_op(4, target="ram"),
        "loop turns: %4: u4 = add @ram %2 %1: it has no use for ram",
    ),
    (
        "targets_are_there",
        with_op(6, target="table"),
        "loop turns: %6: u4 = load 1 @table %2: there is no memory table",
    ),
    (
        "targets_are_there",
        with_op(3, target="other"),
        "loop turns: %3: u8 = read @other: there is no stream other",
    ),
    (
        "targets_are_there",
        with_op(6, width=5),
        "loop turns: %6: u5 = load 1 @rom %2: words of rom are u4, not u5",
    ),
    (
        "targets_are_there",
        with_op(7, target="rom", width=4, args=(2, 4)),
        "loop turns: %7: u4 = store @rom %2 %4 if %5: rom is a ROM",
    ),
    (
        "targets_are_there",
        with_memory(read_ports=1),
        "loop turns: %6: u4 = load 1 @rom %2: rom has 1 read port(s)",
    ),
    (
        "targets_are_there",
        with_op(3, target="sums"),
        "loop turns: %3: u8 = read @sums: sums is a stream that goes out",
    ),
    (
        "targets_are_there",
        replace(SOUND, ports=(Port("words", "in", 9), SOUND.ports[1])),
        "loop turns: %3: u8 = read @words: words of words are u9, not u8",
    ),
    (
        "exits_lead_to_regions",
        with_turns(exits=(Exit(5, "nowhere"),)),
        "loop turns: exit if %5 to nowhere: there is no region nowhere",
    ),
    (
        "exits_lead_to_regions",
        with_turns(exits=(Exit(NOTHING, "start"),)),
        "loop turns: an exit of a loop must have a condition",
    ),
    (
        "exits_lead_to_regions",
        with_start(exits=(Exit(5, "turns"),)),
        "block start: the last exit of a block, and no other one, must be unconditional",
    ),
    (
        "exits_lead_to_regions",
        with_start(exits=()),
        "block start: the last exit of a block, and no other one, must be unconditional",
    ),
    (
        "conditions_are_bits",
        with_turns(exits=(Exit(4, "start"),)),
        "loop turns: exit if %4 to start: the condition must be u1, not u4",
    ),
    (
        "conditions_are_bits",
        with_turns(exits=(Exit(44, "start"),)),
        "loop turns: there is no value %44",
    ),
    (
        "conditions_are_bits",
        with_turns(back={2: 7}),
        "loop turns: %7: u8 = store @ram %2 %3 if %5: it leaves the region, but has no value",
    ),
    (
        "phis_are_filled",
        with_op(2, kind="read", target="words"),
        "loop turns: %2: u4 = read @words: it is listed as a phi",
    ),
    (
        "phis_are_filled",
        with_start(exits=(Exit(NOTHING, "turns", {2: 0, 4: 0}),)),
        "block start: %4 <- %0: there is no phi %4",
    ),
    (
        "phis_are_filled",
        with_turns(back={2: 3}),
        "loop turns: %2 <- %3: the widths must agree, not be u4 <- u8",
    ),
    (
        "phis_are_filled",
        with_start(exits=(Exit(NOTHING, "turns", {2: 3}),)),
        "block start: %2 <- %3: the widths must agree, not be u4 <- u8",
    ),
    ("phis_are_filled", with_start(back={2: 0}), "block start: a block has no back values"),
    ("phis_are_filled", with_turns(back={}), "loop turns: %2: u4 = phi: it has no back value"),
    (
        "phis_are_filled",
        replace(SOUND, regions=(replace(START, phis=(2,)), replace(TURNS, phis=()))),
        "loop turns: %2 has a back value, but is no phi of this region",
    ),
    (
        "values_are_known",
        with_turns(ops=(3, 5, 4, 6, 7, 8, 9)),
        "loop turns: %5: u1 = eq %4 %0: %4 is computed later",
    ),
    (
        "values_are_known",
        with_start(exits=(Exit(5, "turns", {2: 0}), Exit(NOTHING, "turns", {2: 0}))),
        "block start: an exit: %5 is not computed on every way there",
    ),
    (
        "values_are_known",
        with_start(exits=(Exit(NOTHING, "turns"),)),
        "loop turns: %7: u8 = store @ram %2 %3 if %5: %2 is not computed on every way there",
    ),
)


def test_a_sound_process_is_given_back() -> None:
    assert verify(SOUND, "test") is SOUND


@pytest.mark.parametrize(("rule", "process", "complaint"), BROKEN, ids=range(len(BROKEN)))
def test_broken_processes_are_noticed(rule: str, process: Process, complaint: str) -> None:
    by_name: dict[str, Callable[..., object]] = {each.__name__: each for each in RULES}
    assert complaint in list(by_name[rule](process))  # type: ignore[call-overload]
    message = f"after some_pass: process p, {complaint}{REPORT}"
    with pytest.raises(InternalError, match=f"^{re.escape(message)}$"):
        verify(process, "some_pass")


def test_every_rule_is_broken_once() -> None:
    assert {rule for rule, _, _ in BROKEN} == {rule.__name__ for rule in RULES}


def test_a_choice_may_drop_what_was_never_computed() -> None:
    """Both sides of a branch are computed, also that of a register that nothing has filled yet."""
    ops = {
        **SOUND.ops,
        10: Op(10, "phi", 4),
        11: Op(11, "not", 4, (10,)),
        12: Op(12, "select", 4, (5, 11, 2)),
        7: Op(7, "store", 4, (12, 2), target="ram"),
    }
    turns = replace(TURNS, phis=(2, 10), ops=(3, 4, 5, 6, 11, 12, 7, 8, 9), back={2: 4, 10: 10})
    memories = (replace(MEMORIES[0], width=4), MEMORIES[1])
    dropped = replace(SOUND, ops=ops, regions=(START, turns), memories=memories)
    assert verify(dropped, "test") is dropped
    used = {**ops, 12: Op(12, "and", 4, (11, 11))}
    with pytest.raises(InternalError, match="%12 is not computed on every way there"):
        verify(replace(dropped, ops=used), "test")

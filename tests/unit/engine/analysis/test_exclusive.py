"""Predicates that exclude each other: the answer equals that of trying all values."""

from __future__ import annotations

import itertools
import random

from asn2fpga.engine.analysis.exclusive import Predicates
from asn2fpga.engine.ir.evaluate import evaluate
from asn2fpga.engine.ir.process import NOTHING, Op

LOGIC = {"and": 2, "or": 2, "xor": 2, "not": 1, "select": 3}
WORD, CONDITIONS = 0, (1, 2, 3, 4)  # a 2-bit value and four conditions


def random_logic(rng: random.Random) -> dict[int, Op]:
    """Inputs, comparisons of the word with constants (one is made twice), and logic on all of them."""
    ops = {WORD: Op(WORD, "phi", 2)} | {number: Op(number, "phi", 1) for number in CONDITIONS}
    for constant in (0, 1, 2, 1):
        number = len(ops)
        ops[number] = Op(number, "constant", 2, value=constant)
        ops[number + 1] = Op(number + 1, "eq", 1, (WORD, number))
    bits = [number for number, op in ops.items() if op.width == 1]
    for _ in range(12):
        number, kind = len(ops), rng.choice(list(LOGIC))
        ops[number] = Op(number, kind, 1, tuple(rng.choices(bits, k=LOGIC[kind])))
        bits.append(number)
    return ops


def truths(ops: dict[int, Op], inputs: tuple[int, ...]) -> dict[int, int]:
    values = dict(zip((WORD, *CONDITIONS), inputs, strict=True))
    for number, op in ops.items():
        if number not in values:
            args = [values[arg] for arg in op.args]
            values[number] = evaluate(op, args, [ops[arg].width for arg in op.args]) if args else op.value
    return values


def test_the_answer_is_that_of_all_cases() -> None:
    rng = random.Random(3)
    found = 0
    for _ in range(40):
        ops = random_logic(rng)
        tables = [truths(ops, inputs) for inputs in itertools.product(range(4), *[(0, 1)] * 4)]
        predicates = Predicates(ops)
        for first, second in itertools.combinations([n for n, op in ops.items() if op.width == 1], 2):
            expected = not any(table[first] and table[second] for table in tables)
            assert predicates.exclusive(first, second) == expected
            found += expected
    assert found > 100


def test_what_always_happens_excludes_nothing() -> None:
    ops = {0: Op(0, "phi", 1), 1: Op(1, "not", 1, (0,))}
    predicates = Predicates(ops)
    assert predicates.exclusive(0, 1)
    assert not predicates.exclusive(NOTHING, 1)
    assert not predicates.exclusive(0, NOTHING)


def test_what_takes_too_long_to_prove_is_not_exclusive() -> None:
    """Parity of twenty conditions and its complement: the search would need a million cases."""
    ops = {number: Op(number, "phi", 1) for number in range(20)}
    chain = 0
    for number in range(1, 20):
        ops[19 + number] = Op(19 + number, "xor", 1, (chain, number))
        chain = 19 + number
    ops[100] = Op(100, "not", 1, (chain,))
    ops[101] = Op(101, "xor", 1, (100, 0))
    ops[102] = Op(102, "xor", 1, (chain, 0))
    assert not Predicates(ops).exclusive(101, 102)
    assert Predicates(ops).exclusive(100, chain)  # but this one is seen at once

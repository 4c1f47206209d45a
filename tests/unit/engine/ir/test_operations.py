"""The table of operations: every property that it claims holds of what the operation computes."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from random_operations import Operations

from asn2fpga.engine.ir.evaluate import evaluate
from asn2fpga.engine.ir.operations import (
    ACCESSES,
    ASSOCIATIVE,
    COMMUTATIVE,
    COMPARISONS,
    OPERATIONS,
    PURE,
    Delay,
    Number,
)
from asn2fpga.engine.ir.process import Op

TRIES = 300


def samples(kind: str) -> Iterator[tuple[Op, list[int], list[int]]]:
    """Random operations of a kind with arguments and their widths."""
    rng = random.Random(kind)
    for _ in range(TRIES):
        made = Operations(rng)
        for _ in range(3):
            made.input()
        op = made.random_op(kind)
        widths = [made.builder.width(arg) for arg in op.args]
        yield op, [rng.choice([0, (1 << width) - 1, rng.getrandbits(width)]) for width in widths], widths


@pytest.mark.parametrize("kind", sorted(PURE))
def test_random_operations_obey_their_rule_of_widths(kind: str) -> None:
    for op, _, widths in samples(kind):
        assert OPERATIONS[kind].width_rule(op, widths) == ""
        assert OPERATIONS[kind].arity in (-1, len(widths))


@pytest.mark.parametrize("kind", sorted(PURE))
def test_no_bit_above_the_significant_ones_is_set(kind: str) -> None:
    for op, args, widths in samples(kind):
        known = [arg.bit_length() for arg in args]
        bound = min(op.width, OPERATIONS[kind].significant(op, known, widths))
        assert evaluate(op, args, widths).bit_length() <= bound


@pytest.mark.parametrize("kind", sorted(PURE))
def test_bits_above_the_demanded_ones_do_not_matter(kind: str) -> None:
    rng = random.Random(1)
    for op, args, widths in samples(kind):
        demand = rng.randint(1, op.width)
        wanted = OPERATIONS[kind].demanded(op, widths, demand)
        low = [min(max(0, bits), width) for bits, width in zip(wanted, widths, strict=True)]
        if (
            kind == "mul" and op.value
        ) or kind == "sext":  # signs are taken from what is cut off, not from it
            low = [width if bits < demand else bits for bits, width in zip(low, widths, strict=True)]
        others = [
            arg & (1 << bits) - 1 | rng.getrandbits(width) >> bits << bits
            for arg, bits, width in zip(args, low, widths, strict=True)
        ]
        mask = (1 << demand) - 1
        assert evaluate(op, args, widths) & mask == evaluate(op, others, widths) & mask


@pytest.mark.parametrize("kind", sorted(COMMUTATIVE))
def test_arguments_of_commutative_operations_can_change_places(kind: str) -> None:
    for op, args, widths in samples(kind):
        signs = op.value >> 1 | (op.value & 1) << 1
        other = Op(0, kind, op.width, value=signs if OPERATIONS[kind].number is Number.SIGNS else op.value)
        assert evaluate(op, args, widths) == evaluate(other, args[::-1], widths[::-1])


@pytest.mark.parametrize("kind", sorted(ASSOCIATIVE))
def test_chains_of_associative_operations_can_be_regrouped(kind: str) -> None:
    for op, (first, second), widths in samples(kind):
        third = random.Random(first).getrandbits(op.width)
        left = evaluate(op, [evaluate(op, [first, second], widths), third], widths)
        assert left == evaluate(op, [first, evaluate(op, [second, third], widths)], widths)


@pytest.mark.parametrize("kind", sorted(PURE))
def test_neutral_arguments_change_nothing(kind: str) -> None:
    neutral = OPERATIONS[kind].neutral
    for op, args, widths in samples(kind) if neutral is not None else ():
        assert neutral is not None
        assert evaluate(op, [args[0], neutral & ((1 << op.width) - 1)], widths) == args[0]


@pytest.mark.parametrize("kind", sorted(PURE))
def test_bits_of_bitwise_operations_stay_in_their_places(kind: str) -> None:
    for op, args, widths in samples(kind) if OPERATIONS[kind].bitwise else ():
        whole = evaluate(op, args, widths)
        bits = [
            evaluate(Op(0, kind, 1), [a >> at & 1 for a in args], [1] * len(args)) for at in range(op.width)
        ]
        assert [whole >> at & 1 for at in range(op.width)] == bits


@pytest.mark.parametrize("kind", sorted(OPERATIONS))
def test_properties_agree(kind: str) -> None:
    row = OPERATIONS[kind]
    assert (kind in ACCESSES) == (row.delay is Delay.ACCESS)
    assert row.is_pure != (kind in ACCESSES or kind == "phi")
    assert row.is_pure == (row.verilog is not None or row.is_inline)
    assert not (row.has_effect and row.is_pure)
    assert row.has_value or row.has_effect
    assert row.arity == 2 or not (row.commutative or row.associative or row.comparison)


def test_comparisons_give_one_bit() -> None:
    rule = OPERATIONS["eq"].width_rule
    assert {OPERATIONS[kind].width_rule for kind in COMPARISONS} == {rule}


@pytest.mark.parametrize(
    ("op", "widths", "complaint"),
    [
        (Op(0, "add", 4), [4, 3], "the result must be as wide as the arguments, not u4 of u4 u3"),
        (Op(0, "eq", 1), [4, 3], "what is compared must be equally wide, not u4 u3"),
        (Op(0, "slt", 2), [4, 4], "the result must be u1, not u2"),
        (Op(0, "select", 4), [2, 4, 4], "the condition must be u1, not u2"),
        (Op(0, "select", 4), [1, 4, 5], "the result must be as wide as what is chosen, not u4 of u4 u5"),
        (Op(0, "zext", 4), [5], "the result must be at least as wide as the argument, not u4 of u5"),
        (Op(0, "slice", 4, value=2), [5], "the bits must lie within the argument, not be 5..2 of u5"),
        (Op(0, "concat", 4), [1, 2], "the result must be as wide as the arguments together, not u4 of u1 u2"),
        (Op(0, "constant", 4, value=16), [], "the number must fit in u4, not be 16"),
        (Op(0, "store", 4), [2, 5], "what is written must be as wide as the operation, not u4 of u5"),
    ],
)
def test_wrong_widths_are_named(op: Op, widths: list[int], complaint: str) -> None:
    assert OPERATIONS[op.kind].width_rule(op, widths) == complaint

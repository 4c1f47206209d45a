"""A piece of a word that a choice of constants shifts down: slices and choices, no shifter."""

from __future__ import annotations

import itertools

import pytest
from random_operations import value_of

from asn2fpga.engine.ir.builder import Builder
from asn2fpga.engine.ir.fold.rules import fold


def parts(builder: Builder, value: int) -> set[int]:
    """A value and all that it is made of."""
    return {value}.union(*(parts(builder, arg) for arg in builder.ops[value].args))


@pytest.mark.parametrize("amounts", [(5, 18, 24), (18, 5, 40)])
def test_a_chosen_piece_is_a_choice_of_slices(amounts: tuple[int, int, int]) -> None:
    builder = Builder(fold)
    word, first, second = builder.phi(32), builder.phi(1), builder.phi(1)
    a, b = (builder.constant(amount, 6) for amount in amounts[:2])
    inner = builder.make("zext", builder.make("select", first, a, b, width=6), width=32)
    amount = builder.make("select", second, inner, builder.constant(amounts[2], 32), width=32)
    made = builder.slice(builder.make("lshr", word, amount), 1, 8)
    assert {builder.ops[part].kind for part in parts(builder, made)} <= {
        "select",
        "slice",
        "zext",
        "phi",
        "constant",
    }
    for one, two, bits in itertools.product((0, 1), (0, 1), (0x12345678, 0xFEDCBA98)):
        shift = (amounts[0] if one else amounts[1]) if two else amounts[2]
        assert value_of(builder, made, {word: bits, first: one, second: two}) == bits >> shift >> 1 & 0xFF


@pytest.mark.parametrize("amounts", [(0, 23, 46, 69), (23, 0, 31, 15), (8, 0, 24, 16)])
def test_what_a_choice_of_two_constants_has_become_is_a_choice(amounts: tuple[int, ...]) -> None:
    """It is wiring, of constants and copies of the condition, where few places differ."""
    builder = Builder(fold)
    word, low, high = builder.phi(92), builder.phi(1), builder.phi(1)
    a, b, c, d = (builder.constant(amount, 92) for amount in amounts)
    first = builder.make("select", low, a, b, width=92)
    second = builder.make("select", low, c, d, width=92)
    amount = builder.make("select", high, first, second, width=92)
    made = builder.slice(builder.make("lshr", word, amount), 0, 23)
    assert "lshr" not in {builder.ops[part].kind for part in parts(builder, made)}
    bits = 0x123456789ABCDEF01234567
    for number, (one, two) in enumerate(itertools.product((1, 0), (1, 0))):
        found = value_of(builder, made, {word: bits, high: one, low: two})
        assert found == bits >> amounts[number] & 0x7FFFFF


def test_wiring_of_two_conditions_stays_a_shift() -> None:
    builder = Builder(fold)
    word, first, second = builder.phi(64), builder.phi(1), builder.phi(1)
    wired = builder.make("concat", builder.constant(0, 3), first, second, width=5)
    amount = builder.make("zext", wired, width=64)
    assert builder.ops[builder.slice(builder.make("lshr", word, amount), 0, 4)].kind == "slice"


def test_pieces_that_overlap_stay_a_shift() -> None:
    """Four slices of 24 bits of a word of 32: a shifter is no larger."""
    builder = Builder(fold)
    word, first = builder.phi(32), builder.phi(1)
    amount = builder.make("select", first, builder.constant(4, 32), builder.constant(8, 32), width=32)
    assert builder.ops[builder.slice(builder.make("lshr", word, amount), 0, 24)].kind == "slice"


def test_a_shift_by_a_variable_stays_one() -> None:
    builder = Builder(fold)
    word, amount = builder.phi(32), builder.phi(32)
    assert builder.ops[builder.slice(builder.make("lshr", word, amount), 0, 4)].kind == "slice"

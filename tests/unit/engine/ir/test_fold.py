"""Every operation the Builder simplifies evaluates to the same value as before."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_operations import Operations, value_of

from asn2fpga.engine.ir.builder import Builder
from asn2fpga.engine.ir.fold.rules import fold


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.integers(0, 1 << 62))
def test_simplified_operations_keep_their_value(seed: int) -> None:
    operations = Operations(random.Random(seed))
    for _ in range(3):
        operations.input()
    for _ in range(25):
        operations.grow()


@pytest.mark.parametrize(
    "kind, arg, same",
    [
        ("add", 0, True),
        ("or", 0, True),
        ("xor", 0, True),
        ("sub", 0, True),
        ("and", 0xFF, True),
        ("mul", 1, True),
        ("and", 0, False),
    ],
)
def test_neutral_and_absorbing_constants(kind: str, arg: int, same: bool) -> None:
    builder = Builder(fold)
    phi = builder.phi(8)
    made = builder.make(kind, phi, builder.constant(arg, 8))
    assert made == (phi if same else builder.constant(arg, 8))


def test_shifts_and_masks_by_constants_are_wiring() -> None:
    builder = Builder(fold)
    phi = builder.phi(8)
    shifted = builder.make("shl", phi, builder.constant(3, 8))
    masked = builder.make("and", builder.make("lshr", phi, builder.constant(2, 8)), builder.constant(15, 8))
    assert {builder.ops[value].kind for value in (shifted, masked)} <= {"concat", "zext", "slice"}


def test_equal_operations_are_made_once() -> None:
    builder = Builder(fold)
    a, b = builder.phi(8), builder.phi(8)
    assert builder.make("add", a, b) == builder.make("add", b, a)
    assert builder.make("sub", a, b) != builder.make("sub", b, a)


def test_a_factor_that_is_negative_is_no_power_of_two() -> None:
    """-8 in four bits looks like 8; as a factor of eight bits it is not."""
    builder = Builder(fold)
    phi = builder.phi(8)
    product = builder.make("mul", phi, builder.constant(-8, 4), width=8, value=2)
    assert value_of(builder, product, {phi: 3}) == -24 & 0xFF

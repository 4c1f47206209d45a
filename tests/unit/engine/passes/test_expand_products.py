"""Products as sums: exact for every sign and width, and only where they are smaller than a multiplier."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace

import pytest
from random_operations import value_of

from asn2fpga.device.binding import multiplies_in_luts, signed_digits
from asn2fpga.engine.ir.builder import Builder
from asn2fpga.engine.ir.evaluate import evaluate
from asn2fpga.engine.ir.fold.rules import fold
from asn2fpga.engine.ir.process import Exit, Op, Process, Region
from asn2fpga.engine.passes.expand_products import expand_products, rows_of

SMALL = [*itertools.product((1, 2, 3), (1, 2, 4), range(4), (0, 3))]  # widths, signs, bits more or less


@pytest.mark.parametrize(("first", "second", "signs", "extra"), SMALL)
def test_rows_are_exact_for_all_values(first: int, second: int, signs: int, extra: int) -> None:
    for width in {max(first, second), first + second + extra}:
        builder = Builder(fold)
        args = [builder.phi(first), builder.phi(second)]
        op = Op(0, "mul", width, tuple(args), value=signs)
        made = rows_of(builder, op, args)
        assert builder.width(made) == width
        for a, b in itertools.product(range(1 << first), range(1 << second)):
            expected = evaluate(op, [a, b], [first, second])
            assert value_of(builder, made, {args[0]: a, args[1]: b}) == expected, (a, b, op)


def test_rows_are_exact_for_wide_values() -> None:
    rng = random.Random(3)
    for _ in range(300):
        first, second = rng.randint(1, 12), rng.randint(1, 70)
        op = Op(0, "mul", rng.randint(max(first, second), first + second + 3), (0, 1), value=rng.randrange(4))
        builder = Builder(fold)
        args = [builder.phi(first), builder.phi(second)]
        made = rows_of(builder, op, args)
        a, b = rng.getrandbits(first), rng.choice([rng.getrandbits(second), 1 << (second - 1), 0])
        assert value_of(builder, made, {args[0]: a, args[1]: b}) == evaluate(op, [a, b], [first, second])


def product_process(first: int, factor: int | tuple[int, int], width: int, signs: int) -> Process:
    """One block with one product, of a variable and a variable (its width) or a constant (value, width)."""
    builder = Builder(fold)
    a = builder.phi(first)
    builder.start_region()
    phis = [a]
    if isinstance(factor, int):
        b = builder.phi(factor)
        phis.append(b)
    else:
        b = builder.constant(*factor)
    product = builder.fresh(Op(0, "mul", width, (a, b), value=signs))
    result = builder.phi(width)
    region = Region("block", False, (*phis, result), (product,), (Exit(-1, "block", {result: product}),))
    return Process("work", (), (), builder.ops, (region,))


def product_of(process: Process) -> tuple[Builder, int]:
    """The value that the block's exit moves into its last phi."""
    builder = Builder(fold)
    builder.ops = process.ops
    (moved,) = process.regions[0].exits[0].moves.values()
    return builder, moved


def test_products_by_constants_are_exact() -> None:
    rng = random.Random(5)
    for _ in range(400):
        first, width = rng.choice([1, 3, 8, 13, 40]), rng.choice([8, 13, 20, 44, 70])
        bits = rng.randint(1, width)
        high = rng.getrandbits(bits) << rng.randrange(bits)
        constant = rng.choice([rng.getrandbits(bits), (1 << bits) - 1, 5, 10, 100, high]) & ((1 << bits) - 1)
        signs = rng.randrange(4)
        if first > width:
            continue
        process = expand_products(product_process(first, (constant, bits), width, signs))
        builder, made = product_of(process)
        value = rng.choice([rng.getrandbits(first), (1 << first) - 1, 1 << (first - 1)])
        expected = evaluate(Op(0, "mul", width, (0, 1), value=signs), [value, constant], [first, bits])
        assert builder.width(made) == width
        assert value_of(builder, made, {process.regions[0].phis[0]: value}) == expected


def kinds(process: Process) -> set[str]:
    return {op.kind for op in expand_products(process).ops.values()}


@pytest.mark.parametrize(("first", "second", "in_luts"), [
    (3, 8, True), (8, 3, True), (4, 8, True), (2, 18, True), (1, 30, True), (5, 8, False), (8, 8, False),
    (3, 16, False), (2, 30, True), (18, 25, False),
])  # fmt: skip
def test_which_products_become_sums(first: int, second: int, in_luts: bool) -> None:
    assert multiplies_in_luts(first, second) == in_luts
    assert ("mul" in kinds(product_process(first, second, first + second, 1))) != in_luts


def test_a_loop_that_asks_for_slices_keeps_its_products() -> None:
    process = product_process(3, 8, 11, 1)
    (region,) = process.regions
    asked = process.with_regions([replace(region, multipliers=True)], process.ops)
    assert "mul" not in kinds(process) and "mul" in kinds(asked)


@pytest.mark.parametrize(
    ("first", "constant", "is_sum"),
    [(10, 5, True), (10, 7, True), (10, 0b1010101, True), (30, 0x55555555, False)],
)
def test_which_constants_become_sums(first: int, constant: int, is_sum: bool) -> None:
    assert ("mul" not in kinds(product_process(first, (constant, 32), 32, 0))) == is_sum


def test_zeros_at_the_end_of_a_constant_are_not_multiplied() -> None:
    """Lanes that LLVM has moved together: a slice for each of them, as for the lowest one."""
    for zeros in (0, 16, 32):
        process = product_process(17, (61309 << zeros, 17 + zeros), 33 + zeros, 1)
        made = expand_products(process)
        (product,) = (
            op for op in made.ops.values() if op.kind == "mul" and op.id != process.regions[0].ops[0]
        )
        assert (product.width, [made.ops[arg].width for arg in product.args]) == (33, [17, 17])


def test_digits_are_few_and_add_up() -> None:
    for number in range(512):
        found = signed_digits(number, 9)
        assert sum((-1 if minus else 1) << position for position, minus in found) % 512 == number
        assert all(b[0] - a[0] > 1 for a, b in itertools.pairwise(found))


@pytest.mark.parametrize(("first", "constant", "is_table"), [(3, 0b10101, True), (4, 0b1001001, True),
    (5, 0b10101, False), (3, 0b101, False)])  # fmt: skip
def test_narrow_values_times_a_constant_become_tables(first: int, constant: int, is_table: bool) -> None:
    """Exact for all values, signed ones too."""
    found = kinds(product_process(first, (constant, 16), 16, 0))
    assert ("select" in found, "add" in found or "sub" in found) == (is_table, not is_table)
    for signs, value in itertools.product(range(4), range(1 << first)):
        process = expand_products(product_process(first, (constant, 16), 16, signs))
        builder, made = product_of(process)
        expected = evaluate(Op(0, "mul", 16, (0, 1), value=signs), [value, constant], [first, 16])
        assert value_of(builder, made, {process.regions[0].phis[0]: value}) == expected

"""Division by constants: every value and divisor of small widths, random ones of large widths."""

from __future__ import annotations

import random

import pytest
from random_operations import value_of

from asn2fpga.engine.ir.builder import Builder
from asn2fpga.engine.ir.evaluate import evaluate
from asn2fpga.engine.ir.fold.divide import multiplier
from asn2fpga.engine.ir.fold.rules import fold
from asn2fpga.engine.ir.process import Op

KINDS = ("udiv", "sdiv", "urem", "srem")
DIVIDERS = frozenset(KINDS)


def make(
    kind: str, width: int, divisor: int, extension: str = "", inner: int = 0
) -> tuple[Builder, int, int]:
    """Builder, phi and quotient or remainder; the phi may be extended first."""
    builder = Builder(fold)
    phi = builder.phi(inner or width)
    value = builder.make(extension, phi, width=width) if extension else phi
    return builder, phi, builder.make(kind, value, builder.constant(divisor, width))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("width", range(1, 6))
def test_small_widths_are_exact_for_all_values(kind: str, width: int) -> None:
    for divisor in range(1, 1 << width):
        builder, phi, made = make(kind, width, divisor)
        assert builder.width(made) == width
        for value in range(1 << width):
            expected = evaluate(Op(0, kind, width, (0, 1)), [value, divisor], [width, width])
            assert value_of(builder, made, {phi: value}) == expected, (value, divisor)


@pytest.mark.parametrize("kind", KINDS)
def test_large_widths_are_exact(kind: str) -> None:
    rng = random.Random(kind)
    for _ in range(250):
        width = rng.choice([8, 16, 31, 32, 33, 64, 65, 200])
        divisor = rng.getrandbits(rng.randint(1, width)) or 10
        if rng.random() < 0.3:
            divisor = -divisor & ((1 << width) - 1)
        extension = rng.choice(["", "zext", "sext"])
        inner = rng.randint(1, width - 1) if extension else width
        builder, phi, made = make(kind, width, divisor, extension, inner)
        for value in interesting(rng, inner, divisor):
            extended = evaluate(Op(0, extension or "zext", width, (0,)), [value], [inner])
            expected = evaluate(Op(0, kind, width, (0, 1)), [extended, divisor], [width, width])
            assert value_of(builder, made, {phi: value}) == expected, (value, divisor, width, extension)


def interesting(rng: random.Random, bits: int, divisor: int) -> set[int]:
    """Ends of the range, neighbours of multiples of the divisor, any."""
    multiple = rng.randint(0, max(1, (1 << bits) // divisor)) * divisor
    half = 1 << (bits - 1)
    values = [
        0,
        1,
        -1,
        half,
        half - 1,
        multiple,
        multiple - 1,
        -multiple,
        1 - multiple,
        rng.getrandbits(bits),
    ]
    return {value & ((1 << bits) - 1) for value in values}


def test_the_multiplier_is_exact_for_the_whole_range() -> None:
    for divisor in range(1, 70):
        for top in (1, 7, 100, 255):
            for above in (False, True):
                factor, shift = multiplier(divisor, top, above)
                assert all(value * factor >> shift == value // divisor for value in range(top + 1))


def test_no_divider_is_left_but_for_a_divisor_of_zero() -> None:
    for kind in KINDS:
        builder, _, _ = make(kind, 12, 10)
        assert not DIVIDERS & {op.kind for op in builder.ops.values()}
        builder, _, made = make(kind, 12, 0)
        assert builder.ops[made].kind == kind

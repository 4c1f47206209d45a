"""Operations split to fit the clock compute what they did whole; none of the parts is too long."""

from __future__ import annotations

import random

import pytest

from asn2fpga.engine.ir.evaluate import evaluate
from asn2fpga.engine.ir.process import NOTHING, Exit, Op, Port, Process, Region
from asn2fpga.engine.passes.fit_clock import fit_clock
from asn2fpga.engine.target.delays import DelayModel, delay_model

COMPARISONS = {"eq", "ult", "ule", "slt", "sle"}
CASES = [  # kind, width of arguments, clock in ns
    *((kind, width, 3.3) for kind in ("add", "sub", *sorted(COMPARISONS)) for width in (33, 64, 100)),
    *((kind, width, 10.0) for kind in ("add", "sub", "ult", "sle") for width in (256, 257, 600)),
    *((kind, width, 10.0) for kind in ("udiv", "urem", "sdiv", "srem") for width in (8, 17, 33)),
]


def process_of(op: Op, widths: tuple[int, int]) -> Process:
    """One block: %0 and %1 come from nowhere, `op` is written."""
    ops = {number: Op(number, "phi", width) for number, width in enumerate(widths)}
    ops[2] = Op(2, op.kind, op.width, (0, 1), op.value)
    ops[3] = Op(3, "write", op.width, (2,), target="out")
    region = Region("block", False, (0, 1), (2, 3), (Exit(NOTHING, "block"),))
    return Process("work", (Port("out", "out", op.width),), (), ops, (region,))


def run(process: Process, a: int, b: int) -> int:
    """What the process writes."""
    (region,) = process.regions
    values = dict(zip(region.phis, (a, b), strict=True))
    values |= {number: op.value for number, op in process.ops.items() if op.kind == "constant"}
    for number in region.ops:
        op = process.ops[number]
        if op.kind == "write":
            return values[op.args[0]]
        widths = [process.ops[arg].width for arg in op.args]
        values[number] = evaluate(op, [values[arg] for arg in op.args], widths)
    raise AssertionError("nothing is written")


def check(op: Op, widths: tuple[int, int], delays: DelayModel) -> Process:
    process = process_of(op, widths)
    split = fit_clock(process, delays)
    rng = random.Random(1)
    for _ in range(60):
        a, b = (rng.getrandbits(width) >> rng.choice([0, 0, width // 2, width - 1]) for width in widths)
        b = b or 1
        b = a if op.kind in COMPARISONS and rng.random() < 0.2 and widths[0] == widths[1] else b
        assert run(split, a, b) == run(process, a, b), (op.kind, widths, a, b)
    return split


def longest(process: Process, delays: DelayModel) -> float:
    """The longest delay of an operation, products of one slice aside: they get registers inside."""
    ops = [process.ops[number] for number in process.regions[0].ops]
    widths = {op.id: [process.ops[arg].width for arg in op.args] for op in ops}
    pure = [op for op in ops if op.kind != "write" and not delays.registers_inside(op, widths[op.id])]
    return max(delays.of(op, widths[op.id]) for op in pure)


@pytest.mark.parametrize(("kind", "width", "clock_ns"), CASES)
def test_parts_compute_the_whole(kind: str, width: int, clock_ns: float) -> None:
    delays = delay_model("xc7z020clg400-1", clock_ns)
    op = Op(2, kind, 1 if kind in COMPARISONS else width)
    whole = delays.of(op, (width, width))
    split = check(op, (width, width), delays)
    if whole > delays.room:
        assert longest(split, delays) <= delays.room
        assert len(split.regions[0].ops) > 2


@pytest.mark.parametrize("signs", range(4))
@pytest.mark.parametrize("widths", [(32, 32), (64, 64), (18, 60), (40, 7), (100, 90)])
def test_products_of_many_slices(widths: tuple[int, int], signs: int) -> None:
    delays = delay_model("xc7z020clg400-1", 5.0)
    for width in (max(widths), sum(widths)):
        split = check(Op(2, "mul", width, value=signs), widths, delays)
        assert longest(split, delays) <= delays.room


def test_what_is_short_stays_whole() -> None:
    delays = delay_model("xc7z020clg400-1", 10.0)
    for kind in ("add", "ult", "eq", "mul", "shl"):
        split = check(Op(2, kind, 1 if kind in COMPARISONS else 16), (16, 16), delays)
        assert [split.ops[number].kind for number in split.regions[0].ops] == [kind, "write"]


def test_a_division_too_large_for_logic_stays_whole() -> None:
    delays = delay_model("xc7z020clg400-1", 10.0)
    split = fit_clock(process_of(Op(2, "udiv", 100), (100, 100)), delays)
    assert [split.ops[number].kind for number in split.regions[0].ops] == ["udiv", "write"]

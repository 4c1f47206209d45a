"""Gates that fit one look-up table take one level of logic; what does not fit takes more, never less."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from asn2fpga.engine.ir.builder import Builder
from asn2fpga.engine.ir.fold.rules import fold
from asn2fpga.engine.ir.process import NOTHING, Exit, Op, Process, Region, uses_of
from asn2fpga.engine.schedule.packing import Packed, pack
from asn2fpga.engine.target.delays import delay_model

DELAYS = delay_model("xc7z020clg400-1", 10.0)
LUT = DELAYS.figures.lut


class Bench:
    """A block on registers: make operations, then ask when each is there (all in one stage)."""

    def __init__(self) -> None:
        self.builder = Builder(fold)
        self.builder.start_region()
        self.phis: list[int] = []

    def register(self, width: int) -> int:
        """A value from outside."""
        self.phis.append(self.builder.phi(width))
        return self.phis[-1]

    def chain(self, kind: str, values: list[int]) -> list[int]:
        """The values joined one after the other, all partial results."""
        results = [values[0]]
        for value in values[1:]:
            results.append(self.builder.make(kind, results[-1], value))
        return results[1:]

    def arrivals(self, part: str = "xc7z020clg400-1") -> dict[int, float]:
        """Time of each value after the registers, in ns."""
        return _arrivals(self.packed(part), self.builder.ops)

    def packed(self, part: str = "xc7z020clg400-1") -> dict[int, Packed]:
        """All operations, packed."""
        region = Region(
            "block", False, tuple(self.phis), tuple(self.builder.region_ops), (Exit(NOTHING, "block"),)
        )
        process = Process("bench", (), (), self.builder.ops, (region,))
        return pack(process, region, delay_model(part, 10.0))


def _arrivals(packed: dict[int, Packed], ops: dict[int, Op]) -> dict[int, float]:
    times = {number: 0.0 for number, op in ops.items() if op.kind in ("phi", "constant")}
    for number, entry in packed.items():
        times[number] = max((times[value] for value in entry.after), default=0.0) + entry.delay_ns
    return times


def levels(times: dict[int, float], values: list[int], lut: float = LUT) -> list[int]:
    found = [times[value] / lut for value in values]
    assert all(abs(level - round(level)) < 1e-9 for level in found)
    return [round(level) for level in found]


@pytest.mark.parametrize("width", [1, 32])
def test_six_inputs_share_a_table(width: int) -> None:
    bench = Bench()
    chain = bench.chain("xor", [bench.register(width) for _ in range(12)])
    assert levels(bench.arrivals(), chain) == [1] * 5 + [2] * 5 + [3]


def test_the_handshakes_share_a_table_of_four_inputs() -> None:
    """Valid and ready are its other two."""
    bench = Bench()
    chain = bench.chain("xor", [bench.register(1) for _ in range(6)])
    inverted = [bench.builder.make("not", value) for value in chain]
    packed = bench.packed()
    assert [packed[value].roomy for value in chain] == [True, True, True, False, False]
    assert [packed[value].roomy for value in inverted] == [packed[value].roomy for value in chain]


def test_the_handshakes_share_the_table_of_a_late_gate() -> None:
    """Four of its five inputs are early enough to come through a table of their own."""
    bench = Bench()
    early = bench.chain("and", [bench.register(1) for _ in range(4)])[-1]
    late = bench.builder.make("eq", bench.register(16), bench.register(16), width=1)
    gate, alone = (bench.builder.make("or", early, value) for value in (late, bench.register(1)))
    packed = bench.packed()
    assert (packed[late].roomy, packed[gate].roomy, packed[alone].roomy) == (False, True, False)


def test_choices_are_gates_of_three_inputs() -> None:
    bench = Bench()
    value, values = bench.register(16), []
    for _ in range(4):
        condition, other = bench.register(1), bench.register(16)
        value = bench.builder.make("select", condition, other, value, width=16)
        values.append(value)
    assert levels(bench.arrivals(), values) == [1, 1, 2, 2]  # 3 and 5 inputs; the full table and 2, and 4


def test_a_shift_by_wiring_is_another_bit() -> None:
    """x ^ x << 1 ^ x << 2 ... needs one bit more each time: eight steps of a CRC take two levels."""
    bench = Bench()
    value, values = bench.register(32), []
    polynomial = bench.builder.constant(0xEDB88320, 32)
    for _ in range(8):
        odd = bench.builder.resize(bench.builder.slice(value, 0, 1), 32, signed=True)
        moved = bench.builder.resize(bench.builder.slice(value, 1, 31), 32)
        value = bench.builder.make("xor", moved, bench.builder.make("and", odd, polynomial))
        values.append(value)
    assert levels(bench.arrivals(), values) == [1] * 5 + [2] * 3


def test_the_same_bit_counts_once() -> None:
    bench = Bench()
    a, b = bench.register(8), bench.register(8)
    value = bench.builder.make("xor", a, b)
    for kind in ("and", "or", "xor", "and", "or", "xor", "and", "or") * 2:
        value = bench.builder.make(kind, value, bench.builder.make("or" if kind == "and" else "and", a, b))
        a, b = bench.builder.make("not", b), a
    assert levels(bench.arrivals(), [value]) == [1]


@pytest.mark.parametrize(("width", "expected"), [(1, 1), (3, 1), (4, 2), (18, 2), (19, 3)])
def test_comparisons_of_few_bits_are_one_table(width: int, expected: int) -> None:
    bench = Bench()
    equal = bench.builder.make("eq", bench.register(width), bench.register(width))
    assert levels(bench.arrivals(), [equal]) == [expected]


def test_a_comparison_with_a_constant_needs_half_the_bits() -> None:
    bench = Bench()
    value = bench.register(6)
    equal = bench.builder.make("eq", value, bench.builder.constant(37, 6))
    less = bench.builder.make("ult", value, bench.builder.constant(37, 6))
    assert levels(bench.arrivals(), [equal, less]) == [1, 1]


def test_a_gate_in_front_of_a_sum_is_part_of_it_where_synthesis_does_that() -> None:
    bench = Bench()
    a, b, c = (bench.register(16) for _ in range(3))
    plain = bench.builder.make("add", a, b)
    gated = bench.builder.make("add", a, bench.builder.make("and", b, c))
    times = bench.arrivals()
    assert times[plain] == times[gated] == DELAYS.sum_of(16)
    on_ecp5 = bench.arrivals("LFE5U-85F-6BG381C")
    assert on_ecp5[gated] > on_ecp5[plain]


@pytest.mark.parametrize("seed", range(20))
def test_packing_is_never_slower_than_a_table_each_and_never_early(seed: int) -> None:
    """Random circuits: between the depth that the inputs allow at least and one level an operation."""
    rng, bench = random.Random(seed), Bench()
    values = [bench.register(rng.choice([1, 4, 9])) for _ in range(6)]
    for _ in range(60):
        kind = rng.choice(["and", "or", "xor", "add", "eq", "select", "not"])
        a = rng.choice(values)
        same = [value for value in values if bench.builder.width(value) == bench.builder.width(a)]
        bits = [value for value in values if bench.builder.width(value) == 1]
        if kind == "select" and bits:
            made = bench.builder.make(
                "select", rng.choice(bits), a, rng.choice(same), width=bench.builder.width(a)
            )
        else:
            made = (
                bench.builder.make("not", a)
                if kind == "not"
                else bench.builder.make("xor" if kind == "select" else kind, a, rng.choice(same))
            )
        values.append(made)
    times, plain, supports = bench.arrivals(), {}, {}
    for number, op in bench.builder.ops.items():
        widths = [bench.builder.width(arg) for arg in op.args]
        own = DELAYS.of(op, widths) if op.args else 0.0
        plain[number] = max((plain[arg] for arg in uses_of(op)), default=0.0) + own
        supports[number] = {number}.union(*(supports[arg] for arg in op.args)) & {*bench.phis} or {number}
        if number in times:
            assert times[number] <= plain[number] + 1e-9
            tables = next(count for count in range(9) if 6**count >= len(supports[number] & {*bench.phis}))
            assert times[number] >= tables * LUT - 1e-9 or op.kind in (
                "phi",
                "not",
                "slice",
                "zext",
                "sext",
                "concat",
            )


def test_more_inputs_are_never_faster() -> None:
    bench = Bench()
    for kind in ("and", "xor"):
        chain = bench.chain(kind, [bench.register(8) for _ in range(40)])
        found = levels(bench.arrivals(), chain)
        assert all(first <= second for first, second in pairwise(found)) and found[-1] == 8

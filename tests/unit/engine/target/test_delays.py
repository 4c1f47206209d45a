"""The delay model ranks as hardware does: wider is slower, a better grade or a newer family is faster."""

from __future__ import annotations

import pytest

from asn2fpga.engine.ir.process import Op
from asn2fpga.engine.target.delay_tables import FAMILIES, GRADES, family_and_grade, figures_of
from asn2fpga.engine.target.delays import delay_model

KINDS = ("add", "sub", "mul", "ult", "eq", "shl", "udiv")


@pytest.mark.parametrize("kind", KINDS)
def test_more_bits_are_never_faster(kind: str) -> None:
    delays = delay_model("xc7z020clg400-1", 10.0)
    times = [delays.of(Op(0, kind, width), (width, width)) for width in (2, 8, 16, 32, 64, 128, 256)]
    assert times == sorted(times) and times[0] < times[-1]


@pytest.mark.parametrize("kind", KINDS)
def test_better_grades_and_newer_families_are_faster(kind: str) -> None:
    parts = ["xc7z020clg400-1", "xc7z020clg400-2", "xc7z020clg400-3", "xczu3eg-sbva484-1-i",
             "xczu7ev-ffvc1156-2-e"]  # fmt: skip
    times = [delay_model(part, 10.0).of(Op(0, kind, 32), (32, 32)) for part in parts]
    assert times == sorted(times, reverse=True) and len(set(times)) == len(times)


def test_parts_are_recognised() -> None:
    expected = {
        "xc7z020clg400-1": ("xc7", "1"),
        "xc7a35tcsg324-1L": ("xc7", "1L"),
        "xc7z045ffg900-3": ("xc7", "3"),
        "xczu3eg-sfvc784-2-e": ("xcup", "2"),
        "xczu3eg-sbva484-1-i": ("xcup", "1"),
        "xck26-sfvc784-2LV-c": ("xcup", "2LV"),
        "LFE5U-85F-6BG381C": ("ecp5", "6"),
        "LFE5UM5G-45F-8BG381C": ("ecp5", "8"),
        "iCE40UP5K-SG48": ("xc7", "1"),
        "xc7z020": ("xc7", "1"),
    }
    assert {part: family_and_grade(part) for part in expected} == expected


def test_the_low_voltage_grade_of_the_kria_is_slower_than_its_number_says() -> None:
    assert figures_of("xck26-sfvc784-2LV-c").lut > figures_of("xczu7ev-ffvc1156-2-e").lut


def test_every_family_has_grades_around_one() -> None:
    assert GRADES.keys() == FAMILIES.keys()
    for family, (slow, better, best) in {"xc7": "123", "xcup": "123", "ecp5": "678"}.items():
        grades = GRADES[family]
        assert grades[slow] == 1.0 > grades[better] > grades[best] > 0.5


def test_registers_inside_products_come_with_the_clock() -> None:
    product = Op(0, "mul", 32)
    needed = [
        delay_model("xc7z020clg400-1", clock).registers_inside(product, (16, 16)) for clock in (10, 6.2, 3.5)
    ]
    assert needed == [0, 1, 2]
    assert delay_model("xc7z020clg400-1", 5.0).registers_inside(Op(0, "add", 32), (32, 32)) == 0

"""The page of a comparison: curves in pixels, names that are only text."""

from __future__ import annotations

import re

from asn2fpga.report.comparison import Curve, comparison_page


def page(*curves: Curve) -> str:
    return comparison_page("net <b>", ["a & b"], ("layer", "rate"), curves)


def test_the_largest_rate_decides_the_axis() -> None:
    html = page(Curve("fc1", (0.0, 0.00025, 0.0005), ("1",)), Curve("fc2", (0.0, 0.0, 0.0), ("2",)))
    assert re.findall(r'class="end"[^>]*>([^<]*)<', html) == ["0", "125", "250", "375", "500"]
    first, second = re.findall(r'points="([^"]*)"', html)
    assert first.split() == ["70.0,260.0", "405.0,137.5", "740.0,15.0"]
    assert {point.split(",")[1] for point in second.split()} == {"260.0"}


def test_names_are_text() -> None:
    html = page(Curve("<script>alert(1)</script>", (0.5,), ("<i>",)))
    assert "<script" not in html and "net &lt;b&gt;" in html and "a &amp; b" in html and "&lt;i&gt;" in html


def test_nothing_differs_and_many_layers_are_told_apart() -> None:
    html = page(*(Curve(f"fc{index}", (0.0,) * 30, ("0",)) for index in range(8)))
    assert html.count("<polyline") == 8 and html.count("stroke-dasharray") == 4
    assert html == page(*(Curve(f"fc{index}", (0.0,) * 30, ("0",)) for index in range(8)))

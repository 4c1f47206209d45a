"""Warnings stand on top of every form of the report."""

from __future__ import annotations

from report_figures import manifest, shown

from asn2fpga.report.html import render_html
from asn2fpga.report.metrics import build_report

WARNING = {
    "code": "chance_accuracy",
    "where": "x.npz: y",
    "text": "11 % of <10> classes are right",
    "hint": "check the labels",
}


def test_warnings_stand_on_top_of_every_form_of_the_report() -> None:
    plain = manifest()
    plain["stages"]["golden"]["warnings"] = [WARNING]
    report = build_report(plain)
    assert report["warnings"] == [WARNING]
    text = shown(report)
    assert text.startswith("warning x.npz: y: 11 % of <10> classes are right; check the labels.")
    page = render_html(report)
    escaped = "x.npz: y: 11 % of &lt;10&gt; classes are right; check the labels."
    assert page.index(escaped) < page.index("RTL simulation")


def test_a_report_without_warnings_says_nothing_of_them() -> None:
    report = build_report(manifest())
    assert report["warnings"] == []
    assert "warning" not in shown(report)

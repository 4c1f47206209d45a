"""What a notebook shows of a build: the verdict, the warnings, and the figures with their origins."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from asn2fpga.report.complete import incomplete_text
from asn2fpga.report.terminal import summary_rows, warning_texts
from asn2fpga.report.verdict import verdict_text

if TYPE_CHECKING:
    from asn2fpga.api.build import Build


def build_html(build: Build) -> str:
    """A heading and a table; all text is escaped."""
    report = build.plain_report
    name = f"{report['model']['name']} on {report['board']['name']}"
    notes = [text for text in (incomplete_text(report), *warning_texts(report)) if text]
    rows = "".join(
        f"<tr>{cell(escape(label), 'th')}{cell(escape(value))}{cell(f'<small>{escape(origin)}</small>')}</tr>"
        for label, value, origin in summary_rows(report)
    )
    warnings = "".join(f"<p><strong>{escape(note)}</strong></p>" for note in notes)
    return (
        f"<div><p><strong>{escape(name)}</strong>: {escape(verdict_text(report))}</p>{warnings}"
        f"<table>{rows}</table></div>"
    )


def cell(html: str, kind: str = "td") -> str:
    """A cell of a table, of escaped text."""
    return f"<{kind} style='text-align:left'>{html}</{kind}>"

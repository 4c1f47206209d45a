"""The pictures of report.html as geometry: horizontal bars, computed here so that the template only draws."""

from __future__ import annotations

from dataclasses import dataclass

from asn2fpga.figures.amounts import RESOURCES
from asn2fpga.report.content import Report
from asn2fpga.report.numbers import percent, plain

LABEL_WIDTH = 150
BAR_WIDTH = 400
BAR_HEIGHT = 18
ROW_HEIGHT = 24
GROUP_GAP = 8
MARGIN = 6


@dataclass(frozen=True)
class Bar:
    """One bar: its text, value as text, series (a colour) and place in pixels."""

    label: str
    value: str
    series: str
    top: int
    text_top: int
    width: float
    value_left: float


@dataclass(frozen=True)
class Chart:
    """One picture. `note`: how its numbers were obtained; `legend`: series and meaning, empty for one."""

    title: str
    note: str
    legend: tuple[tuple[str, str], ...]
    bars: tuple[Bar, ...]
    height: int


Group = tuple[str, list[tuple[str, float, str]]]
"""Label, and (series, value, value as text) of each bar."""


def make_chart(
    title: str, note: str, legend: tuple[tuple[str, str], ...], groups: list[Group], full: float
) -> Chart:
    """Bars group by group; a bar of value `full` has the full width (longer ones are cut)."""
    bars: list[Bar] = []
    top = MARGIN
    for label, values in groups:
        for index, (series, value, text) in enumerate(values):
            width = round(max(1.0, BAR_WIDTH * min(1.0, value / full)), 1) if full > 0 else 1.0
            left = LABEL_WIDTH + width + 8
            bars.append(
                Bar(label if index == 0 else "", text, series, top, top + BAR_HEIGHT - 5, width, left)
            )
            top += ROW_HEIGHT
        top += GROUP_GAP
    return Chart(title, note, legend, tuple(bars), top + MARGIN - GROUP_GAP)


def make_charts(report: Report) -> tuple[Chart, ...]:
    """Every picture whose numbers were obtained."""
    charts = (_accuracy(report), _spikes(report), _cycles(report), _resources(report))
    return tuple(chart for chart in charts if chart is not None)


def _accuracy(report: Report) -> Chart | None:
    real, integer = report["accuracy"]["float"], report["accuracy"]["integer"]
    if real is None or integer is None:
        return None
    groups: list[Group] = [
        ("float", [("reference", real, percent(real))]),
        ("integer", [("main", integer, percent(integer))]),
    ]
    return make_chart("Accuracy, float against integer", report["sources"]["accuracy"], (), groups, 1.0)


def _spikes(report: Report) -> Chart | None:
    values = [
        (row["name"], sent)
        for row in report["layers"]
        if (sent := row["events_out_per_inference"]) is not None
    ]
    if not values:
        return None
    groups: list[Group] = [(name, [("main", value, plain(value))]) for name, value in values]
    full = max(value for _, value in values)
    return make_chart(
        "Events (non-zero pixels or spikes) sent by each layer per inference",
        report["sources"]["events"],
        (),
        groups,
        full,
    )


def _cycles(report: Report) -> Chart | None:
    groups = [
        (row["name"], _cycle_bars(row["cycles_per_inference"], bound))
        for row in report["layers"]
        if (bound := row["lower_bound_cycles"]) is not None
    ]
    if not groups:
        return None
    full = max(value for _, bars in groups for _, value, _ in bars)
    legend = (("main", "measured"), ("reference", "lower bound"))
    note = f"{report['sources']['cycles']} {report['sources']['lower_bound_cycles']}"
    return make_chart("Clock cycles of each layer per inference", note, legend, groups, full)


def _cycle_bars(measured: float | None, bound: float) -> list[tuple[str, float, str]]:
    bars = [] if measured is None else [("main", measured, plain(measured))]
    return [*bars, ("reference", bound, plain(bound))]


def _resources(report: Report) -> Chart | None:
    resources = report["resources"]
    if resources["source"] is None:
        return None
    groups: list[Group] = [
        (key.upper(), [_share(used, available)])
        for key in RESOURCES
        if (available := resources["available"][key]) and (used := resources[key]) is not None
    ]
    title = f"Resources of the {report['board']['name']} used (full bar: all of them)"
    return make_chart(title, report["sources"]["resources"], (), groups, 1.0)


def _share(used: float, available: float) -> tuple[str, float, str]:
    return "main", used / available, f"{plain(used)} of {plain(available)} = {percent(used / available)}"

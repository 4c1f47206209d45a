"""The figures as one table: each with its reference beside it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from operator import gt

from benchmarks.hls.measure import Measured

AREA_LIMIT, CYCLE_LIMIT = 1.5, 1.1  # engine over yardstick, at most
YARDSTICK_MARGIN = 0.1  # of the clock period, at most: yardsticks keep none, and registers for one are area


def format_table(rows: Sequence[Measured]) -> str:
    """Markdown: one line a kernel, then one line a yardstick."""
    return "\n".join([*_engine_lines(rows), "", *_yardstick_lines([row for row in rows if row.yardstick])])


def _engine_lines(rows: Sequence[Measured]) -> list[str]:
    head = [
        "kernel",
        "II",
        "depth",
        "cycles",
        "bound",
        "cycles/bound",
        "LUT",
        "FF",
        "BRAM36",
        "DSP",
        "path ns",
        "netlist ns",
        "s",
    ]
    lines = [_line(head), _line(["---"] + ["--:"] * (len(head) - 1))]
    for row in rows:
        area, cycles = row.engine.resources, row.engine.cycles
        lines.append(
            _line(
                [
                    row.kernel.name,
                    "/".join(map(str, row.intervals)),
                    "/".join(map(str, row.depths)),
                    str(cycles),
                    str(row.bound),
                    f"{cycles / row.bound:.2f}",
                    *(f"{value:g}" for value in (area.lut, area.ff, area.bram36, area.dsp)),
                    f"{row.critical_path_ns:.2f}",
                    f"{row.netlist_path_ns:.2f}",
                    f"{row.compile_seconds:.1f}",
                ]
            )
        )
    return lines


def _yardstick_lines(rows: Sequence[Measured]) -> list[str]:
    head = [
        "kernel",
        "LUT",
        "by hand",
        "ratio",
        "FF",
        "by hand",
        "ratio",
        "DSP",
        "by hand",
        "cycles",
        "by hand",
        "ratio",
    ]
    lines = [_line(head), _line(["---"] + ["--:"] * (len(head) - 1))]
    for row in rows:
        assert row.yardstick is not None
        mine, hand = row.engine, row.yardstick
        lines.append(
            _line(
                [
                    row.kernel.name,
                    *_pair(mine.resources.lut, hand.resources.lut),
                    *_pair(mine.resources.ff, hand.resources.ff),
                    f"{mine.resources.dsp:g}",
                    f"{hand.resources.dsp:g}",
                    *_pair(mine.cycles, hand.cycles),
                ]
            )
        )
    return lines


def _pair(mine: float, hand: float) -> list[str]:
    ratio = f"{mine / hand:.2f}" if hand else "1.00" if not mine else "-"
    return [f"{mine:g}", f"{hand:g}", ratio]


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def misses(rows: Sequence[Measured], margin: float) -> list[str]:
    """Where the engine is beyond its limits, or an interval is not the expected one.

    Area is held against a yardstick only at a clock margin that is as small.
    """
    found = []
    area_limit = AREA_LIMIT if margin <= YARDSTICK_MARGIN else math.inf
    for row in rows:
        if any(map(gt, row.intervals, row.kernel.intervals)):
            found.append(
                f"{row.kernel.name}: intervals must be at most {row.kernel.intervals}, not {row.intervals}"
            )
        if row.yardstick is None:
            continue
        mine, hand = row.engine, row.yardstick
        for what, a, b, limit in (
            ("LUT", mine.resources.lut, hand.resources.lut, area_limit),
            ("FF", mine.resources.ff, hand.resources.ff, area_limit),
            ("cycles", mine.cycles, hand.cycles, CYCLE_LIMIT),
        ):
            if a > limit * b:
                found.append(f"{row.kernel.name}: {what} must be at most {limit} times {b:g}, not {a:g}")
    return found

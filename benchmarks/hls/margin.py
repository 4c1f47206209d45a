"""What a clock margin costs: the kernels at two margins, everything else equal.

Usage: python -m benchmarks.hls.margin BEFORE.json AFTER.json
The files are those of `python -m benchmarks.hls --margin FRACTION --json FILE`.
"""

from __future__ import annotations

import argparse
import json
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

Row = Mapping[str, Any]
_COLUMNS = ("cycles", "LUT", "FF", "netlist ns")


def format_costs(before: Sequence[Row], after: Sequence[Row]) -> str:
    """Markdown: a line a kernel, each figure before and after; then the mean ratios."""
    pairs = [(row, _same_kernel(row, after)) for row in before]
    heads = ["kernel", "II", *(f"{column} {when}" for column in _COLUMNS for when in ("before", "after"))]
    lines = [_line(heads), _line(["---", *["--:"] * (len(heads) - 1)])]
    lines += [_line([old["kernel"], _intervals(old, new), *_cells(old, new)]) for old, new in pairs]
    columns = zip(*(_figures_of_pair(old, new) for old, new in pairs), strict=True)
    ratios = [statistics.geometric_mean(new / old for old, new in column) for column in columns]
    means = ", ".join(f"{name} {ratio - 1:+.0%}" for name, ratio in zip(_COLUMNS, ratios, strict=True))
    return "\n".join([*lines, "", f"Geometric means: {means}."])


def _same_kernel(row: Row, rows: Sequence[Row]) -> Row:
    return next(other for other in rows if other["kernel"] == row["kernel"])


def _figures(row: Row) -> tuple[float, ...]:
    used = row["engine"]["resources"]
    return row["engine"]["cycles"], used["lut"], used["ff"], row["netlist_path_ns"]


def _figures_of_pair(old: Row, new: Row) -> list[tuple[float, float]]:
    return list(zip(_figures(old), _figures(new), strict=True))


def _cells(old: Row, new: Row) -> list[str]:
    return [f"{figure:g}" for pair in _figures_of_pair(old, new) for figure in pair]


def _intervals(old: Row, new: Row) -> str:
    """Initiation intervals; both, if they differ."""
    texts = ["/".join(map(str, row["initiation_intervals"])) for row in (old, new)]
    return " to ".join(dict.fromkeys(texts))


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Read, print."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.hls.margin", description=__doc__.splitlines()[0]
    )
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    options = parser.parse_args()
    before, after = (json.loads(path.read_text()) for path in (options.before, options.after))
    print(format_costs(before, after))


if __name__ == "__main__":
    main()

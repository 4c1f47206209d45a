"""The engine's report as plain text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from asn2fpga.device.resources import Resources
from asn2fpga.rtl import HlsReport

Row = Sequence[object]


def format_report(report: HlsReport, clock_ns: float) -> str:
    """Loops with interval and depth, states, memories, estimated path against the clock, warnings."""
    loops = [
        (
            loop.process,
            loop.location + (" (nest)" if loop.flattened else ""),
            loop.initiation_interval,
            loop.depth,
            loop.limited_by,
        )
        for loop in report.loops
    ]
    memories = [
        (memory.name, memory.kind, memory.style, memory.depth, memory.width_bits, memory.ports)
        for memory in report.memories
    ]
    parts = [
        _table(("loop of", "C++", "II", "depth", "limited by"), loops),
        _table(("process", "states"), list(report.states.items())),
        _table(("memory", "kind", "style", "words", "bits", "ports"), memories),
        f"estimated critical path {report.critical_path_ns} ns of {clock_ns:g} ns (not placed and routed)",
        *[f"{report.shared_operators} multipliers or dividers saved by sharing"]
        * bool(report.shared_operators),
        *(f"warning: {warning}" for warning in report.warnings),
    ]
    return "\n\n".join(part for part in parts if part)


def format_area(source: str, modules: Mapping[str, Resources], whole: Resources) -> str:
    """Area of every module with all below it, each variant on a line of its own; the whole design last."""
    rows = [
        (name, *(f"{value:g}" for value in (used.lut, used.ff, used.bram36, used.dsp)))
        for name, used in [*((_plain(name), used) for name, used in modules.items()), ("whole design", whole)]
    ]
    heads = ("module", "LUT", "FF", "BRAM36", "DSP")
    return f"\n{_table(heads, rows)}\nfrom {source}, not placed and routed\n"


def _plain(module: str) -> str:
    """asn_fifo of `$paramod$0123\\asn_fifo` and of `$paramod\\asn_fifo\\DEPTH=s32'01`."""
    return next(part for part in module.split("\\") if not part.startswith("$paramod"))


def _table(heads: Row, rows: Sequence[Row]) -> str:
    return "\n".join(_lines([heads, *rows])) if rows else ""


def _lines(rows: Sequence[Row]) -> Iterator[str]:
    texts = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(cell) for cell in column) for column in zip(*texts, strict=True)]
    numeric = [all(_is_number(cell) for cell in column[1:]) for column in zip(*texts, strict=True)]
    for row in texts:
        cells = zip(row, widths, numeric, strict=True)
        yield "  ".join(
            cell.rjust(width) if right else cell.ljust(width) for cell, width, right in cells
        ).rstrip()


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdigit()

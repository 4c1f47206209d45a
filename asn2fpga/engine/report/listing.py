"""The engine's report as plain text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from asn2fpga.device.resources import Resources
from asn2fpga.engine.ir.operations import OPERATIONS, Delay
from asn2fpga.rtl import HlsReport

Row = Sequence[object]
_LONGEST_CELL = 60
_CALLED = {Delay.SHIFT: "shift", Delay.DIVISION: "division", Delay.REGISTER: "variable"}
MARGIN_IS = "kept free for nets longer than assumed (from designs placed and routed: benchmarks/hls)"


def format_report(report: HlsReport, clock_ns: float) -> str:
    """Loops and what limits them, processes, operators, memories, estimated path, warnings."""
    path = _clock(report, clock_ns)
    saved = f"{report.shared_operators} multipliers or dividers saved by sharing"
    parts = [
        _loops(report),
        "\n".join(_limits(report)),
        _processes(report),
        _operators(report),
        _memories(report),
        "\n".join([path, *_steps(report)]),
        saved if report.shared_operators else "",
        *(f"warning: {warning}" for warning in report.warnings),
    ]
    return "\n\n".join(part for part in parts if part)


def _loops(report: HlsReport) -> str:
    rows = [
        (
            loop.process,
            loop.location + (" (nest)" if loop.flattened else ""),
            loop.initiation_interval,
            loop.asked_interval or "least",
            loop.depth,
            loop.trip_count,
            loop.latency,
        )
        for loop in report.loops
    ]
    return _table(("loop of", "C++", "II", "asked", "depth", "iterations", "cycles"), rows)


def _limits(report: HlsReport) -> Iterator[str]:
    for loop in report.loops:
        if loop.limited_by:
            interval = f"II = {loop.initiation_interval}"
            yield f"{loop.location}: {interval}, limited by {loop.limited_by}"
            yield f"  instead: {loop.advice}"


def _processes(report: HlsReport) -> str:
    rows = [(process.name, process.states, process.latency) for process in report.processes]
    return _table(("process", "states", "cycles"), rows)


def _operators(report: HlsReport) -> str:
    rows = [
        (
            operator.process,
            operator.kind,
            operator.width_bits,
            operator.count,
            f"{operator.dsp} DSP" if operator.dsp else operator.made_of,
            operator.shape,
        )
        for operator in report.operators
    ]
    return _table(("operators of", "kind", "bits", "count", "made of", "of"), rows)


def _memories(report: HlsReport) -> str:
    rows = [
        (
            memory.name,
            memory.kind,
            memory.style,
            memory.depth,
            memory.width_bits,
            f"{memory.bits} of {memory.capacity_bits}" if memory.capacity_bits else "",
            memory.ports,
        )
        for memory in report.memories
    ]
    return _table(("memory", "kind", "style", "words", "bits", "bits used", "ports"), rows)


def _steps(report: HlsReport) -> Iterator[str]:
    for step in report.critical_path:
        bits = f"{step.width_bits} bit{'s' * (step.width_bits != 1)}"
        name = _called(step.operation)
        what = f"{name} of {bits}" if step.width_bits else f"to the {name}"
        yield f"  {step.at_ns:6.2f} ns  {what}{'  ' * bool(step.location)}{step.location}"


def _called(operation: str) -> str:
    """An operation in words; the places where a path ends are words already."""
    row = OPERATIONS.get(operation)
    if row is None:
        return operation
    return "comparison" if row.comparison else _CALLED.get(row.delay, operation)


def _clock(report: HlsReport, clock_ns: float) -> str:
    """The estimated path, and the margin."""
    path = f"estimated critical path {report.critical_path_ns} ns of {clock_ns:g} ns"
    margin = report.clock_margin
    return path if margin is None else f"{path}; {margin:.0%} of the period is {MARGIN_IS}"


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
    texts = [[_shortened(str(cell)) for cell in row] for row in rows]
    widths = [max(len(cell) for cell in column) for column in zip(*texts, strict=True)]
    numeric = [all(_is_number(cell) for cell in column[1:]) for column in zip(*texts, strict=True)]
    for row in texts:
        cells = zip(row, widths, numeric, strict=True)
        yield "  ".join(
            cell.rjust(width) if right else cell.ljust(width) for cell, width, right in cells
        ).rstrip()


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_CELL else f"{text[: _LONGEST_CELL - 3]}..."


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdigit()

"""What the package did on a board, or on a simulated one, as rows and a sentence of the report."""

from __future__ import annotations

from asn2fpga.figures.board_run import BoardRunFigures, CoreCyclesFigures
from asn2fpga.report.content import Content
from asn2fpga.report.numbers import cycles, percent, plain


def board_rows(report: Content) -> list[tuple[str, str, str]]:
    """Label, value and origin of each figure; none if nothing was run. A simulated board is named as such."""
    run = report["board_run"]
    if not run:
        return []
    name, where = "simulated board" if run["simulated"] else "board", _where(run)
    rows = [
        (f"{name}: scores", f"{run['mismatches']} mismatches", f"{plain(run['vectors'])} vectors, {where}")
    ]
    if run["core_cycles"]:
        text = f"registers of the accelerator: first word in to last word out, mean and range; {where}"
        rows.append((f"{name}: accelerator latency", _core(run["core_cycles"], run["core_us"]), text))
    if run["call_us"]:
        call = run["call_us"]
        value = f"{plain(call['p50'])} us, 99 % {plain(call['p99'])} us"
        rows.append((f"{name}: call latency", value, "median; scores() of one input in Python, wall clock"))
    if run["throughput_per_second"]:
        rate = f"{plain(run['throughput_per_second'])} inferences/s"
        rows.append((f"{name}: throughput", rate, "scores() of many inputs in Python, wall clock"))
    data = run["data"]
    if data and data["accuracy"] is not None:
        text = f"{plain(data['samples'])} samples, {where}"
        rows.append((f"{name}: accuracy", percent(data["accuracy"]), text))
    return rows


def _core(found: CoreCyclesFigures, microseconds: float | None) -> str:
    spread = f" ({plain(found['min'])} to {plain(found['max'])})" if "min" in found else ""
    return f"{cycles(found['mean'])} = {microseconds:.2f} us{spread}"


def _where(run: BoardRunFigures) -> str:
    return f"simulated board ({run['simulated']})" if run["simulated"] else f"{run['board']} at {run['host']}"


def board_texts(report: Content) -> dict[str, str]:
    """`board_run`: how its figures were obtained, in one sentence; empty if nothing was run."""
    run = report["board_run"]
    if not run:
        return {}
    hardware = ", not on hardware" if run["simulated"] else ""
    where = f"{_where(run)}{hardware}"
    return {"board_run": f"selftest.py of the package on {where}; scores compared with golden, exactly."}

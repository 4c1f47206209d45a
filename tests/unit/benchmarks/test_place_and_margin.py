"""Tables of benchmarks/hls, and the registers that it puts around a design to place it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from asn2fpga.rtl import HlsReport, RtlDesign
from benchmarks.hls import place
from benchmarks.hls.margin import format_costs
from benchmarks.hls.place import Point, format_points
from benchmarks.hls.route import Routed, registered

TOP = """\
module double (
  input  logic ap_clk,
  input  logic ap_rst_n,
  input  logic [7:0] in_TDATA,
  output logic in_TREADY,
  output logic [2:0] monitor
);
  logic inner;
endmodule
"""


def test_every_port_gets_a_register(tmp_path: Path) -> None:
    (tmp_path / "double.sv").write_text(TOP)
    text = registered(RtlDesign(tmp_path, "double", (), (), (), HlsReport("llvm")))
    assert text == (
        "module registered (input logic clk, input logic ap_rst_n, input logic [7:0] in_TDATA, "
        "output logic in_TREADY, output logic [2:0] monitor);\n"
        "  logic ap_rst_n_q;\n"
        "  logic [7:0] in_TDATA_q;\n"
        "  logic in_TREADY_q;\n"
        "  logic [2:0] monitor_q;\n"
        "  always_ff @(posedge clk) begin\n"
        "    ap_rst_n_q <= ap_rst_n;\n"
        "    in_TDATA_q <= in_TDATA;\n"
        "    in_TREADY <= in_TREADY_q;\n"
        "    monitor <= monitor_q;\n"
        "  end\n"
        "  double inner (.ap_clk(clk), .ap_rst_n(ap_rst_n_q), .in_TDATA(in_TDATA_q), "
        ".in_TREADY(in_TREADY_q), .monitor(monitor_q));\n"
        "endmodule\n"
    )


def row(cycles: int, lut: int, ff: int, ns: float, interval: int) -> dict[str, Any]:
    """A row of the file of `python -m benchmarks.hls --json`."""
    engine = {"cycles": cycles, "resources": {"lut": lut, "ff": ff}}
    return {
        "kernel": "fir",
        "engine": engine,
        "netlist_path_ns": ns,
        "initiation_intervals": [interval, 1],
    }


def test_costs_of_a_margin() -> None:
    lines = format_costs([row(100, 200, 50, 8.0, 1)], [row(110, 190, 100, 6.0, 2)]).splitlines()
    assert lines[2:] == [
        "| fir | 1/1 to 2/1 | 100 | 110 | 200 | 190 | 50 | 100 | 8 | 6 |",
        "",
        "Geometric means: cycles +10%, LUT -5%, FF +100%, netlist ns -25%.",
    ]


def test_points_that_close_are_counted() -> None:
    points = [Point("fir", 10.0, 8.0, (9.0, 7.0, 8.8)), Point("digits", 10.0, 9.0, (10.5,))]
    lines = format_points(points).splitlines()
    assert lines[2:] == [
        "| fir | 10 | 8.00 | 8.80 | 114 | 0.88 | 1.10 |",
        "| digits | 10 | 9.00 | 10.50 | 95 | 1.05 | 1.17 |",
        "",
        "1 of 2 points close at the clock that was asked for; routed over estimated 1.13 (median), "
        "rank correlation 1.00",
    ]


def test_a_single_point_has_no_ranking() -> None:
    assert format_points([Point("fir", 10.0, 8.0, (9.0, 7.0, 8.8))]).splitlines()[-1] == (
        "1 of 1 points close at the clock that was asked for; routed over estimated 1.10 (median)"
    )


def test_a_design_is_placed_once_whatever_clock_was_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def routed(_: Path, seed: int) -> Routed:
        asked.append(seed)
        return Routed(5.0 + seed, ())

    monkeypatch.setattr(place, "synthesise_ecp5", lambda _, work: work)
    monkeypatch.setattr(place, "route", routed)
    known: dict[str, tuple[float, ...]] = {}
    points = [place.place("crc32", clock, 2, tmp_path / f"{clock:g}", known) for clock in (20.0, 30.0)]
    assert [(point.clock_ns, point.routed_ns) for point in points] == [(20.0, (6.0, 7.0)), (30.0, (6.0, 7.0))]
    assert asked == [1, 2]

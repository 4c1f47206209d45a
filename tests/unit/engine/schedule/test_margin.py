"""The clock margin: what a stage may use, who may use half of it, and registers after ROMs."""

from __future__ import annotations

from pathlib import Path

import pytest

from asn2fpga.engine.compile import compile_project
from asn2fpga.engine.ir.parse import parse_process
from asn2fpga.engine.report.listing import format_report
from asn2fpga.engine.schedule.scheduler import schedule_region
from asn2fpga.engine.target.delays import MARGIN, delay_model
from asn2fpga.rtl import HlsProject, HlsReport, LoopReport

PART = "xc7z020clg400-1"
HEAD = '#include "ap_int.h"\n#include "hls_stream.h"\n#include "engine.h"\n'
STREAMS = "void top(hls::stream<ap_uint<16> >& in, hls::stream<ap_uint<32> >& out)"


def compiled(body: str, folder: Path, clock_ns: float, margin: float = MARGIN) -> HlsReport:
    """The report of a top function of this body."""
    source = folder / "top.cpp"
    source.write_text(f"{HEAD}{STREAMS} {{\n{body}\n}}\n")
    project = HlsProject(folder, source, (), "top", PART, clock_ns)
    return compile_project(project, folder / "rtl", margin).report


def loop(report: HlsReport) -> LoopReport:
    """Its only loop."""
    (found,) = report.loops
    return found


def test_a_stage_leaves_the_margin_free() -> None:
    delays = delay_model(PART, 10.0)
    assert delays.budget == pytest.approx(8.0)
    assert delays.hurried.budget == pytest.approx(9.0)
    assert delays.room == pytest.approx(8.0 - delays.start())
    assert delays.whole_room == pytest.approx(10.0 - delays.start())


def test_it_is_in_the_report(tmp_path: Path) -> None:
    report = compiled("out.write(in.read());", tmp_path, 10.0)
    assert report.clock_margin == MARGIN
    line = (
        f"estimated critical path {report.critical_path_ns} ns of 10 ns; 20% of the period is kept free for "
        "nets longer than assumed (from designs placed and routed: benchmarks/hls)"
    )
    assert line in format_report(report, 10.0).splitlines()


ACCUMULATE = """  ap_uint<32> sum = 0, other = 1;
  for (int i = 0; i < 9; i++) {
    HLS_PIPELINE(1)
    sum = (sum + in.read()) * 3 ^ other;
    out.write(sum);
  }"""


@pytest.mark.parametrize(
    ("clock_ns", "interval"),
    [(7.5, 1), (6.6, 1), (6.2, 2)],
)
def test_a_loop_may_use_half_of_it_to_keep_its_interval(
    clock_ns: float, interval: int, tmp_path: Path
) -> None:
    report = compiled(ACCUMULATE, tmp_path, clock_ns)
    assert loop(report).initiation_interval == interval


SLOW = """process slow
  stream in in u16 last=0
  loop work interval=1
    %1: u16 = phi
    %2: u16 = read @in
    %3: u16 = mul 0 %1 %2
    %4: u16 = mul 0 %3 %2
    back %1 <- %4
"""


def test_a_loop_that_gains_nothing_by_it_keeps_the_whole_margin() -> None:
    process = parse_process(SLOW)
    delays = delay_model(PART, 5.0)
    whole, half = (schedule_region(process, process.regions[0], each) for each in (delays, delays.hurried))
    assert whole.interval == half.interval > 1
    assert whole.margin == MARGIN


ROM = """  static const ap_uint<16> table[64] = {{{words}}};
  for (int i = 0; i < 9; i++) {{
    HLS_PIPELINE(1)
    const ap_uint<16> word = in.read();
    out.write(ap_uint<32>(table[ap_uint<6>(word)]) * word);
  }}"""
WORDS = ", ".join(str(40503 * number % 65536) for number in range(1, 65))


@pytest.mark.parametrize(("clock_ns", "depth"), [(10.0, 3), (13.0, 2), (16.0, 1)])
def test_a_register_after_a_rom_where_its_words_fill_the_cycle(
    clock_ns: float, depth: int, tmp_path: Path
) -> None:
    """At 13 ns everything fits one stage, and takes more than three quarters of it."""
    report = compiled(ROM.format(words=WORDS), tmp_path, clock_ns)
    assert (loop(report).initiation_interval, loop(report).depth) == (1, depth)

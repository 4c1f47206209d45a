"""A loop that is slower than asked, which predicted cycles do not know, is a warning of stage hls."""

from __future__ import annotations

from asn2fpga.rtl import HlsReport, LoopReport
from asn2fpga.stages.hls import _summary

REASON = "the exit condition is known too late, at a clock of 5 ns; 7 ns would do"


def test_a_loop_that_is_slower_than_asked_is_a_warning() -> None:
    loops = (
        LoopReport("conv_slide", "window.h:38", True, 2, 3, REASON, asked_interval=1),
        LoopReport("conv_gather", "gather.h:56", True, 1, 3, asked_interval=1),
        LoopReport("conv_block", "gather.h:50", False, 4, 3),
        LoopReport("asked", "work.h:1", True, 2, 3, asked_interval=2),
    )
    assert _summary(HlsReport("llvm", loops)) == (
        "engine llvm: 1 of 3 pipelined loops at one iteration a cycle; warning: conv_slide: an iteration "
        f"begins every 2 cycles, and predicted cycles take 1 for it: {REASON}"
    )


def test_loops_that_are_slow_for_one_reason_are_one_warning() -> None:
    loops = tuple(LoopReport(f"unit{number}", "window.h:38", True, 2, 3, REASON) for number in range(3))
    summary = _summary(HlsReport("llvm", loops))
    assert summary.count("warning") == 1
    assert "; warning: unit0, unit1, unit2: an iteration begins every 2 cycles, and" in summary

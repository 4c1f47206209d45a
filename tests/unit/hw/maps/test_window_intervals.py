"""Windows start a token each cycle, however many words they look at; what limits one says if a clock does."""

from __future__ import annotations

from pathlib import Path

import pytest
from map_configs import Map, Window
from map_designs import PART

from asn2fpga.engine.compile import compile_project
from asn2fpga.resources import hardware_dir
from asn2fpga.rtl import HlsProject, LoopReport

ANY = (1, 1, 1, 1)
WINDOWS = {
    "36 words in two groups": Window(Map(10, 10, 8, 2, 1), (3, 3), padding=ANY, out_groups=2),
    "108 words, 4 steps, 24 groups": Window(Map(12, 12, 12, 1, 1, 4), (3, 3), padding=ANY, out_groups=24),
    "a row of one window": Window(Map(8, 8, 1, 1, 1), (7, 7), stride=(2, 8), padding=(3, 3, 3, 3)),
    "432 words": Window(Map(12, 12, 48, 1, 1), (3, 3), padding=ANY),
}
FAST = ("36 words in two groups", "a row of one window")


def loop_of(window: Window, clock_ns: float, work: Path) -> LoopReport:
    """The loop of the window alone."""
    source = work / "window.cpp"
    streams = "m::stream_t& words, TokenOf<w>::stream_t& tokens"
    source.write_text(
        f'#include "engine.h"\n#include "maps/window.h"\nusing namespace asn;\n{window.input.text("m")}\n'
        f"{window.text('w', 'm')}\nHLS_PROCESS void slide({streams}) {{ window<w>(words, tokens); }}\n"
        f"void top({streams}) {{\n  HLS_DATAFLOW\n  slide(words, tokens);\n}}\n"
    )
    include = (hardware_dir() / "hls",)
    design = compile_project(HlsProject(work, source, include, "top", PART, clock_ns), work / "rtl")
    (loop,) = design.report.loops
    return loop


@pytest.mark.parametrize(
    "name", [name if name in FAST else pytest.param(name, marks=pytest.mark.slow) for name in WINDOWS]
)
def test_a_window_starts_a_token_each_cycle(name: str, tmp_path: Path) -> None:
    loop = loop_of(WINDOWS[name], 10.0, tmp_path)
    assert (loop.initiation_interval, loop.limited_by) == (1, "")


def test_a_clock_that_is_too_fast_is_what_limits_a_window(tmp_path: Path) -> None:
    loop = loop_of(Window(Map(8, 8, 1, 1, 1), (3, 3), padding=ANY), 5.0, tmp_path)
    assert loop.initiation_interval == 2
    assert loop.limited_by.endswith(", at a clock of 5 ns; 7 ns would do")
    assert loop.advice.startswith("use a clock of 7 ns or slower, or ")

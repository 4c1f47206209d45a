"""What a build says while it runs: numbers of stages, what is done and left, lines that fit the terminal."""

from __future__ import annotations

import io
import re

import pytest
from rich.console import Console
from rich.progress import Progress

from asn2fpga.api.progress import Terminal, duration, moving_lines, seconds_left
from asn2fpga.flow import STAGES
from asn2fpga.stages.base import Done
from asn2fpga.stages.manifest import Entry

NAMES = [stage.name for stage in STAGES]
CSIM, HLS = (STAGES[NAMES.index(name)] for name in ("csim", "hls"))


def entry(status: str, summary: str = "", reason: str = "") -> Entry:
    return Entry("key", {}, status, 1.25, summary, reason, {}, {}, [])


def console(width: int, *, terminal: bool) -> Console:
    return Console(file=io.StringIO(), width=width, force_terminal=terminal, color_system=None)


def text_of(shown: Console) -> str:
    assert isinstance(shown.file, io.StringIO)
    return shown.file.getvalue()


def test_a_pipe_gets_one_plain_line_a_stage() -> None:
    out = console(60, terminal=False)
    terminal = Terminal(out, NAMES)
    terminal.started(CSIM)
    terminal.say(CSIM, Done(20, 1000, "vectors"))
    terminal.finished(
        CSIM, entry("passed", "1000 vectors, 106,000 values compared, and more than a line of 60"), False
    )
    terminal.finished(HLS, entry("skipped", reason="no engine"), False)
    terminal.finished(HLS, entry("passed", "as before"), True)
    terminal.stop()
    assert text_of(out).splitlines() == [
        " 5/10 done    csim         1.2 s  1000 vectors, 106,000 values compared, and more than a line of 60",
        " 6/10 skipped hls          1.2 s  no engine",
        " 6/10 kept    hls          1.2 s  as before (unchanged, not run again)",
    ]


def test_stages_that_are_not_planned_have_no_number() -> None:
    out = console(80, terminal=False)
    Terminal(out, NAMES[:3]).finished(HLS, entry("passed", "as before"), True)
    assert text_of(out).startswith("kept    hls ")


def test_verbose_says_everything_with_the_time() -> None:
    out = console(80, terminal=False)
    terminal = Terminal(out, NAMES, verbose=True)
    terminal.say(CSIM, Done(20, 1000, "vectors"))
    assert re.fullmatch(r" +\d\.\d s csim      20 of 1000 vectors\n", text_of(out))


@pytest.mark.parametrize("width", [40, 60, 100])
def test_lines_fit_the_terminal(width: int) -> None:
    out = console(width, terminal=True)
    terminal = Terminal(out, NAMES)
    terminal.started(HLS)
    terminal.say(HLS, "a text that is longer than any terminal of a hundred columns is wide, " * 2)
    terminal.say(CSIM, Done(0, 1000, "vectors"))
    terminal.say(CSIM, Done(200, 1000, "vectors"))
    terminal.finished(
        CSIM, entry("passed", "more than sixty columns of what came out of the stage, and on"), False
    )
    terminal.stop()
    lines = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text_of(out)).replace("\r", "\n").splitlines()
    assert max(map(len, lines)) <= width
    assert any(" 6/10 hls" in line for line in lines) and any(" 5/10 done" in line for line in lines)


def progress() -> Progress:
    return moving_lines(console(80, terminal=True))


@pytest.mark.parametrize(
    ("done", "left"),
    [(0, None), (100, None), (300, 70.0), (1000, None)],
    ids=["none", "first", "some", "all"],
)
def test_what_is_left_follows_from_what_was_done_since_the_first_count(done: int, left: float | None) -> None:
    """Counted from 100 at 50 s; at 70 s so many of 1000 are done."""
    shown = progress()
    task = shown.add_task("csim", total=1000, at="", began=50.0, first=100)
    shown.update(task, completed=done)
    assert seconds_left(shown.tasks[0], 70.0) == left


def test_nothing_is_said_of_work_that_is_not_counted() -> None:
    shown = progress()
    shown.add_task("hls", total=None, at="engine llvm", began=0.0, first=0)
    assert seconds_left(shown.tasks[0], 70.0) is None


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.2, "1 s"), (40.4, "40 s"), (150, "2 min"), (700, "12 min"), (9000, "2.5 h")]
)
def test_durations_are_as_exact_as_estimates(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_a_count_is_a_text_with_numbers() -> None:
    count = Done(20, 1000, "vectors")
    assert (count, count.done, count.total) == ("20 of 1000 vectors", 20, 1000)

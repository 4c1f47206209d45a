"""Running programs: logs, exit status, time-outs of whole process groups, missing programs."""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path

import pytest

from asn2fpga.errors import EndedError, ToolError
from asn2fpga.toolchain import process


def run(tmp_path: Path, script: str, timeout_seconds: float = 20.0, **environment: str) -> process.Finished:
    return process.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        log=tmp_path / "logs" / "run.log",
        timeout_seconds=timeout_seconds,
        environment=environment,
    )


def test_output_goes_to_the_log(tmp_path: Path) -> None:
    script = "import os, sys; print(os.environ['A'], os.getcwd()); print('err', file=sys.stderr)"
    finished = run(tmp_path, script, A="value")
    lines = finished.log.read_text().splitlines()
    assert sorted(lines) == ["err", f"value {tmp_path}"]
    assert finished.seconds > 0


def test_standard_input_is_empty(tmp_path: Path) -> None:
    assert run(tmp_path, "import sys; print(repr(sys.stdin.read()))").log.read_text() == "''\n"


def test_failure_shows_the_error_lines_and_the_log(tmp_path: Path) -> None:
    script = "print('start'); print('a.cpp:1: error: no'); print('end'); raise SystemExit(3)"
    with pytest.raises(ToolError) as caught:
        run(tmp_path, script)
    assert str(caught.value) == (
        f"{Path(sys.executable).name}: exit status must be 0, not 3.\n"
        f"    a.cpp:1: error: no\n    log: {tmp_path / 'logs' / 'run.log'}"
    )


def test_failure_without_error_lines_shows_the_last_ones(tmp_path: Path) -> None:
    with pytest.raises(ToolError) as caught:
        run(tmp_path, "[print(i, '\\n') for i in range(20)]; raise SystemExit(1)")
    assert str(caught.value).splitlines()[1:-1] == [f"    {i}" for i in range(14, 20)]


def test_failure_without_output_says_so(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match=r"not 1\.\n    \(no output\)\n    log: "):
        run(tmp_path, "raise SystemExit(1)")


@pytest.mark.parametrize(
    ("name", "told"),
    [("SIGTERM", "SIGTERM"), ("SIGKILL", "SIGKILL, which is also what a machine without memory left does")],
)
def test_a_program_that_is_ended_from_outside(tmp_path: Path, name: str, told: str) -> None:
    script = f"import os, signal; os.kill(os.getpid(), signal.{name})"
    with pytest.raises(EndedError) as caught:
        run(tmp_path, script)
    program, log = Path(sys.executable).name, tmp_path / "logs" / "run.log"
    assert (
        str(caught.value)
        == f"{program}: it was ended from outside ({told}).\n    (no output)\n    log: {log}"
    )


def test_a_program_that_crashes_is_not_ended_from_outside(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match=r"exit status must be 0, not -6\.") as caught:
        run(tmp_path, "import os; os.abort()")
    assert not isinstance(caught.value, EndedError)


def test_time_out_ends_the_whole_process_group(tmp_path: Path) -> None:
    child = "import time, pathlib; time.sleep(1.5); pathlib.Path('alive').touch()"
    script = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    name = re.escape(Path(sys.executable).name)
    with pytest.raises(ToolError, match=rf"^{name}: run must end within 0\.5 s, not later; it was stopped\."):
        run(tmp_path, script, timeout_seconds=0.5)
    time.sleep(1.6)
    assert not (tmp_path / "alive").exists()


def test_time_out_of_a_program_that_ignores_the_polite_signal(tmp_path: Path) -> None:
    script = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
    started = time.monotonic()
    with pytest.raises(ToolError, match="it was stopped"):
        run(tmp_path, script, timeout_seconds=0.5)
    assert time.monotonic() - started < 20


def test_program_that_cannot_be_run(tmp_path: Path) -> None:
    message = "no-such-program: program must be one that can be run, not refused (No such file or directory)."
    with pytest.raises(ToolError, match=f"^{re.escape(message)}$"):
        process.run(["no-such-program"], cwd=tmp_path, log=tmp_path / "log", timeout_seconds=1)


def test_find_program_prefers_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_TOOL", sys.executable)
    assert process.find_program("g++", "MY_TOOL") == Path(sys.executable)


def test_find_program_tells_where_it_sought(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MY_TOOL", raising=False)
    monkeypatch.setenv("PATH", "/nowhere:/else")
    message = "no-tool: no such program on PATH; sought in /nowhere:/else; install it or set MY_TOOL."
    with pytest.raises(ToolError, match=f"^{re.escape(message)}$"):
        process.find_program("no-tool", "MY_TOOL")


def test_find_program_refuses_a_wrong_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_TOOL", "/no/such/tool")
    message = "g++: MY_TOOL must name a program that can be run, not '/no/such/tool'."
    with pytest.raises(ToolError, match=f"^{re.escape(message)}$"):
        process.find_program("g++", "MY_TOOL")

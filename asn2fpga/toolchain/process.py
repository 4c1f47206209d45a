"""The only module that starts programs: no shell, a time limit, all output into a log file."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from asn2fpga.errors import EndedError, ToolError

_SHOWN_LINES = 6
_LOG_TAIL_BYTES = 200_000
_GRACE_SECONDS = 2.0
_FROM_OUTSIDE = {
    -signal.SIGHUP: "SIGHUP",
    -signal.SIGINT: "SIGINT",
    -signal.SIGTERM: "SIGTERM",
    -signal.SIGKILL: "SIGKILL, which is also what a machine without memory left does",
}
"""Exit statuses that are not the program's own doing."""
_running: set[subprocess.Popen[bytes]] = set()  # of all threads


@dataclass(frozen=True)
class Finished:
    """A program that ended with an accepted exit status: how long it took, and where its output is."""

    seconds: float
    log: Path
    status: int = 0


def run(
    command: Sequence[str | Path],
    *,
    cwd: Path,
    log: Path,
    timeout_seconds: float,
    environment: Mapping[str, str] | None = None,
    accept: Sequence[int] = (0,),
) -> Finished:
    """Run one program in `cwd`; standard output and error go to `log` (created, with its folder).

    `environment` is added to the caller's. The whole process group is ended on a time-out or an interrupt.
    Raises ToolError if the program is missing, takes longer than `timeout_seconds` or ends with an exit
    status that is not in `accept`; EndedError, which is one, if a signal from outside ended it.
    """
    arguments = [str(argument) for argument in command]
    started = time.monotonic()
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        status = _run(arguments, cwd, output.fileno(), timeout_seconds, {**os.environ, **(environment or {})})
    program = Path(arguments[0]).name
    if status is None:
        raise ToolError(
            f"{program}: run must end within {timeout_seconds:g} s, not later; it was stopped.{_excerpt(log)}"
        )
    if status in _FROM_OUTSIDE:
        raise EndedError(f"{program}: it was ended from outside ({_FROM_OUTSIDE[status]}).{_excerpt(log)}")
    if status not in accept:
        raise ToolError(f"{program}: exit status must be 0, not {status}.{_excerpt(log)}")
    return Finished(time.monotonic() - started, log, status)


@contextlib.contextmanager
def background(
    command: Sequence[str | Path], *, cwd: Path, log: Path, environment: Mapping[str, str] | None = None
) -> Iterator[Background]:
    """Run one program beside the caller, as `run` does; when the block ends, its process group is ended."""
    arguments = [str(argument) for argument in command]
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        process = _start(arguments, cwd, output.fileno(), {**os.environ, **(environment or {})})
        try:
            yield Background(process, log)
        finally:
            _running.discard(process)
            _end_group(process)


@dataclass(frozen=True)
class Background:
    """A program that runs beside the caller."""

    _process: subprocess.Popen[bytes]
    log: Path

    def check(self) -> None:
        """Raise ToolError if the program has ended."""
        status = self._process.poll()
        if status is not None:
            program = Path(str(self._process.args[0])).name  # type: ignore[index]
            raise ToolError(f"{program}: it ended early (status {status}).{_excerpt(self.log)}")

    def wait(self, timeout_seconds: float) -> None:
        """Give the program time to end by itself."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout_seconds)


class Talking:
    """A program that answers lines with lines; what it says on standard error goes to `log`."""

    def __init__(self, command: Sequence[str], log: Path, environment: Mapping[str, str]) -> None:
        log.parent.mkdir(parents=True, exist_ok=True)
        self._log = log
        with log.open("ab") as output:
            variables = {**os.environ, **environment}
            self._process = _start(list(command), Path.cwd(), output.fileno(), variables, talking=True)

    @property
    def pid(self) -> int:
        """Number of the process."""
        return self._process.pid

    def ask(self, line: str, timeout_seconds: float | None = None) -> str:
        """The answer to one line. ToolError if the program ends without one, or is ended after a time."""
        timer = None if timeout_seconds is None else threading.Timer(timeout_seconds, self.end)
        if timer is None:
            return self._answer(line)
        timer.daemon = True
        timer.start()
        try:
            return self._answer(line)
        finally:
            timer.cancel()

    def _answer(self, line: str) -> str:
        assert self._process.stdin is not None and self._process.stdout is not None
        with contextlib.suppress(OSError, ValueError):
            self._process.stdin.write(line.encode() + b"\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
            if answer.endswith(b"\n"):
                return answer.decode()
        self.end()
        raise ToolError(f"it ended early (status {self._process.returncode}).{_excerpt(self._log)}")

    def end(self) -> None:
        """End it and what it began; whoever is asking gets the ToolError."""
        _running.discard(self._process)
        _end_group(self._process)

    def close(self) -> None:
        """End it when nobody asks any more."""
        self.end()
        for stream in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                assert stream is not None
                stream.close()


def stop_all() -> None:
    """End every program that is running; the threads that wait for them get a ToolError."""
    for process in tuple(_running):
        _end_group(process)


def find_program(name: str, variable: str) -> Path:
    """Path of a program: the environment variable `variable` if set, else the first on PATH.

    Raises ToolError naming the program, where it was sought and the variable that overrides it.
    """
    chosen = os.environ.get(variable)
    found = shutil.which(chosen or name)
    if found:
        return Path(found)
    if chosen:
        raise ToolError(f"{name}: {variable} must name a program that can be run, not '{chosen}'.")
    sought = os.environ.get("PATH", "")
    raise ToolError(f"{name}: no such program on PATH; sought in {sought}; install it or set {variable}.")


def which(path: str) -> Path | None:
    """The program at `path`, or of that name on PATH; None if it is nothing that can be run."""
    found = shutil.which(path)
    return Path(found) if found else None


def is_chosen(variable: str) -> bool:
    """Whether the user names a program with this environment variable."""
    return bool(os.environ.get(variable))


def log_lines(log: Path, count: int = _SHOWN_LINES) -> list[str]:
    """The lines of a log that tell what went wrong: the first ones that say 'error', else the last ones."""
    with log.open("rb") as stream:
        stream.seek(max(0, log.stat().st_size - _LOG_TAIL_BYTES))
        text = stream.read().decode(errors="replace")
    lines = [line.rstrip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if re.search(r"\berror\b|\bfatal\b", line, re.IGNORECASE)]
    return errors[:count] or lines[-count:]


def _excerpt(log: Path) -> str:
    lines = log_lines(log)
    return "".join(f"\n    {line}" for line in lines or ["(no output)"]) + f"\n    log: {log}"


def _run(
    arguments: list[str], cwd: Path, output: int, timeout_seconds: float, environment: dict[str, str]
) -> int | None:
    """Exit status of the program, or None after a time-out."""
    process = _start(arguments, cwd, output, environment)
    try:
        return process.wait(timeout_seconds)
    except subprocess.TimeoutExpired:
        return None
    finally:
        _running.discard(process)
        _end_group(process)


def _start(
    arguments: list[str], cwd: Path, output: int, environment: dict[str, str], *, talking: bool = False
) -> subprocess.Popen[bytes]:
    """talking: standard input and output are pipes."""
    try:
        process = subprocess.Popen(
            arguments,
            cwd=cwd,
            stdin=subprocess.PIPE if talking else subprocess.DEVNULL,
            stdout=subprocess.PIPE if talking else output,
            stderr=output,
            env=environment,
            start_new_session=True,
        )
    except OSError as error:
        raise ToolError(
            f"{arguments[0]}: program must be one that can be run, not refused ({error.strerror})."
        ) from error
    _running.add(process)
    return process


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """End what is left of the process group: politely, then by force."""
    if process.poll() is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE_SECONDS)
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()

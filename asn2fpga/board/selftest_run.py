"""Running selftest.py of a package somewhere: what is wanted, and what it left behind."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asn2fpga.errors import CheckError, ToolError
from asn2fpga.jsonfile import read_json
from asn2fpga.toolchain.process import Finished, log_lines

RESULT = "result.json"
SCORES = "scores.npz"
SCHEMA = "asn2fpga.selftest/1"


@dataclass(frozen=True)
class Job:
    """`package`: the .zip; `data`: a file for --data, or None; `options`: others of selftest.py.

    `folder`: the out folder of the build, where results and logs go.
    """

    package: Path
    data: Path | None
    options: tuple[str, ...]
    folder: Path
    timeout_seconds: float

    @property
    def results(self) -> Path:
        """Where result.json and scores.npz are brought."""
        return self.folder / "deploy" / "results"

    @property
    def logs(self) -> Path:
        """Where logs go."""
        return self.folder / "logs"

    def clear_results(self) -> None:
        """Take away what an earlier run brought."""
        self.results.mkdir(parents=True, exist_ok=True)
        for name in (RESULT, SCORES):
            (self.results / name).unlink(missing_ok=True)


@dataclass(frozen=True)
class SelfTest:
    """`figures`: the file that --json wrote; `text`: what it printed; `scores`: of --data, a file or None."""

    figures: dict[str, Any]
    text: str
    scores: Path | None
    seconds: float


def read_result(where: str, folder: Path, done: Finished) -> SelfTest:
    """The results in `folder` of a self test that ended as `done`.

    CheckError with its own sentence if it could not do its work, ToolError if it did not even begin.
    """
    path = folder / RESULT
    if not path.is_file():
        lines = "".join(f"\n    {line}" for line in log_lines(done.log))
        raise ToolError(
            f"{where}: the self test did not begin (status {done.status}); is there a Python with "
            f"pynq (--python, --sudo)?{lines}\n    log: {done.log}"
        )
    figures = _read(path)
    if figures.get("schema") != SCHEMA:
        raise ToolError(
            f"{where}: the result must be {SCHEMA}, not {figures.get('schema')}; make the package again."
        )
    if figures["error"]:
        raise CheckError(f"{where}: {figures['error']['message']}")
    scores = folder / SCORES
    text = done.log.read_text(errors="replace")
    return SelfTest(figures, text, scores if scores.is_file() else None, round(done.seconds, 3))


def _read(path: Path) -> dict[str, Any]:
    """The table in a file that came from a board; empty if it is none."""
    try:
        plain = read_json(path)
    except ValueError:
        return {}
    return plain if isinstance(plain, dict) else {}

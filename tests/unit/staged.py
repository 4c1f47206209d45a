"""A build of four small stages, for the tests of what runs them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from asn2fpga import runner
from asn2fpga.board.spec import find_board
from asn2fpga.config import Config
from asn2fpga.errors import (
    Asn2FpgaError,
)
from asn2fpga.stages.base import Build, Request, Result, Stage
from asn2fpga.stages.manifest import Entry


class Recorder:
    """An observer that notes what ran and what was kept."""

    def __init__(self) -> None:
        self.ran: list[str] = []
        self.kept: list[str] = []

    def started(self, stage: Stage) -> None: ...

    def say(self, stage: Stage, text: str) -> None: ...

    def finished(self, stage: Stage, entry: Entry, unchanged: bool) -> None:
        (self.kept if unchanged else self.ran).append(stage.name)


Hook = Callable[[], object]


def stage(name: str, *needs: str, option: str = "seed", hook: Hook = lambda: None) -> Stage:
    """A stage that copies its option and the products it needs into one file."""

    def run(build: Build) -> Result:
        hook()
        inputs = [(build.folder.root / f"{need}.txt").read_text() for need in needs]
        path = build.folder.root / f"{name}.txt"
        path.write_text(f"{name}({','.join(inputs)};{getattr(build.request.config, option)})")
        return Result(f"{name} done", {"name": name}, (path,))

    return Stage(name, f"doing {name}", needs, lambda request: {option: getattr(request.config, option)}, run)


def stages(**hooks: Hook) -> tuple[Stage, ...]:
    """load <- quantise <- golden, and csim which needs quantise only."""
    return (
        stage("load", hook=hooks.get("load", lambda: None)),
        stage("quantise", "load", option="weight_bits", hook=hooks.get("quantise", lambda: None)),
        stage("golden", "quantise", option="vectors", hook=hooks.get("golden", lambda: None)),
        stage("csim", "quantise", option="engine", hook=hooks.get("csim", lambda: None)),
    )


def fail(error: BaseException) -> Hook:
    def hook() -> None:
        raise error

    return hook


def request(**config: Any) -> Request:
    return Request(Path("model.pt"), find_board("pynq-z2"), Config(**config))


def build(
    out: Path, *, until: str | None = None, chosen: tuple[Stage, ...] | None = None, **config: Any
) -> Recorder:
    recorder = Recorder()
    runner.run_build(request(**config), out, chosen or stages(), until, recorder)
    return recorder


def refused(error: type[Asn2FpgaError], message: str) -> Any:
    return pytest.raises(error, match=f"^{re.escape(message)}$")


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))

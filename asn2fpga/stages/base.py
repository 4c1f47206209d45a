"""What a stage is: a name, what it depends on, and a function from a build to a result."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from asn2fpga.board.flow import Flow
from asn2fpga.board.spec import BoardSpec
from asn2fpga.config import Config
from asn2fpga.figures.every import AllFigures, NoFigures, StageFigures
from asn2fpga.importing import NOTHING_SAID, ImportOptions
from asn2fpga.stages.folder import Folder
from asn2fpga.warning import BuildWarning


@dataclass(frozen=True)
class Request:
    """What the user asked for.

    importing: what was said of a model that comes from elsewhere.
    vivado: the program, or the folder it is installed in. activity: record switching activity for the power
    estimate although Vivado is not here. resume: results in DIR/vivado or DIR/openxc7 must be used.
    bitstream: the tools that make it.
    """

    model: Path
    board: BoardSpec
    config: Config
    data: Path | None = None
    importing: ImportOptions = NOTHING_SAID
    jobs: int = 1
    vivado: Path | None = None
    activity: bool = False
    resume: bool = False
    bitstream: Flow = "vivado"


class Done(str):
    """A line for `say`, `200 of 1000 vectors`, whose numbers a terminal can count with."""

    done: int
    total: int

    def __new__(cls, done: int, total: int, what: str) -> Done:
        text = super().__new__(cls, f"{done} of {total} {what}")
        text.done, text.total = done, total
        return text


@dataclass(frozen=True)
class Build:
    """One build in progress: request, out folder, figures of the stages before; `say` shows a line."""

    request: Request
    folder: Folder
    figures: AllFigures
    say: Callable[[str], None] = field(default=lambda text: None)


@dataclass(frozen=True)
class Result:
    """What a stage did. `products`: files later stages read (a changed one runs the stage again).

    `figures`: plain JSON values; the report is made from these alone.
    skipped and failed need a `reason`: one sentence. `summary` is the line shown when the stage is done.
    `warnings`: what the reader of its figures must know; they stand on top of every report.
    """

    summary: str
    figures: StageFigures = field(default_factory=NoFigures)
    products: tuple[Path, ...] = ()
    status: Literal["passed", "failed", "skipped"] = "passed"
    reason: str = ""
    warnings: tuple[BuildWarning, ...] = ()


@dataclass(frozen=True)
class Stage:
    """One step. `needs`: stages whose products it reads; `options`: plain values it depends on too."""

    name: str
    doing: str
    needs: tuple[str, ...]
    options: Callable[[Request], Mapping[str, Any]]
    run: Callable[[Build], Result]

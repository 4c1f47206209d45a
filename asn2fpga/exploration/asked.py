"""What an exploration was asked for; in one folder it stays the same, however often it is continued."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asn2fpga.board.spec import BoardSpec
from asn2fpga.board.spec import to_plain as board_plain
from asn2fpga.errors import InputError, shown
from asn2fpga.exploration.objectives import Limit, Objective
from asn2fpga.importing import is_code
from asn2fpga.stages.base import Request
from asn2fpga.workers.version import version_text

SAMPLES = 1000
VERSION = "the version of asn2fpga"
RTL_BUILDS = 12


@dataclass(frozen=True)
class Asked:
    """The question. given: keys of the configuration that were said, which stay as they are.

    trials: designs to try in all; rtl_builds: of them built, at most; samples: of the data, used for them.
    """

    request: Request
    given: frozenset[str]
    objectives: tuple[Objective, ...]
    limits: tuple[Limit, ...]
    trials: int
    rtl_builds: int = RTL_BUILDS
    samples: int = SAMPLES

    @property
    def board(self) -> BoardSpec:
        """The board, at the clock that was given or at its own."""
        return self.request.board

    def check(self) -> None:
        """InputError naming the number that is wrong."""
        for name, value, least in (
            ("--trials", self.trials, 1),
            ("--rtl-builds", self.rtl_builds, 0),
            ("--samples", self.samples, 1),
        ):
            if isinstance(value, bool) or not isinstance(value, int) or value < least:
                raise InputError(
                    f"{name}: the value must be an integer of at least {least}, not {shown(value)}."
                )

    def check_labels(self, there: bool) -> None:
        """InputError if an accuracy is wanted and the samples have no labels."""
        wanted = [("--objective", one) for one in self.objectives]
        wanted += [("--limit", one.objective) for one in self.limits]
        for option, objective in wanted:
            if objective.name == "accuracy" and not there:
                raise InputError(
                    f"{option}: accuracy needs samples with labels, y (N,) in --data, and there are none; "
                    "agreement, with the float network, needs none."
                )

    def identity(self, state_digest: str) -> dict[str, str]:
        """What must be the same when an exploration is continued, by its name."""
        config = {name: value for name, value in dataclasses.asdict(self.request.config).items()}
        return {
            VERSION: version_text(),
            "the model and its samples": state_digest,
            "--board": json.dumps(board_plain(self.board), sort_keys=True),
            "--objective": ",".join(one.name for one in self.objectives),
            "--limit": ",".join(limit.text for limit in self.limits),
            "the choices of the design": json.dumps([config, sorted(self.given)], sort_keys=True),
        }


def check_identity(root: Path, before: Any, now: dict[str, str]) -> None:
    """InputError naming what differs from the exploration that lies in the folder."""
    found = before if isinstance(before, dict) else {}
    for name, value in now.items():
        if found.get(name) != value:
            was = _was(name, found.get(name))
            raise InputError(
                f"--out {root}: an exploration is continued with the same question, and {name} was another "
                f"one there{was}; give another --out."
            )


def _was(name: str, before: Any) -> str:
    """What something was, where that is short."""
    if name == VERSION:
        return f", {before}" if before else ""
    short = name.startswith("--") and name != "--board"
    return f", {name} {before or 'none'}" if short else ""


def absolute(request: Request) -> Request:
    """The request with whole paths: workers run in other folders."""
    model = request.model
    source, _, name = str(model).rpartition(":")
    if not is_code(model):
        model = model.resolve()
    elif source.endswith(".py"):
        model = Path(f"{Path(source).resolve()}:{name}")
    data = None if request.data is None else request.data.resolve()
    weights = request.importing.weights
    importing = dataclasses.replace(
        request.importing, weights=None if weights is None else weights.resolve(), data=data
    )
    return dataclasses.replace(request, model=model, data=data, importing=importing)

"""Make a failing program smaller: drop statements as long as it still fails in the same way."""

from __future__ import annotations

import shutil
from itertools import islice
from pathlib import Path

from asn2fpga.errors import ToolError
from fuzz.batch import Outcome, run_batch
from fuzz.program import Program, smaller

CANDIDATES = 16  # tried in one batch
ROUNDS = 40


def shrink(outcome: Outcome, work: Path) -> Outcome:
    """The smallest program found that fails as `outcome` does (same kind)."""
    for _ in range(ROUNDS):
        found = _first_failing(outcome, work)
        if found is None:
            return outcome
        outcome = found
    return outcome


def _first_failing(outcome: Outcome, work: Path) -> Outcome | None:
    candidates = smaller(outcome.program)
    while batch := list(islice(candidates, CANDIDATES)):
        names = [program.renamed(f"c{number}") for number, program in enumerate(batch)]
        for found in _run(names, work):
            if found.kind == outcome.kind:
                return Outcome(found.program.renamed(outcome.program.name), found.kind, found.detail)
    return None


def _run(programs: list[Program], work: Path) -> list[Outcome]:
    shutil.rmtree(work, ignore_errors=True)
    try:
        return run_batch(programs, work, reference="shim")
    except ToolError:  # one candidate does not compile: find the others
        if len(programs) == 1:
            return []
        middle = len(programs) // 2
        return _run(programs[:middle], work) + _run(programs[middle:], work)

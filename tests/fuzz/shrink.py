"""Make a failing program smaller: drop statements as long as it still fails in the same way."""

from __future__ import annotations

import shutil
from pathlib import Path

from asn2fpga.errors import ToolError
from fuzz.batch import STALLS, Outcome, run_batch
from fuzz.program import Program, render, smaller

CANDIDATES = 8  # tried in one batch
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
    """The smallest failing one of the first batch that has any; the smallest candidates come first."""
    candidates = sorted(smaller(outcome.program), key=_size)
    for start in range(0, len(candidates), CANDIDATES):
        named = [
            program.renamed(f"c{number}")
            for number, program in enumerate(candidates[start : start + CANDIDATES])
        ]
        failing = [found for found in _run(named, work) if found.kind == outcome.kind]
        if failing:
            best = min(failing, key=lambda found: _size(found.program))
            return Outcome(best.program.renamed(outcome.program.name), best.kind, best.detail)
    return None


def _size(program: Program) -> int:
    return len(render(program))


def _run(programs: list[Program], work: Path) -> list[Outcome]:
    shutil.rmtree(work, ignore_errors=True)
    try:
        return run_batch(programs, work, STALLS[:3], reference="shim")
    except ToolError:  # one candidate does not compile: find the others
        if len(programs) == 1:
            return []
        middle = len(programs) // 2
        return _run(programs[:middle], work) + _run(programs[middle:], work)

"""A rule and the edit that breaks it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

UNIT = "tests/unit/engine"
# What fails often and early comes first; the run stops at the first failure.
FIRST = (f"{UNIT}/ir", f"{UNIT}/passes/test_passes.py", f"{UNIT}/test_regressions.py")
ENGINE_TESTS = (UNIT, "tests/fuzz", f"--ignore={UNIT}/test_mutations.py")


@dataclass(frozen=True)
class Mutation:
    """One rule broken: in `file` of the package, `old` becomes `new`."""

    rule: str
    file: str
    old: str
    new: str

    @property
    def tests(self) -> tuple[str, ...]:
        """Tests that may notice: those of the file's folder first, then what fails often and early."""
        mirrored = f"tests/unit/{Path(self.file).parent}"
        if not self.file.startswith("engine/"):
            return (mirrored,)
        return tuple(dict.fromkeys((mirrored, *FIRST, *ENGINE_TESTS)))

"""Every cell of the conformance table, with little effort; `make slow` and the command take more."""

from __future__ import annotations

import warnings

import pytest
from needs import missing

from asn2fpga.conformance.cells import CELLS, Cell, version_of
from asn2fpga.conformance.compare import Effort, Outcome, compare

LITTLE = Effort(exact=800, samples=8, steps=40)
MUCH = Effort(exact=100_000, samples=100)


def outcome(cell: Cell, effort: Effort) -> Outcome:
    if version_of(cell.framework) is None:
        missing(cell.framework)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what the framework says of its own options
        return compare(cell, effort)


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.name)
def test_the_cell_keeps_what_is_promised(cell: Cell) -> None:
    found = outcome(cell, LITTLE)
    assert found.trouble == "" and not found.is_absent
    assert bool(found.refusal) == bool(cell.refused)


@pytest.mark.slow
@pytest.mark.parametrize("cell", [cell for cell in CELLS if not cell.refused], ids=lambda cell: cell.name)
def test_the_cell_keeps_it_over_many_steps(cell: Cell) -> None:
    assert outcome(cell, MUCH).trouble == ""

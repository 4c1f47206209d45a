"""Trip counts: what they are, and that nothing is run that cannot change any more."""

from __future__ import annotations

import pytest

from asn2fpga.engine.analysis import known_run
from asn2fpga.engine.analysis.known_run import known_run as run_of
from asn2fpga.engine.analysis.trips import Trips, count_trips
from asn2fpga.engine.ir.evaluate import evaluate
from asn2fpga.engine.ir.parse import parse_process
from asn2fpga.engine.ir.process import Process

# The counter grows with each word that is odd: how far it is, is known of no iteration but the first.
DATA = """process p
  stream in in u8 last=0
  %3: u8 = constant 0
  %4: u8 = constant 1
  %7: u8 = constant 100
  block first interval=0
    exit otherwise to work %0 <- %3
  loop work interval=1
    %0: u8 = phi
    %1: u8 = read @in
    %2: u1 = slice 0 %1
    %5: u8 = add %0 %4
    %6: u8 = select %2 %5 %0
    %8: u1 = eq %6 %7
    back %0 <- %6
    exit if %8 to first
"""
# Counts to 100; %9 and %10 depend on no variable that changes.
COUNTED = """process p
  %3: u8 = constant 0
  %4: u8 = constant 1
  %7: u8 = constant 100
  block first interval=0
    exit otherwise to work %0 <- %3 %9 <- %4
  loop work interval=1
    %0: u8 = phi
    %9: u8 = phi
    %10: u8 = add %9 %3
    %5: u8 = add %0 %10
    %8: u1 = eq %5 %7
    back %0 <- %5
    back %9 <- %9
    exit if %8 to first
"""


@pytest.fixture
def evaluated(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Operations that are given a value, in order."""
    numbers: list[int] = []
    value_of = known_run.value_of

    def noting(process: Process, op: known_run.Op, values: known_run.Values) -> int | None:
        numbers.append(op.id)
        return value_of(process, op, values)

    monkeypatch.setattr(known_run, "value_of", noting)
    return numbers


def test_a_loop_that_depends_on_data_is_given_up_when_its_state_stays(evaluated: list[int]) -> None:
    process = parse_process(DATA)
    assert count_trips(process, process.regions[1]) == Trips(1, None)
    assert len(evaluated) < 20


@pytest.mark.parametrize("known", [False, True])
def test_only_what_changes_is_evaluated_again(known: bool, evaluated: list[int]) -> None:
    process = parse_process(COUNTED)
    run = run_of(process) if known else None
    assert count_trips(process, process.regions[1], run) == Trips(100, 100)
    assert evaluated.count(10) == 1
    assert evaluated.count(5) == 100
    assert evaluate(process.ops[5], [99, 1], [8, 8]) == 100

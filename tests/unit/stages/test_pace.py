"""Inferences back to back are held to the work of the slowest layer as a whole, not by their distance."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from asn2fpga.errors import CheckError
from asn2fpga.stages.cosim import require_pace
from asn2fpga.verify.cosim import _interval, _whole_rounds
from asn2fpga.verify.fast import FastRun
from asn2fpga.verify.result import CosimResult

BOUND = 100.0  # cycles of the slowest layer for each of two vectors


def measured(ends: list[int]) -> CosimResult:
    """Two vectors, sent twice, of which these are the cycles of the answers."""
    fields = {field.name: None for field in dataclasses.fields(FastRun)}
    times = {"first_cycle": np.arange(4), "last_cycle": np.array(ends)}
    run = FastRun(**{**fields, **times})  # type: ignore[arg-type]
    cycles, rounds = _whole_rounds(run, 2)
    return CosimResult(
        "verilator",
        4,
        0,
        ends[-1],
        0.0,
        0.0,
        timed=np.arange(2),
        interval_cycles=_interval(run.last_cycle, 2),
        stream_cycles=cycles,
        stream_rounds=rounds,
    )


def test_an_answer_that_was_late_before_the_measured_round_is_no_fault() -> None:
    found = measured([150, 260, 350, 455])
    assert found.interval_cycles is not None and found.interval_cycles < BOUND
    assert (found.stream_cycles, found.stream_rounds) == (456, 2)
    require_pace(found, BOUND)


def test_fewer_cycles_than_the_slowest_layer_works_are_a_fault() -> None:
    with pytest.raises(CheckError, match=r"back to back: .* not 390\.0 of 400\.0"):
        require_pace(measured([99, 199, 299, 389]), BOUND)

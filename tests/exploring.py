"""What tests of the exploration share: figures, designs and a small space."""

from __future__ import annotations

import dataclasses
from typing import Any

from asn2fpga.board.spec import Available
from asn2fpga.config import Config
from asn2fpga.exploration.design_figures import DesignFigures
from asn2fpga.exploration.designs import Design, Judge
from asn2fpga.exploration.objectives import parse_limits, parse_objectives

AVAILABLE = Available(lut=1000, ff=2000, bram36=10, dsp=20, uram=0)
FIGURES = DesignFigures(
    accuracy=0.9,
    agreement=0.95,
    clock_mhz=100.0,
    latency_cycles=200.0,
    interval_cycles=100.0,
    lut=500.0,
    ff=600.0,
    bram36=1.0,
    dsp=2.0,
    uram=0.0,
    energy_uj=0.5,
)


def figures(**changes: Any) -> DesignFigures:
    return dataclasses.replace(FIGURES, **changes)


def design(trial: int, predicted: DesignFigures | None = FIGURES, **others: Any) -> Design:
    """Each trial has a configuration of its own."""
    return Design(trial, others.pop("config", Config(seed=trial)), predicted, **others)


def judge(objectives: str = "latency,lut", limits: str | None = None) -> Judge:
    return Judge(parse_objectives(objectives), parse_limits(limits), AVAILABLE)

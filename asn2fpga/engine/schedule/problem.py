"""The scheduling problem of a region at one initiation interval, and its solution; check.py verifies one."""

from __future__ import annotations

from dataclasses import dataclass, field

from asn2fpga.engine.ir.process import Process, Region
from asn2fpga.engine.schedule.constraints import Rule
from asn2fpga.engine.schedule.critical_path import Path
from asn2fpga.engine.schedule.explain import Limit
from asn2fpga.engine.schedule.operators import Operator
from asn2fpga.engine.target.delays import MARGIN, DelayModel


@dataclass(frozen=True)
class Problem:
    """Operations with delays and latencies (`operators`), and what their stages must obey (`rules`)."""

    process: Process
    region: Region
    delays: DelayModel
    operators: dict[int, Operator]
    rules: tuple[Rule, ...]
    interval: int


@dataclass
class Schedule:
    """A solution: stage in which each operation runs; stage and time (ns) of its value; number of stages.

    margin: part of the clock period that its stages leave free.
    """

    region: str
    interval: int
    margin: float = MARGIN
    stage: dict[int, int] = field(default_factory=dict)
    available: dict[int, int] = field(default_factory=dict)
    time: dict[int, float] = field(default_factory=dict)
    length: int = 1
    exit_stage: int = 0
    limit: Limit = field(default_factory=Limit)
    critical_path: Path = field(default_factory=lambda: Path(0.0))

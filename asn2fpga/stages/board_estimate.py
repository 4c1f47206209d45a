"""What an integer network would be on a board: predicted cycles, resources and energy, without any RTL."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from asn2fpga.board.spec import Available, BoardSpec
from asn2fpga.config import Config
from asn2fpga.errors import DoesNotFitError
from asn2fpga.figures.activity import TotalFigures
from asn2fpga.figures.amounts import Amounts, Resource
from asn2fpga.golden.simulate import simulate
from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.types import Array
from asn2fpga.kinds.nodes import foldable_nodes
from asn2fpga.loader.data_file import Data
from asn2fpga.passes.check_fit import check_fit
from asn2fpga.passes.demand import demands
from asn2fpga.passes.fold_lanes import Folding
from asn2fpga.passes.speed import speed_of
from asn2fpga.report.energy_content import EnergyConstants
from asn2fpga.report.energy_estimate import parts_uj
from asn2fpga.stages.activity import activity, layer_rows, network_totals
from asn2fpga.stages.quantise import FOLDING_SAMPLES, amounts_of, available_of, folded, quantised_of


@dataclass(frozen=True)
class BoardEstimate:
    """One board. problem: why the network does not fit and what to change, empty if it fits.

    used: None, and with it all figures, where no network could be made. cycles: means per inference.
    lanes: by layer, as chosen.
    """

    board: str
    part: str
    clock_mhz: float
    problem: str
    available: Available
    used: Amounts | None = None
    latency_cycles: float | None = None
    interval_cycles: float | None = None
    limiting_layer: str | None = None
    lanes: Mapping[str, int] = dataclasses.field(default_factory=dict)
    energy_uj: float | None = None

    @classmethod
    def without(cls, board: BoardSpec, problem: str) -> BoardEstimate:
        """Of a board on which no network is possible."""
        return cls(board.name, board.part, board.clock_mhz, problem, board.resources)

    @property
    def fits(self) -> bool:
        """Whether the network fits."""
        return not self.problem

    @property
    def latency_us(self) -> float | None:
        """Mean latency at the board's clock."""
        return None if self.latency_cycles is None else self.latency_cycles / self.clock_mhz

    @property
    def inferences_per_second(self) -> float | None:
        """Back to back, at the board's clock."""
        return None if self.interval_cycles is None else self.clock_mhz * 1e6 / self.interval_cycles

    def share(self, resource: Resource) -> float | None:
        """Part of what the board has; None where it has none, or nothing was estimated."""
        available = getattr(self.available, resource)
        return self.used[resource] / available if self.used and available else None


@dataclass(frozen=True, eq=False)
class MadeAndRun:
    """An integer network without lanes, and what it did.

    typical (B, ..): inputs that lanes are chosen on. scores (N, classes), totals: of all samples; counts
    (B, T, N) by layer: of the first FOLDING_SAMPLES, which cycles are predicted for; steps_used (B,): of
    these, of a network that may answer early.
    """

    graph: Graph
    typical: Array
    scores: IntArray
    counts: Mapping[str, Array]
    totals: TotalFigures
    steps_used: IntArray | None = None


def make_and_run(
    config: Config, real: Graph, calibration: Array | None, samples: Data, labels: IntArray | None = None
) -> MadeAndRun:
    """Make a prepared network integer, and run it on the samples. calibration, labels: those of builds."""
    typical = samples.x if calibration is None else calibration
    graph = quantised_of(config, real, calibration, typical, labels).quantised.graph
    trace = simulate(graph, samples.x)
    totals = network_totals(layer_rows(graph, activity(graph, trace)))
    first = trace.head(FOLDING_SAMPLES)
    lanes_on = typical[:FOLDING_SAMPLES]
    return MadeAndRun(graph, lanes_on, trace.scores, first.counts, totals, first.steps_used)


def fold_for(config: Config, board: BoardSpec, made: MadeAndRun) -> Folding:
    """The network with its lanes there. Raises DoesNotFitError where none is possible."""
    return folded(config, board, made.graph, made.typical)


def estimate_on(config: Config, board: BoardSpec, made: MadeAndRun, folding: Folding) -> BoardEstimate:
    """What the network with these lanes would be there; whether it fits is told, with what to change."""
    speed = speed_of(folding.graph, demands(folding.graph, made.counts), made.steps_used)
    work_us = speed.work / board.clock_mhz
    constants = cast(EnergyConstants, dataclasses.asdict(board.energy))
    accumulates = made.totals["accumulates_per_inference"]
    events = made.totals["events_per_inference"]
    return BoardEstimate(
        board=board.name,
        part=board.part,
        clock_mhz=board.clock_mhz,
        problem=_problem(config, board, folding),
        available=board.resources,
        used=amounts_of(folding.graph),
        latency_cycles=speed.latency,
        interval_cycles=speed.interval,
        limiting_layer=folding.limiting,
        lanes={node.name: node.lanes for node in foldable_nodes(folding.graph)},
        energy_uj=sum(parts_uj(accumulates, events, work_us, constants)),
    )


def _problem(config: Config, board: BoardSpec, folding: Folding) -> str:
    budget = config.budget
    try:
        check_fit(folding.graph, available_of(board) if budget is None else folding.budget, budget)
    except DoesNotFitError as error:
        return str(error)
    return ""

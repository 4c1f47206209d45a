"""What may be chosen of a design: parameters with their values, and the configuration that values make."""

from __future__ import annotations

import dataclasses
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from asn2fpga.config import MOST_MHZ, OPTIMISE, Config
from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.nodes import foldable_nodes
from asn2fpga.passes.lanes import current_groups

WEIGHT_BITS = tuple(range(2, 9))
BUDGETS = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, None)
CLOCKS = (0.5, 0.625, 0.75, 0.875, 1.0, 1.125, 1.25, 1.5)
"""Times the clock of the board."""
INTERVALS = tuple(2 ** (step / 2) for step in range(11))
"""Times the interval of the default design."""
LANE_OPTIONS = ("lanes", "pixels", "optimise", "budget", "target_fps")
MOST_LANES = 128


class Proposal(Protocol):
    """What chooses: a trial of Optuna."""

    def suggest_int(self, name: str, low: int, high: int) -> int:
        """A number of low..high."""

    def suggest_categorical(self, name: str, choices: Any) -> Any:
        """One of the choices."""


@dataclass(frozen=True)
class Parameter:
    """One choice. values: in an order in which neighbours are alike, unless is_ordered is false.

    when: the folding that it belongs to, None: it is always chosen. default: of the default design.
    """

    name: str
    values: tuple[Any, ...]
    default: Any
    is_ordered: bool = True
    when: str | None = None

    def suggest(self, trial: Proposal) -> Any:
        """The value that is proposed: of ordered ones by their number."""
        if self.is_ordered:
            return self.values[trial.suggest_int(self.name, 0, len(self.values) - 1)]
        return trial.suggest_categorical(self.name, list(self.values))

    def coded(self, value: Any) -> Any:
        """A value as Optuna holds it."""
        return self.values.index(value) if self.is_ordered else value


@dataclass(frozen=True)
class Space:
    """All parameters of a network on a board. base: what is given and not explored."""

    base: Config
    clock_mhz: float
    interval_cycles: float | None
    parameters: tuple[Parameter, ...]
    groups: Mapping[str, tuple[str, ...]]
    """By the name of a parameter about lanes or pixels, the layers it is of."""

    def propose(self, trial: Proposal) -> Config:
        """The configuration of a trial."""
        chosen: dict[str, Any] = {}
        for parameter in self.parameters:
            if parameter.when in (None, chosen.get("folding")):
                chosen[parameter.name] = parameter.suggest(trial)
        return self.config(chosen)

    def default(self, **others: Any) -> dict[str, Any]:
        """The design that a build makes by itself, with other values of some parameters, as Optuna has it."""
        chosen = {one.name: one.default for one in self.parameters} | others
        return {
            one.name: one.coded(chosen[one.name])
            for one in self.parameters
            if one.when in (None, chosen.get("folding"))
        }

    @property
    def default_config(self) -> Config:
        """The configuration of the default design."""
        return self.config({one.name: one.default for one in self.parameters if one.when in (None, "goal")})

    def first(self) -> Iterator[dict[str, Any]]:
        """Designs to try before anything is known: the default one, and those of a build's other goals."""
        yield self.default()
        if any(one.name == "optimise" for one in self.parameters):
            yield from (self.default(optimise=goal) for goal in OPTIMISE if goal != self.base.optimise)

    def config(self, chosen: Mapping[str, Any]) -> Config:
        """The configuration of values by the names of parameters."""
        changes: dict[str, Any] = {}
        bits = _of_layers("weight_bits", chosen)
        if bits:
            changes["weight_bits"] = bits
        for name in ("state_frac_bits", "clock_mhz", "optimise", "budget"):
            if name in chosen:
                changes[name] = chosen[name]
        if changes.get("clock_mhz", 0.0) > MOST_MHZ:  # the board's own, which no --clock-mhz can be
            changes["clock_mhz"] = None
        for what in ("lanes", "pixels"):
            given = {
                layer: value
                for name, value in chosen.items()
                if name.startswith(f"{what} ")
                for layer in self.groups[name]
            }
            if given:
                changes[what] = given
        if "interval" in chosen and self.interval_cycles is not None:
            clock = chosen.get("clock_mhz") or self.clock_mhz
            cycles = max(1.0, chosen["interval"] * self.interval_cycles)
            changes["target_fps"] = float(f"{clock * 1e6 / cycles:.6g}")
        return dataclasses.replace(self.base, **changes)


def _of_layers(what: str, chosen: Mapping[str, Any]) -> dict[str, Any]:
    start = f"{what} "
    return {name.removeprefix(start): value for name, value in chosen.items() if name.startswith(start)}


def space_of(
    graph: Graph,
    weighted: tuple[str, ...],
    state_bits: int | None,
    base: Config,
    given: Container[str],
    clock_mhz: float,
    interval_cycles: float | None,
) -> Space:
    """The space of an integer network without lanes.

    weighted: layers that have weights; state_bits: fraction bits of membranes by default, None without
    membranes; given: keys of the configuration that were said, which are not explored; clock_mhz: the
    board's; interval_cycles: of the default design, None if none is possible.
    """
    parameters: list[Parameter] = []
    if "weight_bits" not in given:
        parameters += [Parameter(f"weight_bits {name}", WEIGHT_BITS, 8) for name in weighted]
    if state_bits is not None and "state_frac_bits" not in given:
        parameters.append(Parameter("state_frac_bits", (*range(state_bits), None), None))
    if "clock_mhz" not in given:
        clocks = (clock_mhz * times for times in CLOCKS)
        possible = tuple(clock for clock in clocks if clock <= MOST_MHZ or clock == clock_mhz)
        parameters.append(Parameter("clock_mhz", possible, clock_mhz))
    groups: dict[str, tuple[str, ...]] = {}
    if not any(name in given for name in LANE_OPTIONS):
        lanes = [*_lane_parameters(graph, groups), *_pixel_parameters(graph, groups)]
        parameters += _folding_parameters(base, lanes, has_rate=interval_cycles is not None)
    return Space(base, clock_mhz, interval_cycles, tuple(parameters), groups)


def _folding_parameters(base: Config, lanes: list[Parameter], *, has_rate: bool) -> list[Parameter]:
    """How lanes are found: for a goal within a budget, for a rate, or each by itself."""
    foldings = ("goal", *(["rate"] if has_rate else []), *(["given"] if lanes else []))
    return [
        Parameter("folding", foldings, "goal", is_ordered=False),
        Parameter("optimise", OPTIMISE, base.optimise, is_ordered=False, when="goal"),
        Parameter("budget", BUDGETS, None, when="goal"),
        Parameter("interval", INTERVALS, 1.0, when="rate"),
        *lanes,
    ]


def _lane_parameters(graph: Graph, groups: dict[str, tuple[str, ...]]) -> Iterator[Parameter]:
    most = {node.name: node.most_lanes for node in foldable_nodes(graph)}
    for together in current_groups(graph):
        yield from _powers("lanes", together, most, groups)


def _pixel_parameters(graph: Graph, groups: dict[str, tuple[str, ...]]) -> Iterator[Parameter]:
    maps = [node for node in foldable_nodes(graph) if node.map_columns > 1]
    for node in maps:
        yield from _powers("pixels", (node.name,), {node.name: node.most_parallel_pixels}, groups)


def _powers(
    what: str, layers: tuple[str, ...], most: Mapping[str, int], groups: dict[str, tuple[str, ...]]
) -> Iterator[Parameter]:
    """Powers of two up to the most there can be, and that; nothing where there is no choice."""
    largest = min(MOST_LANES, *(most[name] for name in layers))
    values = tuple(sorted({*(1 << bit for bit in range(largest.bit_length())), largest}))
    if len(values) > 1:
        name = f"{what} {layers[0]}"
        groups[name] = layers
        yield Parameter(name, values, largest, when="given")

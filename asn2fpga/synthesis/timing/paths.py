"""Longest paths of a netlist from register to register."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from asn2fpga.errors import ToolError
from asn2fpga.synthesis.timing.netlist import PORT, Netlist, NetName, Pin
from asn2fpga.synthesis.timing.nets import net_delay

PORT_LAUNCH = 0.456  # inputs come from registers outside


@dataclass(frozen=True)
class Step:
    """One net of a path: what drives it, ns inside of that, ns along the net to the next step."""

    cell: str  # kind
    names: tuple[NetName, ...]  # of the net
    cell_ns: float
    net_ns: float
    fan_out: int


@dataclass(frozen=True)
class Path:
    """A path from a register (or input) to a register (or output): its steps, and the setup of the last."""

    total_ns: float
    steps: tuple[Step, ...]
    end: str  # kind and pin that take the last net
    setup_ns: float


@dataclass(frozen=True)
class _Arrival:
    """When a net's value leaves its driver, since when that is busy with it, and from which net it comes."""

    at: float
    inside: float
    before: int | None = None


def worst_paths(netlist: Netlist, count: int) -> list[Path]:
    """The longest paths, one for each pair of names of the first and last net; the longest first.

    Raises ToolError for a loop without a register.
    """
    arrivals = _Arrivals(netlist)
    ends = sorted(_ends(netlist, arrivals), key=lambda end: (-end[0], end[1], end[2]))
    found: dict[tuple[str, str], Path] = {}
    for total, net, pin, setup in ends:
        nets = arrivals.way_to(net)
        key = (_plain(netlist, nets[0]), _plain(netlist, nets[-1]))
        if key not in found:
            found[key] = Path(total, arrivals.steps(nets, pin), _end(netlist, pin), setup)
        if len(found) == count:
            break
    return list(found.values())


def _ends(netlist: Netlist, arrivals: _Arrivals) -> Iterator[tuple[float, int, Pin, float]]:
    for net, pins in netlist.loads.items():
        if net not in netlist.drivers:
            continue
        for pin in pins:
            setup = 0.0 if not pin.cell else netlist.cells[pin.cell].needed((pin.port, pin.bit))
            if setup is not None:
                total = arrivals.of(net).at + arrivals.along(net, pin) + setup
                yield total, net, pin, setup


def _plain(netlist: Netlist, net: int) -> str:
    """A net's name without its bit; '' if it has none."""
    names = netlist.names.get(net, ())
    return re.sub(r"\[\d+\]$", "", names[-1].name) if names else ""


def _end(netlist: Netlist, pin: Pin) -> str:
    kind = netlist.kinds[pin.cell]
    return f"output {pin.port}" if kind == PORT else f"{kind} {pin.port}"


class _Arrivals:
    """Arrival times of all nets, found from the registers on."""

    def __init__(self, netlist: Netlist) -> None:
        self.netlist = netlist
        self.found: dict[int, _Arrival] = {}
        for net in netlist.drivers:
            self._find(net)

    def of(self, net: int) -> _Arrival:
        """Arrival of a net."""
        return self.found[net]

    def along(self, net: int, load: Pin) -> float:
        """Delay of a net to one of its loads."""
        kinds, driver = self.netlist.kinds, self.netlist.drivers[net]
        fan_out = len(self.netlist.loads[net])
        return net_delay(kinds[driver.cell], driver.port, kinds[load.cell], load.port, fan_out)

    def way_to(self, net: int) -> list[int]:
        """The nets of the longest path to a net, the first one behind a register."""
        way: list[int] = []
        at: int | None = net
        while at is not None:
            way.append(at)
            at = self.found[at].before
        return way[::-1]

    def steps(self, nets: Sequence[int], end: Pin) -> tuple[Step, ...]:
        """The steps of a path through these nets."""
        return tuple(
            self._step(net, following, end) for net, following in zip(nets, [*nets[1:], None], strict=True)
        )

    def _step(self, net: int, following: int | None, end: Pin) -> Step:
        driver = self.netlist.drivers[net]
        load = end
        if following is not None:
            cell = self.netlist.drivers[following].cell
            load = next(pin for pin, taken in self.netlist.inputs[cell] if taken == net)
        return Step(
            self.netlist.kinds[driver.cell],
            self.netlist.names.get(net, ()),
            self.found[net].inside,
            self.along(net, load),
            len(self.netlist.loads[net]),
        )

    def _find(self, first: int) -> None:
        """Arrival of a net and of all that it waits for, depth first."""
        stack, open_nets = [first], set()
        while stack:
            net = stack[-1]
            if net in self.found:
                stack.pop()
                continue
            missing = [source for source, _, _ in self._sources(net) if source not in self.found]
            if not missing:
                self.found[net] = self._arrival(net)
                open_nets.discard(net)
                stack.pop()
                continue
            if net in open_nets:
                driver = self.netlist.drivers[net].cell
                kind = self.netlist.kinds[driver]
                raise ToolError(f"timing: a loop without a register goes through {kind} {driver}")
            open_nets.add(net)
            stack += missing

    def _sources(self, net: int) -> list[tuple[int, Pin, float]]:
        """Nets that the driver of a net computes it from, by which pin and in which time."""
        driver = self.netlist.drivers[net]
        if not driver.cell:
            return []
        cell = self.netlist.cells[driver.cell]
        driven = [
            (pin, source)
            for pin, source in self.netlist.inputs[driver.cell]
            if source in self.netlist.drivers
        ]
        if cell.pins:
            return [(source, pin, 0.0) for pin, source in driven]
        arcs = [
            (source, pin, cell.arc((pin.port, pin.bit), (driver.port, driver.bit))) for pin, source in driven
        ]
        return [(source, pin, delay) for source, pin, delay in arcs if delay is not None]

    def _arrival(self, net: int) -> _Arrival:
        driver = self.netlist.drivers[net]
        if not driver.cell:
            return _Arrival(PORT_LAUNCH, PORT_LAUNCH)
        cell = self.netlist.cells[driver.cell]
        arriving = sorted(
            (self.found[source].at + self.along(source, pin), delay, source)
            for source, pin, delay in self._sources(net)
        )
        launched = cell.launched((driver.port, driver.bit))
        ways = [] if launched is None else [_Arrival(launched, launched)]
        delays = cell.pins[len(cell.pins) - len(arriving) :] if cell.pins else [way[1] for way in arriving]
        ways += [
            _Arrival(at + delay, delay, source)
            for (at, _, source), delay in zip(arriving, delays, strict=True)
        ]
        return max(ways, key=lambda way: way.at, default=_Arrival(0.0, 0.0))

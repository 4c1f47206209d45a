"""A flat netlist of cells, as Yosys writes it with `write_json`: what drives each net, and where it leads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from asn2fpga.errors import ToolError
from asn2fpga.synthesis.timing.cells import Cell, cell_of

CONSTANTS = ("0", "1", "x", "z")  # constants stand where numbers of nets do
CLOCKS = frozenset({"C", "CLK", "WCLK", "CLKARDCLK", "CLKBWRCLK", "PORT_R_CLK"})
PORT = "port"  # the kind of the cell that is the outside world


@dataclass(frozen=True, order=True, slots=True)
class Pin:
    """One bit of a port of a cell; the outside world is the cell ''."""

    cell: str
    port: str
    bit: int


@dataclass(frozen=True)
class NetName:
    """What a net is called in the Verilog, and where it is declared (FILE:LINE...)."""

    name: str
    source: str


@dataclass(frozen=True)
class Netlist:
    """Cells by name with their kind and delays; nets by number."""

    kinds: Mapping[str, str]
    cells: Mapping[str, Cell]
    inputs: Mapping[str, tuple[tuple[Pin, int], ...]]  # input pins of each cell and their nets
    drivers: Mapping[int, Pin]
    loads: Mapping[int, tuple[Pin, ...]]
    names: Mapping[int, tuple[NetName, ...]]  # the deepest in the hierarchy last


def read_netlist(text: Mapping[str, Any], top: str) -> Netlist:
    """The netlist of a flattened module. Raises ToolError for a cell of unknown delays."""
    module = text["modules"][top]
    builder = _Builder()
    for name, cell in module["cells"].items():
        if cell["type"] != "$scopeinfo":
            builder.add(name, cell)
    for name, port in module["ports"].items():
        builder.add_port(name, port)
    return builder.netlist(_net_names(module["netnames"]))


class _Builder:
    def __init__(self) -> None:
        self.kinds: dict[str, str] = {"": PORT}
        self.cells: dict[str, Cell] = {}
        self.inputs: dict[str, tuple[tuple[Pin, int], ...]] = {}
        self.drivers: dict[int, Pin] = {}
        self.loads: dict[int, list[Pin]] = {}

    def add(self, name: str, cell: Mapping[str, Any]) -> None:
        """One cell; its clock is no part of any path."""
        self.kinds[name] = cell["type"]
        self.cells[name] = cell_of(cell["type"], cell["parameters"])
        told = cell.get("port_directions")  # Yosys leaves them out of cells that it has no module of
        taken = []
        for port, nets in cell["connections"].items():
            for bit, net in enumerate(nets):
                if net in CONSTANTS or port in CLOCKS:
                    continue
                pin = Pin(name, port, bit)
                if self.cells[name].drives(port) if told is None else told[port] == "output":
                    self._drive(net, pin)
                else:
                    taken.append((pin, net))
                    self.loads.setdefault(net, []).append(pin)
        self.inputs[name] = tuple(taken)

    def add_port(self, name: str, port: Mapping[str, Any]) -> None:
        """One port of the module."""
        for bit, net in enumerate(port["bits"]):
            if net in CONSTANTS:
                continue
            if port["direction"] == "input":
                self._drive(net, Pin("", name, bit))
            else:
                self.loads.setdefault(net, []).append(Pin("", name, bit))

    def _drive(self, net: int, pin: Pin) -> None:
        if net in self.drivers:
            first = self.drivers[net]
            raise ToolError(
                f"timing: one net is driven by {first.cell}.{first.port} and {pin.cell}.{pin.port}"
            )
        self.drivers[net] = pin

    def netlist(self, names: Mapping[int, tuple[NetName, ...]]) -> Netlist:
        loads = {net: tuple(pins) for net, pins in self.loads.items()}
        return Netlist(self.kinds, self.cells, self.inputs, self.drivers, loads, names)


def _net_names(names: Mapping[str, Any]) -> dict[int, tuple[NetName, ...]]:
    """What the Verilog calls each net."""
    found: dict[int, tuple[NetName, ...]] = {}
    public = [(name, net) for name, net in names.items() if not net.get("hide_name")]
    for name, net in sorted(public, key=lambda item: item[0].count(".")):
        source = str(net.get("attributes", {}).get("src", ""))
        for bit, number in enumerate(net["bits"]):
            if number not in CONSTANTS:
                label = f"{name}[{bit}]" if len(net["bits"]) > 1 else name
                found[number] = (*found.get(number, ()), NetName(label, source))
    return found

"""Longest paths of netlists made by hand, with sums worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest
from unit.synthesis.timing.netlists import cell, name, netlist, register

from asn2fpga.errors import ToolError
from asn2fpga.synthesis.timing.netlist import read_netlist
from asn2fpga.synthesis.timing.paths import Path, worst_paths


def worst(cells: dict[str, Any], **more: Any) -> Path:
    """The longest path."""
    return worst_paths(read_netlist(netlist(cells, **more), "top"), 1)[0]


def test_register_to_register() -> None:
    """Clock to output 0.456, a net to one load 0.47, no setup."""
    path = worst({"a": register(2, 2)})
    assert path.total_ns == pytest.approx(0.456 + 0.47)
    assert path.end == "FDRE D"


def test_the_last_signal_of_a_look_up_table_gets_its_fastest_pin() -> None:
    """Net 3 comes through a table (0.127), net 2 at once; the second table takes 0.238 and 0.127.

    By net 2: 0.456 + 0.54 + 0.238. By net 3: 0.456 + 0.54 + 0.127 + 0.47 + 0.127, which is later.
    """
    path = worst(
        {
            "a": register(4, 2),
            "not": cell("LUT1", I0=[2], O=[3]),
            "and": cell("LUT2", I0=[3], I1=[2], O=[4]),
        }
    )
    assert path.total_ns == pytest.approx(0.456 + (0.47 + 0.07) + 0.127 + 0.47 + 0.127)
    assert [step.cell for step in path.steps] == ["FDRE", "LUT1", "LUT2"]


def test_a_rom_whose_ports_have_no_directions() -> None:
    """0.642 of the slowest pin of a LUT6, 0.223 of a MUXF7, 0.104 of a MUXF8."""
    rom = cell("$__ROM256X1_", PORT_R_ADDR=[2, "0", "0", "0", "0", "0", "0", "0"], PORT_R_RD_DATA=[3])
    del rom["port_directions"]
    path = worst({"a": register(3, 2), "rom": rom})
    assert [step.cell for step in path.steps] == ["FDRE", "$__ROM256X1_"]
    assert path.total_ns == pytest.approx(0.456 + 0.47 + 0.642 + 0.223 + 0.104 + 0.47)


NONE = ["0"] * 4


def test_a_carry_chain() -> None:
    """LUT2 to S[0] within the slice, 0.508 to CO[3], no net to CI, 0.313 to O[3], no net to the register."""
    path = worst(
        {
            "a": register(9, 2),
            "xor": cell("LUT2", I0=[2], I1=["0"], O=[3]),
            "low": cell("CARRY4", CI=["0"], CYINIT=["0"], S=[3, "0", "0", "0"], DI=NONE, CO=[5, 6, 7, 8]),
            "high": cell("CARRY4", CI=[8], CYINIT=["0"], S=NONE, DI=NONE, O=[10, 11, 12, 9]),
        }
    )
    assert path.total_ns == pytest.approx(0.456 + 0.47 + 0.127 + 0.508 + 0.313)


def test_a_net_to_many_takes_longer() -> None:
    """64 clock enables: 0.47 + 6 * 0.07, and 0.205 before the clock edge."""
    enabled = {f"b{bit}": register(3, 100 + bit, enable=2) for bit in range(64)}
    ports = {"d": {"direction": "input", "bits": [3]}}
    paths = worst_paths(read_netlist(netlist({"a": register(100, 2), **enabled}, ports), "top"), 300)
    longest = next(path for path in paths if path.end == "FDRE CE")
    assert longest.total_ns == pytest.approx(0.456 + 0.47 + 6 * 0.07 + 0.205)
    assert longest.steps[0].fan_out == 64


@pytest.mark.parametrize(("registered", "out"), [("0", 2.454), ("1", 0.882)])
def test_block_ram_and_the_way_from_its_column(registered: str, out: float) -> None:
    ram = cell("RAMB18E1", {"DOA_REG": registered}, CLKARDCLK=[1], ADDRARDADDR=["0"], DOADO=[2])
    path = worst({"ram": ram, "a": register(2, 3)})
    assert path.total_ns == pytest.approx(out + 0.47 + 0.6)


@pytest.mark.parametrize(
    ("parameters", "ns"),
    [
        ("0000", 0.456 + 1.07 + 2.823 * 1.36 + 1.07),  # through the slice
        ("0001", 0.456 + 1.07 + 2.739 * 1.36),  # into the register at P
        ("0010", 0.456 + 1.07 + 1.416 * 1.36),  # into the one behind the product
        ("1101", 0.456 + 1.07 + 0.254 * 1.36),  # from register to P it is inside
    ],
)
def test_a_dsp_slice_by_its_registers(parameters: str, ns: float) -> None:
    registers = dict(zip(("AREG", "BREG", "MREG", "PREG"), parameters, strict=True))
    product = cell("DSP48E1", registers, CLK=[1], A=[2], P=[3])
    path = worst({"a": register(9, 2), "mul": product, "b": register(3, 4)}, ports=None)
    assert path.total_ns == pytest.approx(ns)


def test_distributed_ram_reads_through_its_address() -> None:
    """ADDRA[0] is the slowest pin."""
    ram = cell("RAM32M", ADDRA=[2, "0", "0", "0", "0"], DOA=[3], WCLK=[1], WE=["0"])
    path = worst({"a": register(3, 2), "ram": ram})
    assert path.total_ns == pytest.approx(max(0.456 + 0.47 + 0.642, 1.190) + 0.47)


def test_deep_distributed_ram_leaves_through_a_multiplexer() -> None:
    """DPRA[0] is the slowest pin, DPRA[6] chooses between the two look-up tables."""
    unused = ["0"] * 7
    through = {0: 0.642 + 0.223 + 0.174, 6: 0.296 + 0.174}
    for bit, delay in through.items():
        address = [2 if place == bit else "0" for place in range(7)]
        ram = cell("RAM128X1D", A=unused, DPRA=address, DPO=[3], D=["0"], WCLK=[1], WE=["0"])
        path = worst({"a": register(3, 2), "ram": ram})
        launched = 1.153 + 0.223 + 0.174
        assert path.total_ns == pytest.approx(max(0.456 + 0.47 + delay, launched) + 0.47)


def test_paths_of_one_bus_are_told_once() -> None:
    cells = {f"{side}{bit}": register(10 * way + bit, 30 + 10 * way + bit)
             for side, way in (("a", 0), ("b", 1)) for bit in range(3, 6)}  # fmt: skip
    links = {f"link{bit}": cell("LUT1", I0=[30 + bit], O=[10 + bit]) for bit in range(3, 6)}
    ports = {"in": {"direction": "input", "bits": [3, 4, 5]}}
    names = {"first": name(33, 34, 35)}
    found = worst_paths(read_netlist(netlist({**cells, **links}, ports, names), "top"), 9)
    ends = [[name.name for name in path.steps[0].names] for path in found]
    assert ends == [["first[0]"], []]


def test_inputs_and_outputs_have_registers_outside() -> None:
    ports = {"i": {"direction": "input", "bits": [2]}, "o": {"direction": "output", "bits": [3]}}
    path = worst({"not": cell("INV", I=[2], O=[3])}, ports=ports)
    assert path.total_ns == pytest.approx(0.456 + 0.47 + 0.127 + 0.47)
    assert path.end == "output o"


def test_a_loop_of_logic_is_refused() -> None:
    cells = {"a": cell("LUT1", I0=[2], O=[3]), "b": cell("LUT1", I0=[3], O=[2])}
    message = r"^timing: a loop without a register goes through LUT1 a$"
    with pytest.raises(ToolError, match=message):
        worst_paths(read_netlist(netlist(cells), "top"), 1)


def test_a_cell_without_figures_is_refused() -> None:
    message = r"^timing: no delays are known of the cell LUT9; add it to synthesis/timing/cells\.py$"
    with pytest.raises(ToolError, match=message):
        read_netlist(netlist({"a": cell("LUT9", O=[2])}), "top")


def test_two_drivers_of_a_net_are_refused() -> None:
    message = r"^timing: one net is driven by a\.O and b\.O$"
    with pytest.raises(ToolError, match=message):
        read_netlist(netlist({"a": cell("INV", O=[2]), "b": cell("INV", O=[2])}), "top")

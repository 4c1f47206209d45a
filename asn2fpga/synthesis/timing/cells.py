"""Delays of 7-series cells (Artix-7 fabric, grade -1, slow corner), in ns.

Sources:

- look-up tables by pin, MUXF7/F8, CARRY4, LUT RAM and SRL: Project X-Ray's timing files, as Yosys carries
  them in techlibs/xilinx/cells_sim.v. They agree with Vivado's reports of -1 parts (carry chain 0.117 for
  four bits and 0.533 from S[1] to CO[3], against 0.114 and 0.528).
- flip-flops: Vivado's reports of -1 parts, clock to output 0.456; setup of CE 0.205, of R and S 0.429.
- block RAM: 2.454 without an output register, 0.882 with one (X-Ray; DS187 and DS181 say 2.46 for -1).
- DSP48E1: X-Ray's figures times 1.36, which brings A to PCOUT from 2.970 to the 4.036 of Vivado's reports of
  -1 parts.
- `$__ROM256X1_`, four look-up tables and their multiplexers: a LUT6, a MUXF7 and a MUXF8 in a row.

A cell that is not here is refused: nothing is taken to have no delay.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from asn2fpga.errors import ToolError

TIMED_FAMILIES = ("xc7",)  # as Yosys calls them

_LUT_PINS = (0.642, 0.631, 0.472, 0.407, 0.238, 0.127)  # of a LUT6, from the slowest pin to the fastest
_MUXF7 = {"I0": 0.217, "I1": 0.223, "S": 0.296}
_MUXF8 = {"I0": 0.104, "I1": 0.094, "S": 0.273}
_DSP = 1.36  # what makes X-Ray's figures of a DSP slice those of grade -1
_MUXES_OF_ROM = _MUXF7["I1"] + _MUXF8["I0"]


@dataclass(frozen=True)
class Cell:
    """Delays of one kind of cell. A pin is a port, or one bit of a port as `S[2]`, which counts first.

    arcs: from input to output pins. launch: from the clock edge to output pins. setup: of input pins.
    pins: delays of a look-up table's inputs, slowest first; routing gives the last signal the fastest.
    """

    arcs: Mapping[tuple[str, str], float] = field(default_factory=dict)
    launch: Mapping[str, float] = field(default_factory=dict)
    setup: Mapping[str, float] = field(default_factory=dict)
    pins: tuple[float, ...] = ()

    def arc(self, source: tuple[str, int], sink: tuple[str, int]) -> float | None:
        """Delay from an input bit to an output bit, (port, index); None if there is no such path."""
        found = (self.arcs.get((a, b)) for a in _names(source) for b in _names(sink))
        return next((delay for delay in found if delay is not None), None)

    def launched(self, sink: tuple[str, int]) -> float | None:
        """When an output bit is there after the clock edge; None if no register drives it."""
        return _of_bit(self.launch, sink)

    def needed(self, source: tuple[str, int]) -> float | None:
        """How long before the clock edge an input bit must be there; None if no register takes it."""
        return _of_bit(self.setup, source)

    def drives(self, port: str) -> bool:
        """Whether signals leave by a port."""
        ends = (*(sink for _, sink in self.arcs), *self.launch)
        return any(end.partition("[")[0] == port for end in ends)


def _names(pin: tuple[str, int]) -> tuple[str, str]:
    return f"{pin[0]}[{pin[1]}]", pin[0]


def _of_bit(figures: Mapping[str, float], pin: tuple[str, int]) -> float | None:
    return next((figures[name] for name in _names(pin) if name in figures), None)


def cell_of(kind: str, parameters: Mapping[str, str]) -> Cell:
    """Delays of a cell of the netlist. Raises ToolError for a kind without figures."""
    if kind == "DSP48E1":
        return _dsp(*(bool(int(parameters.get(name, "1"), 2)) for name in ("AREG", "BREG", "MREG", "PREG")))
    if kind in ("RAMB18E1", "RAMB36E1"):
        registers = (bool(int(parameters.get(f"DO{port}_REG", "0"), 2)) for port in "AB")
        return _block_ram(*registers)
    if kind not in _CELLS:
        raise ToolError(
            f"timing: no delays are known of the cell {kind}; add it to synthesis/timing/cells.py"
        )
    return _CELLS[kind]


def _lut(inputs: int) -> Cell:
    return Cell(pins=_LUT_PINS[-inputs:])


def _through(delays: Mapping[str, float], output: str) -> Cell:
    return Cell(arcs={(pin, output): delay for pin, delay in delays.items()})


def _flip_flop(clear: str) -> Cell:
    return Cell(launch={"Q": 0.456}, setup={"D": 0.0, "CE": 0.205, clear: 0.429})


def _carry() -> Cell:
    """CARRY4: from each input to sums O and carries CO, in the order CI, CYINIT, S[0..3], DI[0..3]."""
    table = {
        "O[0]": "222 482 223",
        "O[1]": "334 598 400 205 - - 407",
        "O[2]": "239 584 523 558 226 - 556 537",
        "O[3]": "313 642 582 618 330 227 615 596 438",
        "CO[0]": "271 536 340 - - - 379",
        "CO[1]": "157 494 433 469 - - 465 445",
        "CO[2]": "228 592 512 548 292 - 540 520 356",
        "CO[3]": "114 580 508 528 378 380 526 507 398 385",
    }
    pins = ("CI", "CYINIT", *(f"{port}[{bit}]" for port in ("S", "DI") for bit in range(4)))
    arcs = {
        (pin, output): int(delay) / 1000
        for output, row in table.items()
        for pin, delay in zip(pins, row.split(), strict=False)
        if delay != "-"
    }
    return Cell(arcs=arcs)


def _ram_m(bits: int) -> Cell:
    """RAM32M and RAM64M: three ports to read, the fourth one reads and writes."""
    arcs = {(f"ADDR{port}[{bit}]", f"DO{port}"): _LUT_PINS[bit] for port in "ABCD" for bit in range(bits)}
    data = {f"DI{port}": 0.461 for port in "ABCD"}
    return Cell(arcs, {f"DO{port}": 1.190 for port in "ABCD"}, {"WE": 0.654, "ADDRD": 0.362, **data})


def _ram_dual(bits: int) -> Cell:
    arcs = {
        (f"{address}{bit}", output): _LUT_PINS[bit]
        for address, output in (("A", "SPO"), ("DPRA", "DPO"))
        for bit in range(bits)
    }
    addresses = {f"A{bit}": 0.362 for bit in range(bits)}
    return Cell(arcs, {"SPO": 1.153, "DPO": 1.153}, {"D": 0.453, "WE": 0.654, **addresses})


def _ram_deep() -> Cell:
    """RAM128X1D: two look-up tables for each port, and a MUXF7 that leaves the slice."""
    leaving = {"SPO": _MUXF7["I0"] + 0.175, "DPO": _MUXF7["I1"] + 0.174}
    chosen = {"SPO": 0.276 + 0.175, "DPO": _MUXF7["S"] + 0.174}
    arcs: dict[tuple[str, str], float] = {}
    for port, output in (("A", "SPO"), ("DPRA", "DPO")):
        arcs |= {(f"{port}[{bit}]", output): delay + leaving[output] for bit, delay in enumerate(_LUT_PINS)}
        arcs[f"{port}[6]", output] = chosen[output]
    addresses = dict(zip((f"A[{bit}]" for bit in range(7)), _ADDRESS_SETUP, strict=True))
    return Cell(
        arcs,
        {output: 1.153 + delay for output, delay in leaving.items()},
        {"D": 0.453, "WE": 0.654, **addresses},
    )


_ADDRESS_SETUP = (0.616, 0.362, 0.245, 0.208, 0.147, 0.068, 0.066)


def _shift(reads: Mapping[str, float], outputs: Mapping[str, float]) -> Cell:
    return Cell({(pin, "Q"): delay for pin, delay in reads.items()}, outputs, {"D": 0.173, "CE": 0.109})


@cache
def _block_ram(first: bool, second: bool) -> Cell:
    def out(registered: bool) -> float:
        return 0.882 if registered else 2.454

    launch = {"DOADO": out(first), "DOPADOP": out(first), "DOBDO": out(second), "DOPBDOP": out(second)}
    addresses = dict.fromkeys(("ADDRARDADDR", "ADDRBWRADDR"), 0.566)
    data = dict.fromkeys(("DIADI", "DIBDI", "DIPADIP", "DIPBDIP"), 0.737)
    writes = dict.fromkeys(("WEA", "WEBWE"), 0.532)
    enables = dict.fromkeys(("ENARDEN", "ENBWREN"), 0.443)  # Vivado's reports of -1 parts
    resets = dict.fromkeys(("RSTREGARSTREG", "RSTREGB", "RSTRAMARSTRAM", "RSTRAMB"), 0.342)
    register = dict.fromkeys(("REGCEAREGCE", "REGCEB"), 0.360)
    return Cell({}, launch, {**addresses, **data, **writes, **enables, **resets, **register})


@cache
def _dsp(a: bool, b: bool, m: bool, p: bool) -> Cell:
    """A multiplier by its registers at A, B, behind the product and at P; the sum's C has none."""
    inside = {"A": 2.823, "B": 2.690, "C": 1.325} if not p else {}
    before = {"A": 2.739, "B": 2.608, "C": 1.244} if p else {}
    if m:
        inside, before = {"C": inside["C"]} if inside else {}, {**before, "A": 1.416, "B": 1.285}
    for port, registered, setup in (("A", a, 0.254), ("B", b, 0.324)):
        if registered:
            inside.pop(port, None)
            before[port] = setup
    launch = _dsp_launch(a, b, m, p)
    control = {name: 0.3 for name in _DSP_CONTROL}
    return Cell(
        {(port, "P"): delay * _DSP for port, delay in inside.items()},
        {} if launch is None else {"P": launch * _DSP},
        {**{port: delay * _DSP for port, delay in before.items()}, **control},
    )


_DSP_CONTROL = ("CEA1", "CEA2", "CEB1", "CEB2", "CEM", "CEP", "RSTA", "RSTB", "RSTM", "RSTP")


def _dsp_launch(a: bool, b: bool, m: bool, p: bool) -> float | None:
    """From the clock edge to P, of the last register before it."""
    by_register = ((p, 0.329), (m, 1.671), (a, 2.952), (b, 2.813))
    return next((delay for registered, delay in by_register if registered), None)


_CELLS: dict[str, Cell] = {
    **{f"LUT{inputs}": _lut(inputs) for inputs in range(1, 7)},
    "INV": Cell(pins=_LUT_PINS[-1:]),
    "MUXF7": _through(_MUXF7, "O"),
    "MUXF8": _through(_MUXF8, "O"),
    "$__ROM256X1_": _through({"PORT_R_ADDR": _LUT_PINS[0] + _MUXES_OF_ROM}, "PORT_R_RD_DATA"),
    "CARRY4": _carry(),
    "FDRE": _flip_flop("R"),
    "FDSE": _flip_flop("S"),
    "SRL16E": _shift({f"A{bit}": delay for bit, delay in enumerate(_LUT_PINS[1:5])}, {"Q": 1.472}),
    "SRLC32E": _shift(
        {f"A[{bit}]": delay for bit, delay in enumerate(_LUT_PINS[:5])}, {"Q": 1.472, "Q31": 1.114}
    ),
    "RAM32M": _ram_m(5),
    "RAM64M": _ram_m(6),
    "RAM32X1D": _ram_dual(5),
    "RAM64X1D": _ram_dual(6),
    "RAM128X1D": _ram_deep(),
}

"""A board as data: one TOML file becomes one BoardSpec, with an error for all that is not as it must be."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast, get_args

from asn2fpga.errors import InputError, did_you_mean
from asn2fpga.resources import boards_dir
from asn2fpga.tomlfile import Section, read_toml

Zynq = Literal["zynq7000", "zynquplus"]
Scope = Literal["board", "module", "pl", "ps", "pl+ps", "other"]

ZYNQS: tuple[Zynq, ...] = get_args(Zynq)
SCOPES: tuple[Scope, ...] = get_args(Scope)
FAMILIES = ("xc7", "xcu", "xcup")
DDR_PORTS: dict[Zynq, tuple[str, ...]] = {
    "zynq7000": ("HP0", "HP1", "HP2", "HP3"),
    "zynquplus": ("HP0", "HP1", "HP2", "HP3", "HPC0", "HPC1"),
}
DMA_WIDTHS: dict[Zynq, tuple[int, ...]] = {"zynq7000": (32, 64), "zynquplus": (32, 64, 128)}
PARTS: dict[Zynq, str] = {
    "zynq7000": r"xc7z\d{3}s?[a-z]{3}\d+-\d",
    "zynquplus": r"(xczu|xck)\w+-\w+-\w+(-\w)?",
}
TOP_KEYS = (
    *("name", "title", "part", "family", "clock_mhz"),
    *("vivado", "resources", "pynq", "power", "energy"),
)


@dataclass(frozen=True)
class Available:
    """What the device offers: look-up tables, flip-flops, 36-Kb block RAMs, DSP slices, UltraRAMs."""

    lut: int
    ff: int
    bram36: int
    dsp: int
    uram: int


@dataclass(frozen=True)
class VivadoBoard:
    """What a Vivado project needs to know of a board.

    board_part: the vendor's board files, VENDOR:NAME:part0:VERSION, which bring the preset of the processing
    system (memory controller, clocks, pins); the newest installed version of them is used. board_files: where
    they come from. ddr_port: the processing system's port through which the DMA reaches memory, and
    dma_width_bits the width of the DMA on that side.
    """

    zynq: Zynq
    board_part: str
    board_files: str
    ddr_port: str
    dma_width_bits: int
    note: str = ""


@dataclass(frozen=True)
class Rail:
    """One supply whose power the board itself can read.

    label: name that libsensors (`pynq.get_rails()`) shows; hwmon: `name` of the device in /sys/class/hwmon,
    empty where the label is enough. scope: what hangs on the supply; resolution_mw: the step of a reading,
    None where it is not established.
    """

    label: str
    scope: Scope
    sensor: str
    resolution_mw: float | None = None
    hwmon: str = ""


@dataclass(frozen=True)
class PowerRails:
    """Which supplies the board itself can measure, and what to know about them."""

    rails: tuple[Rail, ...]
    note: str


@dataclass(frozen=True)
class EnergyConstants:
    """Constants of the energy estimate: assumptions, never measurements; `note` says of what kind."""

    accumulate_pj: float
    event_pj: float
    static_mw: float
    note: str


@dataclass(frozen=True)
class BoardSpec:
    """One board. `clock_mhz`: clock the design is built for; `family`: Yosys' name of the device family."""

    name: str
    title: str
    part: str
    family: str
    clock_mhz: float
    vivado: VivadoBoard
    resources: Available
    pynq_image: str
    power: PowerRails
    energy: EnergyConstants

    @property
    def clock_ns(self) -> float:
        """Clock period."""
        return 1000.0 / self.clock_mhz

    def at(self, clock_mhz: float | None) -> BoardSpec:
        """The board with another clock; None: with its own."""
        return self if clock_mhz is None else dataclasses.replace(self, clock_mhz=clock_mhz)


def to_plain(board: BoardSpec) -> dict[str, Any]:
    """The board as JSON values."""
    return dataclasses.asdict(board)


def from_plain(plain: Mapping[str, Any]) -> BoardSpec:
    """Inverse of to_plain, also after a way through JSON."""
    power = plain["power"]
    parts = {
        "vivado": VivadoBoard(**plain["vivado"]),
        "resources": Available(**plain["resources"]),
        "power": PowerRails(tuple(Rail(**rail) for rail in power["rails"]), power["note"]),
        "energy": EnergyConstants(**plain["energy"]),
    }
    return BoardSpec(**{**plain, **parts})


def known_boards() -> tuple[str, ...]:
    """Names of the boards that come with asn2fpga, sorted."""
    return tuple(sorted(path.stem for path in boards_dir().glob("*.toml")))


def find_board(name: str) -> BoardSpec:
    """The board of that name, or of the file if `name` ends in .toml; InputError lists the known ones."""
    if name.endswith(".toml"):
        return read_board(Path(name))
    if name not in known_boards():
        hint = did_you_mean(name, known_boards())
        see = "; see" if hint == "." else f"{hint} See"
        raise InputError(
            f"--board {name}: the board must be one of {', '.join(known_boards())}, "
            f"or the path of a .toml file, not '{name}'{see} `asn2fpga boards`."
        )
    return read_board(boards_dir() / f"{name}.toml")


def read_board(path: Path) -> BoardSpec:
    """Read one board file; InputError names file, table and key of what is missing, unknown or mistyped."""
    top = read_toml(path)
    top.only(*TOP_KEYS)
    pynq = top.section("pynq")
    pynq.only("image")
    vivado = _vivado(top.section("vivado"))
    return BoardSpec(
        name=_name(top),
        title=top.text("title"),
        part=_part(top, vivado.zynq),
        family=top.choice("family", FAMILIES),
        clock_mhz=top.number("clock_mhz"),
        vivado=vivado,
        resources=_available(top.section("resources")),
        pynq_image=pynq.text("image"),
        power=_power(top.section("power")),
        energy=_energy(top.section("energy")),
    )


def _name(top: Section) -> str:
    return top.matching("name", r"[A-Za-z0-9][A-Za-z0-9._-]*", "letters, digits, '.', '_' and '-'")


def _part(top: Section, zynq: Zynq) -> str:
    example = {"zynq7000": "xc7z020clg400-1", "zynquplus": "xczu7ev-ffvc1156-2-e"}[zynq]
    return top.matching("part", PARTS[zynq], f"a part of family {zynq} such as {example}")


def _vivado(table: Section) -> VivadoBoard:
    table.only("zynq", "board_part", "board_files", "ddr_port", "dma_width_bits", "note")
    zynq = cast(Zynq, table.choice("zynq", ZYNQS))
    width = table.count("dma_width_bits")
    if width not in DMA_WIDTHS[zynq]:
        known = ", ".join(map(str, DMA_WIDTHS[zynq]))
        raise InputError(f"{table.where}: 'dma_width_bits' must be one of {known} for {zynq}, not {width}.")
    return VivadoBoard(
        zynq=zynq,
        board_part=table.matching(
            "board_part", r"[\w.-]+:[\w.-]+:part0:\d+(\.\d+)*", "VENDOR:NAME:part0:VERSION"
        ),
        board_files=table.text("board_files"),
        ddr_port=table.choice("ddr_port", DDR_PORTS[zynq]),
        dma_width_bits=width,
        note=table.text("note") if "note" in table.values else "",
    )


def _available(table: Section) -> Available:
    table.only("lut", "ff", "bram36", "dsp", "uram")
    return Available(
        lut=table.count("lut"),
        ff=table.count("ff"),
        bram36=table.count("bram36"),
        dsp=table.count("dsp"),
        uram=table.count("uram"),
    )


def _power(table: Section) -> PowerRails:
    table.only("rails", "note")
    rails = tuple(_rail(section) for section in table.sections("rails"))
    labels = [rail.label for rail in rails]
    for label in labels:
        if labels.count(label) > 1:
            raise InputError(f"{table.where}: label '{label}' is that of two rails; each needs its own.")
    return PowerRails(rails, table.text("note"))


def _rail(table: Section) -> Rail:
    table.only("label", "scope", "sensor", "resolution_mw", "hwmon")
    return Rail(
        label=table.text("label"),
        scope=cast(Scope, table.choice("scope", SCOPES)),
        sensor=table.text("sensor"),
        resolution_mw=table.number("resolution_mw") if "resolution_mw" in table.values else None,
        hwmon=table.text("hwmon") if "hwmon" in table.values else "",
    )


def _energy(table: Section) -> EnergyConstants:
    table.only("accumulate_pj", "event_pj", "static_mw", "note")
    return EnergyConstants(
        accumulate_pj=table.number("accumulate_pj"),
        event_pj=table.number("event_pj"),
        static_mw=table.number("static_mw"),
        note=table.text("note"),
    )

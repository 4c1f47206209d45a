"""A board as data: one TOML file becomes one BoardSpec."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from asn2fpga.errors import InputError
from asn2fpga.resources import boards_dir
from asn2fpga.tomlfile import Section, read_toml


@dataclass(frozen=True)
class Available:
    """What the device offers: look-up tables, flip-flops, 36-Kb block RAMs, DSP slices, UltraRAMs."""

    lut: int
    ff: int
    bram36: int
    dsp: int
    uram: int


@dataclass(frozen=True)
class PowerRails:
    """Which rails the board itself can measure (libsensors labels), and what to know about them."""

    rails: tuple[str, ...]
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
    resources: Available
    pynq_image: str
    power: PowerRails
    energy: EnergyConstants

    @property
    def clock_ns(self) -> float:
        """Clock period."""
        return 1000.0 / self.clock_mhz


def known_boards() -> tuple[str, ...]:
    """Names of the boards that come with asn2fpga, sorted."""
    return tuple(sorted(path.stem for path in boards_dir().glob("*.toml")))


def find_board(name: str) -> BoardSpec:
    """The board of that name, or of the file if `name` ends in .toml; InputError lists the known ones."""
    if name.endswith(".toml"):
        return read_board(Path(name))
    if name not in known_boards():
        raise InputError(
            f"--board {name}: the board must be one of {', '.join(known_boards())}, "
            f"or the path of a .toml file, not '{name}'; see `asn2fpga boards`."
        )
    return read_board(boards_dir() / f"{name}.toml")


def read_board(path: Path) -> BoardSpec:
    """Read one board file; InputError names file, table and key of what is missing, unknown or mistyped."""
    top = read_toml(path)
    top.only("name", "title", "part", "family", "clock_mhz", "resources", "pynq", "power", "energy")
    pynq = top.section("pynq")
    pynq.only("image")
    return BoardSpec(
        name=top.text("name"),
        title=top.text("title"),
        part=top.text("part"),
        family=top.text("family"),
        clock_mhz=top.number("clock_mhz"),
        resources=_available(top.section("resources")),
        pynq_image=pynq.text("image"),
        power=_power(top.section("power")),
        energy=_energy(top.section("energy")),
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
    return PowerRails(table.texts("rails"), table.text("note"))


def _energy(table: Section) -> EnergyConstants:
    table.only("accumulate_pj", "event_pj", "static_mw", "note")
    return EnergyConstants(
        accumulate_pj=table.number("accumulate_pj"),
        event_pj=table.number("event_pj"),
        static_mw=table.number("static_mw"),
        note=table.text("note"),
    )

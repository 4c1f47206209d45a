"""Where power is read: rails of the board (pynq, or hwmon files of Linux), or an INA219/INA226 over I2C.

Stand-alone (Python 3.8, standard library; pynq if it is there). A sensor has `instrument`, `read()` -> watts,
and `close()`.
"""

from __future__ import annotations

import fcntl
import importlib
import math
import random
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING or __package__:
    from asn2fpga.runtime.power_trace import Instrument, PowerError
else:
    from power_trace import Instrument, PowerError

HWMON = Path("/sys/class/hwmon")
SCOPES = {
    "board": "whole board",
    "pl": "PL only",
    "ps": "PS only",
    "pl+ps": "PS and PL together",
    "module": "whole module",
    "other": "a part of the board",
}
METER_WAY = (
    "put an external meter (USB meter, Joulescope, INA226) into the supply, record a CSV while "
    "`selftest.py --meter-run RUN.json` makes the load, and import both with "
    "`asn2fpga energy DIR --meter FILE.csv --run RUN.json`"
)


class PynqRail:
    """A rail of pynq.get_rails(): its power sensor, else voltage times current."""

    def __init__(self, rail: Any, instrument: Instrument) -> None:
        """`rail`: has power, voltage and current, each None or with a `value` in W, V, A."""
        self.rail = rail
        self.instrument = instrument
        if rail.power is None and (rail.voltage is None or rail.current is None):
            raise PowerError(
                f"{instrument.scope}: the rail must have a sensor of power, or of voltage and current, "
                f"not neither; {METER_WAY}."
            )

    def read(self) -> float:
        """Watts now."""
        if self.rail.power is not None:
            return float(self.rail.power.value)
        return float(self.rail.voltage.value) * float(self.rail.current.value)

    def close(self) -> None:
        """Nothing to close."""


class HwmonRail:
    """A sensor of Linux' hwmon: power*_input (uW), else in*_input (mV) times curr*_input (mA)."""

    def __init__(self, files: dict[str, Path], instrument: Instrument) -> None:
        """`files`: 'power', or 'in' and 'curr', to the file that holds the number."""
        self.files = files
        self.instrument = instrument

    def read(self) -> float:
        """Watts now; PowerError if the file cannot be read (the sensor does not answer)."""
        if "power" in self.files:
            return self._number("power") * 1e-6
        return self._number("in") * self._number("curr") * 1e-6

    def _number(self, kind: str) -> float:
        path = self.files[kind]
        try:
            return float(path.read_text())
        except (OSError, ValueError) as error:
            raise PowerError(
                f"{path}: the sensor must give a number, not '{error}'; is the rail on?"
            ) from error

    def close(self) -> None:
        """Nothing to close."""


def find_hwmon(label: str, root: Path = HWMON) -> dict[str, Path]:
    """Files of the sensor whose label (or whose device) has this name; empty if there is none.

    Names and units: Documentation/hwmon/sysfs-interface.rst of Linux. Of an ina2xx, in1 is the bus voltage.
    """
    for folder in sorted(root.glob("hwmon*")):
        device = _text(folder / "name") == label
        labelled = [path for path in sorted(folder.glob("*_label")) if _text(path) == label]
        found = _kinds(path.with_name(path.name.replace("_label", "_input")) for path in labelled)
        if device and not found:
            found = _kinds(folder / name for name in ("power1_input", "in1_input", "curr1_input"))
        if "power" in found or {"in", "curr"} <= set(found):
            return found
    return {}


def _kinds(paths: Any) -> dict[str, Path]:
    return {path.name.split("_")[0].rstrip("0123456789"): path for path in paths if path.is_file()}


def _text(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""


class SumOfRails:
    """Several rails of the same scope, read one after the other and added."""

    def __init__(self, rails: list[Any], instrument: Instrument) -> None:
        self.rails = rails
        self.instrument = instrument

    def read(self) -> float:
        """Watts now."""
        return float(sum(rail.read() for rail in self.rails))

    def close(self) -> None:
        """Close all of them."""
        for rail in self.rails:
            rail.close()


class SyntheticSource:
    """Made-up power, for trying a measurement without a board: what comes out is never called measured."""

    IDLE_W, LOAD_W, NOISE_W, STEP_W = 2.0, 0.4, 0.02, 1 / 64

    def __init__(self) -> None:
        self.instrument = Instrument("synthetic source, not a board", self.STEP_W, synthetic=True)
        self.working = False
        """Set by who makes the load."""
        self._random = random.Random(1)

    def read(self) -> float:
        """Invented watts: more while `working`, noise, in steps."""
        watts = self.IDLE_W + (self.LOAD_W if self.working else 0.0) + self._random.gauss(0.0, self.NOISE_W)
        return self.STEP_W * round(watts / self.STEP_W)

    def close(self) -> None:
        """Nothing to close."""


def open_rails(manifest: dict[str, Any], pynq: Any = None, hwmon: Path = HWMON) -> list[Any]:
    """The sensors of the board of a package's manifest, in its order; rails of PL, and of PS, are added up.

    `pynq`: the module (imported if None); on a simulated board there is one SyntheticSource instead.
    PowerError if the board has no rail that measures power, or if none of them answers.
    """
    board = manifest["board"]
    known = manifest.get("power", {}).get("rails", [])
    if not known:
        raise PowerError(f"{board}: no rail on this board measures power; {METER_WAY}.")
    pynq = _pynq() if pynq is None else pynq
    if getattr(pynq, "SIMULATED", ""):
        return [SyntheticSource()]
    rails = pynq.get_rails() if hasattr(pynq, "get_rails") else {}
    found = [sensor for group in _groups(known) for sensor in _open_group(group, rails, hwmon)]
    if not found:
        labels = ", ".join(str(rail["label"]) for rail in known)
        raise PowerError(
            f"{board}: one of the rails {labels} must answer, not none (pynq knows "
            f"{', '.join(sorted(rails)) or 'none'}); is it the image of this board? Else {METER_WAY}."
        )
    return found


def _pynq() -> Any:
    try:
        return importlib.import_module("pynq")
    except ImportError:
        return None


def _groups(rails: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for rail in rails:
        added_up = rail.get("scope") in ("pl", "ps")
        groups.setdefault(str(rail["scope"] if added_up else rail["label"]), []).append(rail)
    return list(groups.values())


def _open_group(group: list[dict[str, Any]], rails: Any, hwmon: Path) -> list[Any]:
    """One sensor for rails of one scope; none if any of them does not answer."""
    opened = [sensor for rail in group for sensor in _open_rail(rail, rails, hwmon)]
    if len(opened) < len(group):
        return []
    if len(opened) == 1:
        return opened
    labels = " + ".join(str(rail["label"]) for rail in group)
    steps = [sensor.instrument.resolution_w for sensor in opened]
    step = None if None in steps else math.sqrt(sum(step * step for step in steps))
    return [SumOfRails(opened, Instrument(f"rails {labels}: {SCOPES[str(group[0]['scope'])]}", step))]


def _open_rail(rail: dict[str, Any], rails: Any, hwmon: Path) -> list[Any]:
    label, scope = str(rail["label"]), str(rail.get("scope", "other"))
    resolution_mw = float(rail.get("resolution_mw") or 0.0)
    instrument = Instrument(f"rail {label}: {SCOPES.get(scope, scope)}", resolution_mw / 1000 or None)
    if label in rails:
        return [PynqRail(rails[label], instrument)]
    files = find_hwmon(str(rail.get("hwmon") or label), hwmon)
    return [HwmonRail(files, instrument)] if files else []


I2C_SLAVE = 0x0703  # linux/i2c-dev.h: the address that read and write talk to


class Chip:
    """What the driver must know of a kind of INA. Voltages in V; `configuration`: average, continuously."""

    def __init__(self, name: str, shunt_v: float, bus_v: float, bus_shift: int, configuration: int) -> None:
        """`shunt_v`, `bus_v`: a step of registers 1 and 2; `bus_shift`: unused low bits of register 2."""
        self.name = name
        self.shunt_v = shunt_v
        self.bus_v = bus_v
        self.bus_shift = bus_shift
        self.configuration = configuration


# TI SBOS448 (INA219): shunt 10 uV, bus 4 mV in bits 15..3; +-320 mV, 128 averages, 68 ms each.
# TI SBOS547 (INA226): shunt 2.5 uV, bus 1.25 mV; 16 averages of 1.1 ms each for both, 35 ms in all.
CHIPS = {
    "ina219": Chip("ina219", 10e-6, 4e-3, 3, 0x3FFF),
    "ina226": Chip("ina226", 2.5e-6, 1.25e-3, 0, 0x4527),
}
INA226_MANUFACTURER = 0x5449


class Ina:
    """An INA219 or INA226 in the supply, on I2C. Power = bus voltage x shunt voltage / shunt resistance."""

    def __init__(self, chip: str, shunt_ohm: float, device: Any, scope: str, accuracy: float = 0.0) -> None:
        """`device`: an open I2C device with write(bytes) and read(count); see open_ina."""
        if chip not in CHIPS:
            raise PowerError(f"chip: it must be one of {', '.join(sorted(CHIPS))}, not '{chip}'.")
        self.chip = CHIPS[chip]
        self.shunt_ohm = shunt_ohm
        self.device = device
        if chip == "ina226" and self._register(0xFE) != INA226_MANUFACTURER:
            raise PowerError(
                "ina226: register 0xFE must hold 0x5449 (TI), not "
                f"0x{self._register(0xFE):04X}; is it another chip, or another address?"
            )
        self.device.write(bytes([0, self.chip.configuration >> 8, self.chip.configuration & 0xFF]))
        step = self.chip.shunt_v / shunt_ohm * self._volts() + self.chip.bus_v * abs(self._amperes())
        self.instrument = Instrument(scope=scope, resolution_w=step, accuracy=accuracy)

    def read(self) -> float:
        """Watts: mean over the time the chip averages (INA219 68 ms, INA226 35 ms)."""
        return self._volts() * self._amperes()

    def _volts(self) -> float:
        return (self._register(2) >> self.chip.bus_shift) * self.chip.bus_v

    def _amperes(self) -> float:
        value = self._register(1)
        if value in (0x7FFF, 0x8000):
            raise PowerError(
                f"{self.chip.name}: the voltage of the shunt is at the end of its range; use a smaller shunt."
            )
        return (value - 0x10000 if value & 0x8000 else value) * self.chip.shunt_v / self.shunt_ohm

    def _register(self, number: int) -> int:
        self.device.write(bytes([number]))
        high, low = self.device.read(2)
        return int(high) << 8 | int(low)

    def close(self) -> None:
        """Give the I2C device back."""
        self.device.close()


def open_ina(
    chip: str,
    shunt_ohm: float,
    bus: int,
    address: int = 0x40,
    scope: str = "supply of the board",
    root: str = "/dev",
) -> Ina:
    """The INA219 or INA226 at `address` of /dev/i2c-BUS; PowerError if it does not answer."""
    path = Path(root) / f"i2c-{bus}"
    try:
        device = path.open("r+b", buffering=0)
        fcntl.ioctl(device, I2C_SLAVE, address)
        return Ina(chip, shunt_ohm, device, scope)
    except OSError as error:
        raise PowerError(
            f"{path}, address 0x{address:02X}: the chip must answer, not '{error.strerror}'; "
            "check wiring, address and rights."
        ) from error

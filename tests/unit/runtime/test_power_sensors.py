"""Sensors: fake rails of pynq, a fake tree of hwmon, fake INA219 and INA226 on I2C."""

from __future__ import annotations

import dataclasses
import fcntl
import re
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from asn2fpga.board.spec import find_board, known_boards
from asn2fpga.runtime.power_sensors import Ina, PynqRail, find_hwmon, open_ina, open_rails
from asn2fpga.runtime.power_trace import Instrument, PowerError

METER_WAY = (
    "put an external meter (USB meter, Joulescope, INA226) into the supply, record a CSV while "
    "`selftest.py --meter-run RUN.json` makes the load, and import both with "
    "`asn2fpga energy DIR --meter FILE.csv --run RUN.json`"
)
ZCU104: dict[str, Any] = {
    "board": "zcu104",
    "power": {
        "rails": [
            {"label": "12V", "scope": "board", "sensor": "INA226", "resolution_mw": 12.5},
            {"label": "INT", "scope": "pl+ps", "sensor": "IRPS5401", "resolution_mw": 15.625},
        ]
    },
}


def rail(**values: float) -> SimpleNamespace:
    """A rail as pynq makes it: sensors with a `value`, or None."""
    kinds = ("power", "voltage", "current")
    return SimpleNamespace(
        **{kind: SimpleNamespace(value=values[kind]) if kind in values else None for kind in kinds}
    )


def pynq(rails: dict[str, SimpleNamespace]) -> SimpleNamespace:
    """As much of the module as matters."""
    return SimpleNamespace(get_rails=lambda: rails)


def refusal(call: Any, *arguments: Any) -> str:
    with pytest.raises(PowerError) as caught:
        call(*arguments)
    return str(caught.value)


def test_rails_of_pynq(tmp_path: Path) -> None:
    rails = {"INT": rail(voltage=0.875, current=2.0), "12V": rail(power=14.5), "other": rail()}
    total, core = open_rails(ZCU104, pynq(rails), tmp_path)
    assert (total.read(), core.read()) == (14.5, 1.75)
    assert total.instrument == Instrument("rail 12V: whole board", 0.0125)
    assert core.instrument == Instrument("rail INT: PS and PL together", 0.015625)
    total.close()


def test_rails_are_asked_of_pynq(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    module = ModuleType("pynq")
    module.get_rails = lambda: {"12V": rail(power=3.0)}  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "pynq", module)
    assert [sensor.read() for sensor in open_rails(ZCU104, hwmon=tmp_path)] == [3.0]


def test_a_board_without_rails_is_refused_and_told_the_meter_way() -> None:
    for board in ("pynq-z1", "pynq-z2"):
        for manifest in ({"board": board, "power": {"rails": [], "note": "none"}}, {"board": board}):
            assert refusal(open_rails, manifest) == (
                f"{board}: no rail on this board measures power; {METER_WAY}."
            )


def test_a_board_whose_rails_do_not_answer_is_refused(tmp_path: Path) -> None:
    assert refusal(open_rails, ZCU104, pynq({"VCC": rail()}), tmp_path) == (
        "zcu104: one of the rails 12V, INT must answer, not none (pynq knows VCC); "
        f"is it the image of this board? Else {METER_WAY}."
    )


def test_without_pynq_there_are_only_the_files_of_linux(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "pynq", None)
    assert "(pynq knows none)" in refusal(open_rails, ZCU104, None, tmp_path)


def test_a_rail_without_sensors_is_refused() -> None:
    assert refusal(PynqRail, rail(voltage=1.0), Instrument("rail X: PL only")) == (
        f"rail X: PL only: the rail must have a sensor of power, or of voltage and current, "
        f"not neither; {METER_WAY}."
    )


def hwmon(root: Path, number: int, **files: object) -> Path:
    folder = root / f"hwmon{number}"
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_text(f"{content}\n")
    return folder


def test_hwmon(tmp_path: Path) -> None:
    hwmon(tmp_path, 0, name="cpu_thermal", temp1_input=45000)
    hwmon(tmp_path, 1, name="ina260_u14", in1_input=5040, curr1_input=700, power1_input=3528000)
    hwmon(tmp_path, 2, name="irps5401", in2_input=850, in2_label="INT", curr2_input=2000, curr2_label="INT")
    hwmon(tmp_path, 3, name="ina226_u76", in1_input=1000, curr1_input=250)
    assert sorted(find_hwmon("ina260_u14", tmp_path)) == ["curr", "in", "power"]
    assert sorted(find_hwmon("INT", tmp_path)) == ["curr", "in"]
    assert find_hwmon("cpu_thermal", tmp_path) == {} and find_hwmon("nothing", tmp_path) == {}
    watts = []
    for label in ("ina260_u14", "INT", "ina226_u76"):
        manifest = {"board": "mine", "power": {"rails": [{"label": label, "scope": "module"}]}}
        (sensor,) = open_rails(manifest, pynq({}), tmp_path)
        assert sensor.instrument == Instrument(f"rail {label}: whole module")
        watts.append(round(sensor.read(), 12))
        sensor.close()
    assert watts == [3.528, 1.7, 0.25]


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    folder = hwmon(tmp_path, 0, name="ina", power1_input="busy")
    (sensor,) = open_rails({"board": "mine", "power": {"rails": [{"label": "ina"}]}}, pynq({}), tmp_path)
    assert refusal(sensor.read) == (
        f"{folder / 'power1_input'}: the sensor must give a number, "
        "not 'could not convert string to float: 'busy\\n''; is the rail on?"
    )


def test_rails_of_the_logic_are_added_up(tmp_path: Path) -> None:
    power = {"power": dataclasses.asdict(find_board("zcu102").power)}
    for number, device in enumerate(("u79", "u81", "u80"), 1):
        hwmon(tmp_path, number, name=f"ina226_{device}", power1_input=number * 250_000)
    (sensor,) = open_rails({"board": "zcu102", **power}, pynq({}), tmp_path)
    assert sensor.read() == 1.5
    assert sensor.instrument.scope == "rails VCCINT + VCCBRAM + VCCAUX: PL only"
    assert sensor.instrument.resolution_w == pytest.approx((0.03125**2 + 2 * 0.0125**2) ** 0.5)
    sensor.close()


def test_a_simulated_board_has_a_synthetic_source() -> None:
    (source,) = open_rails(ZCU104, SimpleNamespace(SIMULATED="RTL in verilator"))
    assert source.instrument == Instrument("synthetic source, not a board", 1 / 64, synthetic=True)
    idle = [source.read() for _ in range(100)]
    source.working = True
    load = [source.read() for _ in range(100)]
    source.close()
    assert 1.9 < min(idle) < max(idle) < 2.2 < min(load) < 2.5
    assert all((64 * watts).is_integer() for watts in idle)


@pytest.mark.parametrize("name", known_boards())
def test_every_board_is_read_or_refused(name: str, tmp_path: Path) -> None:
    manifest = {"board": name, "power": dataclasses.asdict(find_board(name).power)}
    labels = [rail["label"] for rail in manifest["power"]["rails"]]
    if not labels:
        assert "no rail on this board measures power" in refusal(open_rails, manifest)
        return
    sensors = open_rails(manifest, pynq({label: rail(power=1.0) for label in labels}), tmp_path)
    assert sum(sensor.read() for sensor in sensors) == len(labels)


class FakeI2c:
    """A chip on the bus: 16-bit registers, most significant byte first."""

    def __init__(self, **registers: int) -> None:
        self.registers = {int(name[1:], 16): value for name, value in registers.items()}
        self.pointer = 0
        self.closed = False

    def write(self, data: bytes) -> None:
        self.pointer = data[0]
        if len(data) == 3:
            self.registers[data[0]] = data[1] << 8 | data[2]

    def read(self, count: int) -> bytes:
        assert count == 2
        return self.registers.get(self.pointer, 0).to_bytes(2, "big")

    def close(self) -> None:
        self.closed = True


def test_ina226() -> None:
    device = FakeI2c(r1=4000, r2=4000, rFE=0x5449)  # 10 mV over the shunt, 5 V
    ina = Ina("ina226", 0.01, device, "supply of the board")
    assert device.registers[0] == 0x4527
    assert round(ina.read(), 12) == 5.0
    assert ina.instrument.scope == "supply of the board"
    # 2.5 uV / 10 mOhm x 5 V + 1.25 mV x 1 A
    assert ina.instrument.resolution_w == pytest.approx(0.0025)
    device.registers[1] = 0x10000 - 400
    assert round(ina.read(), 12) == -0.5
    ina.close()
    assert device.closed


def test_ina219() -> None:
    device = FakeI2c(r1=500, r2=1250 << 3 | 2)  # 5 mV, 5 V, conversion ready
    ina = Ina("ina219", 0.1, device, "supply of the board")
    assert device.registers[0] == 0x3FFF
    assert round(ina.read(), 12) == 0.25


def test_ina_refusals() -> None:
    assert refusal(Ina, "ina9", 0.1, FakeI2c(), "x") == "chip: it must be one of ina219, ina226, not 'ina9'."
    assert refusal(Ina, "ina226", 0.1, FakeI2c(rFE=0x1234), "x") == (
        "ina226: register 0xFE must hold 0x5449 (TI), not 0x1234; is it another chip, or another address?"
    )
    assert refusal(Ina, "ina219", 0.1, FakeI2c(r1=0x7FFF), "x") == (
        "ina219: the voltage of the shunt is at the end of its range; use a smaller shunt."
    )


def test_the_bus_is_a_file_of_linux(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, int]] = []
    monkeypatch.setattr(fcntl, "ioctl", lambda device, request, address: asked.append((request, address)))
    (tmp_path / "i2c-3").write_bytes(bytes(64))
    open_ina("ina219", 0.1, 3, 0x41, root=str(tmp_path)).close()
    assert asked == [(0x0703, 0x41)]
    message = refusal(lambda: open_ina("ina219", 0.1, 4, root=str(tmp_path)))
    assert re.fullmatch(
        r".*i2c-4, address 0x40: the chip must answer, not 'No such file or directory'; "
        r"check wiring, address and rights\.",
        message,
    )

"""`asn2fpga estimate` and asn2fpga.estimate: the figures of a build, before it is made."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from e2e_tools import CLASSES, PIXELS, Run, tiny_module

import asn2fpga
from asn2fpga.api.compare_builds import Difference
from asn2fpga.board.spec import known_boards
from asn2fpga.errors import InputError
from asn2fpga.resources import boards_dir


@pytest.fixture
def data(tmp_path: Path) -> Path:
    random = np.random.default_rng(2)
    x = random.integers(0, 256, (30, PIXELS), dtype=np.uint8)
    np.savez(tmp_path / "d.npz", x=x, y=random.integers(0, CLASSES, 30))
    return tmp_path / "d.npz"


def test_it_says_what_a_build_then_says(model: Path, data: Path, tmp_path: Path) -> None:
    found = asn2fpga.estimate(model, "pynq-z2", data, weight_bits=5)
    built = asn2fpga.build(model, "pynq-z2", data, tmp_path / "b", until="golden", quiet=True, weight_bits=5)
    report = built.report
    assert (found.accuracy_float, found.accuracy_integer) == (report.accuracy.float, report.accuracy.integer)
    assert found.agreement == report.accuracy.agreement and found.samples == report.accuracy.samples == 30
    assert report.folding is not None and found.board.limiting_layer == report.folding.limiting_layer
    estimated = report.resources.estimate
    assert estimated is not None and found.board.used is not None
    assert found.board.used == {key: getattr(estimated, key) for key in found.board.used}
    assert dict(found.board.lanes) == {row.name: row.lanes for row in report.layers if row.lanes}
    assert found.accumulates_per_inference == report.accumulates_per_inference
    assert found.board.fits and found.board.energy_uj and found.board.energy_uj > 0


@pytest.mark.slow
def test_the_predicted_cycles_are_those_of_the_simulation(model: Path, data: Path, tmp_path: Path) -> None:
    found = asn2fpga.estimate(model, "pynq-z2", data).board
    built = asn2fpga.build(model, "pynq-z2", data, tmp_path / "b", until="hls", quiet=True, vectors=30)
    measured = built.rtl().latency_cycles
    assert measured is not None and found.latency_cycles is not None
    assert abs(found.latency_cycles - float(measured.mean())) < 0.05 * float(measured.mean())


def test_all_boards_in_a_table(run: Run, model: Path) -> None:
    outcome = run("estimate", model, "--board", "all")
    assert outcome.status == 0
    for name in known_boards():
        assert name in outcome.stdout
    assert "LUT within 10 %" in outcome.stdout and "not measured" in outcome.stdout
    found = json.loads(run("estimate", model, "--board", "all", "--json").stdout)
    assert [board["board"] for board in found["boards"]] == list(known_boards())
    assert found["boards"][0]["fits"] is True and found["errors"]["energy"]


def test_what_does_not_fit_says_what_to_change(run: Run, model: Path, tmp_path: Path) -> None:
    text = (boards_dir() / "pynq-z2.toml").read_text()
    (tmp_path / "small.toml").write_text(re.sub(r"(?m)^lut = .*$", "lut = 100", text))
    outcome = run("estimate", model, "--board", tmp_path / "small.toml")
    assert outcome.status == 1
    assert "does not fit" in outcome.stdout and "the network must fit 100 look-up tables" in outcome.stdout
    outcome = run("estimate", model, "--target-fps", "1e9")
    assert outcome.status == 1 and "ask for fewer, or choose a larger --budget or board" in outcome.stdout


def test_a_module_and_arrays_need_no_file() -> None:
    x = np.random.default_rng(2).integers(0, 256, (30, PIXELS), dtype=np.uint8)
    found = asn2fpga.estimate(tiny_module(), ["pynq-z2", "kv260"], x, input_scale=1 / 255)
    assert [board.board for board in found.boards] == ["pynq-z2", "kv260"]
    assert found.accuracy_integer is None and "no labels" in str(found) and "kv260" in str(found)


def test_bad_input(model: Path) -> None:
    with pytest.raises(InputError, match=r"^--samples: the value must be an integer of at least 1, not 0\.$"):
        asn2fpga.estimate(model, samples=0)
    with pytest.raises(InputError, match=r"did you mean 'pynq-z1'\?"):
        asn2fpga.estimate(model, "pynq-z11")
    with pytest.raises(InputError, match=r"^--board: one board at least must be given, not none\.$"):
        asn2fpga.estimate(model, [])
    with pytest.raises(InputError, match=r"with underscores\.$"):
        asn2fpga.estimate(model, until="golden")


def test_builds_beside_each_other(run: Run, model: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    for out, bits in ((first, 8), (second, 4)):
        asn2fpga.build(model, out=out, until="golden", quiet=True, weight_bits=bits)
    found = asn2fpga.compare_builds(first, asn2fpga.open(second))
    changed = {f"{one.group}: {one.what}": one for one in found.differences}
    assert (changed["asked: weight_bits"].first, changed["asked: weight_bits"].second) == (8, 4)
    assert changed["asked: weight_bits"].change == -0.5
    assert "layer layer_0: weight_bits" in changed and "asked: board" not in changed
    accuracy = Difference("accuracy", "float", 0.9778, 0.9639, -0.0142)
    assert accuracy.row[1:] == ("97.78 %", "96.39 %", "-1.39 points")
    lut = changed["resources: lut"]
    assert lut.change == (lut.second - lut.first) / lut.first
    outcome = run("compare-builds", first, second)
    assert outcome.status == 0 and "weight_bits" in outcome.stdout and "-50.0 %" in outcome.stdout
    plain = json.loads(run("compare-builds", first, second, "--json").stdout)
    assert plain["differences"][0]["what"] == "weight_bits" and plain["first"] == str(first)
    assert "nothing differs" in run("compare-builds", first, first).stdout
    outcome = run("compare-builds", first, tmp_path)
    assert outcome.status == 2 and "the folder must be one made by" in outcome.stderr

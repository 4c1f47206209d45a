"""Energy of the report: sources side by side, the best is the figure; measurements only of this hardware."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from report_contract import CONTRACT, violations
from report_figures import FIGURES, entry, manifest
from rich.console import Console

from asn2fpga.errors import InputError
from asn2fpga.report.html import render_html
from asn2fpga.report.measurements import hardware, keep_measurements, read_measurements
from asn2fpga.report.metrics import build_report
from asn2fpga.report.terminal import show_report
from asn2fpga.report.write import write_report

Plain = dict[str, Any]

POWER = {"total_w": 1.5, "dynamic_w": 1.25, "static_w": 0.25, "pl_dynamic_w": 0.125, "activity": "saif"}
WITH_VIVADO = entry("bitstream", figures={"power": POWER})
RESULT: Plain = {
    "source": "measured",
    "scope": "rail INT: PS and PL together",
    "uj_per_inference": 26.125,
    "uj_per_inference_minus_idle": 3.5,
    "uncertainty_uj": 0.25,
    "uncertainty_minus_idle_uj": 0.375,
    "inferences": 1000,
    "seconds": 10.0,
    "method": "Measured: so and so.",
}


def report_of(tmp_path: Path, plain: Plain, *results: Plain) -> Plain:
    keep_measurements(tmp_path, plain, "rails", list(results))
    return build_report(plain, read_measurements(tmp_path, plain))


def test_the_best_source_is_the_figure(tmp_path: Path) -> None:
    plain = manifest(bitstream=WITH_VIVADO)
    assert [one["source"] for one in build_report(manifest())["energy_sources"]] == ["estimate"]
    vivado = build_report(plain)
    assert [one["source"] for one in vivado["energy_sources"]] == ["vivado", "estimate"]
    measured = report_of(tmp_path, plain, RESULT)
    assert [one["source"] for one in measured["energy_sources"]] == ["measured", "vivado", "estimate"]
    for report in (vivado, measured):
        assert report["energy"] == report["energy_sources"][0]
        assert violations(report, CONTRACT, "report", optional=False) == []
    assert measured["energy"]["uj_per_inference"] == 26.125
    assert measured["energy"]["scope_minus_idle"] == "rail INT: PS and PL together, minus idle"
    assert measured["energy"]["file"] == "rails-1.json"
    estimate = build_report(manifest())["energy"]
    assert measured["energy_sources"][-1] == vivado["energy_sources"][-1] == estimate


def test_the_widest_measurement_is_the_figure(tmp_path: Path) -> None:
    board = {**RESULT, "scope": "rail 12V: whole board", "uj_per_inference": 140.0}
    report = report_of(tmp_path, manifest(), RESULT, board)
    assert [one["scope"] for one in report["energy_sources"][:2]] == [board["scope"], RESULT["scope"]]


def test_vivado_is_power_times_latency() -> None:
    energy = build_report(manifest(bitstream=WITH_VIVADO))["energy"]
    assert energy == {
        "source": "vivado",
        "scope": "whole chip (processor system and programmable logic), without external memory and board",
        "uj_per_inference": 18.0,
        "dynamic_uj": 15.0,
        "static_uj": 3.0,
        "pl_dynamic_uj": 1.5,
        "activity": "saif",
        "method": (
            "Vivado's report_power with the switching activity of the RTL simulation (SAIF) of the "
            "implemented design, not measured: 1.5 W x mean latency of the RTL simulation (12 us)."
        ),
    }


def test_a_network_that_answers_early_works_on() -> None:
    cosim = entry("cosim", figures={**FIGURES["cosim"], "after_answer_cycles": 300.0})
    vivado, estimate = build_report(manifest(cosim=cosim, bitstream=WITH_VIVADO))["energy_sources"]
    assert (vivado["uj_per_inference"], vivado["static_uj"]) == (22.5, 3.75)
    assert vivado["method"].endswith(
        "1.5 W x mean latency of the RTL simulation and the time of the time steps after the answer (3 us, "
        "predicted) (15 us)."
    )
    before = build_report(manifest())["energy"]
    assert before["static_uj"] is not None and estimate["dynamic_uj"] == before["dynamic_uj"]
    assert estimate["static_uj"] == pytest.approx(before["static_uj"] * 15 / 12)
    assert (
        " x mean latency of the RTL simulation and the time of the time steps after the answer (3 us, "
        "predicted) at the board's clock, one inference at a time." in estimate["method"]
    )


def test_vivado_without_activity_says_so() -> None:
    power = {**POWER, "activity": "vectorless", "pl_dynamic_w": None}
    energy = build_report(manifest(bitstream=entry("bitstream", figures={"power": power})))["energy"]
    assert "with assumed switching activity (vectorless)" in energy["method"]
    assert energy["pl_dynamic_uj"] is None


def test_a_design_that_misses_its_clock_has_no_energy() -> None:
    failed = entry("bitstream", figures={"power": POWER}, status="failed", reason="slack")
    assert build_report(manifest(bitstream=failed))["energy"]["source"] == "estimate"


def test_a_power_report_without_total_is_no_source() -> None:
    power = {**POWER, "total_w": None}
    report = build_report(manifest(bitstream=entry("bitstream", figures={"power": power})))
    assert report["energy"]["source"] == "estimate"


def test_terminal_and_page_show_each_source_with_its_scope(tmp_path: Path) -> None:
    report = report_of(tmp_path, manifest(bitstream=WITH_VIVADO), RESULT)
    output = io.StringIO()
    show_report(report, Console(file=output, width=240))
    lines = [re.sub(r"  +", "  ", line.strip()) for line in output.getvalue().splitlines()]
    start = next(number for number, line in enumerate(lines) if line.startswith("energy"))
    assert lines[start : start + 8] == [
        "energy  26.12 +- 0.25 uJ  measured; rail INT: PS and PL together",
        "energy  3.5 +- 0.38 uJ  measured; rail INT: PS and PL together, minus idle",
        "energy  18 uJ  Vivado's power report, not measured; whole chip (processor system and programmable "
        "logic), without external memory and board",
        "energy: dynamic  15 uJ  dynamic power of Vivado's report x latency",
        "energy: static  3 uJ  static power of Vivado's report x latency",
        "energy  1.51 uJ  estimate, not measured; programmable logic only, without processor, external "
        "memory and board",
        "energy: dynamic  0.0702 uJ  accumulates and events are counted, the energy of each is assumed",
        "energy: static  1.44 uJ  an assumed power of the idle device x latency",
    ]
    page = render_html(report)
    for text in ("26.12 +- 0.25 uJ", "minus idle", "not measured; whole chip", "Measured: so and so."):
        assert text in page


def test_every_method_is_among_the_sources(tmp_path: Path) -> None:
    report = report_of(tmp_path, manifest(bitstream=WITH_VIVADO), RESULT, RESULT)
    assert report["sources"]["energy"] == report["sources"]["energy (measured)"] == "Measured: so and so."
    assert report["sources"]["energy (vivado)"].startswith("Vivado's report_power with")
    assert report["sources"]["energy (estimate)"].startswith("Estimate, not measured")


def test_a_second_measurement_of_a_name_replaces_the_first(tmp_path: Path) -> None:
    keep_measurements(tmp_path, manifest(), "rails", [RESULT, RESULT])
    keep_measurements(tmp_path, manifest(), "meter", [RESULT])
    paths = keep_measurements(tmp_path, manifest(), "rails", [RESULT])
    assert [path.name for path in paths] == ["rails-1.json"]
    assert list(read_measurements(tmp_path, manifest()).used) == ["meter-1.json", "rails-1.json"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"source": "simulated"}, "source must be 'measured', not 'simulated': no power was measured"),
        ({"scope": None}, "scope must be a text, not None"),
        ({"uj_per_inference": "12"}, "uj_per_inference must be a number, not '12'"),
        ({"uncertainty_uj": float("nan")}, "uncertainty_uj must be a number, not nan"),
        ({"seconds": True}, "seconds must be a number, not True"),
    ],
)
def test_what_was_not_measured_is_never_kept(change: Plain, message: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=f"^{re.escape(f'measurement rails: {message}.')}$"):
        keep_measurements(tmp_path, manifest(), "rails", [{**RESULT, **change}])
    assert list(tmp_path.iterdir()) == []
    path = keep_measurements(tmp_path, manifest(), "rails", [RESULT])[0]
    plain = json.loads(path.read_text())
    path.write_text(json.dumps({**plain, "result": {**RESULT, **change}}))
    assert read_measurements(tmp_path, manifest()).ignored == {"rails-1.json": message}


def test_no_table_is_no_result(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^measurement rails: the result must be a table of figures\.$"):
        keep_measurements(tmp_path, manifest(), "rails", [[]])  # type: ignore[list-item]


@pytest.mark.parametrize("text", ["", "[]", '{"schema": "other"}', '{"schema": "asn2fpga.measurement/1"}'])
def test_other_files_do_not_count(text: str, tmp_path: Path) -> None:
    (tmp_path / "measurements").mkdir()
    (tmp_path / "measurements" / "mine.json").write_text(text)
    assert read_measurements(tmp_path, manifest()).ignored == {
        "mine.json": "this is not a measurement (asn2fpga.measurement/1)"
    }


def test_measurements_of_other_hardware_do_not_count(tmp_path: Path) -> None:
    plain = manifest()
    load = entry("load", figures={**FIGURES["load"], "sha256": "cd" * 32})
    hls = entry("hls", products={"rtl/a.sv": "ef" * 32})
    assert hardware(plain) != hardware(manifest(hls=hls))
    for other, key in ((manifest(load=load), "model sha256"), (manifest(hls=hls), "rtl")):
        report = report_of(tmp_path, plain, RESULT)
        assert report["energy"]["source"] == "measured"
        report = build_report(other, read_measurements(tmp_path, other))
        assert report["energy"]["source"] == "estimate"
        text = f"Not used: it was made with another {key}; measure again."
        assert report["sources"]["measurements/rails-1.json"] == text
        assert text in render_html(report)


def test_the_written_report_holds_the_measurements(tmp_path: Path) -> None:
    keep_measurements(tmp_path, manifest(), "rails", [RESULT])
    write_report(tmp_path, manifest())
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["energy"]["source"] == "measured"
    assert "26.12 +- 0.25 uJ" in (tmp_path / "report.html").read_text()

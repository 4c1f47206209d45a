"""report.json has every key of the contract, whatever was run; report.html is one page that loads nothing."""

from __future__ import annotations

import copy
import io
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from report_contract import CONTRACT, violations
from report_figures import FIGURES, Plain, entry, manifest, shown
from rich.console import Console

from asn2fpga.board.spec import find_board
from asn2fpga.flow import STAGES
from asn2fpga.report.folding import folding_text
from asn2fpga.report.html import render_html
from asn2fpga.report.metrics import STAGE_NAMES, build_report
from asn2fpga.report.products import products_text
from asn2fpga.report.terminal import show_report, summary_rows
from asn2fpga.report.verdict import verdict_text
from asn2fpga.report.write import resolved_config, write_report


def test_whole_build_has_every_key_of_the_contract() -> None:
    report = build_report(manifest())
    assert violations(report, CONTRACT, "report", optional=False) == []
    assert report["schema"] == "asn2fpga.report/1"


@pytest.mark.parametrize("until", STAGE_NAMES)
def test_part_of_a_build_has_every_key_of_the_contract(until: str) -> None:
    report = build_report(manifest(until))
    assert violations(report, CONTRACT, "report", optional=True) == []
    assert json.loads(json.dumps(report, allow_nan=False)) == report


def test_stage_names_are_those_of_the_flow() -> None:
    assert tuple(stage.name for stage in STAGES) == STAGE_NAMES


def test_stages_behind_a_failed_one_say_why() -> None:
    failed = entry("csim", status="failed", reason="layer fc1, vector 3: expected 2, got 1", summary="failed")
    stages = build_report(manifest("csim", csim=failed))["stages"]
    assert stages["csim"]["status"] == "failed" and "vector 3" in stages["csim"]["reason"]
    assert stages["hls"] == {
        "status": "skipped",
        "seconds": 0.0,
        "reason": "not run, because stage csim failed",
        "summary": "",
    }


def test_latency_and_rate_follow_from_cycles_and_clock() -> None:
    cosim = build_report(manifest())["cosim"]
    assert cosim["latency_us"] == 12.0
    assert cosim["inferences_per_second"] == 100e6 / 830


def test_energy_is_the_stated_sum() -> None:
    energy = build_report(manifest())["energy"]
    constants = find_board("pynq-z2").energy
    dynamic = (13405 * constants.accumulate_pj + 160.5 * constants.event_pj) * 1e-6
    static = constants.static_mw * 12.0 * 1e-3
    assert energy["uj_per_inference"] == dynamic + static
    assert (energy["dynamic_uj"], energy["static_uj"]) == (dynamic, static)
    assert energy["source"] == "estimate"
    assert energy["scope"] == "programmable logic only, without processor, external memory and board"
    assert energy["method"] == (
        "Estimate, not measured. Dynamic: accumulates executed (events x fan-out, counted in the golden "
        "model) x 5 pJ + events x 20 pJ. Static: an assumed power of 120 mW x mean latency of the RTL "
        "simulation at the board's clock, one inference at a time. Constants: assumed for 28 nm programmable "
        "logic, not measured."
    )


def test_energy_without_cycles_is_not_invented() -> None:
    assert build_report(manifest("csim"))["energy"]["uj_per_inference"] is None


def test_resources_come_from_synthesis_if_there_was_one() -> None:
    assert build_report(manifest())["resources"]["lut"] == 3900
    estimate = build_report(manifest("cosim"))["resources"]
    assert estimate["lut"] == 4000 and estimate["source"] == "estimate before code generation"


def test_layers_count_events_bound_and_cycles_over_the_same_inferences() -> None:
    simulated = {**FIGURES["cosim"]["layers"]}
    simulated["fc1"] = {**simulated["fc1"], "events_in_per_inference": 90.0, "lower_bound_cycles": 728.0}
    cosim = entry("cosim", figures={**FIGURES["cosim"], "layers": simulated})
    row = build_report(manifest(cosim=cosim))["layers"][1]
    assert (row["events_in_per_inference"], row["lower_bound_cycles"], row["cycles_per_inference"]) == (
        90.0,
        728.0,
        815.25,
    )


@pytest.mark.parametrize("until", STAGE_NAMES)
def test_every_number_says_how_it_was_obtained(until: str) -> None:
    report = build_report(manifest(until))
    assert all(text.endswith(".") for text in report["sources"].values())
    assert ("Not obtained." in report["sources"].values()) == (STAGE_NAMES.index(until) < 6)


class Page(HTMLParser):
    """Collects tags, attributes and text; unbalanced tags fail."""

    void = frozenset({"meta", "rect", "br"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [str(value) for name, value in attrs if name in ("src", "href", "srcset", "data")]
        if tag not in self.void:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.void:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_page_loads_nothing_from_elsewhere() -> None:
    html = render_html(build_report(manifest()))
    page = Page(html)
    assert page.links == []
    assert not {"script", "link", "img", "iframe"} & set(page.tags)
    assert re.findall(r"https?://|url\(|@import", html) == []


def test_page_says_how_each_number_was_obtained() -> None:
    report = build_report(manifest())
    page = Page(render_html(report))
    for sentence in report["sources"].values():
        assert sentence in page.text


def test_page_follows_the_colour_scheme() -> None:
    assert "prefers-color-scheme: dark" in render_html(build_report(manifest()))


def test_names_from_the_model_cannot_become_html() -> None:
    load = entry("load", figures={**FIGURES["load"], "name": "<script>alert(1)</script>"})
    html = render_html(build_report(manifest(load=load)))
    assert "<script>" not in html and "&lt;script&gt;" in html


@pytest.mark.parametrize("until", STAGE_NAMES)
def test_page_and_tables_of_a_part_of_a_build(until: str) -> None:
    report = build_report(manifest(until))
    Page(render_html(report))
    show_report(report, Console(file=io.StringIO()))


def lines_of(report: Plain) -> list[str]:
    """What the terminal shows, with single spaces."""
    return [re.sub(r" +", " ", line.strip()) for line in shown(report).splitlines()]


def test_the_verdict_is_the_first_line() -> None:
    assert lines_of(build_report(manifest()))[0] == (
        "mnist on pynq-z2: fits (21.07 % of BRAM36), exact, 0.07 points of accuracy lost, "
        "12 us core latency, 120,482 inferences/s"
    )


@pytest.mark.parametrize(
    ("integer", "words"),
    [
        (0.95, "no accuracy lost"),
        (0.94, "1.00 points of accuracy lost"),
        (0.96, "1.00 points of accuracy gained"),
    ],
)
def test_the_verdict_names_what_is_lost(integer: float, words: str) -> None:
    figures = {**FIGURES["golden"], "accuracy": {"samples": 100, "float": 0.95, "integer": integer}}
    report = build_report(manifest(golden=entry("golden", figures=figures)))
    assert words in verdict_text(report).split(", ")
    assert f"<strong>{verdict_text(report)}</strong>" in render_html(report)


@pytest.mark.parametrize("columns", [80, 100, 120])
def test_tables_fit_the_terminal_and_nothing_is_cut(columns: int) -> None:
    report = build_report(manifest())
    report["layers"][1]["name"] = "features_block_3_expand_" * 2
    output = io.StringIO()
    show_report(report, Console(file=output, width=columns))
    text = output.getvalue()
    assert "…" not in text
    rows = [line for line in text.splitlines()[1:] if not line.startswith("warning")]
    assert max(map(len, rows)) <= columns
    head = next(line.split() for line in rows if line.startswith(" layer"))
    assert head == "layer neurons lanes bits events in accumulates cycles bound".split()
    for label, value, source in summary_rows(report):
        assert label in text and value in text and source.split()[0] in text


def test_where_the_numbers_of_maps_do_not_fit_there_are_two_tables() -> None:
    report = build_report(manifest())
    for layer in report["layers"]:
        layer.update(parallel_pixels=1, map_order="pixels", form="frame", accumulates_per_inference=123456.7)
    output = io.StringIO()
    show_report(report, Console(file=output, width=70))
    rows = [line.split() for line in output.getvalue().splitlines()]
    heads = [row for row in rows if row[:1] == ["layer"]]
    assert len(heads) == 2 and len({*heads[0], *heads[1]}) == len(heads[0]) + len(heads[1]) - 1
    names = [layer["name"] for layer in report["layers"]]
    assert [row[0] for row in rows if row and row[0] in names] == [*names, *names]
    assert sum("123,457" in row for row in rows) == len(names)


def test_what_was_not_obtained_has_no_line_of_its_own() -> None:
    assert "Not obtained" not in shown(build_report(manifest("golden")))


def test_inputs_without_labels_are_counted_too() -> None:
    golden = entry("golden", figures={**FIGURES["golden"], "accuracy": None})
    lines = lines_of(build_report(manifest(golden=golden)))
    assert any("mean of 100 of 10,000 inputs of --data simulated alone" in line for line in lines)
    assert any(line.startswith("core latency: all") for line in lines)
    same = "same class 99.00 % integer and float network, 10,000 inputs of --data without labels"
    assert same in lines


def test_latencies_have_names_and_say_what_was_simulated() -> None:
    lines = lines_of(build_report(manifest()))
    assert (
        "core latency 1,210 ± 20 cycles = 12.10 us mean of 100 of 10,000 inputs of --data simulated alone, "
        "with "
        "its 95 % interval; first input word to last score, at 100 MHz"
    ) in lines
    assert "core latency: range 700 to 1,900 cycles of the same" in lines
    all_samples = "mean of all 10,000, from the events that golden counts in each"
    assert f"core latency: all 1,200 cycles = 12.00 us {all_samples}" in lines
    assert "core interval 830 cycles between inferences back to back; 100 simulated" in lines


def test_the_clock_has_its_margin_and_its_netlist_beside_it() -> None:
    report = build_report(manifest())
    assert report["hls"]["clock_margin"] == 0.2
    lines = lines_of(report)
    assert (
        "critical path 7.25 of 10.00 ns estimate of the schedule, which keeps 20.00 % of the period free for "
        "long nets; not placed and routed"
    ) in lines
    assert (
        "path in the netlist 7.50 ns 7 series, grade -1, nets by fan-out: dense.h:29, thresholds.h:33"
    ) in lines


def test_a_path_that_an_engine_does_not_tell_has_no_line() -> None:
    hls = entry("hls", figures={**FIGURES["hls"], "critical_path_ns": None, "clock_margin": None})
    synth = entry("synth", figures={**FIGURES["synth"], "timing": None})
    labels = [label for label, _, _ in summary_rows(build_report(manifest(hls=hls, synth=synth)))]
    assert not {"critical path", "path in the netlist"} & set(labels)


def test_operations_are_executed_ones_beside_dense_ones() -> None:
    lines = lines_of(build_report(manifest()))
    assert (
        "accumulates 13,405 of 101,632 of a dense network: 86.81 % skipped; mean per inference, inputs of "
        "--data"
    ) in lines
    assert "SynOps 605 spikes of neurons x fan-out; pixels are no spikes" in lines


def test_random_inputs_are_said_beside_what_they_influence() -> None:
    golden = entry("golden", figures={**FIGURES["golden"], "data": "random"})
    report = build_report(manifest(golden=golden))
    said = [line for line in lines_of(report) if "random inputs (NOT your data)" in line]
    labels = [label for label, _, source in summary_rows(report) if "random inputs" in source]
    assert labels == [
        *("accuracy float", "core latency", "core latency: range", "core latency: all", "core interval"),
        *("accumulates", "SynOps", "energy", "energy: dynamic", "energy: static"),
    ]
    assert len(said) == len(labels) + 2  # the sentences on events and cycles
    for key in ("events", "cycles", "accumulates_per_inference", "synops_per_inference", "accuracy"):
        assert "random inputs (NOT your data)" in report["sources"][key]


def test_tables_in_the_terminal() -> None:
    text = shown(build_report(manifest()))
    assert re.search(r"accuracy float +95\.62 % +10,000 inputs of --data", text)
    assert re.search(r"RTL simulation +0 mismatches +1,000 vectors, verilator", text)
    assert re.search(r"energy +1\.51 uJ +estimate, not measured; programmable logic only", text)
    assert re.search(r"fc1 +128 +16 +8 +100 +12,800 +815\.2 +808", text)
    assert re.search(r"LUT +3,900 +53,200 +7\.33 %", text)


def test_the_layer_that_limits_and_its_next_step_are_told() -> None:
    assert build_report(manifest())["sources"]["folding"] == (
        "Lanes: chosen for balance within 80% of the board on calibration inputs of the model; predicted "
        "latency 1,205 cycles, interval 826 cycles; fc1 limits; its next step, 18 lanes, would change "
        "latency by -100 and interval by -100 cycles for +250 LUT, +20 FF, +2 DSP (not taken: it "
        "would bring nothing). Words of 64 bits in and 32 bits out; two events in a cycle from encode."
    )


@pytest.mark.parametrize(
    ("chosen", "why"),
    [
        ({"target_fps": 100.0}, "the target needs no more"),
        ({"optimise": "interval"}, "all layers together are chosen otherwise"),
        ({}, "other lanes were asked for"),
    ],
)
def test_why_a_step_was_not_taken_that_nothing_refused(chosen: dict[str, Any], why: str) -> None:
    folding = manifest()["stages"]["quantise"]["figures"]["folding"]
    folding = {**folding, **chosen, "next_step": {**folding["next_step"], "refused": ""}}
    assert f"(not taken: {why})" in folding_text(folding)


def test_it_is_told_what_multiplies_the_weights_of_each_layer() -> None:
    text = "Products of weights: fc1 in 8 DSP slices of two lanes each, fc2 in look-up tables."
    assert build_report(manifest())["sources"]["products"] == text
    assert text in " ".join(shown(build_report(manifest())).split())
    rows = build_report(manifest())["layers"]
    assert products_text([{**rows[1], "product_slices": 1, "lanes_per_slice": 1}]) == (
        "Products of weights: fc1 in 1 DSP slice."
    )
    assert products_text(rows[:1]) == ""


def test_files_are_the_same_every_time(tmp_path: Path) -> None:
    write_report(tmp_path, manifest())
    first = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert sorted(first) == ["config.toml", "report.html", "report.json"]
    write_report(tmp_path, manifest())
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == first


def test_the_configuration_names_what_was_trained() -> None:
    """Bits of weights go by the synapses' names, lanes by those of the layers that add them up."""
    changed = copy.deepcopy(manifest())
    figures = changed["stages"]["quantise"]["figures"]
    figures["layers"][1]["name"] = "fc1_sums"
    figures["decisions"]["weights"][0]["bits"] = 4
    found = resolved_config(build_report(changed))
    assert found["weight_bits"] == {"fc1": 4, "fc2": 8}
    assert found["lanes"] == {"fc1_sums": 16, "fc2": 10}

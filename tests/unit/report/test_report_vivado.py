"""Vivado's figures in the report: they replace those of Yosys, and prove or disprove the clock."""

from __future__ import annotations

from typing import Any

from report_figures import entry, manifest

from asn2fpga.report.metrics import build_report

TIMING = {"wns_ns": 0.5, "whs_ns": 0.1, "period_ns": 10.0, "worst_path": "a -> b", "layer": "fc1"}
VIVADO: dict[str, Any] = {
    "tool": "Vivado",
    "version": "2024.1",
    "timing": TIMING,
    "utilisation": {"lut": 6714, "ff": 5122, "bram36": 4.5, "dsp": 42, "uram": None},
}


def test_resources_are_vivado_s_with_their_scope() -> None:
    report = build_report(manifest(bitstream=entry("bitstream", figures=VIVADO)))
    resources = report["resources"]
    assert (resources["source"], resources["lut"], resources["bram36"]) == ("vivado", 6714, 4.5)
    assert resources["scope"] == "the whole design: accelerator, DMA, interconnect"
    assert resources["uram"] == (None if resources["available"]["uram"] else 0)
    assert report["sources"]["resources"] == (
        "Source: Vivado, placed and routed; the whole design: accelerator, DMA, interconnect."
    )


def test_without_vivado_they_are_those_of_the_network_alone() -> None:
    report = build_report(manifest())
    assert report["resources"]["scope"] == "the network alone"
    assert report["resources"]["source"].startswith("Yosys")
    assert report["timing"] == {"source": None, **dict.fromkeys(TIMING)}
    assert "timing" not in report["sources"]


def test_timing_proves_the_clock() -> None:
    report = build_report(manifest(bitstream=entry("bitstream", figures=VIVADO)))
    assert report["timing"] == {"source": "Vivado 2024.1", **TIMING}
    assert report["sources"]["latency_us"].endswith("Vivado 2024.1 met the clock, with a slack of 0.5 ns.")
    assert report["sources"]["timing"] == "Vivado 2024.1, placed and routed: the worst path of the design."


def test_timing_that_is_missed_is_told() -> None:
    figures = {**VIVADO, "timing": {**TIMING, "wns_ns": -0.2}}
    report = build_report(manifest(bitstream=entry("bitstream", status="failed", figures=figures)))
    assert report["sources"]["latency_us"].endswith(
        "Vivado 2024.1 missed the clock, with a slack of -0.2 ns."
    )

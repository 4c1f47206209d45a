"""The harness as text: every probe becomes ports, and the C++ side numbers them alike."""

from __future__ import annotations

from pathlib import Path

from asn2fpga.rtl import HlsReport, Probe, RtlDesign
from asn2fpga.verify.harness import HarnessContext, harness_context, harness_files


def context(*probes: Probe) -> HarnessContext:
    return harness_context(RtlDesign(Path(), "net_core", (), (), probes, HlsReport("none")))


EVENTS = Probe("fc1_events", "ev_valid", "ev_ready", "ev_data", 12, "ev_wr_valid", "ev_wr_ready")
COUNTS = Probe("fc1_counts", "co_valid", "co_ready", "co_data", 70)


def test_streams_are_numbered_after_the_two_of_the_core() -> None:
    assert context(EVENTS, COUNTS).widths == {"s_axis": 37, "m_axis": 37, "fc1_events": 12, "fc1_counts": 70}


def test_probes_are_ports_by_hierarchical_reference() -> None:
    text = harness_files(context(EVENTS, COUNTS))["harness.sv"]
    assert "output wire [11:0] probe2_data," in text
    assert "  assign probe2_valid = core.ev_valid;\n" in text
    assert "  assign probe2_blocked = core.ev_wr_valid && !core.ev_wr_ready;\n" in text
    assert "  assign probe3_blocked = 1'b0;\n" in text
    assert "  net_core core (\n" in text


def test_the_c_plus_plus_side_knows_names_and_words() -> None:
    text = harness_files(context(EVENTS, COUNTS))["probes.h"]
    assert '    "fc1_events",\n    "fc1_counts",\n' in text
    assert "    2,\n    2,\n    1,\n    3,\n" in text
    assert "STREAM_COUNT = 4;" in text


def test_the_same_design_gives_the_same_bytes() -> None:
    assert harness_files(context(EVENTS)) == harness_files(context(EVENTS))

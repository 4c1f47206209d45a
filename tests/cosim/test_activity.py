"""Switching activity of a simulation: complete, and under the names of the design that Vivado implements."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import tiny

from asn2fpga.errors import ToolError
from asn2fpga.verify.activity import moved, record_activity

INSIDE = ("testbench", "system_wrapper", "core")
NET = re.compile(r"\((\S+) \(T0 (\d+)\) \(T1 (\d+)\) .*\(TC (\d+)\)\)")


@pytest.fixture(scope="module")
def saif(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("activity")
    network = tiny.make_tiny(folder)
    return record_activity(
        network.design, network.graph, network.inputs(8), 8.0, INSIDE, folder / "sim", folder / "logs"
    )


def test_instances_stand_inside_each_other(saif: str) -> None:
    names = re.findall(r"\(INSTANCE (\S+)", saif)
    assert tuple(names[:3]) == INSIDE and "harness" not in names
    assert saif.count("(") == saif.count(")") and saif.endswith(")\n")


def test_every_net_is_accounted_for_all_the_time(saif: str) -> None:
    (duration,) = re.findall(r"\(DURATION (\d+)\)", saif)
    nets = NET.findall(saif)
    assert len(nets) > 100
    assert {int(low) + int(high) for _, low, high, _ in nets} == {int(duration)}
    assert "(TIMESCALE 1ps)" in saif


def test_toggles_are_those_of_the_simulation(saif: str) -> None:
    """The clock toggles twice in 8 ns, and every word of the 8 inferences is offered at the output."""
    toggles = {name: int(count) for name, _, _, count in NET.findall(saif)}
    (duration,) = re.findall(r"\(DURATION (\d+)\)", saif)
    assert abs(int(duration) - 4000 * toggles["ap_clk"]) <= 4000
    assert toggles["s_axis_TVALID"] >= 1 and toggles["m_axis_TVALID"] >= 2


def test_a_core_that_stops_is_given_up(tmp_path: Path) -> None:
    network = tiny.make_tiny(tmp_path, tiny.HANG)
    message = r"activity: a word must move in or out within 2\d+ cycles, not none"
    with pytest.raises(ToolError, match=message):
        record_activity(
            network.design, network.graph, network.inputs(8), 8.0, INSIDE, tmp_path / "sim", tmp_path / "logs"
        )


def test_file_without_the_core() -> None:
    message = r"^activity: the SAIF file has no instance TOP/harness/core\.$"
    with pytest.raises(ToolError, match=message):
        list(moved(["(SAIFILE\n", " (INSTANCE TOP\n", "  (INSTANCE harness\n"], INSIDE))


def test_one_instance_is_taken_out_of_many(tmp_path: Path) -> None:
    lines = [
        *("(SAIFILE\n", "(DURATION 4)\n", " (INSTANCE TOP\n", "  (INSTANCE harness\n", "   (NET\n"),
        *("    (x (T0 4) (T1 0) (TC 0))\n", "   )\n", "   (INSTANCE core\n", "    (NET\n"),
        *("     (y (T0 4) (T1 0) (TC 0))\n", "    )\n", "   )\n", "  )\n", " )\n", ")\n"),
    ]
    assert "".join(line.strip() for line in moved(lines, ("a", "b"))) == (
        "(SAIFILE(DURATION 4)(INSTANCE a(INSTANCE b(NET(y (T0 4) (T1 0) (TC 0))))))"
    )

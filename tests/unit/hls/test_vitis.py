"""Vitis HLS as an engine, with stand-ins for its programs: no proof that the tool itself takes it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from engine_tools import MOCKS, only_tools, simulate, tiny_project

from asn2fpga.doctor.tools import TinyNetwork
from asn2fpga.errors import InputError, ToolError
from asn2fpga.hls.vitis import CONFIG, PROGRAMS, SCRIPT, VitisEngine, plan_vitis
from asn2fpga.rtl import LoopReport

STREAMS = ("encode_words", "encode_events", "hidden_counts", "hidden_events", "scores_scores")
NAMES = {"ASN2FPGA_VITIS_RUN": "vitis-run", "ASN2FPGA_VITIS_HLS": "vitis_hls", "ASN2FPGA_VPP": "v++"}


@pytest.fixture
def network(tmp_path: Path) -> TinyNetwork:
    """In a path with a space and with characters that mean something to Tcl."""
    return TinyNetwork(tmp_path / "a [b] $c")


def test_words_that_vitis_cannot_hold_are_refused(
    network: TinyNetwork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only_tools(monkeypatch, ASN2FPGA_VITIS_HLS="vitis_hls")
    project = tiny_project(network)
    text = project.source.read_text()
    project.source.write_text(re.sub(r"(AP_INT_MAX_W) \d+", r"\1 4097", text))
    message = (
        "--engine vitis: packed words must have at most 4096 bits, not 4097; use fewer lanes (--lanes), or "
        "the embedded engine (--engine llvm)."
    )
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        VitisEngine().synthesise(project, tmp_path / "rtl")
    assert not (tmp_path / "rtl").exists()


@pytest.mark.parametrize("variable", NAMES)
def test_every_program_gives_the_same_rtl(
    network: TinyNetwork, tmp_path: Path, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    only_tools(monkeypatch, **{variable: NAMES[variable]})
    design = VitisEngine().synthesise(tiny_project(network), network.folder / "rtl")
    assert design.top == "doctor_core" and design.report.engine == "vitis"
    assert tuple(probe.stream for probe in design.probes) == STREAMS
    assert all(path.is_file() and path.suffix == ".v" for path in design.verilog)
    assert design.memory_files and all(path.suffix == ".mem" for path in design.memory_files)
    assert '"./' not in "".join(path.read_text() for path in design.verilog)
    assert design.report.critical_path_ns == 7.251
    assert design.report.loops == (
        LoopReport("hidden_compress", "VITIS_LOOP_31_1", True, 1, 4),
        LoopReport("hidden_compress", "VITIS_LOOP_40_2", False, 0, 0),
    )


def test_the_first_program_that_is_there_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    only_tools(monkeypatch, ASN2FPGA_VPP="v++", ASN2FPGA_VITIS_HLS="vitis_hls")
    assert VitisEngine().find() == (PROGRAMS[1], MOCKS / "vitis_hls")
    only_tools(monkeypatch, ASN2FPGA_VITIS_RUN="vitis-run", ASN2FPGA_VITIS_HLS="vitis_hls")
    assert VitisEngine().find() == (PROGRAMS[0], MOCKS / "vitis-run")


def test_rtl_agrees_with_golden_layer_by_layer(
    network: TinyNetwork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only_tools(monkeypatch, ASN2FPGA_VITIS_HLS="vitis_hls")
    result = simulate(network, VitisEngine().synthesise(tiny_project(network), network.folder / "rtl"))
    assert result.hidden_layers == () and result.spikes_compared > 0 and result.vectors == len(network.x)


def test_rtl_that_shows_no_streams_has_no_probes(
    network: TinyNetwork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only_tools(monkeypatch, ASN2FPGA_VITIS_HLS="vitis_hls")
    monkeypatch.setenv("MOCK_HLS_HIDDEN", "1")
    assert VitisEngine().synthesise(tiny_project(network), network.folder / "rtl").probes == ()


def test_scripts(network: TinyNetwork, tmp_path: Path) -> None:
    plan = plan_vitis(tiny_project(network), PROGRAMS[0], network.folder / "rtl" / "work" / "vitis")
    assert [line for line in str(plan.files[SCRIPT]).splitlines() if line and line[0] != "#"] == [
        "set here [file dirname [file normalize [info script]]]",
        "cd $here",
        'open_project -reset "project"',
        'set_top "doctor_core"',
        'add_files "../../../hls/doctor.cpp" -cflags "-std=c++14 -I../../../hls -I../../../hls/kernels"',
        'open_solution -reset "solution1" -flow_target vivado',
        'set_part "xc7z020clg400-1"',
        "create_clock -period 10.0 -name default",
        'config_export -format ip_catalog -rtl verilog -ipname "doctor_core" '
        '-vendor "asn2fpga" -library "hls"',
        "csynth_design",
        "export_design",
        "exit",
    ]
    assert [line for line in str(plan.files[CONFIG]).splitlines() if line and line[0] != "#"] == [
        "part=xc7z020clg400-1",
        "[hls]",
        "clock=10.0ns",
        "flow_target=vivado",
        "syn.top=doctor_core",
        "syn.file=../../../hls/doctor.cpp",
        "syn.cflags=-std=c++14 -I../../../hls -I../../../hls/kernels",
        "package.output.format=ip_catalog",
    ]
    assert plan.commands[0].arguments == ("vitis-run", "--mode", "hls", "--tcl", SCRIPT)


def test_no_tool(monkeypatch: pytest.MonkeyPatch) -> None:
    only_tools(monkeypatch)
    message = (
        "--engine vitis: none of vitis-run, vitis_hls, v++ is on PATH; install Vitis from "
        "AMD and source its settings64.sh, or set ASN2FPGA_VITIS_RUN, ASN2FPGA_VITIS_HLS or ASN2FPGA_VPP; "
        "the embedded engine needs none (--engine llvm)."
    )
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        VitisEngine().find()
    monkeypatch.setenv("ASN2FPGA_VPP", "/nowhere/v++")
    message = "v++: ASN2FPGA_VPP must name a program that can be run, not '/nowhere/v++'."
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        VitisEngine().find()


FAILURES = [
    (
        "synthesis",
        "vitis_hls: exit status must be 0, not 1.\n    ERROR: [HLS 207-3776] use of undeclared identifier",
    ),
    ("no_report", "vitis: there is no report "),
    (
        "wrong_port",
        "vitis: port s_axis_TDATA of doctor_core must have 32 bits, not 64; see the ports of a core in",
    ),
]


@pytest.mark.parametrize(("fail", "message"), FAILURES, ids=[fail for fail, _ in FAILURES])
def test_failures(
    network: TinyNetwork, tmp_path: Path, fail: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    only_tools(monkeypatch, ASN2FPGA_VITIS_HLS="vitis_hls")
    monkeypatch.setenv("MOCK_HLS_FAIL", fail)
    with pytest.raises(ToolError, match=f"^{re.escape(message)}"):
        VitisEngine().synthesise(tiny_project(network), network.folder / "rtl")


def test_tool_that_leaves_nothing(
    network: TinyNetwork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only_tools(monkeypatch)
    monkeypatch.setenv("ASN2FPGA_VITIS_HLS", "/bin/true")
    with pytest.raises(ToolError, match=r"^vitis: there is no RTL in .*/project/solution1/syn/verilog;"):
        VitisEngine().synthesise(tiny_project(network), network.folder / "rtl")

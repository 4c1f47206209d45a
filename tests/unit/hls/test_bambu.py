"""Bambu as an engine, with a stand-in for it: no proof that the tool itself takes our C++."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest
from engine_tools import only_tools, tiny_project

from asn2fpga.doctor.tools import TinyNetwork
from asn2fpga.errors import InputError, ToolError
from asn2fpga.hls.bambu import BambuEngine, bambu_arguments, read_rtl, wrapper_text
from asn2fpga.hls.foreign import core_ports
from asn2fpga.hls.verilog_ports import module_ports


@pytest.fixture
def network(tmp_path: Path) -> TinyNetwork:
    return TinyNetwork(tmp_path / "a [b] $c")


def test_rtl_has_the_ports_of_a_core(
    network: TinyNetwork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only_tools(monkeypatch, ASN2FPGA_BAMBU="bambu")
    design = BambuEngine().synthesise(tiny_project(network), network.folder / "rtl")
    assert design.top == "doctor_core" and design.probes == () and design.report.engine == "bambu"
    ports = module_ports(design.verilog[-1].read_text(), design.top)
    assert {port.name: port.width_bits for port in ports} == core_ports(tiny_project(network))


@pytest.mark.parametrize(
    ("part", "device"),
    [("xc7z020clg400-1", "xc7z020-1clg484-VVD"), ("xczu7ev-ffvc1156-2-e", "xcu55c-2Lfsvh2892-VVD")],
)
def test_arguments(network: TinyNetwork, part: str, device: str) -> None:
    work = network.folder / "rtl" / "work" / "bambu"
    assert bambu_arguments(tiny_project(network, part), "doctor_core_bambu", work) == [
        "doctor_core_bambu.cpp",
        "--top-fname=doctor_core_bambu",
        "--compiler=I386_CLANG16",
        "--std=c++14",
        "-O2",
        "-I../../../hls",
        "-I../../../hls/kernels",
        "--generate-interface=INFER",
        f"--device={device}",
        "--clock-period=10",
        "--reset-type=sync",
        "--reset-level=low",
    ]


def test_no_tool(monkeypatch: pytest.MonkeyPatch) -> None:
    only_tools(monkeypatch)
    message = (
        "--engine bambu: there is no bambu on PATH; download its AppImage from "
        "https://release.bambuhls.eu, make it executable and set ASN2FPGA_BAMBU to it; "
        "the embedded engine needs nothing (--engine llvm)."
    )
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        BambuEngine().find()
    monkeypatch.setenv("ASN2FPGA_BAMBU", "/nowhere/bambu")
    message = "bambu: ASN2FPGA_BAMBU must name a program that can be run, not '/nowhere/bambu'."
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        BambuEngine().find()


def test_failure(network: TinyNetwork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    only_tools(monkeypatch, ASN2FPGA_BAMBU="bambu")
    monkeypatch.setenv("MOCK_HLS_FAIL", "synthesis")
    with pytest.raises(
        ToolError, match=r"^bambu: exit status must be 0, not 1\.\n    ERROR: \[HLS 207-3776\]"
    ):
        BambuEngine().synthesise(tiny_project(network), network.folder / "rtl")


def test_rtl_without_the_module_or_with_another_port(network: TinyNetwork, tmp_path: Path) -> None:
    project = tiny_project(network)
    with pytest.raises(ToolError, match=r"^bambu: the RTL has no module inner\.$"):
        read_rtl(tmp_path, project, "inner", tmp_path / "rtl")
    (tmp_path / "inner.v").write_text(
        "module inner (clock, M_Rdata_ram); input clock; input M_Rdata_ram; endmodule"
    )
    message = "bambu: port of inner must be one of an AXI4-Stream or of control, not 'M_Rdata_ram'."
    with pytest.raises(ToolError, match=f"^{re.escape(message)}$"):
        read_rtl(tmp_path, project, "inner", tmp_path / "rtl")
    (tmp_path / "inner.v").write_text("module inner (s_axis_TDATA); input [31:0] s_axis_TDATA; endmodule")
    message = "bambu: port s_axis_TDATA of inner must have 33 bits, TLAST and TDATA, not 32."
    with pytest.raises(ToolError, match=f"^{re.escape(message)}$"):
        read_rtl(tmp_path, project, "inner", tmp_path / "rtl")


def test_words_of_the_ports_are_those_of_the_project(network: TinyNetwork, tmp_path: Path) -> None:
    project = dataclasses.replace(tiny_project(network), input_bits=64, output_bits=128)
    text = "module inner (s_axis_TDATA, m_axis_TDATA);\n"
    text += "input [71:0] s_axis_TDATA; output [128:0] m_axis_TDATA; endmodule"
    (tmp_path / "inner.v").write_text(text)
    design = read_rtl(tmp_path, project, "inner", tmp_path / "rtl")
    shim = design.verilog[-1].read_text()
    assert (design.input_bits, design.output_bits) == (64, 128)
    assert {p.name: p.width_bits for p in module_ports(shim, design.top)} == core_ports(project)
    assert "wire [71:0] s_axis_word = {7'd0, s_axis_TLAST, s_axis_TDATA};" in shim
    assert "assign m_axis_TLAST = m_axis_word[128];" in shim
    assert "asn::AxisStream<64>& s_axis, asn::AxisStream<128>& m_axis" in wrapper_text(project, "a", "b")

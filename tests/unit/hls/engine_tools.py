"""What the tests of foreign engines share: a tiny network's C++ project, and RTL simulated against golden."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from needs import need

from asn2fpga.codegen.project import KERNELS, source_file, top_name
from asn2fpga.doctor.tools import TinyNetwork
from asn2fpga.rtl import HlsProject, RtlDesign
from asn2fpga.verify.cosim import run_fast
from asn2fpga.verify.result import CosimResult

MOCKS = Path(__file__).parents[2] / "mock_tools"
VARIABLES = ("ASN2FPGA_VITIS_RUN", "ASN2FPGA_VITIS_HLS", "ASN2FPGA_VPP", "ASN2FPGA_BAMBU")


def tiny_project(network: TinyNetwork, part: str = "xc7z020clg400-1") -> HlsProject:
    """The network's C++ as an engine gets it."""
    hls = network.folder / "hls"
    source = hls / source_file(network.graph)
    return HlsProject(hls, source, (hls, hls / KERNELS), top_name(network.graph), part, 10.0)


def simulate(network: TinyNetwork, design: RtlDesign) -> CosimResult:
    """The RTL against golden, in Verilator."""
    return run_fast(design, network.graph, network.x, network.expected, network.folder / "sim")


def only_tools(monkeypatch: pytest.MonkeyPatch, **programs: str) -> None:
    """No HLS tool on PATH, and the stand-ins by their variables; those of AMD's tools run in tclsh."""
    if set(programs.values()) - {"bambu"}:
        need("tclsh")
    folders = [folder for folder in os.environ["PATH"].split(os.pathsep) if "mock_tools" not in folder]
    monkeypatch.setenv("PATH", os.pathsep.join(folders))
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    for variable, name in programs.items():
        monkeypatch.setenv(variable, str(MOCKS / name))

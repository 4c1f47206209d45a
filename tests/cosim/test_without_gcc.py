"""Where no g++ is installed, the clang of ziglang compiles every simulation."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from asn2fpga.doctor.tools import TinyNetwork
from asn2fpga.toolchain.compiler import find_compiler

FORBIDDEN = ("g++", "gcc", "cc", "c++", "clang", "make", "perl")


@pytest.mark.slow  # ziglang's clang is slow with the models of Verilator
def test_both_simulations_and_cocotb_need_no_compiler_make_or_perl(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("ASN2FPGA_CXX", raising=False)
    assert [name for name in FORBIDDEN if shutil.which(name)] == []
    assert find_compiler().is_zig
    network = TinyNetwork(tmp_path / "tiny")
    assert network.compile() == "clang of ziglang, "
    network.synthesise()
    network.verilate()
    network.cocotb()

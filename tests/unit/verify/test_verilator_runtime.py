"""Verilator's run-time library and precompiled headers: where they are kept, made once for all builds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from asn2fpga.errors import InputError
from asn2fpga.toolchain.compiler import find_compiler
from asn2fpga.verify import verilator


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of what was compiled, each into an empty file."""
    names: list[str] = []

    def compile_units(units: list[verilator.Unit], logs: Path, jobs: int) -> None:
        for unit in units:
            names.append(unit.object.name)
            unit.object.touch()

    monkeypatch.setattr(verilator, "compile_units", compile_units)
    monkeypatch.delenv("ASN2FPGA_CACHE", raising=False)
    return names


def test_builds_of_one_user_share_it(
    compiled: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    first = verilator.build_runtime(["verilated"], tmp_path / "one", tmp_path, 1)
    second = verilator.build_runtime(["verilated", "verilated_vpi"], tmp_path / "two", tmp_path, 1)
    assert compiled == ["verilated.o", "verilated_vpi.o"]
    assert second[0] == first[0] and first[0].is_relative_to(tmp_path / "cache" / "asn2fpga")


def test_without_a_cache_it_lies_in_the_build(
    compiled: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    (found,) = verilator.build_runtime(["verilated"], tmp_path / "build", tmp_path, 1)
    assert found.is_relative_to(tmp_path / "build") and found.is_file()


def test_a_chosen_folder_must_be_writable(
    compiled: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("ASN2FPGA_CACHE", str(tmp_path / "file"))
    message = (
        rf"^{re.escape(str(tmp_path))}/file/verilator-[0-9a-f]+: folder must be writable, not refused; "
        r"free space, change its permissions or ASN2FPGA_CACHE\.$"
    )
    with pytest.raises(InputError, match=message):
        verilator.build_runtime(["verilated"], tmp_path, tmp_path, 1)


@pytest.mark.skipif(find_compiler().family != "gcc", reason="clang reads the headers again")
def test_a_model_finds_its_headers_precompiled(tmp_path: Path) -> None:
    """g++ lists a header that was read whole with an exclamation mark."""
    flags = ("-O0",)
    headers = verilator.precompiled_header(flags, tmp_path, tmp_path)
    (tmp_path / "all.cpp").write_text('#include "verilated.h"\n')
    unit = verilator.Unit(tmp_path / "all.cpp", tmp_path / "all.o", (*flags, *headers, "-H"))
    verilator.compile_units([unit], tmp_path, 1)
    assert f"! {headers[1]}.gch" in (tmp_path / "all.log").read_text()


def test_headers_are_precompiled_once_for_the_same_flags(
    compiled: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    if find_compiler().family != "gcc":
        assert verilator.precompiled_header(("-O1",), tmp_path, tmp_path) == ()
        return
    found = [verilator.precompiled_header((flag,), tmp_path, tmp_path) for flag in ("-O1", "-O0", "-O1")]
    assert compiled == ["model.h.gch"] * 2
    assert found[0] == found[2] != found[1]

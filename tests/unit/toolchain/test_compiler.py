"""Which C++ compiler is chosen, how it is called, and where it keeps what it makes once."""

from __future__ import annotations

import dataclasses
import importlib.util
import re
from pathlib import Path

import pytest

from asn2fpga.errors import ToolError
from asn2fpga.toolchain import compiler


def script(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that is all of PATH; no variable names a compiler."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv(compiler.VARIABLE, raising=False)
    return folder


def test_gcc_is_taken_where_it_is_installed(only: Path) -> None:
    program = script(only, "g++", "echo '#define __GNUC__ 12'")
    found = compiler.find_compiler()
    assert (found.name, found.command, found.family) == ("g++", (str(program),), "gcc")
    assert (found.atomics, found.environment, found.preparation) == (("-latomic",), {}, "")


def test_a_compiler_is_what_it_says_it_is_and_not_what_it_is_called(only: Path) -> None:
    script(only, "g++", "echo '#define __clang__ 1'")
    assert compiler.find_compiler().family == "clang"


def test_without_gcc_the_clang_of_ziglang_is_taken(only: Path) -> None:
    found = compiler.find_compiler()
    assert (found.name, found.family, found.atomics) == ("clang of ziglang", "clang", ())
    assert Path(found.command[0]).is_file()


@pytest.mark.parametrize("there_is_gcc", [True, False])
def test_the_variable_wins(only: Path, monkeypatch: pytest.MonkeyPatch, there_is_gcc: bool) -> None:
    mine = script(only, "my-c++", "echo")
    if there_is_gcc:
        script(only, "g++", "echo")
    monkeypatch.setenv(compiler.VARIABLE, str(mine))
    assert compiler.find_compiler().command == (str(mine),)
    monkeypatch.setenv(compiler.VARIABLE, "ziglang")
    assert compiler.find_compiler().name == "clang of ziglang"


def test_a_variable_that_names_nothing_is_refused(only: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(compiler.VARIABLE, "/no/such/program")
    message = "g++: ASN2FPGA_CXX must name a program that can be run, not '/no/such/program'."
    with pytest.raises(ToolError, match=f"^{re.escape(message)}$"):
        compiler.find_compiler()


def test_neither_gcc_nor_ziglang(only: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.util.find_spec
    hidden = lambda name: None if name == "ziglang" else real(name)  # noqa: E731
    monkeypatch.setattr(importlib.util, "find_spec", hidden)
    with pytest.raises(ToolError) as caught:
        compiler.find_compiler()
    assert str(caught.value) == (
        "g++: program must be on PATH, or the Python package ziglang installed, not both missing; "
        "run `pip install ziglang`, install g++ or set ASN2FPGA_CXX."
    )


def test_without_ziglang_there_is_no_bundled_clang(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    message = "ziglang: the Python package is not installed; run `pip install ziglang`."
    with pytest.raises(ToolError, match=f"^{re.escape(message)}$"):
        compiler.bundled_clang()


def test_the_bundled_clang_builds_no_library(
    only: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZIG_GLOBAL_CACHE_DIR", str(tmp_path / "zig"))
    script(only, "g++", "echo")
    found = compiler.bundled_clang()
    assert (found.name, found.family, found.preparation) == ("clang of ziglang", "clang", "")
    assert found.command[-1] == "-nostdlib++"


def test_object_files_of_two_compilers_are_kept_apart(only: Path) -> None:
    script(only, "g++", "echo one")
    first = compiler.find_compiler().identity
    script(only, "g++", "echo another release")
    second = compiler.find_compiler().identity
    (only / "g++").unlink()
    assert len({first, second, compiler.find_compiler().identity}) == 3


@pytest.mark.parametrize(
    ("environment", "folder"),
    [
        ({"ZIG_GLOBAL_CACHE_DIR": "/z", "ASN2FPGA_CACHE": "/a", "XDG_CACHE_HOME": "/x"}, "/z"),
        ({"ASN2FPGA_CACHE": "/a", "XDG_CACHE_HOME": "/x"}, "/a/zig"),
        ({"XDG_CACHE_HOME": "/x"}, "/x/zig"),
        ({"ASN2FPGA_CACHE": "", "XDG_CACHE_HOME": ""}, str(Path.home() / ".cache" / "zig")),
    ],
)
def test_place_of_the_cache(environment: dict[str, str], folder: str) -> None:
    assert compiler.zig_cache(environment) == Path(folder)


def test_preparation_is_announced_until_it_is_done(
    only: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZIG_GLOBAL_CACHE_DIR", str(tmp_path / "zig"))
    found = compiler.find_compiler()
    assert found.preparation == "; the first time it builds its C++ library, which takes 1 to 4 minutes"
    (tmp_path / "zig" / "o" / "0123").mkdir(parents=True)
    (tmp_path / "zig" / "o" / "0123" / "libc++.a").touch()
    assert found.preparation == ""


def test_the_library_is_built_first_and_once(
    only: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The time limit of a small compilation does not hold for the one-off work."""
    cache, calls = tmp_path / "zig", tmp_path / "calls"
    monkeypatch.setenv("ZIG_GLOBAL_CACHE_DIR", str(cache))
    program = script(
        only, "zig", f"echo ${{1##*/}} >> {calls}; /bin/mkdir -p {cache}/o/1; : > {cache}/o/1/libc++.a"
    )
    found = dataclasses.replace(compiler.find_compiler(), command=(str(program),))
    for name in ("one.cpp", "two.cpp"):
        found.run([name], cwd=tmp_path, log=tmp_path / "log", timeout_seconds=20)
    assert calls.read_text() == "prepare.cpp\none.cpp\ntwo.cpp\n"

from __future__ import annotations

import importlib.metadata
import io
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from asn2fpga.cli import main
from asn2fpga.cli.doctor import show
from asn2fpga.doctor import tools
from asn2fpga.doctor.check import Check, Finding
from asn2fpga.doctor.optional import check_optional
from asn2fpga.doctor.packages import USES, check_extras, check_packages, requirement_name
from asn2fpga.errors import ToolError

STEPS = ("compile", "synthesise", "verilate", "cocotb", "count")


def nothing(text: str) -> None:
    """Nobody watches."""


def test_every_declared_dependency_is_checked() -> None:
    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text())["project"]
    declared = {requirement_name(text) for text in project["dependencies"]}
    assert sorted(USES) == sorted(declared)


def test_installed_packages_are_found() -> None:
    findings = {finding.name: finding for finding in check_packages()}
    assert findings["numpy"].status == "works"
    assert findings["numpy"].detail == importlib.metadata.version("numpy")


def test_packages_of_the_exploration_are_optional(monkeypatch: pytest.MonkeyPatch) -> None:
    def version(name: str) -> str:
        if name == "submitit":
            raise importlib.metadata.PackageNotFoundError(name)
        return "1.0"

    monkeypatch.setattr("importlib.metadata.version", version)
    assert check_extras() == [
        Finding("optuna", "asn2fpga explore", False, "works", "1.0", "pip install 'asn2fpga[explore]'"),
        Finding("distributed", "--dask", False, "works", "1.0", "pip install 'asn2fpga[explore]'"),
        Finding("submitit", "--slurm", False, "missing", "not installed", "pip install 'asn2fpga[explore]'"),
    ]


def test_missing_package_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def version(name: str) -> str:
        if name == "pyosys":
            raise importlib.metadata.PackageNotFoundError(name)
        return "1.0"

    monkeypatch.setattr("importlib.metadata.version", version)
    (finding,) = (finding for finding in check_packages() if finding.status != "works")
    assert (finding.name, finding.status, finding.is_fine) == ("pyosys", "missing", False)
    assert finding.remedy == "pip install 'pyosys==0.70'"


@pytest.mark.parametrize(
    ("text", "name"), [("numpy>=2", "numpy"), ("cocotbext-axi>=0.1; x", "cocotbext-axi")]
)
def test_requirement_name(text: str, name: str) -> None:
    assert requirement_name(text) == name


@pytest.mark.parametrize(
    ("error", "detail"),
    [
        (ToolError("g++: exit status must be 0, not 1."), "g++: exit status must be 0, not 1."),
        (ImportError("no module"), "ImportError: no module"),
        (OSError("no space"), "OSError: no space"),
    ],
)
def test_error_of_a_check_is_a_finding(error: Exception, detail: str) -> None:
    def run() -> str:
        raise error

    finding = Check("g++", "C simulation", "install it", run).find()
    assert finding == Finding("g++", "C simulation", True, "broken", detail, "install it")
    assert not finding.is_fine


def patch_steps(monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    """A tiny network whose steps do nothing, but for one that is broken."""

    def step(name: str) -> Callable[[tools.TinyNetwork], None]:
        def run(network: tools.TinyNetwork) -> None:
            if name == broken:
                raise ToolError(f"{name} is broken")
            if name == "synthesise":
                network.design = object()  # type: ignore[assignment]

        return run

    for name in STEPS:
        monkeypatch.setattr(tools.TinyNetwork, name, step(name))


@pytest.mark.parametrize("broken", ["compile", "verilate", "cocotb", "count"])
def test_one_broken_tool_does_not_hide_the_others(
    broken: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    patch_steps(monkeypatch, broken)
    statuses = [finding.status for finding in tools.check_tools(tmp_path, nothing)]
    assert statuses == ["broken" if name == broken else "works" for name in STEPS]


def test_without_rtl_its_simulators_are_not_tested(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    patch_steps(monkeypatch, "synthesise")
    statuses = [finding.status for finding in tools.check_tools(tmp_path, nothing)]
    assert statuses == ["works", "broken", "not tested", "not tested", "not tested"]


def test_tool_named_by_its_variable_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    tool = tmp_path / "my-vitis"
    tool.write_text("#!/bin/sh\n")
    tool.chmod(0o755)
    monkeypatch.setenv("ASN2FPGA_VITIS_RUN", str(tool))
    monkeypatch.setenv("ASN2FPGA_VITIS_HLS", str(tmp_path / "nowhere"))
    findings = {finding.name: finding for finding in check_optional()}
    assert findings["Vitis HLS, 2024.1 and later"].detail == f"found at {tool}, not run"
    assert findings["Vitis HLS, to 2023.2"].status == "missing"
    assert findings["Vitis HLS, to 2023.2"].is_fine


def test_output_says_what_to_do() -> None:
    findings = [
        Finding("numpy", "everything", True, "works", "2.4", "pip install numpy"),
        Finding(
            "g++", "C simulation", True, "broken", "g++: exit status must be 0, not 1.", "apt-get install g++"
        ),
        Finding("Icarus", "tests", False, "missing", "no iverilog on PATH", "apt-get install iverilog"),
    ]
    output = io.StringIO()
    show(findings, Console(file=output, width=100))
    text = output.getvalue()
    assert "numpy" in text
    assert (
        "g++ (required) broken: g++: exit status must be 0, not 1.\n    to get it: apt-get install g++"
        in text
    )
    assert "Icarus (optional) missing\n    to get it: apt-get install iverilog" in text


def test_command_fails_if_something_required_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = Finding("torch", "models", True, "missing", "not installed", "pip install torch")
    monkeypatch.setattr("asn2fpga.cli.doctor.check_packages", lambda: [missing])
    assert main(["doctor"]) == 1
    assert "torch (required) missing" in capsys.readouterr().out


@pytest.mark.slow
def test_everything_works_here(tmp_path: Path) -> None:
    findings = tools.check_tools(tmp_path, nothing)
    assert [finding for finding in findings if finding.status != "works"] == []

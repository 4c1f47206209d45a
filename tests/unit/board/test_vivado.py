"""The Vivado plan, run with a stand-in for the tool: no proof that the tool itself takes it."""

from __future__ import annotations

import dataclasses
import json
import re
import shutil
from pathlib import Path

import pytest
from needs import need
from vivado_tools import LAYERS, MOCK_VIVADO, SAIF, mock_environment, toy_accelerator, toy_project

from asn2fpga.board.spec import find_board, known_boards
from asn2fpga.board.vivado import DIGEST, STARTER, VivadoProject, plan_vivado
from asn2fpga.board.vivado_results import check_products, check_timing, read_results
from asn2fpga.board.vivado_run import check_version, find_vivado, run_vivado
from asn2fpga.errors import CheckError, InputError, ToolError
from asn2fpga.toolchain import process

FLOW = [
    *("get_board_parts", "create_project", "create_bd_design", "validate_bd_design", "generate_target"),
    *("launch_runs", "open_run", "report_power", "write_bitstream"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the plan is written: a path with a space and with characters that mean something to Tcl."""
    return tmp_path / "a [b] $c" / "vivado"


def write(project: VivadoProject, folder: Path) -> str:
    plan = plan_vivado(project)
    plan.write(folder)
    return str(plan.files[DIGEST]).strip()


def run(folder: Path, **settings: str) -> str:
    """Output of run.sh with the stand-in; ToolError if it fails."""
    log = folder.parent / "run.log"
    process.run(
        ["bash", STARTER, "2"],
        cwd=folder,
        log=log,
        timeout_seconds=60,
        environment=mock_environment(**settings),
    )
    return log.read_text()


@pytest.mark.parametrize("board", known_boards())
@pytest.mark.parametrize("activity", ["", SAIF], ids=["vectorless", "saif"])
def test_every_board_goes_the_whole_way(tmp_path: Path, folder: Path, board: str, activity: str) -> None:
    digest = write(toy_project(tmp_path / "rtl", board, activity), folder)
    assert run(folder).splitlines()[-1] == "asn2fpga: done"
    results = read_results(folder)
    assert results is not None and results.plan == digest and results.version == "2024.1"
    assert results.utilisation["lut"] == 6714 and results.utilisation["bram36"] == 4.5
    assert results.power["pl_dynamic_w"] == 0.052
    assert results.power["activity"] == ("saif" if activity else "vectorless")
    check_timing(results)
    assert check_products(folder, "toy") == (folder / "toy.bit", folder / "toy.hwh")


def test_every_step_of_the_flow_is_in_the_scripts(tmp_path: Path) -> None:
    files = plan_vivado(toy_project(tmp_path)).files
    text = str(files["build.tcl"]) + str(files["steps.tcl"])
    assert [command for command in FLOW if not re.search(rf"\b{command}\b", text)] == []


def test_plan_is_complete_and_may_be_moved(tmp_path: Path, folder: Path) -> None:
    write(toy_project(tmp_path / "rtl"), folder)
    shutil.rmtree(tmp_path / "rtl")
    moved = tmp_path / "elsewhere"
    shutil.copytree(folder, moved)
    run(moved)
    assert (moved / "toy.bit").is_file()
    assert str(tmp_path) not in "".join(path.read_text() for path in folder.rglob("*") if path.is_file())


def test_plan_is_the_same_every_time_and_changes_with_the_rtl(tmp_path: Path) -> None:
    project = toy_project(tmp_path)
    digest = plan_vivado(project).files[DIGEST]
    assert plan_vivado(project).files[DIGEST] == digest
    (tmp_path / "weights.mem").write_text("01\n")
    assert plan_vivado(project).files[DIGEST] != digest


@pytest.mark.parametrize("bits", [32, 64])
def test_the_dma_streams_words_as_wide_as_the_accelerators(tmp_path: Path, folder: Path, bits: int) -> None:
    project = toy_project(tmp_path / "rtl")
    wide = dataclasses.replace(project.accelerator, input_bits=bits)
    plan = plan_vivado(dataclasses.replace(project, accelerator=wide))
    assert f"CONFIG.c_m_axis_mm2s_tdata_width {bits} " in str(plan.files["steps.tcl"])


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    design = toy_accelerator(tmp_path)
    twice = dataclasses.replace(design, verilog=(*design.verilog, tmp_path / "other" / "toy_core.sv"))
    project = dataclasses.replace(toy_project(tmp_path), accelerator=twice)
    message = "toy_core.sv: file of the RTL must have a name of its own, not one used twice."
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        plan_vivado(project)


@pytest.mark.parametrize("port", ["HP0", "HP3", "HPC0", "HPC1"])
def test_every_memory_port(tmp_path: Path, folder: Path, port: str) -> None:
    board = find_board("zcu104")
    other = dataclasses.replace(board, vivado=dataclasses.replace(board.vivado, ddr_port=port))
    write(toy_project(tmp_path / "rtl", other), folder)
    run(folder)


FAILURES = [
    ("licence", "ERROR: [Common 17-345] A valid license was not found for feature 'Synthesis'"),
    ("synthesis", "ERROR: [Synth 8-439] module 'fc1_integrate_fire' not found [digits_core.sv:60]"),
    ("slack", "ERROR: [asn2fpga] timing is not met: setup slack -0.412 ns, path system_i/"),
    ("bitstream", "ERROR: [DRC UCIO-1] Unconstrained Logical Port"),
    (
        "board_files",
        "ERROR: [asn2fpga] board files of tul.com.tw:pynq-z2:part0 are not installed",
    ),
]


@pytest.mark.parametrize(("fail", "line"), FAILURES, ids=[fail for fail, _ in FAILURES])
def test_failure_shows_its_reason_and_leaves_no_bitstream(
    tmp_path: Path, folder: Path, fail: str, line: str
) -> None:
    write(toy_project(tmp_path / "rtl"), folder)
    with pytest.raises(ToolError, match=r"^bash: exit status must be 0, not 1\.") as caught:
        run(folder, fail=fail)
    assert line in str(caught.value)
    assert not (folder / "toy.bit").exists()
    run(folder)
    assert (folder / "toy.bit").is_file()


def test_run_that_was_killed_goes_on_behind_synthesis(tmp_path: Path, folder: Path) -> None:
    write(toy_project(tmp_path / "rtl"), folder)
    with pytest.raises(ToolError):
        run(folder, fail="killed")
    assert not (folder / "results.json").exists()
    assert "asn2fpga: synth_1 is done already" in run(folder)


def test_another_plan_begins_anew(tmp_path: Path, folder: Path) -> None:
    write(toy_project(tmp_path / "rtl"), folder)
    run(folder)
    write(toy_project(tmp_path / "rtl", "pynq-z1"), folder)
    assert "is done already" not in run(folder)


def test_negative_slack_names_path_and_layer(tmp_path: Path, folder: Path) -> None:
    write(toy_project(tmp_path / "rtl"), folder)
    with pytest.raises(ToolError):
        run(folder, fail="slack", endpoint="system_i/accelerator/inst/core/u_fc1_deep_readout/sum_reg[1]/D")
    results = read_results(folder)
    assert results is not None and results.timing["layer"] == "fc1_deep"
    message = (
        "bitstream: setup slack must be at least 0 ns, not -0.412; path system_i/accelerator/inst/core/"
        "u_fc1_integrate_fire/acc_reg[3]/C -> system_i/accelerator/inst/core/u_fc1_deep_readout/sum_reg[1]/D "
        "(layer fc1_deep); use a slower clock (--clock-mhz) or fewer lanes "
        "(--lanes)."
    )
    with pytest.raises(CheckError, match=f"^{re.escape(message)}$"):
        check_timing(results)


ENDPOINTS = [
    ("system_i/accelerator/inst/core/u_fc1_compress/x_reg/D", "fc1"),
    ("system_i/accelerator/inst/core/grp_fc2_readout_fu_31/x_reg/D", "fc2"),
    ("system_i/accelerator/inst/core/fc1_deep_U0/x_reg/D", "fc1_deep"),
]


@pytest.mark.parametrize(("endpoint", "layer"), ENDPOINTS)
def test_layer_of_a_path(tmp_path: Path, folder: Path, endpoint: str, layer: str) -> None:
    write(toy_project(tmp_path / "rtl"), folder)
    run(folder, endpoint=endpoint)
    assert json.loads((folder / "results.json").read_text())["timing"]["layer"] == layer


def test_newer_board_files_are_used_and_told(tmp_path: Path, folder: Path) -> None:
    write(toy_project(tmp_path / "rtl", "zcu102"), folder)
    installed = "xilinx.com:zcu102:part0:3.3 xilinx.com:zcu102:part0:3.10 xilinx.com:zcu104:part0:1.1"
    assert (
        "WARNING: [asn2fpga] board files xilinx.com:zcu102:part0:3.10 are used instead of "
        "xilinx.com:zcu102:part0:3.4" in run(folder, board_parts=installed)
    )


@pytest.mark.parametrize(("version", "told"), [("2022.1", False), ("2026.1.1", False), ("2031.2", True)])
def test_versions_that_are_taken(tmp_path: Path, folder: Path, version: str, told: bool) -> None:
    write(toy_project(tmp_path / "rtl"), folder)
    warning = f"WARNING: [asn2fpga] Vivado {version} is not known to asn2fpga (2022.1 to 2026.1); going on"
    assert (warning in run(folder, version=version)) == told


def test_version_that_is_too_old(tmp_path: Path, folder: Path) -> None:
    write(toy_project(tmp_path / "rtl"), folder)
    with pytest.raises(ToolError, match=r"ERROR: \[asn2fpga\] Vivado must be 2022.1 or newer, not 2019.2"):
        run(folder, version="2019.2")


def test_activity_that_cannot_be_read_is_told(tmp_path: Path, folder: Path) -> None:
    write(toy_project(tmp_path / "rtl", activity="(SAIFILE)\n"), folder)
    assert "WARNING: [asn2fpga] activity.saif could not be read, power is estimated" in run(folder)
    results = read_results(folder)
    assert results is not None and results.power["activity"] == "vectorless"


BROKEN_SCRIPTS = [
    ("assign_bd_address\n", "assign_bd_adress\n", 'invalid command name "assign_bd_adress"'),
    ("-notrace", "-no_trace", "stand-in: arguments are"),
    ("c_include_sg 0", "c_include_sgg 0", "dma has no property CONFIG.c_include_sgg"),
    ("c_sg_length_width 26", "c_sg_length_width 27", "CONFIG.c_sg_length_width must not be 27"),
    ("dma/s_axi_lite_aclk ", "", "dma/s_axi_lite_aclk is not driven"),
    ("dma/S_AXI_LITE\n", "dma/S_AXI\n", "no pin dma/S_AXI"),
    ("report_power -file", "report_power -out", "report_power: unknown option -out"),
]


@pytest.mark.parametrize(("old", "new", "message"), BROKEN_SCRIPTS, ids=[row[2] for row in BROKEN_SCRIPTS])
def test_stand_in_finds_mistakes(tmp_path: Path, folder: Path, old: str, new: str, message: str) -> None:
    write(toy_project(tmp_path / "rtl"), folder)
    changed = 0
    for path in (folder / "build.tcl", folder / "steps.tcl", folder / STARTER):
        text = path.read_text()
        changed += old in text
        path.write_text(text.replace(old, new))
    assert changed == 1
    with pytest.raises(ToolError, match=re.escape(message)):
        run(folder)


def test_starter_without_vivado_says_so(tmp_path: Path, folder: Path) -> None:
    write(toy_project(tmp_path / "rtl"), folder)
    message = "run.sh: there is no vivado on PATH; source Vivado's settings64.sh, or set ASN2FPGA_VIVADO."
    log = tmp_path / "run.log"
    environment = {"PATH": "/usr/bin:/bin", "ASN2FPGA_VIVADO": ""}
    with pytest.raises(ToolError, match=re.escape(message)):
        process.run(["/bin/bash", STARTER], cwd=folder, log=log, timeout_seconds=60, environment=environment)


def test_find_vivado(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("ASN2FPGA_VIVADO", raising=False)
    assert find_vivado(None) is None
    assert find_vivado(MOCK_VIVADO) == MOCK_VIVADO
    assert find_vivado(MOCK_VIVADO.parent) == MOCK_VIVADO
    monkeypatch.setenv("ASN2FPGA_VIVADO", str(MOCK_VIVADO))
    assert find_vivado(None) == MOCK_VIVADO
    assert find_vivado(Path("none")) is None
    monkeypatch.setenv("ASN2FPGA_VIVADO", "none")
    assert find_vivado(None) is None and find_vivado(MOCK_VIVADO) == MOCK_VIVADO


def test_vivado_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    message = (
        f"--vivado {tmp_path}: path must be the program vivado or the folder it is installed in, "
        f"not '{tmp_path}'."
    )
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        find_vivado(tmp_path)
    monkeypatch.setenv("ASN2FPGA_VIVADO", "/nowhere/vivado")
    message = "vivado: ASN2FPGA_VIVADO must name a program that can be run, not '/nowhere/vivado'."
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        find_vivado(None)


def test_version_of_the_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    assert check_version(MOCK_VIVADO, tmp_path / "version.log", said.append) == "2024.1" and said == []
    monkeypatch.setenv("MOCK_VIVADO_VERSION", "2031.1")
    assert check_version(MOCK_VIVADO, tmp_path / "version.log", said.append) == "2031.1"
    assert said == ["warning: Vivado 2031.1 is not known to asn2fpga (2022.1 to 2026.1); going on"]
    monkeypatch.setenv("MOCK_VIVADO_VERSION", "2020.2")
    message = f"{MOCK_VIVADO}: Vivado must be 2022.1 or newer, not 2020.2."
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        check_version(MOCK_VIVADO, tmp_path / "version.log", said.append)


def test_run_vivado(tmp_path: Path, folder: Path) -> None:
    need("tclsh")
    write(toy_project(tmp_path / "rtl"), folder)
    run_vivado(MOCK_VIVADO, folder, tmp_path / "vivado.log", 3)
    assert (folder / "toy.hwh").is_file() and LAYERS[1] == "fc1"

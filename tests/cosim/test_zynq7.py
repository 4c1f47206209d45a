"""Designs with our own DMA: the DMA and the bridge alone, and the driver of a package on the whole of it."""

from __future__ import annotations

import json
import re
import shutil
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from accelerators import SHA256, make_accelerator
from board_tools import write_package
from dense_graphs import dense_graph
from needs import need
from often import often

from asn2fpga.board.openxc7 import OpenXc7Project, plan_openxc7
from asn2fpga.board.openxc7_netlist import cells_of, check_placeable
from asn2fpga.board.openxc7_run import synthesise
from asn2fpga.board.spec import find_board
from asn2fpga.board.zynq7 import ACCELERATOR_ADDRESS, DMA_ADDRESS, with_stand_ins, write_zynq7_design
from asn2fpga.passes.fold_words import widest_words
from asn2fpga.resources import hardware_dir
from asn2fpga.rtl import HlsReport, RtlDesign
from asn2fpga.toolchain import process
from asn2fpga.verify.cocotb_run import BenchModule, run_testbench
from asn2fpga.verify.lint import lint
from asn2fpga.verify.simulated_board import board_of
from asn2fpga.verify.simulators import build_accelerator

HERE = Path(__file__).parent
CLIENT = HERE / "driver_client.py"
HEADER = "By a test."
NAMES = re.findall(
    r"^@cocotb\.test\(\)\nasync def (\w+)", (HERE / "zynq7_dma_bench.py").read_text(), re.MULTILINE
)
FRAMES = dense_graph(20, 12, 5, time_steps=2)
EVENTS = dense_graph(10, 6, 4, time_steps=3, frames=False)
START = "DeviceError: accelerator: no scores came for a message"


def loop_back(folder: Path, bits: int) -> RtlDesign:
    """The design around fixtures/loop_back.sv."""
    folder.mkdir(parents=True)
    accelerator = folder / "loop_back.sv"
    text = (HERE / "fixtures" / "loop_back.sv").read_text()
    accelerator.write_text(text.replace("int BITS = 32", f"int BITS = {bits}"))
    for name in ("registers.json", "asn_axi_lite.sv", "asn_register_slice.sv"):
        shutil.copyfile(hardware_dir() / "rtl" / name, folder / name)
    parts = tuple(folder / f"{name}.sv" for name in ("asn_axi_lite", "asn_register_slice", "loop_back"))
    design = RtlDesign(
        folder, "asn2fpga_accelerator", parts, (), (), HlsReport("by hand"), input_bits=bits, output_bits=bits
    )
    return with_stand_ins(write_zynq7_design(design, HEADER, folder))


def run_bench(folder: Path, bits: int) -> dict[str, bool]:
    """Whether each cocotb test passed."""
    design = loop_back(folder / "rtl", bits)
    program = build_accelerator(design, folder / "sim", folder / "logs")
    registers = folder / "registers.json"
    registers.write_text(json.dumps({"registers": {"MODEL_HASH": {"offset": 0x10}}}))
    plan = {
        "registers": str(registers),
        "memory_base": 0x1600_0000,
        "faults": [],
        "word_bits": bits,
        "cells": {"accelerator": ACCELERATOR_ADDRESS, "dma": DMA_ADDRESS},
    }
    (folder / "plan.json").write_text(json.dumps(plan))
    bench, log = BenchModule("zynq7_dma_bench", design.top), folder / "run.log"
    run_testbench(bench, program, design.directory, [f"+testbench={folder / 'plan.json'}"], folder, log)
    print(log.read_text())
    cases = ElementTree.parse(folder / "results.xml").getroot().iter("testcase")
    return {str(case.get("name")): case.find("failure") is None for case in cases}


@pytest.fixture(scope="module", params=[32, 64])
def results(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bool]:
    return run_bench(tmp_path_factory.mktemp("dma"), request.param)


@pytest.mark.parametrize("name", NAMES)
def test_dma_and_bridge(results: dict[str, bool], name: str) -> None:
    assert results[name]


class Bench:
    """The whole design of a network, its simulator, and its package."""

    def __init__(self, graph: Any, folder: Path, vectors: int = 14) -> None:
        accelerator = make_accelerator(graph, folder)
        self.accelerator = accelerator.design
        self.folder = folder
        self.design = write_zynq7_design(accelerator.design, HEADER, folder / "zynq7")
        self.simulated = with_stand_ins(self.design)
        self.program = build_accelerator(self.simulated, folder / "sim", folder / "logs")
        self.package = write_package(graph, folder / "package", vectors, "pynq-z2", SHA256, flow="openxc7")

    def run(self, scenario: str, faults: Sequence[str] = (), stalls: float = 0.0) -> Any:
        """The answer of a scenario of driver_client.py, on a board of its own."""
        log, work = self.folder / "client.log", self.folder / "board"
        with board_of(self.simulated, self.program, work, faults=faults, stalls=stalls) as environment:
            command = [sys.executable, CLIENT, self.package, scenario]
            process.run(command, cwd=work, log=log, timeout_seconds=200, environment=environment)
        return json.loads(log.read_text())


@pytest.fixture(scope="module")
def frames(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(FRAMES, tmp_path_factory.mktemp("frames"))


@pytest.mark.parametrize("stalls", [0.0, 0.5])
def test_scores_of_the_driver_are_golden_s(frames: Bench, stalls: float) -> None:
    """Through registers at the processor's port and memory at its other one; the memory may rest."""
    results, counters = frames.run("exact", stalls=stalls)
    assert all(results) and len(results) == 6
    assert counters["inferences"] == 14 + 3 + 14


@pytest.mark.parametrize("bits", often([32, 64], lambda bits: bits == 64))
def test_scores_of_events_are_golden_s(tmp_path: Path, bits: int) -> None:
    """Messages of any number of words."""
    results, _ = Bench(widest_words(EVENTS, bits), tmp_path).run("exact", stalls=0.2)
    assert all(results) and len(results) == 6


def test_faults_are_named_and_the_device_recovers(frames: Bench) -> None:
    found = frames.run("memory_faults")
    states = {
        "read_error": ("the DMA reported an error", "send halted, slave error, receive busy"),
        "write_error": ("the DMA reported an error", "send idle, receive halted, slave error"),
        "reset": ("the DMA was halted by someone else", "send halted, receive halted"),
    }
    assert list(found) == list(states)
    for fault, (message, usable) in found.items():
        problem, state = states[fault]
        assert message.startswith(f"{START} ({problem}); "), message
        assert f"DMA: {state}; the device has been reset and can be used again." in message, message
        assert usable, fault


def test_clock_and_memory_port_are_set_as_the_design_needs_them(frames: Bench) -> None:
    assert frames.run("loading") == {"mhz": 100.0, "port": [0x6, 0xF06]}


def test_a_clock_that_the_board_has_not_is_refused(frames: Bench) -> None:
    assert frames.run("slow_clock") == (
        "LoadError: clock: FCLK_CLK0 must be at most 0.2 MHz, for which net.bit was made, not 0.251953, the "
        "nearest that the board has; build with `--clock-mhz` of one that it has."
    )


def test_another_bitstream_is_refused(frames: Bench) -> None:
    message = frames.run("wrong_hash", faults=["wrong_hash"])
    assert message.startswith("accelerator: the bitstream must be of model fedcba9876543210, not ")


def test_strict_parsers_have_nothing_to_say(frames: Bench) -> None:
    need("iverilog")
    result = lint(frames.simulated, frames.folder / "lint", frames.folder / "lint")
    assert result.passed == ("verilator", "icarus", "yosys", "slang")


@pytest.mark.slow
def test_yosys_makes_a_netlist_that_can_be_placed(frames: Bench, tmp_path: Path) -> None:
    """The plan's own script, with the real Yosys and its PS7: cells, and the ports that are used."""
    board = find_board("pynq-z2")
    plan = plan_openxc7(OpenXc7Project(HEADER, "net", board, frames.accelerator))
    plan.write(tmp_path)
    synthesise(tmp_path, tmp_path / "yosys.log")
    cells = cells_of(tmp_path / "net.stat.json")
    check_placeable(cells, board)
    assert cells["PS7"] == cells["BUFG"] == 1 and cells["FDRE"] > 1000
    top = json.loads((tmp_path / "net.json").read_text())["modules"]["asn2fpga_top"]
    assert {cell["type"] for cell in top["cells"].values()} == set(cells)
    ports = top["cells"]["ps7"]["connections"]
    widths = {
        "SAXIHP0WDATA": 64,
        "SAXIHP0AWLEN": 4,
        "SAXIHP0RDATA": 64,
        "MAXIGP0ARID": 12,
        "MAXIGP0RDATA": 32,
    }
    assert {name: len(ports[name]) for name in widths} == widths
    assert ports["SAXIHP0ARSIZE"] == ["1", "1"] and ports["SAXIHP0ARLOCK"] == ["0", "0"]
    assert ports["MAXIGP0ACLK"] == ports["SAXIHP0ACLK"] == top["netnames"]["clk"]["bits"]

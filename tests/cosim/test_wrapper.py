"""The wrapper around hand-written cores: each cocotb test of wrapper_*_bench.py is a test here."""

from __future__ import annotations

import json
import re
import shutil
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from asn2fpga.board.wrapper import REGISTERS_JSON, AcceleratorContext, LayerWires, write_accelerator
from asn2fpga.rtl import HlsReport, RtlDesign
from asn2fpga.verify.cocotb_run import BenchModule, run_testbench
from asn2fpga.verify.simulators import build_accelerator

HERE = Path(__file__).parent
KINDS = ("frames", "events", "exits")
FRAMES, EVENTS = 0, 1


def names_of(kind: str) -> list[str]:
    text = (HERE / f"wrapper_{kind}_bench.py").read_text()
    return re.findall(r"^@cocotb\.test\(\)\nasync def (\w+)", text, re.MULTILINE)


CASES = [(kind, name) for kind in KINDS for name in names_of(kind)]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], bool]:
    """One simulation of each kind: whether each cocotb test passed."""
    folder = tmp_path_factory.mktemp("wrapper")
    return {(kind, name): passed for kind in KINDS for name, passed in simulate(kind, folder / kind).items()}


def simulate(kind: str, folder: Path) -> dict[str, bool]:
    design = make_design(kind, folder / "rtl")
    program = build_accelerator(design, folder / "sim", folder / "logs")
    plan = folder / "plan.json"
    plan.write_text(json.dumps({"registers": str(design.directory / REGISTERS_JSON)}))
    bench, log = BenchModule(f"wrapper_{kind}_bench", design.top), folder / "run.log"
    run_testbench(bench, program, design.directory, [f"+testbench={plan}"], folder, log)
    print(log.read_text())
    cases = ElementTree.parse(folder / "results.xml").getroot().iter("testcase")
    return {str(case.get("name")): case.find("failure") is None for case in cases}


def make_design(kind: str, folder: Path) -> RtlDesign:
    folder.mkdir(parents=True)
    core = Path(shutil.copyfile(HERE / "fixtures" / "stand_in_core.sv", folder / "stand_in_core.sv"))
    number = FRAMES if kind == "frames" else EVENTS
    exits, steps = kind == "exits", {"frames": 1, "events": 2, "exits": 4}[kind]
    chosen = {"EVENTS = 0": number, "EXITS = 0": int(exits), "TIME_STEPS = 2": steps}
    for parameter, value in chosen.items():
        text = core.read_text()
        core.write_text(text.replace(f"int {parameter}", f"int {parameter.split()[0]} = {value}"))
    design = RtlDesign(folder, "stand_in_core", (core,), (), (), HlsReport("by hand"))
    context = AcceleratorContext(
        header="By a test.",
        module="asn2fpga_accelerator",
        core=design.top,
        model_sha256="0" * 64,
        input_kind=number,
        input_size=9 if number == FRAMES else 5,
        input_words=3 if number == FRAMES else 0,
        input_bits=32,
        output_words=2,
        output_bits=32,
        address_bits=4 if number == FRAMES else 3,
        count_bits=8 if number == FRAMES else 2,
        classes=2,
        score_rows=1,
        early_exit=exits,
        time_steps=steps,
        clock_khz=100_000,
        monitor_bits=0,
        layer_streams=2,
        layers=tuple(
            LayerWires(index, f"layer{index}", ("1'b0", "1'b0"), "1'b0", "1'b0") for index in range(3)
        ),
    )
    return write_accelerator(design, context)


@pytest.mark.parametrize(("kind", "name"), CASES, ids=[f"{kind}-{name}" for kind, name in CASES])
def test_wrapper(results: dict[tuple[str, str], bool], kind: str, name: str) -> None:
    assert results[kind, name]


def test_every_cocotb_test_is_listed(results: dict[tuple[str, str], bool]) -> None:
    assert sorted(results) == sorted(CASES)

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest
from typed_values import differences

from asn2fpga.board.vivado_results import check_products, check_timing, read_results, slack_text
from asn2fpga.errors import CheckError, InputError
from asn2fpga.figures.bitstream import PowerFigures, TimingFigures, UtilisationFigures

GOOD: dict[str, Any] = {
    "schema": "asn2fpga.vivado/1",
    "tool": "Vivado",
    "version": "2024.1",
    "plan": "0" * 64,
    "timing": {"wns_ns": 0.5, "whs_ns": None, "period_ns": 10, "worst_path": "a -> b", "layer": None},
    "utilisation": {"lut": 1, "ff": 2, "bram36": 0.5, "dsp": 0, "uram": None},
    "power": {"total_w": 1.0, "dynamic_w": 0.5, "static_w": 0.5, "pl_dynamic_w": None, "activity": "saif"},
}
HWH = '<EDKSYSTEM><MODULES><MODULE INSTANCE="accelerator"/><MODULE INSTANCE="dma"/></MODULES></EDKSYSTEM>'


def write(folder: Path, plain: Any) -> Path:
    path = folder / "results.json"
    path.write_text(json.dumps(plain))
    return path


@pytest.mark.parametrize(
    ("slack", "text"), [(0.25, "slack 0.25 ns"), (0.0, "slack 0 ns"), (None, "slack not reported")]
)
def test_the_slack_of_a_summary(slack: float | None, text: str) -> None:
    assert slack_text(slack) == text


def test_good_results(tmp_path: Path) -> None:
    assert read_results(tmp_path) is None
    write(tmp_path, GOOD)
    results = read_results(tmp_path)
    assert results is not None and results.timing == GOOD["timing"] and results.power == GOOD["power"]
    check_timing(results)
    assert differences(TimingFigures, results.timing) == []
    assert differences(UtilisationFigures, results.utilisation) == []
    assert differences(PowerFigures, results.power) == []


CHANGES: list[tuple[str, Any, str]] = [
    ("schema", "x", "ValueError: schema x"),
    ("timing.wns_ns", "fast", "ValueError: timing.wns_ns is 'fast'"),
    ("utilisation.lut", True, "ValueError: utilisation.lut is True"),
    ("power.activity", "guess", "ValueError: power.activity is 'guess'"),
]


@pytest.mark.parametrize(("key", "value", "why"), CHANGES, ids=[row[0] for row in CHANGES])
def test_changed_results(tmp_path: Path, key: str, value: Any, why: str) -> None:
    plain = copy.deepcopy(GOOD)
    *tables, last = key.split(".")
    table = plain[tables[0]] if tables else plain
    table[last] = value
    path = write(tmp_path, plain)
    message = (
        f"{path}: this is not as build.tcl wrote it ({why}); copy it from the machine that ran Vivado again."
    )
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        read_results(tmp_path)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema": "asn2fpga.vivado/1"}'])
def test_results_that_are_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "results.json").write_text(text)
    with pytest.raises(InputError, match=r"this is not as build\.tcl wrote it"):
        read_results(tmp_path)


def test_hold_slack(tmp_path: Path) -> None:
    plain = copy.deepcopy(GOOD)
    plain["timing"]["whs_ns"] = -0.1
    write(tmp_path, plain)
    results = read_results(tmp_path)
    assert results is not None
    with pytest.raises(
        CheckError, match=r"^bitstream: hold slack must be at least 0 ns, not -0\.1; path a -> b "
    ):
        check_timing(results)


def test_products(tmp_path: Path) -> None:
    bit, hwh = tmp_path / "net.bit", tmp_path / "net.hwh"
    message = f"{bit}: missing or empty; it must lie beside results.json."
    with pytest.raises(CheckError, match=f"^{re.escape(message)}$"):
        check_products(tmp_path, "net")
    bit.write_bytes(b"bits")
    hwh.write_text(HWH)
    assert check_products(tmp_path, "net") == (bit, hwh)
    hwh.write_text(HWH.replace("dma", "mem"))
    message = f"{hwh}: the block design has no cell 'dma'."
    with pytest.raises(CheckError, match=f"^{re.escape(message)}$"):
        check_products(tmp_path, "net")
    hwh.write_text("<EDKSYSTEM>")
    with pytest.raises(CheckError, match=f"^{re.escape(f'{hwh}: this is not XML: ')}"):
        check_products(tmp_path, "net")

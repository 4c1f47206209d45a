"""SystemVerilog of one small process, committed and reviewed like code."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from asn2fpga.engine.compile import compile_project
from asn2fpga.rtl import HlsProject

FOLDER = Path(__file__).parent / "embedded_hls"


def test_moving_sum(tmp_path: Path, golden: Callable[[Path, str], None]) -> None:
    source = FOLDER / "moving_sum.cpp"
    project = HlsProject(FOLDER, source, (), "moving_sum_top", "xc7z020clg400-1", 10.0)
    compile_project(project, tmp_path)
    for name in ("moving_sum.sv", "moving_sum_top.sv"):
        golden(FOLDER / name, (tmp_path / name).read_text())

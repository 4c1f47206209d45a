"""slang among the linters: its errors are findings, and where a tool is missing the others still run."""

from __future__ import annotations

from pathlib import Path

import pytest

from asn2fpga.errors import CheckError
from asn2fpga.rtl import HlsReport, RtlDesign
from asn2fpga.verify import lint as module
from asn2fpga.verify.lint import lint

TWICE = """module top (input logic clk, output logic q);
  initial q = 1'b0;
  always_ff @(posedge clk) q <= !q;
endmodule
"""


def design(text: str, tmp_path: Path) -> RtlDesign:
    file = tmp_path / "o d" / "top.sv"
    file.parent.mkdir()
    file.write_text(text)
    return RtlDesign(tmp_path, "top", (file,), (), (), HlsReport("test"))


def test_what_only_slang_refuses_is_found(tmp_path: Path) -> None:
    message = (
        r"^lint, slang: RTL must give no warning, not 1; first: .*top\.sv:3:28: error: variable 'q' driven "
        r"by always_ff procedure cannot be written to by any other process.*; log: .*lint-slang\.log$"
    )
    with pytest.raises(CheckError, match=message):
        lint(design(TWICE, tmp_path), tmp_path, tmp_path)


def test_what_slang_takes_passes(tmp_path: Path) -> None:
    legal = design(TWICE.replace("always_ff", "always"), tmp_path)
    assert lint(legal, tmp_path, tmp_path).passed[-1] == "slang"


def test_without_icarus_the_others_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "OPTIONAL", {"icarus": lambda: False})
    result = lint(design(TWICE.replace("always_ff", "always"), tmp_path), tmp_path, tmp_path)
    assert (result.passed, result.skipped) == (("verilator", "yosys", "slang"), ("icarus",))

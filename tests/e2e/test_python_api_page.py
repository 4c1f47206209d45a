"""docs/python-api.md: its code is executed as it stands there."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest

import asn2fpga

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "python-api.md"
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)


@pytest.fixture
def examples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder in which the page's paths exist."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "Agg")


def run_blocks(blocks: list[str]) -> None:
    names: dict[str, Any] = {}
    for number, block in enumerate(blocks):
        exec(compile(block, f"{PAGE.name}, block {number}", "exec"), names)


@pytest.mark.usefixtures("examples")
def test_the_estimate_of_the_page_runs(capsys: pytest.CaptureFixture[str]) -> None:
    run_blocks(BLOCKS[:1])
    assert "pynq-z2" in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.usefixtures("examples")
def test_the_whole_page_runs(capsys: pytest.CaptureFixture[str]) -> None:
    run_blocks(BLOCKS)
    output = capsys.readouterr().out
    assert "in clock cycle" in output and "asked: weight_bits" in output
    assert Path("build/digits.png").stat().st_size > 10_000


def test_the_page_names_everything_at_the_top() -> None:
    text = PAGE.read_text()
    for name in set(asn2fpga.__all__) - {"__version__"}:
        assert f"asn2fpga.{name}" in text, name


def test_the_page_names_every_picture() -> None:
    from asn2fpga.report.pictures.every import PICTURES

    text = PAGE.read_text()
    for picture in PICTURES:
        assert f"`{picture.name}`" in text, picture.name

"""Python in the pages is executed as it stands there, block after block; a configuration file is read."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest
from docs_tools import blocks, pages
from fresh_machine import ROOT

from asn2fpga.config import Config, read_config

HERE = (
    "docs/your-network.md",
    "docs/how-to/normalised-inputs.md",
    "docs/how-to/lanes-and-bits.md",
    "docs/how-to/precisions.md",
)
"""Pages whose blocks run here."""
ELSEWHERE = {
    "docs/a-new-kind.md": "e2e/test_tutorial.py",
    "docs/hls4ml.md": "unit/hls4ml/test_hls4ml_layers.py",
    "docs/import.md": "golden/test_import_page.py",
    "docs/import-nir.md": "unit/loader/nir/test_nir_docs.py",
    "docs/python-api.md": "e2e/test_python_api_page.py",
}


def python_blocks(page: str) -> list[str]:
    return [block.text for block in blocks((ROOT / page).read_text()) if block.language == "python"]


@pytest.fixture
def examples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder in which the paths of the pages exist."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("examples")
@pytest.mark.parametrize("page", HERE)
def test_the_blocks_of_a_page_run(page: str) -> None:
    names: dict[str, Any] = {"__name__": "page"}
    for number, block in enumerate(python_blocks(page)):
        exec(compile(block, f"{page}, block {number}", "exec"), names)


def test_no_page_with_python_is_forgotten() -> None:
    found = {page.as_posix() for page in pages() if python_blocks(page.as_posix())}
    assert found == {*HERE, *ELSEWHERE}
    assert [name for name in ELSEWHERE.values() if not (ROOT / "tests" / name).is_file()] == []


def test_the_configuration_of_the_page_is_one(tmp_path: Path) -> None:
    (text,) = [
        block.text
        for block in blocks((ROOT / "docs" / "commands.md").read_text())
        if block.language == "toml"
    ]
    (tmp_path / "narrow.toml").write_text(text)
    config = read_config(tmp_path / "narrow.toml", {})
    assert config == Config(
        weight_bits={"fc1": 4, "fc2": 8}, optimise="latency", budget=0.5, vectors=200, seed=1
    )
    assert set(tomllib.loads(text)) <= set(Config.__dataclass_fields__)

from __future__ import annotations

import importlib.metadata
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from asn2fpga.resources import PACKAGE_DIR
from asn2fpga.stages import keys


@pytest.fixture(autouse=True)
def no_cache() -> Iterator[None]:
    """The digest is kept for the life of the program; not from one test to the next."""
    keys.program_digest.cache_clear()
    yield
    keys.program_digest.cache_clear()


def test_digest_is_the_same_every_time() -> None:
    first = keys.program_digest()
    keys.program_digest.cache_clear()
    assert keys.program_digest() == first


def test_changed_source_changes_the_digest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("asn2fpga.resources.PACKAGE_DIR", tmp_path)
    monkeypatch.setattr("asn2fpga.resources.templates_dir", lambda: tmp_path)
    monkeypatch.setattr("asn2fpga.resources.hardware_dir", lambda: tmp_path)
    (tmp_path / "a.py").write_text("x = 1")
    first = keys.program_digest()
    keys.program_digest.cache_clear()
    (tmp_path / "a.py").write_text("x = 2")
    assert keys.program_digest() != first


def test_other_tools_change_the_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    first = keys.program_digest()
    keys.program_digest.cache_clear()
    monkeypatch.setattr("importlib.metadata.version", lambda package: "99")
    assert keys.program_digest() != first


def test_every_tool_of_the_package_is_part_of_the_digest() -> None:
    """Those that take part in what a stage makes; of the others the samples and the model tell enough."""
    not_tools = {"torch", "jinja2", "nir", "h5py", "rich", "matplotlib", "shtab", "scikit-learn"}
    project = tomllib.loads((PACKAGE_DIR.parent / "pyproject.toml").read_text())["project"]
    needed = {re.split(r"[<>=\[]", entry)[0] for entry in project["dependencies"]}
    assert needed - not_tools == {*keys.TOOLS}


def test_missing_tool_is_part_of_the_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(package: str) -> str:
        raise importlib.metadata.PackageNotFoundError(package)

    first = keys.program_digest()
    keys.program_digest.cache_clear()
    monkeypatch.setattr("importlib.metadata.version", missing)
    assert keys.program_digest() != first

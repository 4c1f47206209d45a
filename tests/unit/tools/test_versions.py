"""tools/versions.py: which packages the runs take."""

from __future__ import annotations

import importlib.util
import re
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
from fresh_machine import ROOT


@pytest.fixture(scope="module")
def versions() -> ModuleType:
    spec = importlib.util.spec_from_file_location("versions", ROOT / "tools" / "versions.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["versions"] = module  # dataclasses look it up
    spec.loader.exec_module(module)
    return module


def test_oldest_is_the_minimum_or_the_first_with_wheels(versions: ModuleType) -> None:
    named = ["numpy>=2.0.0", "hls4ml==1.3.0"]
    assert versions.oldest(named, "3.11") == ["numpy==2.0.0", "hls4ml==1.3.0"]
    assert versions.oldest(named, "3.13") == ["numpy==2.1.0", "hls4ml==1.3.0"]


def test_a_dependency_without_a_minimum_is_refused(versions: ModuleType) -> None:
    message = "pyproject.toml: dependency must be name>=version, not 'numpy'"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        versions.oldest(["numpy"], "3.11")


@pytest.mark.parametrize("version", ["3.11", "3.14"])
def test_every_dependency_of_this_project_has_a_minimum(versions: ModuleType, version: str) -> None:
    named = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    pins = versions.oldest(named, version)
    assert len(pins) == len(named) and all("==" in pin for pin in pins)


def test_what_is_pinned_stays(versions: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "pins.txt").write_text("# a comment\ntorch==2.13.0  # no CUDA\n\n")
    pinned = versions.read_pins(tmp_path / "pins.txt")
    named = ["torch>=2.4.0", "numpy>=2.0.0"]
    assert versions.constraints("newest", named, "3.11", pinned) == ["torch==2.13.0"]
    assert versions.constraints("oldest", named, "3.11", pinned) == ["torch==2.13.0", "numpy==2.0.0"]


def test_classifiers_and_pages_name_the_same_pythons() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    prefix = "Programming Language :: Python :: "
    named = [text.removeprefix(prefix) for text in project["classifiers"] if text.startswith(prefix)]
    pythons = f"Python {', '.join(named[:-1])} and {named[-1]}"
    assert f"Run with {pythons}, with the newest and with the" in (ROOT / "docs" / "install.md").read_text()
    assert f"Linux, {pythons}" in (ROOT / "README.md").read_text()

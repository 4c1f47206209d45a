"""Every target works in a shell without an activated environment: it makes its own, or needs none."""

from __future__ import annotations

import re
import subprocess

import pytest
from fresh_machine import ROOT
from needs import need

WITHOUT_ENVIRONMENT = {"clean", "versions"}
TARGETS = re.sub(r"\\\n", "", (ROOT / "Makefile").read_text()).split(".PHONY:")[1].splitlines()[0].split()


def plan(target: str, *settings: str) -> str:
    """What make would do."""
    need("make")
    command = ["make", "--no-print-directory", "-n", target, *settings]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, env=BARE).stdout


BARE = {"PATH": "/usr/bin:/bin"}


@pytest.mark.parametrize("target", [name for name in TARGETS if name not in WITHOUT_ENVIRONMENT])
def test_targets_set_up_what_they_use(target: str) -> None:
    lines = plan(target, "VENV=/some/where").splitlines()
    first = next(line for line in lines if not line.startswith("echo"))
    script = "demo" if target == "demo" else "setup"
    assert f"VENV='/some/where' sh tools/{script}.sh" in first
    used = [word for line in lines for word in line.split() if word.endswith("python")]
    assert set(used) <= {"/some/where/bin/python"}


@pytest.mark.parametrize("target", [name for name in TARGETS if name != "demo"])
def test_an_environment_of_your_own_is_taken_as_it_is(target: str) -> None:
    assert "setup.sh" not in plan(target, "PYTHON=python")


def test_only_the_tests_install_programs() -> None:
    installing = [target for target in TARGETS if "tools/test-programs.sh" in plan(target)]
    assert sorted(installing) == ["check", "test"]

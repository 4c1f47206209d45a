"""docs/engine-tutorial.md: its files compiled and its commands run; all that they print is compared."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from golden_text import Golden
from needs import need

PAGE = Path(__file__).parents[2] / "docs" / "engine-tutorial.md"
FENCE = re.compile(r"^```(\w+) ?(\S*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def test_the_tutorial_does_what_it_says(tmp_path: Path, golden: Golden) -> None:
    need("iverilog")
    environment = _environment(tmp_path / "bin")
    work = tmp_path / "work"
    work.mkdir()

    def renewed(fence: re.Match[str]) -> str:
        kind, name, text = fence.groups()
        if kind == "cpp":
            (work / name).write_text(text)
            return fence[0]
        assert kind == "console"
        commands = [line[2:] for line in text.splitlines() if line.startswith("$ ")]
        shown = "".join(f"$ {command}\n{_run(command, work, environment)}" for command in commands)
        return f"```console\n{shown}```"

    golden(PAGE, FENCE.sub(renewed, PAGE.read_text()))


def _environment(programs: Path) -> dict[str, str]:
    """`asn2fpga-hls` and `python` as an installed project has them."""
    programs.mkdir()
    for name, arguments in (("asn2fpga-hls", "-m asn2fpga.engine"), ("python", "")):
        (programs / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {arguments} "$@"\n')
        (programs / name).chmod(0o755)
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def _run(command: str, work: Path, environment: dict[str, str]) -> str:
    """What a command prints, without the time it took."""
    ran = subprocess.run(
        ["bash", "-c", command], cwd=work, env=environment, capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    return re.sub(r"compiled in [\d.]+ s", "compiled in 0.5 s", ran.stdout)

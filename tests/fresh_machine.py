"""A clone with the set-up scripts, and a PATH that holds only what a test puts there."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BASICS = "sh cat cksum cp date dirname mkdir rm touch".split()

# Python as a fresh machine has it: environments it makes hold a python that only notes what pip is asked.
BASE_PYTHON = """\
#!/bin/sh
case "$*" in
  *"-m venv"*) for folder; do :; done; mkdir -p "$folder/bin"; touch "$folder/pyvenv.cfg"
    cp {venv_python} "$folder/bin/python" ;;
  *ensurepip*) {ensurepip} ;;
  *--version*) echo "Python {version}" ;;
  *"(3, 11)"*) {new_enough} ;;
  *) exec {real} "$@" ;;
esac
"""
VENV_PYTHON = """\
#!/bin/sh
case "$*" in
  -) if [ -e {log}.no-library ]; then echo libpython3.12; fi ;;
  *"-m pip"*) echo "$@" >> {log}; [ ! -e {log}.fails ] ;;
esac
"""


class Machine:
    """`clone` is the working tree, `bin` all of PATH, `pip_calls` what pip was asked to do."""

    def __init__(self, folder: Path) -> None:
        self.clone, self.bin, self.log = folder / "clone", folder / "bin", folder / "pip.log"
        self.clone.mkdir()
        self.bin.mkdir()
        shutil.copytree(ROOT / "tools", self.clone / "tools")
        for name in ("pyproject.toml", "constraints.txt"):
            shutil.copy(ROOT / name, self.clone)
        for name in BASICS:
            (self.bin / name).symlink_to(str(shutil.which(name)))

    def add(self, name: str, text: str) -> Path:
        """A program on PATH."""
        path = self.bin / name
        path.write_text(text)
        path.chmod(0o755)
        return path

    def add_python(
        self, name: str = "python3", version: str = "3.12.1", *, ensurepip: bool = True, old: bool = False
    ) -> None:
        """A Python of the machine; Debian's has no ensurepip before python3-venv is installed."""
        venv_python = self.log.with_name("venv-python")
        venv_python.write_text(VENV_PYTHON.format(log=self.log))
        venv_python.chmod(0o755)
        answers = {"ensurepip": "true" if ensurepip else "false", "new_enough": "false" if old else "true"}
        self.add(
            name,
            BASE_PYTHON.format(venv_python=venv_python, version=version, real=sys.executable, **answers),
        )

    def run(self, script: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run tools/SCRIPT with nothing but this PATH."""
        return subprocess.run(
            [self.bin / "sh", self.clone / "tools" / script, *arguments],
            env={"PATH": str(self.bin), **environment},
            capture_output=True,
            text=True,
        )

    @property
    def pip_calls(self) -> list[str]:
        """One line a call."""
        return self.log.read_text().splitlines() if self.log.exists() else []

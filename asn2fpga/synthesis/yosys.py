"""Yosys through the Python package pyosys, in a process of its own."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from asn2fpga.errors import ToolError
from asn2fpga.toolchain import process
from asn2fpga.toolchain.plan import write_file

WORKER = "asn2fpga.synthesis.yosys_worker"


def run_passes(passes: Sequence[str], script: Path, cwd: Path, log: Path, timeout_seconds: float) -> float:
    """Run Yosys passes, written to the file `script`; returns seconds. Raises ToolError if one fails."""
    if importlib.util.find_spec("pyosys") is None:
        raise ToolError("yosys: the Python package is not installed; run `pip install pyosys==0.70`.")
    write_file(script, "".join(f"{line}\n" for line in passes))
    command = [sys.executable, "-m", WORKER, str(script.resolve())]
    finished = process.run(command, cwd=cwd, log=log, timeout_seconds=timeout_seconds, environment=_path())
    return finished.seconds


def read_verilog(files: Sequence[Path], *options: str) -> str:
    """The pass that reads SystemVerilog files."""
    return " ".join(["read_verilog -sv", *options, *(quote(path.resolve()) for path in files)])


def quote(path: Path) -> str:
    """A file name as one word of a Yosys command."""
    return f'"{path}"'


def _path() -> dict[str, str]:
    """The worker imports what this process imports."""
    return {"PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)}

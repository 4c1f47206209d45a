"""Vivado as a program: where it is, which version, and running a plan with it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

from asn2fpga.board.vivado import NEWEST, OLDEST, STARTER, TIMEOUT_SECONDS
from asn2fpga.errors import InputError, ToolError
from asn2fpga.toolchain import process

VARIABLE = "ASN2FPGA_VIVADO"
NOT_WANTED = "none"
VERSION_TIMEOUT_SECONDS = 300.0


def find_vivado(chosen: Path | None) -> Path | None:
    """The program: `chosen` (it, or a folder with bin/vivado), else by ASN2FPGA_VIVADO or PATH; None if none.

    `none`, chosen or in the variable, stands for no program, although one may be there. InputError if they
    name nothing that can be run.
    """
    if str(chosen or os.environ.get(VARIABLE)) == NOT_WANTED:
        return None
    if chosen is not None:
        return _chosen_vivado(chosen)
    try:
        return process.find_program("vivado", VARIABLE)
    except ToolError as error:
        if process.is_chosen(VARIABLE):
            raise InputError(str(error)) from error
        return None


def _chosen_vivado(chosen: Path) -> Path:
    for path in (chosen, chosen / "bin" / "vivado", chosen / "vivado"):
        found = process.which(str(path.resolve()))
        if found is not None:
            return found
    raise InputError(
        f"--vivado {chosen}: path must be the program vivado or the folder it is installed in, "
        f"not '{chosen}'."
    )


def check_version(vivado: Path, log: Path, say: Callable[[str], None]) -> str:
    """Version of the program; InputError if it is too old. One that we do not know is told and taken."""
    process.run([vivado, "-version"], cwd=log.parent, log=log, timeout_seconds=VERSION_TIMEOUT_SECONDS)
    found = re.search(r"[Vv]ivado v(\d{4}\.\d)", log.read_text(errors="replace"))
    version = found[1] if found else "unknown"
    if found is None or version > NEWEST:
        say(f"warning: Vivado {version} is not known to asn2fpga ({OLDEST} to {NEWEST}); going on")
    elif version < OLDEST:
        raise InputError(f"{vivado}: Vivado must be {OLDEST} or newer, not {version}.")
    return version


def run_vivado(vivado: Path, folder: Path, log: Path, jobs: int) -> None:
    """Run the plan in `folder`; ToolError with the lines of the log that tell why, if it fails."""
    process.run(
        ["bash", STARTER, str(jobs)],
        cwd=folder,
        log=log,
        timeout_seconds=TIMEOUT_SECONDS,
        environment={VARIABLE: str(vivado)},
    )

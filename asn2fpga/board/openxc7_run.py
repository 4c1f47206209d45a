"""The openXC7 tools: where they and their databases are, and running a plan with them."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from asn2fpga.board.openxc7 import FAMILY, STARTER, SYNTHESIS, TIMEOUT_SECONDS, chipdb_name
from asn2fpga.errors import InputError, ToolError
from asn2fpga.synthesis import yosys
from asn2fpga.toolchain import process

PROGRAMS = {
    "nextpnr-xilinx": "ASN2FPGA_NEXTPNR_XILINX",
    "fasm2frames": "ASN2FPGA_FASM2FRAMES",
    "xc7frames2bit": "ASN2FPGA_XC7FRAMES2BIT",
}
YOSYS = "ASN2FPGA_YOSYS"
CHIPDB = "CHIPDB_DIR"
DATABASE = "PRJXRAY_DB_DIR"
"""As apio and openXC7's own environments call them."""
APIO = Path(".apio") / "packages" / "openxc7"  # in the home folder
SNAP = Path("/snap/openxc7/current/opt/nextpnr-xilinx/external/prjxray-db")
VERSION_TIMEOUT_SECONDS = 60.0


@dataclass(frozen=True)
class OpenXc7Tools:
    """Programs by name, and folders: of nextpnr's description of the device, and of prjxray's database."""

    programs: dict[str, Path]
    chipdb: Path
    database: Path


@dataclass(frozen=True)
class Missing:
    """What was not found, each with where it was sought."""

    parts: tuple[str, ...]

    def __str__(self) -> str:
        return "; ".join(self.parts)


def find_openxc7(part: str) -> OpenXc7Tools | Missing:
    """The tools for a part such as xc7z020clg400-1. InputError if a variable names no program."""
    programs = {name: _find_program(name, variable) for name, variable in PROGRAMS.items()}
    missing = [
        f"{name} is not here (sought on PATH, by {PROGRAMS[name]} and in ~/{APIO / 'bin'})"
        for name, path in programs.items()
        if path is None
    ]
    home, needed = Path.home() / APIO, chipdb_name(part)
    chipdb = _find_folder(CHIPDB, (home / "chipdb",), needed)
    if chipdb is None:
        missing.append(f"{needed} of nextpnr-xilinx is not here (sought in {CHIPDB} and ~/{APIO / 'chipdb'})")
    inside = f"{FAMILY}/{part}/part.yaml"
    database = _find_folder(DATABASE, (home / "share" / "nextpnr" / "external" / "prjxray-db", SNAP), inside)
    if database is None:
        missing.append(f"prjxray's {inside} is not here (sought in {DATABASE}, apio's and snap's folders)")
    if missing or chipdb is None or database is None:
        return Missing(tuple(missing))
    return OpenXc7Tools({name: path for name, path in programs.items() if path}, chipdb, database)


def _find_program(name: str, variable: str) -> Path | None:
    try:
        return process.find_program(name, variable)
    except ToolError as error:
        if process.is_chosen(variable):
            raise InputError(str(error)) from error
        return process.which(str(Path.home() / APIO / "bin" / name))


def _find_folder(variable: str, others: tuple[Path, ...], needed: str) -> Path | None:
    chosen = os.environ.get(variable)
    folders = (Path(chosen),) if chosen else others
    return next((folder.absolute() for folder in folders if (folder / needed).is_file()), None)


def nextpnr_version(tools: OpenXc7Tools, log: Path) -> str:
    """As the program tells it, `unknown` if it does not."""
    program = tools.programs["nextpnr-xilinx"]
    process.run([program, "--version"], cwd=log.parent, log=log, timeout_seconds=VERSION_TIMEOUT_SECONDS)
    found = re.search(r"\(Version ([^)\s]+)\)", log.read_text(errors="replace"))
    return found[1] if found else "unknown"


def synthesise(folder: Path, log: Path) -> None:
    """Run the plan's synthesis in `folder`: by the program in ASN2FPGA_YOSYS, else by the package pyosys."""
    if process.is_chosen(YOSYS):
        program = process.find_program("yosys", YOSYS)
        command: list[str | Path] = [program, "-q", "-s", SYNTHESIS]
        process.run(command, cwd=folder, log=log, timeout_seconds=TIMEOUT_SECONDS)
    else:
        passes = (folder / SYNTHESIS).read_text().splitlines()
        yosys.run_passes(passes, log.with_suffix(".ys"), folder, log, TIMEOUT_SECONDS)


def run_openxc7(tools: OpenXc7Tools, folder: Path, log: Path) -> None:
    """Run the plan in `folder`, which holds its netlist; ToolError with lines of the log."""
    environment = {PROGRAMS[name]: str(path) for name, path in tools.programs.items()}
    environment |= {CHIPDB: str(tools.chipdb), DATABASE: str(tools.database)}
    process.run(
        ["bash", STARTER], cwd=folder, log=log, timeout_seconds=TIMEOUT_SECONDS, environment=environment
    )

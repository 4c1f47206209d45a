"""Vitis HLS, planned as files: a Tcl script for this project and a shell script that starts the tool.

Never run here: the tool is not available to us, and the scripts are tested with stand-ins for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

from asn2fpga.codegen.render import render
from asn2fpga.toolchain.plan import BuildPlan, Command

SCRIPT = "vitis_hls.tcl"
STARTER = "run.sh"
TIMEOUT_SECONDS = 4 * 3600.0


@dataclass(frozen=True)
class VitisProject:
    """Variables of the templates. `hls_folder`: the C++ project, relative to the folder of the scripts."""

    stamp: str
    project: str
    top: str
    source: str
    hls_folder: PurePosixPath
    part: str
    clock_ns: float


def plan_vitis(project: VitisProject) -> BuildPlan:
    """The two scripts, and the command that starts them."""
    files = {
        SCRIPT: render("tcl/vitis_hls.tcl.j2", project),
        STARTER: render("tcl/run.sh.j2", project),
    }
    return BuildPlan(files, (Command(("sh", STARTER), "vitis_hls.log", TIMEOUT_SECONDS),))

"""Bitstreams with the openXC7 tools, planned as files: RTL with the processing system, scripts, constraints.

Experimental, and never run on the real tools by us but for Yosys: options and file names are those that
openXC7's demo projects (openXC7.mk) and apio use, and that the sources of nextpnr-xilinx (stable-backports,
October 2024) and of prjxray read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from asn2fpga.board.spec import BoardSpec
from asn2fpga.board.zynq7 import TOP, zynq7_files
from asn2fpga.codegen.render import render
from asn2fpga.errors import InputError
from asn2fpga.rtl import RtlDesign
from asn2fpga.toolchain.plan import BuildPlan, Command

FAMILY = "zynq7"
"""Folder of prjxray's database that has the parts of Zynq-7000."""
STARTER = "run.sh"
DIGEST = "plan.digest"
MADE_FROM = "results.digest"
"""Written by run.sh when nextpnr-xilinx has ended: the digest of the plan that it worked on."""
LOG = "nextpnr.log"
SYNTHESIS = "synth.ys"
RTL = "rtl"
TIMEOUT_SECONDS = 12 * 3600.0


@dataclass(frozen=True)
class OpenXc7Project:
    """What is built. `accelerator`: the core with the wrapper around it."""

    stamp: str
    graph: str
    board: BoardSpec
    accelerator: RtlDesign


@dataclass(frozen=True)
class _Context:
    """Variables of the templates in openxc7."""

    stamp: str
    graph: str
    board: str
    part: str
    chipdb: str
    family: str
    clock_mhz: str
    clock_ns: str
    top: str
    sources: tuple[str, ...]
    synthesis: str
    log: str
    digest: str
    made_from: str


def check_openxc7_board(board: BoardSpec) -> None:
    """InputError unless the tools can build for the board's device."""
    if board.vivado.zynq != "zynq7000":
        raise InputError(
            f"--bitstream openxc7: board must have a Zynq-7000, such as pynq-z2, not {board.name} "
            f"({board.part}): Project X-Ray has no bitstreams of UltraScale+; use --bitstream vivado."
        )


def chipdb_name(part: str) -> str:
    """File of nextpnr-xilinx that describes a device: the part without its speed grade."""
    return f"{part.rpartition('-')[0]}.bin"


def netlist_name(graph: str) -> str:
    """What Yosys writes."""
    return f"{graph}.json"


def plan_openxc7(project: OpenXc7Project) -> BuildPlan:
    """All files of DIR/openxc7, and the command that runs them; plan.digest names the rest of them."""
    check_openxc7_board(project.board)
    added = zynq7_files(project.accelerator, project.stamp)
    package, *others = added
    sources = (package, *(path.name for path in project.accelerator.verilog), *others)
    context = _context(project, sources)
    files: dict[str, bytes | str] = {
        SYNTHESIS: render("openxc7/synth.ys.j2", context),
        "constraints.xdc": render("openxc7/constraints.xdc.j2", context),
        STARTER: render("openxc7/run.sh.j2", context),
    }
    paths = (*project.accelerator.verilog, *project.accelerator.memory_files)
    files |= {f"{RTL}/{path.name}": path.read_bytes() for path in paths}
    files |= {f"{RTL}/{name}": text for name, text in added.items()}
    digest = BuildPlan(files).digest
    command = Command(("bash", STARTER), "openxc7.log", TIMEOUT_SECONDS)
    return BuildPlan({**files, DIGEST: f"{digest}\n"}, (command,))


def _context(project: OpenXc7Project, sources: Sequence[str]) -> _Context:
    board = project.board
    return _Context(
        stamp=project.stamp,
        graph=project.graph,
        board=board.name,
        part=board.part,
        chipdb=chipdb_name(board.part),
        family=FAMILY,
        clock_mhz=f"{board.clock_mhz:g}",
        clock_ns=f"{board.clock_ns:.3f}",
        top=TOP,
        sources=tuple(f"{RTL}/{name}" for name in sources),
        synthesis=SYNTHESIS,
        log=LOG,
        digest=DIGEST,
        made_from=MADE_FROM,
    )

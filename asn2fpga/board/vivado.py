"""Vivado, planned as files: Tcl, constraints, the Verilog itself, and a shell script that starts the tool.

Never run on the real tool by us: the scripts are tested in a Tcl interpreter with stand-ins for its commands.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from asn2fpga.board.spec import BoardSpec
from asn2fpga.codegen.render import render
from asn2fpga.errors import InputError
from asn2fpga.rtl import RtlDesign
from asn2fpga.toolchain.plan import BuildPlan, Command

OLDEST = "2022.1"
NEWEST = "2026.1"
STARTER = "run.sh"
DIGEST = "plan.digest"
ACTIVITY = "activity.saif"
RTL = "rtl"
TIMEOUT_SECONDS = 12 * 3600.0

# Where the core stands in the design that Vivado implements: top, block design, cell, module reference.
# A SAIF file has an instance around the top, and both are stripped when it is read.
TESTBENCH = ("testbench", "system_wrapper")
CORE_PATH = (*TESTBENCH, "system_i", "accelerator", "inst", "core")

SLAVE_PORTS = ("HPC0", "HPC1", "HP0", "HP1", "HP2", "HP3", "LPD")  # in the PS' properties: GP0, GP1, ...


@dataclass(frozen=True)
class VivadoProject:
    """What is built. `accelerator`: the core with the wrapper around it; its top module is plain Verilog.

    `activity`: SAIF text of our simulation, empty for an estimate without it.
    """

    stamp: str
    graph: str
    board: BoardSpec
    layers: tuple[str, ...]
    accelerator: RtlDesign
    activity: str = ""


@dataclass(frozen=True)
class _Context:
    """Variables of the templates in tcl/vivado."""

    stamp: str
    graph: str
    board: str
    part: str
    board_part: str
    board_files: str
    clock_mhz: str
    ddr_port: str
    dma_width_bits: int
    input_bits: int
    address_bits: int
    slave: str
    unused_slaves: tuple[str, ...]
    layers: tuple[str, ...]
    module: str
    sources: tuple[str, ...]
    strip_path: str
    oldest: str
    newest: str


def plan_vivado(project: VivadoProject) -> BuildPlan:
    """All files of DIR/vivado, and the command that starts the tool; plan.digest names the rest of them."""
    context = _context(project)
    family = project.board.vivado.zynq
    files: dict[str, bytes | str] = {
        "build.tcl": render("tcl/vivado/build.tcl.j2", context),
        "steps.tcl": render("tcl/vivado/steps.tcl.j2", context),
        "system.tcl": render(f"tcl/vivado/{family}.tcl.j2", context),
        "constraints.xdc": render("tcl/vivado/constraints.xdc.j2", context),
        STARTER: render("tcl/vivado/run.sh.j2", context),
    }
    files |= {f"{RTL}/{path.name}": path.read_bytes() for path in _sources(project.accelerator)}
    if project.activity:
        files[ACTIVITY] = project.activity
    digest = BuildPlan(files).digest
    command = Command(("bash", STARTER), "vivado.log", TIMEOUT_SECONDS)
    return BuildPlan({**files, DIGEST: f"{digest}\n"}, (command,))


def _sources(accelerator: RtlDesign) -> tuple[Path, ...]:
    paths = (*accelerator.verilog, *accelerator.memory_files)
    names = [path.name for path in paths]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"{name}: file of the RTL must have a name of its own, not one used twice.")
    return paths


def _context(project: VivadoProject) -> _Context:
    board, vivado = project.board, project.board.vivado
    slave = f"GP{SLAVE_PORTS.index(vivado.ddr_port)}"
    return _Context(
        stamp=project.stamp,
        graph=project.graph,
        board=board.name,
        part=board.part,
        board_part=vivado.board_part,
        board_files=vivado.board_files,
        clock_mhz=f"{board.clock_mhz:g}",
        ddr_port=vivado.ddr_port,
        dma_width_bits=vivado.dma_width_bits,
        input_bits=project.accelerator.input_bits,
        address_bits=32 if vivado.zynq == "zynq7000" else 40,
        slave=slave,
        unused_slaves=tuple(name for n in range(len(SLAVE_PORTS)) if (name := f"GP{n}") != slave),
        layers=tuple(sorted(project.layers, key=lambda name: (-len(name), name))),
        module=project.accelerator.top,
        sources=tuple(f"{RTL}/{path.name}" for path in _sources(project.accelerator)),
        strip_path="/".join(TESTBENCH),
        oldest=OLDEST,
        newest=NEWEST,
    )

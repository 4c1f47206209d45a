"""Vitis HLS as an engine: a script for this project, the program that is there, and its RTL read back.

Never run on the real tool by us: it is not available to us, and this is tested with stand-ins for it.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from asn2fpga.codegen.render import render
from asn2fpga.errors import InputError, ToolError
from asn2fpga.hls.foreign import check_ports, copy_rtl, find_probes, module_text
from asn2fpga.hls.vitis_report import read_report
from asn2fpga.kinds.hardware import VITIS_WORD_BITS
from asn2fpga.rtl import HlsProject, RtlDesign
from asn2fpga.toolchain import process
from asn2fpga.toolchain.plan import BuildPlan, Command

SCRIPT = "vitis_hls.tcl"
CONFIG = "vitis_hls.cfg"
PROJECT, COMPONENT = "project", "component"
TIMEOUT_SECONDS = 4 * 3600.0
_WIDEST_WORD = re.compile(r"^#define AP_INT_MAX_W (\d+)", re.MULTILINE)
STAMP = "Written by asn2fpga. Do not edit."


@dataclass(frozen=True)
class Program:
    """One way to start Vitis HLS. `result`: folder of the solution, with syn/verilog and syn/report."""

    name: str
    variable: str
    arguments: tuple[str, ...]
    result: str


# AMD's manuals: vitis-run runs such scripts from 2023.2 on, vitis_hls until 2024.1; v++ has a mode hls from
# 2023.1 on (an older one stands beside a vitis_hls, which is taken first).
PROGRAMS = (
    Program("vitis-run", "ASN2FPGA_VITIS_RUN", ("--mode", "hls", "--tcl", SCRIPT), f"{PROJECT}/solution1"),
    Program("vitis_hls", "ASN2FPGA_VITIS_HLS", ("-f", SCRIPT), f"{PROJECT}/solution1"),
    Program(
        "v++",
        "ASN2FPGA_VPP",
        ("-c", "--mode", "hls", "--config", CONFIG, "--work_dir", COMPONENT),
        f"{COMPONENT}/hls",
    ),
)


@dataclass(frozen=True)
class VitisProject:
    """Variables of the templates. Paths in `source` and `cflags` are relative to the scripts."""

    stamp: str
    project: str
    top: str
    source: str
    cflags: str
    part: str
    clock_ns: float


class VitisEngine:
    """Vitis HLS, whichever of its programs is installed."""

    name = "vitis"

    def find(self) -> tuple[Program, Path]:
        """The program to start and where it is; InputError telling how to get one if there is none."""
        for program in PROGRAMS:
            try:
                return program, process.find_program(program.name, program.variable)
            except ToolError as error:
                if process.is_chosen(program.variable):
                    raise InputError(str(error)) from error
        names = ", ".join(program.name for program in PROGRAMS)
        raise InputError(
            f"--engine vitis: none of {names} is on PATH; install Vitis from AMD and source "
            "its settings64.sh, or set ASN2FPGA_VITIS_RUN, ASN2FPGA_VITIS_HLS or ASN2FPGA_VPP; "
            "the embedded engine needs none (--engine llvm)."
        )

    def synthesise(self, project: HlsProject, out: Path) -> RtlDesign:
        """Turn the project's C++ into RTL under `out`; raises InputError or ToolError with one sentence."""
        program, path = self.find()
        _check_words(project)
        work = out / "work" / self.name
        plan = plan_vitis(project, program, work)
        plan.write(work)
        for command in plan.commands:
            process.run(
                [path, *command.arguments[1:]],
                cwd=work,
                log=work / command.log,
                timeout_seconds=command.timeout_seconds,
            )
        return read_solution(work / program.result, project, out)


def _check_words(project: HlsProject) -> None:
    """Raise InputError for packed words that are wider than Vitis HLS takes."""
    found = _WIDEST_WORD.search(project.source.read_text())
    if found and int(found[1]) > VITIS_WORD_BITS:
        raise InputError(
            f"--engine vitis: packed words must have at most {VITIS_WORD_BITS} bits, not {found[1]}; use "
            "fewer lanes (--lanes), or the embedded engine (--engine llvm)."
        )


def plan_vitis(project: HlsProject, program: Program, work: Path) -> BuildPlan:
    """The scripts, to be written to `work`, and the command that starts the tool with one of them."""
    includes = " ".join(f"-I{_relative(folder, work)}" for folder in project.include_dirs)
    context = VitisProject(
        stamp=STAMP,
        project=PROJECT,
        top=project.top,
        source=_relative(project.source, work),
        cflags=f"-std=c++14 {includes}",
        part=project.part,
        clock_ns=project.clock_ns,
    )
    files = {
        SCRIPT: render("tcl/vitis_hls.tcl.j2", context),
        CONFIG: render("tcl/vitis_hls.cfg.j2", context),
    }
    command = Command((program.name, *program.arguments), "vitis.log", TIMEOUT_SECONDS)
    return BuildPlan(files, (command,))


def read_solution(solution: Path, project: HlsProject, out: Path) -> RtlDesign:
    """RTL and reports of a finished solution, copied to `out`; ToolError if they are not complete."""
    source = solution / "syn" / "verilog"
    if not source.is_dir():
        raise ToolError(f"vitis: there is no RTL in {source}; see the log in {out / 'work'}.")
    verilog, memories = copy_rtl(source, out)
    text = module_text(verilog, project.top, "vitis")
    check_ports(text, project, "vitis")
    report = read_report(solution / "syn" / "report", project.top)
    return RtlDesign(
        directory=out,
        top=project.top,
        verilog=verilog,
        memory_files=memories,
        probes=find_probes(text),
        report=report,
        input_bits=project.input_bits,
        output_bits=project.output_bits,
    )


def _relative(path: Path, work: Path) -> str:
    return Path(os.path.relpath(path.resolve(), work.resolve())).as_posix()

"""The RTL read by four tools with all their warnings; one warning fails the check."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from asn2fpga.errors import CheckError, ToolError
from asn2fpga.rtl import RtlDesign
from asn2fpga.synthesis import yosys
from asn2fpga.toolchain import process
from asn2fpga.verify import verilator

TIMEOUT_SECONDS = 600.0


@dataclass(frozen=True)
class LintResult:
    """Tools that read the RTL without a warning, and tools that are not installed."""

    passed: tuple[str, ...]
    skipped: tuple[str, ...]


def lint(design: RtlDesign, work: Path, logs: Path) -> LintResult:
    """Read the RTL with Verilator (-Wall), Icarus (-Wall, if installed), Yosys and slang.

    Raises CheckError with the first warning of the first tool that has one.
    """
    skipped = tuple(name for name, is_there in OPTIONAL.items() if not is_there())
    tools = {name: check for name, check in LINTERS.items() if name not in skipped}
    for name, check in tools.items():
        log = logs / f"lint-{name}.log"
        failed = _fails(check, design, work, log)
        _check_log(name, log, failed)
    return LintResult(tuple(tools), skipped)


def _fails(check: Linter, design: RtlDesign, work: Path, log: Path) -> ToolError | None:
    try:
        check(design, work, log)
    except ToolError as error:
        if not log.exists():
            raise
        return error
    return None


def _check_log(tool: str, log: Path, failed: ToolError | None) -> None:
    """A warning in the log is the finding; a failure without one is passed on as it is."""
    text = log.read_text(errors="replace")
    findings = [line for line in text.splitlines() if FINDING.search(line) and not SUMMARY.search(line)]
    if findings:
        raise CheckError(
            f"lint, {tool}: RTL must give no warning, not {len(findings)}; first: {findings[0].strip()}; "
            f"log: {log}"
        )
    if failed:
        raise failed


FINDING = re.compile(r"%(Warning|Error)|\b(warning|error|sorry): |syntax error", re.IGNORECASE)
SUMMARY = re.compile(r"Exiting due to")


def _verilator(design: RtlDesign, work: Path, log: Path) -> None:
    options = ("--lint-only", "-Wall", "--no-timing", "--top-module", design.top)
    work.mkdir(parents=True, exist_ok=True)
    verilator.verilate([*options, *(path.resolve() for path in design.verilog)], work, log)


def _icarus(design: RtlDesign, work: Path, log: Path) -> None:
    iverilog = process.find_program("iverilog", "ASN2FPGA_IVERILOG")
    files = [str(path.resolve()) for path in design.verilog]
    command = [str(iverilog), "-g2012", "-Wall", "-t", "null", "-s", design.top, *files]
    process.run(command, cwd=design.directory, log=log, timeout_seconds=TIMEOUT_SECONDS)


def _yosys(design: RtlDesign, work: Path, log: Path) -> None:
    passes = [
        yosys.read_verilog(design.verilog),
        f"hierarchy -check -top {design.top}",
        "proc",
        "check -assert",
    ]
    yosys.run_passes(passes, work / "lint.ys", design.directory, log, TIMEOUT_SECONDS)


def _slang(design: RtlDesign, work: Path, log: Path) -> None:
    run_slang(["--top", design.top, *(path.resolve() for path in design.verilog)], design.directory, log)


def run_slang(arguments: Sequence[str | Path], cwd: Path, log: Path) -> None:
    """slang, as its command line runs it. Raises ToolError if it finds an error."""
    command = [sys.executable, "-m", SLANG_WORKER, *arguments]
    environment = {"PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)}
    process.run(command, cwd=cwd, log=log, timeout_seconds=TIMEOUT_SECONDS, environment=environment)


SLANG_WORKER = "asn2fpga.verify.slang_worker"
Linter = Callable[[RtlDesign, Path, Path], None]
LINTERS: dict[str, Linter] = {"verilator": _verilator, "icarus": _icarus, "yosys": _yosys, "slang": _slang}
OPTIONAL: dict[str, Callable[[], bool]] = {
    "icarus": lambda: shutil.which("iverilog") is not None,
}

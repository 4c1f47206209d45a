"""Stand-alone use: `python -m asn2fpga.hls.llvm FILE.cpp --top NAME --part PART --clock-ns 10 --out DIR`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from asn2fpga.errors import Asn2FpgaError
from asn2fpga.hls.base import HlsProject, HlsReport
from asn2fpga.hls.llvm.engine import LlvmEngine


def main(arguments: list[str] | None = None) -> int:
    """Compile one C++ file and print the report; 2 if the C++ is refused."""
    options = _parser().parse_args(arguments)
    source = Path(options.source)
    project = HlsProject(
        source.parent, source, tuple(map(Path, options.include)), options.top, options.part, options.clock_ns
    )
    try:
        if not source.is_file():
            raise Asn2FpgaError(f"FILE {source}: the file must exist; give the path of a C++ source.")
        design = LlvmEngine().synthesise(project, Path(options.out))
    except Asn2FpgaError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    print(format_report(design.report))
    print(
        f"{len(design.verilog)} Verilog files, {len(design.memory_files)} memory files in {design.directory}"
    )
    return 0


def format_report(report: HlsReport) -> str:
    """Loops with interval and depth, memories, estimated path, as plain text."""
    lines = [f"{'process':28} {'loop':24} {'II':>3} {'depth':>5}  limited by"]
    for loop in report.loops:
        lines.append(
            f"{loop.process:28} {loop.location:24} "
            f"{loop.initiation_interval:3} {loop.depth:5}  {loop.limited_by}"
        )
    lines += ["", f"{'memory':44} {'kind':8} {'style':12} {'depth':>7} {'width':>6}"]
    for memory in report.memories:
        lines.append(
            f"{memory.name:44} {memory.kind:8} {memory.style:12} {memory.depth:7} {memory.width_bits:6}"
        )
    lines += ["", f"estimated critical path {report.critical_path_ns} ns"]
    return "\n".join(lines)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m asn2fpga.hls.llvm", description=main.__doc__)
    parser.add_argument("source", metavar="FILE.cpp")
    parser.add_argument("--top", required=True, help="the function that becomes the top module")
    parser.add_argument(
        "--part", default="xc7z020clg400-1", help="part with speed grade, for the delay model"
    )
    parser.add_argument("--clock-ns", type=float, default=10.0, help="clock period in nanoseconds")
    parser.add_argument("--include", action="append", default=[], metavar="DIR", help="include folder")
    parser.add_argument("--out", required=True, metavar="DIR", help="folder for the SystemVerilog")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())

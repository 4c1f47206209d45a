"""Stand-alone use: `python -m asn2fpga.hls.llvm FILE.cpp --top NAME --part PART --clock-ns 10 --out DIR`."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
import time
from pathlib import Path

from asn2fpga.errors import Asn2FpgaError, InputError
from asn2fpga.hls.base import HlsProject, RtlDesign
from asn2fpga.hls.llvm.engine import LlvmEngine
from asn2fpga.hls.llvm.listing import format_area, format_report
from asn2fpga.verify.synth import SynthResult, synthesise

FAMILIES = {"xc7": "xc7", "xcu": "xcu", "xck": "xcup", "xcz": "xcup", "xcvu": "xcu", "xcku": "xcu"}


def main(arguments: list[str] | None = None) -> int:
    """Compile one C++ file to SystemVerilog, print the report and write it to DIR/report.json.

    Exit status: 0 done, 1 a tool failed, 2 C++ or options that are refused, with one sentence.
    """
    options = _parser().parse_args(arguments)
    try:
        return _run(options)
    except Asn2FpgaError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code


def _run(options: argparse.Namespace) -> int:
    project = _project(options)
    out = Path(options.out)
    started = time.monotonic()
    design = LlvmEngine().synthesise(project, out)
    seconds = time.monotonic() - started
    print(format_report(design.report, options.clock_ns))
    area = None if options.no_area else _area(design, options.part)
    if area is not None:
        print(format_area(area.source, area.modules, area.resources))
    _write_report(design, area, options, seconds)
    print(
        f"{len(design.verilog)} Verilog files, {len(design.memory_files)} memory files and report.json "
        f"in {out}; compiled in {seconds:.1f} s"
    )
    return 0


def _project(options: argparse.Namespace) -> HlsProject:
    source = Path(options.source)
    if not source.is_file():
        raise InputError(f"FILE {source}: the file must exist; give the path of a C++ source.")
    if options.clock_ns <= 0:
        raise InputError(f"--clock-ns: the period must be above 0 ns, not {options.clock_ns:g}.")
    _family(options.part)
    includes = tuple(map(Path, options.include))
    return HlsProject(source.parent, source, includes, options.top, options.part, options.clock_ns)


def _family(part: str) -> str:
    """Yosys' name of a part's family."""
    known = [family for prefix, family in FAMILIES.items() if part.startswith(prefix)]
    if not known:
        raise InputError(
            f"--part {part}: the part must begin with {', '.join(FAMILIES)}, not '{part[:4]}'; "
            "for example xc7z020clg400-1."
        )
    return known[-1]


def _area(design: RtlDesign, part: str) -> SynthResult:
    work = design.directory / "work"
    return synthesise(design, _family(part), work / "synth", work / "yosys.log")


def _write_report(
    design: RtlDesign, area: SynthResult | None, options: argparse.Namespace, seconds: float
) -> None:
    report = {
        "schema": "asn2fpga.hls/1",
        "top": design.top,
        "part": options.part,
        "clock_ns": options.clock_ns,
        "seconds": round(seconds, 3),
        "verilog": [path.name for path in design.verilog],
        "memory_files": [path.name for path in design.memory_files],
        **dataclasses.asdict(design.report),
        "area": None if area is None else {"source": area.source, **dataclasses.asdict(area.resources)},
    }
    (design.directory / "report.json").write_text(json.dumps(report, indent=2) + "\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m asn2fpga.hls.llvm", description=main.__doc__)
    parser.add_argument("source", metavar="FILE.cpp")
    parser.add_argument("--top", required=True, help="the function that becomes the top module")
    parser.add_argument(
        "--part", default="xc7z020clg400-1", help="part with speed grade, for the delay model and the area"
    )
    parser.add_argument("--clock-ns", type=float, default=10.0, help="clock period in nanoseconds")
    parser.add_argument("--include", action="append", default=[], metavar="DIR", help="include folder")
    parser.add_argument("--no-area", action="store_true", help="do not run Yosys")
    parser.add_argument("--out", required=True, metavar="DIR", help="folder for the SystemVerilog")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())

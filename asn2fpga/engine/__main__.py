"""Stand-alone use: `python -m asn2fpga.engine FILE.cpp --top NAME --part PART --clock-ns 10 --out DIR`."""

from __future__ import annotations

import argparse
import dataclasses
import io
import json
import math
import re
import shutil
import sys
import time
from pathlib import Path

from asn2fpga.endings import fail, flush, sentence
from asn2fpga.engine.compile import WAVES, compile_project
from asn2fpga.engine.report.listing import format_area, format_report
from asn2fpga.engine.target.delay_tables import is_known
from asn2fpga.engine.verilog.bench import commands
from asn2fpga.errors import Asn2FpgaError, InputError, StoppedError, interrupt_code
from asn2fpga.files import replacing
from asn2fpga.jsonfile import read_json
from asn2fpga.options import Parser
from asn2fpga.rtl import HlsProject, RtlDesign
from asn2fpga.synthesis.area import SynthResult, synthesise
from asn2fpga.typed import typed

PROGRAM = "asn2fpga-hls"
SCHEMA = "asn2fpga.hls/1"


def main(arguments: list[str] | None = None) -> int:
    """Compile one C++ file to SystemVerilog, print the report and write it to DIR/report.json.

    Exit status: 0 done, 1 a tool failed, 2 C++ or options that are refused, with one sentence; 130 Ctrl-C.
    """
    given = sys.argv[1:] if arguments is None else list(arguments)
    _print_anything()
    try:
        status = _run(_parser().parse_args(given))
        flush()
        return status
    except SystemExit:  # --help
        raise
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has gone (`| head`): nothing left to say to it
        return 1
    except BaseException as error:
        if "--debug" in given:
            raise
        return fail(_sentence(error))


def _print_anything() -> None:
    """Names of files may hold bytes, and names of C++ letters, that the terminal has no form for."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _sentence(error: BaseException) -> Asn2FpgaError:
    if isinstance(error, Asn2FpgaError):
        return error
    if isinstance(error, KeyboardInterrupt):
        return StoppedError(f"{PROGRAM}: interrupted.", interrupt_code(error))
    return sentence(error, PROGRAM)


def _run(options: argparse.Namespace) -> int:
    project = _project(options)
    out = Path(options.out)
    started = time.monotonic()
    design = _synthesise(project, out, options)
    seconds = time.monotonic() - started
    print(format_report(design.report, options.clock_ns))
    area = None if options.no_area else _area(design, options.part)
    if area is not None:
        print(format_area(area.source, area.modules, area.resources))
    elif not options.no_area:
        print("area: not counted, only for parts of Xilinx")
    _write_report(design, area, options, seconds)
    print(
        f"{len(design.verilog)} Verilog files, {len(design.memory_files)} memory files and report.json "
        f"in {out}; compiled in {seconds:.1f} s"
    )
    if options.waves:
        _tell_waves(design)
    return 0


def _tell_waves(design: RtlDesign) -> None:
    """How to see the design at work."""
    print(f"waves, in {design.directory}:")
    for simulator, command in commands(design.top, [path.name for path in design.verilog]):
        print(f"  {simulator}: {command}")
    print(f"  then: gtkwave waves/{design.top}.gtkw")


def _project(options: argparse.Namespace) -> HlsProject:
    source = Path(options.source)
    if not source.is_file():
        found = "a folder" if source.is_dir() else "missing"
        raise InputError(f"FILE {source}: the file must be C++ source, not {found}; give its path.")
    if not 0 < options.clock_ns < math.inf:
        raise InputError(f"--clock-ns: the period must be above 0 ns, not {options.clock_ns:g}.")
    if not is_known(options.part):
        raise InputError(
            f"--part {options.part}: the part must be of Xilinx' 7 series or UltraScale(+) or an ECP5, with "
            "its speed grade; for example xc7z020clg400-1, xczu7ev-ffvc1156-2-e or LFE5U-85F-6BG381C."
        )
    if not options.out:
        raise InputError("--out: the folder must be named, not ''; give a path.")
    for folder in options.include:
        if not Path(folder).is_dir():
            raise InputError(f"--include {folder}: the folder must be there; give the path of a folder.")
    includes = tuple(map(Path, options.include))
    return HlsProject(source.parent, source, includes, options.top, options.part, options.clock_ns)


def _synthesise(project: HlsProject, out: Path, options: argparse.Namespace) -> RtlDesign:
    """The design, in place of an earlier one in this folder; of a failure only the log it names stays."""
    is_new = not out.exists()
    _claim(out)
    try:
        return compile_project(project, out, verify_each=options.verify_each, waves=options.waves)
    except Asn2FpgaError as error:
        work = out / "work"
        if str(work.resolve()) not in str(error):
            shutil.rmtree(work, ignore_errors=True)
            if is_new:
                out.rmdir()
        raise


def _claim(out: Path) -> None:
    """Make the folder, and remove what an earlier run left there."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"--out {out}: the folder must be one that can be made ({error.strerror}); give another --out."
        ) from None
    earlier = _earlier_files(out / "report.json")
    for name in earlier:
        (out / Path(name).name).unlink(missing_ok=True)
    if earlier:
        shutil.rmtree(out / "work", ignore_errors=True)
        shutil.rmtree(out / WAVES, ignore_errors=True)


def _earlier_files(report: Path) -> tuple[str, ...]:
    """Names of what an earlier run wrote, as its report tells; none if there is no report of ours."""
    try:
        earlier = read_json(report)
        if earlier["schema"] != SCHEMA:
            return ()
        return (*typed(tuple[str, ...], earlier["verilog"] + earlier["memory_files"]), report.name)
    except (OSError, ValueError, KeyError, TypeError):
        return ()


def _area(design: RtlDesign, part: str) -> SynthResult | None:
    family = _family(part)
    work = design.directory / "work"
    return None if family is None else synthesise(design, family, work / "synth", work / "yosys.log")


def _family(part: str) -> str | None:
    """Yosys' name of a part's family; None if it is not one of Xilinx."""
    if part.startswith("xc7"):
        return "xc7"
    if re.match(r"xc[kv]u\d+-", part):
        return "xcu"
    return "xcup" if part.startswith("xc") else None


def _write_report(
    design: RtlDesign, area: SynthResult | None, options: argparse.Namespace, seconds: float
) -> None:
    report = {
        "schema": SCHEMA,
        "top": design.top,
        "part": options.part,
        "clock_ns": options.clock_ns,
        "seconds": round(seconds, 3),
        "verilog": [path.name for path in design.verilog],
        "memory_files": [path.name for path in design.memory_files],
        **dataclasses.asdict(design.report),
        "area": None if area is None else {"source": area.source, **dataclasses.asdict(area.resources)},
    }
    with replacing(design.directory / "report.json") as stream:
        stream.write(json.dumps(report, indent=2).encode() + b"\n")


def _parser() -> Parser:
    parser = Parser(prog=PROGRAM, description=main.__doc__, allow_abbrev=False)
    parser.add_argument("source", metavar="FILE.cpp")
    parser.add_argument("--top", required=True, help="the function that becomes the top module")
    parser.add_argument(
        "--part", default="xc7z020clg400-1", help="part with speed grade, for the delay model and the area"
    )
    parser.add_argument("--clock-ns", type=float, default=10.0, help="clock period in nanoseconds")
    parser.add_argument("--include", action="append", default=[], metavar="DIR", help="include folder")
    parser.add_argument("--no-area", action="store_true", help="do not run Yosys")
    parser.add_argument(
        "--verify-each", action="store_true", help="check the engine's own work after every step of it"
    )
    parser.add_argument(
        "--waves", action="store_true", help="also write a bench with random words, and what to look at"
    )
    parser.add_argument("--debug", action="store_true", help="let an error through with its traceback")
    parser.add_argument("--out", required=True, metavar="DIR", help="folder for the SystemVerilog")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())

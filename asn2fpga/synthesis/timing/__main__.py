"""Stand-alone use: `python -m asn2fpga.synthesis.timing DIR`, with DIR as the engine's program left it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from asn2fpga.errors import Asn2FpgaError, InputError
from asn2fpga.jsonfile import read_json
from asn2fpga.options import Parser
from asn2fpga.rtl import HlsReport, RtlDesign
from asn2fpga.synthesis.area import NETLIST, synthesise
from asn2fpga.synthesis.timing.check import PATHS, check_timing, format_timing


def main(arguments: list[str] | None = None) -> int:
    """Synthesise the Verilog of a folder that asn2fpga-hls wrote, and print the longest paths of the netlist.

    Exit status: 0 done, 1 a tool failed, 2 a folder or options that are refused.
    """
    try:
        _run(_parser().parse_args(arguments))
    except Asn2FpgaError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    return 0


def _run(options: argparse.Namespace) -> None:
    folder = Path(options.folder)
    report = folder / "report.json"
    if not report.is_file():
        raise InputError(f"DIR {folder}: the folder must hold a report.json of asn2fpga-hls; run that first.")
    told = read_json(report)
    files = [tuple(folder / name for name in told[key]) for key in ("verilog", "memory_files")]
    design = RtlDesign(folder, told["top"], files[0], files[1], (), HlsReport("llvm"))
    work = folder / "work" / "synth"
    synthesise(design, "xc7", work, folder / "work" / "yosys.log", netlist=True)
    timing = check_timing(work / NETLIST, design.top, options.paths)
    print(format_timing(timing, told["critical_path_ns"]))


def _parser() -> Parser:
    parser = Parser(prog="python -m asn2fpga.synthesis.timing", description=main.__doc__, allow_abbrev=False)
    parser.add_argument("folder", metavar="DIR")
    parser.add_argument("--paths", type=int, default=PATHS, metavar="N", help="how many of the longest")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())

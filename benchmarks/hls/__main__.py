"""Measure the benchmark set: `python -m benchmarks.hls [KERNEL ...] [--json FILE] [--work DIR]`.

Prints the table and writes the figures as JSON; exit code 1 if a kernel is wrong or misses its limits.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from asn2fpga.engine.target.delays import MARGIN
from asn2fpga.errors import Asn2FpgaError
from benchmarks.hls.measure import CLOCK_NS, PART, WrongWordsError, measure
from benchmarks.hls.suite import KERNELS, kernel_called
from benchmarks.hls.table import YARDSTICK_MARGIN, format_table, misses


def main() -> int:
    """Measure, print, write."""
    options = _parser().parse_args()
    kernels = options.kernels or KERNELS
    try:
        with tempfile.TemporaryDirectory() as scratch:
            rows = measure(kernels, Path(options.work or scratch), options.margin)
    except (WrongWordsError, Asn2FpgaError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(
        f"{PART}, {CLOCK_NS:g} ns, {options.margin:.0%} of it free; area from Yosys synth_xilinx; path: the "
        "engine's own estimate, and that of the netlist\n"
    )
    print(format_table(rows))
    if options.json:
        Path(options.json).write_text(json.dumps([row.as_json() for row in rows], indent=2) + "\n")
    found = misses(rows, options.margin)
    if options.margin > YARDSTICK_MARGIN:
        limit = f"--margin {YARDSTICK_MARGIN:g} or less"
        print(f"\nArea is held against the yardsticks, which keep no margin, with {limit}.")
    print("".join(f"\nmiss: {line}" for line in found))
    return 1 if found else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hls", description=__doc__.splitlines()[0])
    parser.add_argument(
        "kernels",
        nargs="*",
        type=kernel_called,
        metavar="KERNEL",
        help="names of kernels; all, if none is given",
    )
    parser.add_argument(
        "--margin", type=float, default=MARGIN, metavar="FRACTION", help="part of the clock period kept free"
    )
    parser.add_argument("--json", metavar="FILE", help="where the figures go")
    parser.add_argument("--work", metavar="DIR", help="keep everything here")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())

"""Stand-ins for the openXC7 tools: they take the options of the real ones, and read every file.

Options: of nextpnr-xilinx common/command.cc and xilinx/main.cc (stable-backports, October 2024), of
fasm2frames prjxray's utils/fasm2frames.py, of xc7frames2bit tools/xc7frames2bit.cc, of Yosys `yosys -h`. The
lines of the log have the form of common/timing.cc and common/design_utils.cc. What they write is no bitstream
of anything.

MOCK_OPENXC7_MHZ: the clock that the design reaches (120). MOCK_OPENXC7_FAIL: `place`, or `frames`.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from pathlib import Path
from typing import Any, NoReturn

CELLS = {"PS7": 1, "BUFG": 1, "LUT6": 40, "LUT3": 20, "FDRE": 70, "RAM64M": 5, "RAMB18E1": 3, "DSP48E1": 2}
PLACEABLE = {
    *CELLS,
    "LUT1",
    "LUT2",
    "LUT4",
    "LUT5",
    "INV",
    "FDSE",
    "FDCE",
    "FDPE",
    "CARRY4",
    "MUXF7",
    "MUXF8",
}
PLACEABLE |= {"SRL16E", "SRLC32E", "RAM32M", "RAM32X1D", "RAM64X1D", "RAM128X1D", "RAMB36E1"}
BELS = {"SLICE_LUTX": (80, 106400), "SLICE_FFX": (70, 106400), "RAMB18E1": (3, 280), "RAMB36E1": (0, 140)}
BELS |= {"DSP48E1": (2, 220), "PS7": (1, 1), "BUFGCTRL": (1, 32)}


def fail(text: str, status: int = 1) -> NoReturn:
    print(text, file=sys.stderr)
    sys.exit(status)


def must_read(path: str, what: str) -> str:
    if not Path(path).is_file():
        fail(f"{what} '{path}' not found or invalid")
    return Path(path).read_text()


def yosys() -> None:
    """Reads the script's files, knows its passes, and writes a small netlist."""
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("-q", action="store_true")
    parser.add_argument("-l")
    parser.add_argument("-s", required=True)
    given = parser.parse_args()
    top = ""
    for line in must_read(given.s, "script").splitlines():
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if words[0] == "read_verilog":
            for name in words[2:]:
                must_read(name, "ERROR: Can't open input file")
        elif words[0] == "synth_xilinx":
            top = words[words.index("-top") + 1]
        elif words[0] == "write_json":
            _netlist(top, CELLS, Path(words[1]))
        elif words[:2] == ["tee", "-q"]:
            Path(words[3]).write_text(json.dumps({"design": {"num_cells_by_type": CELLS}}))
        elif words != ["delete", "t:$scopeinfo"]:
            fail(f"ERROR: No such command: {words[0]}")


def _netlist(top: str, cells: dict[str, int], path: Path) -> None:
    named = {f"{kind}${n}": {"type": kind} for kind, count in cells.items() for n in range(count)}
    path.write_text(json.dumps({"modules": {top: {"attributes": {"top": 1}, "cells": named}}}))


def nextpnr_xilinx() -> None:
    """Places what it knows; exit status 1 if the clock is missed, after writing what it made."""
    parser = argparse.ArgumentParser(allow_abbrev=False, exit_on_error=False)
    for option in ("--chipdb", "--xdc", "--json", "--fasm", "--freq", "--log"):
        parser.add_argument(option)
    for option in ("--quiet", "--verbose", "--debug", "--timing-allow-fail", "--version"):
        parser.add_argument(option, action="store_true")
    try:
        given, others = parser.parse_known_args()
    except argparse.ArgumentError as error:
        fail(str(error), 255)
    if others:
        fail(f"unrecognised option '{others[0]}'", 255)
    if given.version:
        fail('"nextpnr-xilinx" -- Next Generation Place and Route (Version e22bcf69)', 0)
    if given.chipdb is None:
        fail("ERROR: chip database binary must be provided", 255)
    must_read(given.chipdb, "ERROR: chip database")
    _place(_cells_of(given.json))
    period = _clock_period(must_read(given.xdc, "ERROR: failed to open XDC file"))
    Path(given.fasm).write_text("CLBLL_L_X2Y2.SLICEL_X0.ALUT.INIT[63:0] = 64'h1\n")
    _tell(given, float(given.freq), period)


def _cells_of(path: str) -> list[dict[str, Any]]:
    modules = json.loads(must_read(path, "ERROR: failed to open JSON file"))["modules"]
    tops = [
        module for module in modules.values() if int(str(module.get("attributes", {}).get("top", "0")), 2)
    ]
    if len(tops) != 1:
        fail("ERROR: Unable to find a top module.", 255)
    return list(tops[0]["cells"].values())


def _place(cells: list[dict[str, Any]]) -> None:
    for cell in cells:
        if cell["type"] not in PLACEABLE:
            fail(f"ERROR: Unable to place cell, no Bels remaining of type '{cell['type']}'", 255)
    if os.environ.get("MOCK_OPENXC7_FAIL") == "place":
        fail("ERROR: Unable to find a placement location for cell 'system.u_dma.count[0]'", 255)


def _clock_period(text: str) -> float:
    """Of create_clock; the only command that a design without pins needs."""
    lines = [line.split("#")[0].strip() for line in text.splitlines()]
    (line,) = (line for line in lines if line)
    found = re.fullmatch(r"create_clock -period ([0-9.]+) \[get_nets (\w+)\]", line)
    if not found:
        fail("ERROR: found create_clock without period", 255)
    return float(found[1])


def _tell(given: argparse.Namespace, asked: float, period: float) -> None:
    """The log: after placing, and after routing."""
    if abs(period - 1000 / asked) > 0.01:
        fail(f"ERROR: stand-in: {period} ns is not {asked} MHz")
    mhz = float(os.environ.get("MOCK_OPENXC7_MHZ", "120"))
    lines = ["Info: Device utilisation:"]
    lines += [
        f"Info: \t{name:>20}: {used:5}/{there:5} {100 * used // there:5}%"
        for name, (used, there) in BELS.items()
    ]
    lines.append(f"Info: Max frequency for clock   'clk': {asked + 30:.2f} MHz (PASS at {asked:.2f} MHz)")
    verdict, kind = ("PASS", "Info") if mhz > asked else ("FAIL", "ERROR")
    lines.append(f"{kind}: Max frequency for clock   'clk': {mhz:.2f} MHz ({verdict} at {asked:.2f} MHz)")
    print("\n".join(lines), file=sys.stderr)
    Path(given.log).write_text("\n".join(lines) + "\n")
    sys.exit(0 if verdict == "PASS" else 1)


def fasm2frames() -> None:
    """Prints frames."""
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--db-root", required=True)
    parser.add_argument("--part")
    for option in ("--sparse", "--emit_pudc_b_pullup", "--debug"):
        parser.add_argument(option, action="store_true")
    parser.add_argument("--roi")
    parser.add_argument("fn_in")
    parser.add_argument("fn_out", nargs="?")
    given = parser.parse_args()
    for name in ("package_pins.csv", "part.json"):
        must_read(str(Path(given.db_root) / given.part / name), "FileNotFoundError:")
    must_read(given.fn_in, "FileNotFoundError:")
    if os.environ.get("MOCK_OPENXC7_FAIL") == "frames":
        fail("prjxray.fasm_assembler.FasmLookupError: Segment DB bram_l, key BRAM_L.RAMB18_Y0.X not found")
    print("0x00000000 " + ",".join(["0x00000000"] * 101))


def xc7frames2bit() -> None:
    """Writes a file with the header of a .bit."""
    parser = argparse.ArgumentParser(allow_abbrev=False)
    for option in ("--part_name", "--part_file", "--frm_file", "--output_file", "--architecture"):
        parser.add_argument(option, default="")
    given = parser.parse_args()
    must_read(given.part_file, "Part file")
    if not must_read(given.frm_file, "Frames file").startswith("0x"):
        fail(f"Frames file {given.frm_file} not found or invalid")
    header = bytes.fromhex("00090ff00ff00ff00ff0000001")
    for key, text in (("a", f"{given.frm_file};Generator=xc7frames2bit"), ("b", given.part_name)):
        header += key.encode() + (len(text) + 1).to_bytes(2, "big") + text.encode() + b"\0"
    Path(given.output_file).write_bytes(header + b"e" + (4).to_bytes(4, "big") + bytes.fromhex("ffffffff"))

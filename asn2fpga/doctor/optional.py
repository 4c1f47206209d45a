"""Tools that a build can do without: they are looked for, and not run."""

from __future__ import annotations

import os
import shutil

from asn2fpga.doctor.check import Finding

OPTIONAL = (
    (
        "Icarus Verilog",
        "iverilog",
        "ASN2FPGA_IVERILOG",
        "a second opinion on the RTL",
        "apt-get install iverilog",
    ),
    (
        "Vitis HLS, 2024.1 and later",
        "vitis-run",
        "ASN2FPGA_VITIS_RUN",
        "the scripts in DIR/vivado",
        "get it from AMD",
    ),
    (
        "Vitis HLS, to 2023.2",
        "vitis_hls",
        "ASN2FPGA_VITIS_HLS",
        "the scripts in DIR/vivado",
        "get it from AMD",
    ),
)


def check_optional() -> list[Finding]:
    """One finding a tool: found at which place, or how to get it."""
    return [_look(*tool) for tool in OPTIONAL]


def _look(name: str, program: str, variable: str, needed_for: str, source: str) -> Finding:
    remedy = f"{source}; {variable} names another place"
    found = shutil.which(os.environ.get(variable) or program)
    if found:
        return Finding(name, needed_for, False, "works", f"found at {found}, not run", remedy)
    return Finding(name, needed_for, False, "missing", f"no {program} on PATH", remedy)

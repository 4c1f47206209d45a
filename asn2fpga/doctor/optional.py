"""Tools that a build can do without: they are looked for, and not run."""

from __future__ import annotations

import os
import shutil

from asn2fpga.board.openxc7_run import PROGRAMS
from asn2fpga.board.vivado import OLDEST
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
        "OpenSSH client",
        "ssh",
        "ASN2FPGA_SSH",
        "asn2fpga run --host",
        "apt-get install openssh-client",
    ),
    (
        f"Vivado, {OLDEST} and later",
        "vivado",
        "ASN2FPGA_VIVADO",
        "bitstreams, timing, power",
        "get it from AMD",
    ),
    *(
        (
            f"openXC7: {name}",
            name,
            variable,
            "--bitstream openxc7 (experimental)",
            "apio install openxc7, or https://github.com/openXC7/toolchain-installer",
        )
        for name, variable in PROGRAMS.items()
    ),
    (
        "Vitis HLS, 2024.1 and later",
        "vitis-run",
        "ASN2FPGA_VITIS_RUN",
        "--engine vitis",
        "get it from AMD",
    ),
    (
        "Vitis compiler, 2024.1 and later",
        "v++",
        "ASN2FPGA_VPP",
        "--engine vitis",
        "get it from AMD",
    ),
    (
        "Vitis HLS, to 2023.2",
        "vitis_hls",
        "ASN2FPGA_VITIS_HLS",
        "--engine vitis",
        "get it from AMD",
    ),
    (
        "Bambu, 2024.10 and later",
        "bambu",
        "ASN2FPGA_BAMBU",
        "--engine bambu",
        "download its AppImage from https://release.bambuhls.eu",
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

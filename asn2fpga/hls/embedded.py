"""The embedded engine (asn2fpga/engine) as one of the HLS engines of a build."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from asn2fpga.engine.compile import compile_project
from asn2fpga.rtl import HlsProject, RtlDesign


class EmbeddedEngine:
    """clang -> LLVM IR -> own IR -> SystemVerilog; needs nothing but what pip installs."""

    name = "llvm"

    def synthesise(self, project: HlsProject, out: Path) -> RtlDesign:
        """Turn the project's C++ into RTL under `out`; raise HlsError with one sentence."""
        design = compile_project(project, out)
        return dataclasses.replace(design, input_bits=project.input_bits, output_bits=project.output_bits)

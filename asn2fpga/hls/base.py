"""The protocol every HLS engine obeys."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from asn2fpga.rtl import HlsProject, RtlDesign

FOREIGN_ENGINES = ("vitis", "bambu")
"""Engines whose RTL is not ours: it may have warnings, and need not show its streams."""


class Engine(Protocol):
    """An HLS engine: `llvm` (embedded), `vitis`, `bambu`."""

    name: str

    def synthesise(self, project: HlsProject, out: Path) -> RtlDesign:
        """Turn the project's C++ into RTL under `out`; raise HlsError or ToolError with one sentence."""
        ...

"""Xilinx's open ap_int.h and hls_stream.h, which the Python package hls4ml carries."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from asn2fpga.errors import ToolError

PACKAGE = "hls4ml"
_FOLDER = Path("templates", "vivado", "ap_types")


def ap_types_dir(package: str = PACKAGE) -> Path:
    """Folder of ap_int.h; found without importing the package. Raises ToolError if there is none."""
    found = importlib.util.find_spec(package)
    folder = Path(found.origin).parent / _FOLDER if found and found.origin else Path(package) / _FOLDER
    if not (folder / "ap_int.h").is_file():
        raise ToolError(
            f"{package}: the package has no {_FOLDER / 'ap_int.h'}; "
            "install it with: pip install hls4ml==1.3.0"
        )
    return folder

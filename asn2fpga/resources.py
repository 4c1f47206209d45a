"""The data folders: templates, hardware, boards, notebooks. Nothing else knows where they are.

In the source tree they lie beside the package; in an installed wheel under `asn2fpga/_data`.
"""

from __future__ import annotations

from pathlib import Path

from asn2fpga.errors import InputError

PACKAGE_DIR = Path(__file__).resolve().parent


def templates_dir() -> Path:
    """The Jinja templates: `hls/`, `tcl/`, `report/`, `sim/`."""
    return data_dir("templates")


def hardware_dir() -> Path:
    """The hand-written hardware: `hls/*.h`, `rtl/*.sv`, `sim/`."""
    return data_dir("hw")


def boards_dir() -> Path:
    """The board descriptions, one TOML file each."""
    return data_dir("boards")


def notebooks_dir() -> Path:
    """The notebooks; those from 03 on run in the package for the board."""
    return data_dir("notebooks")


def data_dir(name: str, package_dir: Path = PACKAGE_DIR) -> Path:
    """Folder `name` of the installed wheel, else of the source tree; InputError if there is none."""
    for folder in (package_dir / "_data" / name, package_dir.parent / name):
        if folder.is_dir():
            return folder
    raise InputError(
        f"{package_dir}: the installation lacks the data folder '{name}'; "
        "install asn2fpga again (pip install --force-reinstall asn2fpga)."
    )

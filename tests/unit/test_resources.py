from __future__ import annotations

import re
from pathlib import Path

import pytest

from asn2fpga import resources
from asn2fpga.errors import InputError


def test_source_tree_has_all_folders() -> None:
    assert (resources.templates_dir() / "report" / "report.html.j2").is_file()
    assert (resources.hardware_dir() / "hls").is_dir()
    assert (resources.boards_dir() / "pynq-z2.toml").is_file()
    assert (resources.notebooks_dir() / "03_on_the_board.ipynb").is_file()


def test_installed_data_come_first(tmp_path: Path) -> None:
    package = tmp_path / "asn2fpga"
    (package / "_data" / "boards").mkdir(parents=True)
    (tmp_path / "boards").mkdir()
    assert resources.data_dir("boards", package) == package / "_data" / "boards"


def test_missing_folder_says_what_to_do(tmp_path: Path) -> None:
    message = (
        f"{tmp_path}: the installation lacks the data folder 'hw'; "
        "install asn2fpga again (pip install --force-reinstall asn2fpga)."
    )
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        resources.data_dir("hw", tmp_path)

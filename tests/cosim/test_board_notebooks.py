"""The notebooks of the package, on a simulated board: they say that it is one, and that energy is made up."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from accelerators import SHA256, make_accelerator
from notebook_tools import run_notebook
from strategies import small_integer_graph

from asn2fpga.board.package import Contents, package_files
from asn2fpga.board.spec import find_board
from asn2fpga.verify.simulated_board import board_of
from asn2fpga.verify.simulators import build_accelerator

# Libraries of Jupyter warn about each other; a warning of the notebook's own code appears in its output.
pytestmark = pytest.mark.filterwarnings("default")


def test_on_a_simulated_board(tmp_path: Path) -> None:
    """The two notebooks of the package; no energy without the word that it is made up."""
    graph = small_integer_graph(5, (20, 12, 5))
    made = make_accelerator(graph, tmp_path / "build", vectors=12)
    contents = Contents(graph, find_board("zcu104"), SHA256, made.x, made.trace.scores, {})
    package = tmp_path / "package"
    package.mkdir()
    for name, data in package_files(contents).items():
        (package / name).write_bytes(data)
    np.savez(package / "test.npz", x=made.x, y=made.trace.scores.argmax(axis=1))
    program = build_accelerator(made.design, made.folder / "sim", made.folder / "logs")
    with board_of(made.design, program, tmp_path / "board", family="zynquplus") as environment:
        text = run_notebook(package / "03_on_the_board.ipynb", package, environment)
        assert text.startswith("SIMULATED BOARD: RTL simulation with Verilator")
        assert "12 inferences: all scores equal to the golden model" in text
        assert "accuracy 100.00% of 12 samples" in text
        assert re.search(r"core: \d+\.\d cycles = \d\.\d\d us per inference", text)
        assert "inferences/s" not in text
        text = run_notebook(package / "04_energy_on_the_board.ipynb", package, environment)
    assert text.startswith("SIMULATED BOARD: RTL simulation with Verilator")
    assert "EVERY ENERGY FIGURE BELOW IS MADE UP" in text
    figures = [line for line in text.splitlines() if " uJ " in line]
    assert len(figures) == 4 and all("[SYNTHETIC, NOT MEASURED]" in line for line in figures)
    assert "markers found" in text and (package / "run.json").is_file()

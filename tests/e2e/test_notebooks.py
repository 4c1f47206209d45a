"""The notebooks run from the first cell to the last, and say what they must say."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from notebook_tools import NOTEBOOKS, run_notebook

# Libraries of Jupyter warn about each other; a warning of the notebook's own code appears in its output.
pytestmark = pytest.mark.filterwarnings("default")

FRAMEWORKS = ("snntorch", "spikingjelly")
NAMES = sorted(path.name for path in NOTEBOOKS.glob("*.ipynb"))


@pytest.mark.parametrize("name", NAMES)
def test_notebooks_are_kept_without_outputs(name: str) -> None:
    notebook = nbformat.read(NOTEBOOKS / name, as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.id for cell in code if cell.outputs or cell.execution_count is not None] == []
    assert notebook.cells[0].source.startswith(f"# {name[:2]} ")


def test_every_notebook_is_in_the_list() -> None:
    text = (NOTEBOOKS / "README.md").read_text()
    assert [name for name in NAMES if name not in text] == []


@pytest.mark.slow  # test_python_api.py goes the same way every time
def test_from_pytorch_to_rtl_and_golden_against_it(tmp_path: Path) -> None:
    text = run_notebook(NOTEBOOKS / "01_from_pytorch_to_rtl.ipynb", tmp_path)
    assert re.search(r"compared +\d{1,2},\d{3} spikes of 60 inferences, 0 mismatches", text)
    assert re.search(r"energy .*\(estimate, not measured; programmable logic only", text)
    text = run_notebook(NOTEBOOKS / "02_golden_against_rtl.ipynb", tmp_path)
    assert "scores      600 scores equal" in text
    assert re.search(
        r"layer fc1, vector \d+, time step 0, neuron \d+: expected \d, got \d; rerun with: ", text
    )


SAYS = {
    "05_time_steps.ipynb": r"equal; \d+ cycles an inference, all four steps",
    "06_event_data.ipynb": r"accuracy of the RTL on these: (9\d|100)\.\d%",
    "07_convolution.ipynb": r"conv: \d+ of 512 counts are not zero",
    "08_snntorch.ipynb": r"snnTorch and golden model choose the same class for (9\d|100)% of 100 digits",
    "09_spikingjelly.ipynb": r"SpikingJelly and golden model .* the same class for (9\d|100)% of 20 digits",
    "10_nir.ipynb": r"golden agrees with NIR in (9\d|100)\.\d\d%",
    "11_attention.ipynb": r"512 numbers of 2 maps, from \d+ to \d+: all equal",
}
"""What each of the other tutorials must say; each compares golden and RTL itself, and ends if they differ."""


@pytest.mark.slow
@pytest.mark.parametrize("name", SAYS)
def test_a_tutorial_runs_from_the_first_cell_to_the_last(name: str, tmp_path: Path) -> None:
    code = "".join(cell.source for cell in nbformat.read(NOTEBOOKS / name, as_version=4).cells)
    for framework in FRAMEWORKS:
        if f"import {framework}" in code or f"from {framework}" in code:
            pytest.importorskip(framework)
    assert "assert build.compare(golden, rtl)" in code
    assert re.search(SAYS[name], run_notebook(NOTEBOOKS / name, tmp_path))


def test_every_notebook_is_executed_by_a_test() -> None:
    board = {
        name for name in NAMES if name.endswith("on_the_board.ipynb")
    }  # tests/cosim/test_board_notebooks.py
    first = {"01_from_pytorch_to_rtl.ipynb", "02_golden_against_rtl.ipynb"}
    assert SAYS.keys() | board | first == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_notebooks_use_the_public_api_alone_and_draw_nothing_by_hand(name: str) -> None:
    notebook = nbformat.read(NOTEBOOKS / name, as_version=4)
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    private = [line for line in code.splitlines() if re.search(r"(from|import) asn2fpga\.(?!nn\b)", line)]
    assert private == []
    assert "<svg" not in code and "SVG" not in code

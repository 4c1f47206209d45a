"""The comparison in the notebook of the package: of scores of every time step, and of early exits."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from asn2fpga.resources import PACKAGE_DIR

NOTEBOOK = PACKAGE_DIR.parent / "notebooks" / "03_on_the_board.ipynb"
X = np.zeros((3, 4), np.uint8)


def comparison() -> str:
    """The cell that compares the board with the vectors of the package."""
    cells = (cell for cell in json.loads(NOTEBOOK.read_text())["cells"] if cell["cell_type"] == "code")
    (found,) = [text for cell in cells if 'np.load("vectors.npz")' in (text := "".join(cell["source"]))]
    return found


def compared(folder: Path, monkeypatch: pytest.MonkeyPatch, found: Any, used: Any, **vectors: Any) -> None:
    np.savez(folder / "vectors.npz", x=X, **vectors)
    monkeypatch.chdir(folder)
    board = SimpleNamespace(simulated="", scores=lambda x: found, scores_and_steps=lambda x: (found, used))
    exec(comparison(), {"np": np, "accelerator": board})


@pytest.mark.parametrize("shape", [(3, 2), (3, 5, 2)])
def test_the_inference_that_differs_is_named(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    shape: tuple[int, ...],
) -> None:
    expected = np.arange(np.prod(shape)).reshape(shape)
    compared(tmp_path, monkeypatch, expected, None, scores=expected)
    wrong = expected.copy()
    wrong[2].flat[0] += 1
    with pytest.raises(AssertionError):
        compared(tmp_path, monkeypatch, wrong, None, scores=expected)
    assert capsys.readouterr().out == (
        "3 inferences: all scores equal to the golden model\n3 inferences: 1 WRONG, first: 2\n"
    )


def test_an_answer_after_another_time_step_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    scores, steps = np.zeros((3, 2), np.int64), np.array([1, 2, 3])
    compared(tmp_path, monkeypatch, scores, steps, scores=scores, steps=steps)
    with pytest.raises(AssertionError):
        compared(tmp_path, monkeypatch, scores, np.array([1, 3, 3]), scores=scores, steps=steps)
    assert capsys.readouterr().out.endswith("3 inferences: 1 WRONG, first: 1\n")

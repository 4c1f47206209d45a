"""Running a notebook as a user does, in a folder of its own, and reading what it showed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from nbformat import NotebookNode

from tools.docs.notebooks import execute

ROOT = Path(__file__).parent.parent
NOTEBOOKS = ROOT / "notebooks"


def run_notebook(path: Path, folder: Path, environment: Mapping[str, str] | None = None) -> str:
    """Execute every cell in `folder`; all that it printed. An error in a cell is raised (CellExecutionError).

    `environment`: variables of the kernel beside those of this process.
    """
    notebook = execute(path, folder, environment)
    return "".join(text_of(output) for cell in notebook.cells for output in cell.get("outputs", []))


def text_of(output: NotebookNode) -> str:
    """Text of a stream or of a result."""
    if output.output_type == "stream":
        return str(output.text)
    return str(output.get("data", {}).get("text/plain", "")) + "\n"

"""Running a notebook as a user does, in a folder of its own, and reading what it showed."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

ROOT = Path(__file__).parent.parent
NOTEBOOKS = ROOT / "notebooks"
TIMEOUT_SECONDS = 600


def run_notebook(path: Path, folder: Path, environment: Mapping[str, str] | None = None) -> str:
    """Execute every cell in `folder`; all that it printed. An error in a cell is raised (CellExecutionError).

    `environment`: variables of the kernel beside those of this process.
    """
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=TIMEOUT_SECONDS,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
    )
    before = dict(os.environ)
    paths = os.pathsep.join(filter(None, (str(ROOT), before.get("PYTHONPATH"))))
    os.environ.update({"PYTHONPATH": paths, **(environment or {})})
    try:
        client.execute()
    finally:
        os.environ.clear()
        os.environ.update(before)
    return "".join(text_of(output) for cell in notebook.cells for output in cell.get("outputs", []))


def text_of(output: NotebookNode) -> str:
    """Text of a stream or of a result."""
    if output.output_type == "stream":
        return str(output.text)
    return str(output.get("data", {}).get("text/plain", "")) + "\n"

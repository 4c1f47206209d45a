"""Executes notebooks as a user does, from the first cell to the last, in a folder of their own.

Those of one group need each other's builds. What has been executed is kept by content: a notebook runs again
when it, or anything of asn2fpga that it could use, has changed.
"""

from __future__ import annotations

import hashlib
import os
import time
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

from tools.docs.source import NOTEBOOKS, ROOT

TIMEOUT_SECONDS = 900
BOARD = ("03_on_the_board.ipynb", "04_energy_on_the_board.ipynb")
"""Run in the package of the build of notebook 01, on a simulated board."""
DENSE = ("01_from_pytorch_to_rtl.ipynb", "02_golden_against_rtl.ipynb")
USED = ("asn2fpga", "boards", "hw", "templates")


def groups() -> tuple[tuple[str, ...], ...]:
    """Names of all notebooks: the first four, which build on each other, then each alone."""
    first = (*DENSE, *BOARD)
    names = sorted(path.name for path in NOTEBOOKS.glob("*.ipynb"))
    return (first, *((name,) for name in names if name not in first))


def execute(path: Path, folder: Path, environment: Mapping[str, str] | None = None) -> NotebookNode:
    """The notebook with the outputs of a run in `folder`. An error in a cell is raised (CellExecutionError).

    environment: variables of the kernel beside those of this process.
    """
    notebook = nbformat.read(path, as_version=4)
    resources = {"metadata": {"path": str(folder)}}
    client = NotebookClient(notebook, timeout=TIMEOUT_SECONDS, kernel_name="python3", resources=resources)
    before = dict(os.environ)
    paths = os.pathsep.join(filter(None, (str(ROOT), before.get("PYTHONPATH"))))
    os.environ.update({"PYTHONPATH": paths, **(environment or {})})
    try:
        client.execute()
    finally:
        os.environ.clear()
        os.environ.update(before)
    return notebook


def execute_all(kept: Path, work: Path) -> dict[str, Path]:
    """Every notebook executed, by name: files in `kept`, those that are current taken as they are."""
    kept.mkdir(parents=True, exist_ok=True)
    code = _digest_of_code()
    found: dict[str, Path] = {}
    for names in groups():
        key = hashlib.sha256(b"".join((NOTEBOOKS / name).read_bytes() for name in names) + code).hexdigest()[
            :16
        ]
        paths = {name: kept / f"{Path(name).stem}-{key}.ipynb" for name in names}
        if not all(path.is_file() for path in paths.values()):
            _execute_group(paths, work / f"{Path(names[0]).stem}-{key}")
        found |= paths
    return found


def _execute_group(paths: Mapping[str, Path], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, path in paths.items():
        if name not in BOARD:
            _run(name, path, folder, {})
    board = [name for name in paths if name in BOARD]
    if board:
        with simulated_package(folder) as (package, environment):
            for name in board:
                _run(name, paths[name], package, environment)


def _run(name: str, path: Path, folder: Path, environment: Mapping[str, str]) -> None:
    began = time.monotonic()
    notebook = execute(NOTEBOOKS / name, folder, environment)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)  # times of the run
    nbformat.write(notebook, path)
    print(f"{name}: executed in {time.monotonic() - began:.0f} s", flush=True)


@contextmanager
def simulated_package(folder: Path) -> Iterator[tuple[Path, Mapping[str, str]]]:
    """The unpacked package of the build in folder/build/digits, and the variables of a simulated board."""
    import asn2fpga.cli
    from asn2fpga.verify.simulated_board import simulated_board

    build, package = folder / "build" / "digits", folder / "build" / "package"
    if asn2fpga.cli.main(["package", str(build)]) != 0:
        raise RuntimeError(f"no package could be made of {build}")
    with zipfile.ZipFile(build / "deploy" / "digits-pynq-z2.zip") as archive:
        archive.extractall(package)
    with simulated_board(build, folder / "build" / "board") as environment:
        yield package, environment


def _digest_of_code() -> bytes:
    digest = hashlib.sha256()
    for folder in USED:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return digest.digest()

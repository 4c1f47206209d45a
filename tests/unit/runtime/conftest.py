"""The driver on a board that is a model in Python."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from board_tools import FAKE, write_package
from dense_graphs import dense_graph

from asn2fpga.graph.graph import Graph


@pytest.fixture
def fake_pynq(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The stand-in for pynq; `fake_pynq.plug(board)` puts a board in."""
    monkeypatch.syspath_prepend(FAKE)
    monkeypatch.delenv("BOARD", raising=False)
    monkeypatch.setenv("XILINX_XRT", "/usr")
    module = importlib.import_module("pynq")
    yield module
    module.plug(None)
    for name in ("pynq", "fake_accelerator"):
        sys.modules.pop(name)


Plugged = tuple[Path, Any]


@pytest.fixture
def plug(fake_pynq: Any, tmp_path: Path) -> Callable[..., Plugged]:
    """`plug(graph, faults=[...])`: the package's folder, and the board with its accelerator."""

    def call(graph: Graph | None = None, **options: Any) -> Plugged:
        graph = graph or dense_graph(5, 4, 3)
        folder = write_package(graph, tmp_path / "package")
        manifest, registers = (
            json.loads((folder / name).read_text()) for name in ("manifest.json", "registers.json")
        )
        board = importlib.import_module("fake_accelerator").Board(graph, manifest, registers, **options)
        fake_pynq.plug(board)
        return folder, board

    return call

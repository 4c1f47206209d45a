"""Packages for the board without a build: a small random network, its inputs and golden scores."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from asn2fpga.board.flow import Flow
from asn2fpga.board.package import Contents, package_files
from asn2fpga.board.spec import find_board
from asn2fpga.golden.simulate import driver_scores_of
from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.sources.source import source_of

FAKE = Path(__file__).parent / "fake_board"
SHA256 = "0123456789abcdef" * 4


def inputs_of(graph: Graph, count: int, seed: int = 3) -> Any:
    """Random inputs of an integer graph."""
    source = source_of(graph)
    random = np.random.default_rng(seed)
    values = random.integers(0, source.max_count + 1, (count, *source.sample_shape))
    return np.where(random.random(values.shape) < 0.4, values, 0).astype(np.uint8)


def write_package(
    graph: Graph,
    folder: Path,
    vectors: int = 5,
    board: str = "zcu104",
    sha256: str = SHA256,
    flow: Flow = "vivado",
) -> Path:
    """An unpacked package without a bitstream."""
    x = inputs_of(graph, vectors)
    scores, used = driver_scores_of(graph, x)
    contents = Contents(graph, find_board(board), sha256, x, scores, {}, used, flow)
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in package_files(contents).items():
        (folder / name).write_bytes(data)
    return folder

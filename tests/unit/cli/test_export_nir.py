"""`asn2fpga export-nir`, after a build of a NIR graph that ends with stage load."""

from __future__ import annotations

from pathlib import Path

import nir
import numpy as np
import pytest

from asn2fpga.cli import main
from asn2fpga.graph.text import to_text
from asn2fpga.loader import load_model
from asn2fpga.stages.folder import Folder, load_graph


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The out folder; dt 1 ms, as many steps as the data has."""
    folder = tmp_path_factory.mktemp("build")
    neurons = nir.LIF(*(np.full(3, value) for value in (4e-3, 4.0, 0.0, 1.0, 0.0)))
    weight = np.array([[1.0, -0.5], [0.5, 1.0], [0.25, 0.75]])
    graph = nir.NIRGraph.from_list(nir.Affine(weight, np.zeros(3)), neurons)
    nir.write(folder / "net.nir", graph)
    x = np.random.default_rng(0).integers(0, 2, (6, 20, 2)).astype(np.uint8)
    np.savez(folder / "data.npz", x=x, y=np.arange(6) % 3)
    options = ["--board", "pynq-z2", "--until", "load", "--dt", "1e-3", "--data", str(folder / "data.npz")]
    assert main(["build", str(folder / "net.nir"), *options, "--out", str(folder / "out")]) == 0
    return folder / "out"


def test_the_network_of_the_build_is_written(built: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["export-nir", str(built)]) == 0
    path = built / "net.nir"
    assert capsys.readouterr().out == f"NIR graph: {path}\n"
    assert to_text(load_model(path).graph) == to_text(load_graph(Folder(built).state / "real"))
    assert nir.read(path).nodes["lif"].r[0] == 4.0


def test_another_file(built: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export-nir", str(built), "--out", str(tmp_path / "mine.nir")]) == 0
    assert load_model(tmp_path / "mine.nir").graph.classes == 3
    assert main(["export-nir", str(built), "--out", str(tmp_path / "no" / "mine.nir")]) == 2
    assert capsys.readouterr().err.startswith(
        f"error: --out {tmp_path}/no/mine.nir: the file must be writable"
    )


def test_a_folder_that_is_no_build(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export-nir", str(tmp_path)]) == 2
    assert "the folder must be one made by `asn2fpga build`" in capsys.readouterr().err


def test_the_options_of_the_build_are_said(built: Path) -> None:
    """20 time steps from the data, a leak of 1 - dt / tau."""
    layers = load_graph(Folder(built).state / "real").layers
    semantics = next(layer for layer in layers if layer.name == "lif").semantics  # type: ignore[attr-defined]
    assert semantics.beta == 0.75 and layers[0].time_steps == 20  # type: ignore[attr-defined]

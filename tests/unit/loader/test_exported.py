"""Programs of torch.export.save become the networks that they were exported from."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from exported_models import AtOnceCell, Loop, Maps, OwnCell, Rounded, export, over_time, trained
from needs import missing
from torch import nn

from asn2fpga.graph.graph import Graph
from asn2fpga.graph.types import Array
from asn2fpga.importing import ImportOptions
from asn2fpga.loader import load_model
from asn2fpga.loader.exported.sizes import resized
from asn2fpga.loader.save import convert
from asn2fpga.reference import float_model


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """torch.export warns of its own code."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def check_same(found: Graph, wanted: Graph, x: Array) -> None:
    """Both give the same scores, and these depend on the input."""
    ours, theirs = (float_model.simulate(graph, x).scores for graph in (found, wanted))
    assert np.array_equal(ours, theirs) and len(np.unique(ours, axis=0)) > 1


FRAMES = [("maps", Maps, (1, 4, 4)), ("over time", over_time, (16,)), ("operations", Rounded, (16,))]
FORMS: list[tuple[str, list[pytest.MarkDecorator]]] = [
    ("one sample", []),
    ("five samples", [pytest.mark.slow]),
    ("any number", [pytest.mark.slow]),
    ("decomposed", []),
]


CASES = [
    pytest.param(form, make, shape, marks=marks, id=f"{form}, {name}")
    for form, marks in FORMS
    for name, make, shape in FRAMES
    if (form, make) != ("decomposed", over_time)  # refused: all time steps in one product of matrices
]


@pytest.mark.parametrize(("form", "make", "shape"), CASES)
def test_frames(form: str, make: type[nn.Module], shape: tuple[int, ...], tmp_path: Path) -> None:
    module = trained(make())
    example = torch.rand(5 if form == "five samples" else 2 if form == "any number" else 1, *shape)
    dynamic = ({0: torch.export.Dim("batch", max=1024)},) if form == "any number" else None
    path = export(module, tmp_path / "net.pt2", example, dynamic_shapes=dynamic)
    if form == "decomposed":
        torch.export.save(torch.export.load(path).run_decompositions(), path)
    x = np.random.default_rng(0).integers(0, 4, (40, *shape)).astype(np.uint8)
    np.savez(tmp_path / "data.npz", x=x)
    wanted = convert(module, "net", torch.zeros(1, *shape), encoding="frames").graph
    data = tmp_path / "data.npz" if form == "one sample" else None
    loaded = load_model(path, ImportOptions(data=data))
    check_same(loaded.graph, wanted, x)
    assert loaded.origin is not None, "so that it can be compared"


CELLS = {
    OwnCell: "LIF, binary, hard reset, leak 0.5, threshold 1",
    AtOnceCell: "LIF, binary, soft reset, leak 0.5, the threshold doubled while above it, threshold 1",
}


@pytest.mark.parametrize("cell", CELLS)
def test_events_through_cells_that_return_their_states(cell: type[nn.Module], tmp_path: Path) -> None:
    module = trained(Loop(cell))
    batch = ({1: torch.export.Dim("batch", max=1024)},)
    path = export(module, tmp_path / "net.pt2", torch.rand(5, 2, 6), dynamic_shapes=batch)
    x = np.random.default_rng(1).integers(0, 3, (30, 5, 6)).astype(np.uint8)
    np.savez(tmp_path / "data.npz", x=x)
    loaded = load_model(path, ImportOptions(data=tmp_path / "data.npz", encoding="events"))
    assert loaded.notes[0].startswith(
        f"cell1 ({cell.__name__}): taken for {CELLS[cell]}: the same spikes in "
    )
    with torch.no_grad():
        spikes, _ = module(torch.from_numpy(x).float().transpose(0, 1))
    scores = float_model.simulate(loaded.graph, x).scores
    assert np.array_equal(scores, spikes.sum(0).numpy()) and scores.any()


def test_neurons_of_snntorch(tmp_path: Path) -> None:
    pytest.importorskip("snntorch")
    from framework_models import Tutorial

    module = trained(Tutorial())
    path = export(module, tmp_path / "net.pt2", torch.rand(2, 16))
    x = np.random.default_rng(2).integers(0, 3, (30, 16)).astype(np.uint8)
    wanted = convert(module, "net", torch.zeros(1, 16), encoding="frames").graph
    check_same(load_model(path).graph, wanted, x)


def test_neurons_of_spikingjelly(tmp_path: Path) -> None:
    pytest.importorskip("spikingjelly.activation_based.neuron")
    from spikingjelly.activation_based import functional, neuron

    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = nn.Sequential(
                nn.Linear(16, 8),
                neuron.LIFNode(),
                nn.Linear(8, 8),
                neuron.ParametricLIFNode(v_threshold=0.5, v_reset=None),
                nn.Linear(8, 4),
                neuron.IFNode(v_threshold=0.25),
            )
            functional.set_step_mode(self, "m")

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            found: torch.Tensor = self.net(x.unsqueeze(0).repeat(4, 1, 1)).mean(0)
            return found

    module = trained(Net())
    path = export(module, tmp_path / "net.pt2", torch.rand(2, 16))
    if not any("sj_lif" in step for step in _targets(path)):
        missing("SpikingJelly must export its neurons as operations of its own, as 2.0.0 does")
    x = np.random.default_rng(2).integers(0, 9, (60, 16)).astype(np.uint8)
    wanted = convert(module, "net", torch.zeros(1, 16), encoding="frames").graph
    check_same(load_model(path).graph, wanted, x)


def _targets(path: Path) -> list[str]:
    return [str(node.target) for node in torch.export.load(path).graph.nodes]


def test_nothing_of_the_file_is_imported_or_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = export(trained(Rounded()), tmp_path / "net.pt2", torch.rand(1, 16))

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("torch.export.load must not be used: it unpickles")

    monkeypatch.setattr(torch.export, "load", refuse)
    monkeypatch.setattr(torch, "load", refuse)
    before = set(sys.modules)
    load_model(path)
    assert not {name for name in set(sys.modules) - before if not name.startswith(("torch", "asn2fpga"))}


@pytest.mark.parametrize(
    ("sizes", "exported", "actual", "samples", "wanted"),
    [
        ((1, 784), (1, 1, 28, 28), (3, 1, 28, 28), (1, 3), (3, 784)),
        ((1, 1, 28, 28), (1, 1, 28, 28), (3, 1, 28, 28), (1, 3), (3, 1, 28, 28)),
        ((4, 10), (4, 1, 10), (4, 3, 10), (1, 3), (12, 10)),
        ((4, 1, 10), (4, 10), (12, 10), (1, 3), (4, 3, 10)),
        ((4, 2, 10), (8, 10), (12, 10), (2, 3), (4, 3, 10)),
        ((4, 1, 1, 8, 8), (4, 1, 8, 8), (12, 1, 8, 8), (1, 3), (4, 3, 1, 8, 8)),
        ((1, 4, 10), (1, 40), (3, 40), (1, 3), (3, 4, 10)),
        ((2, -1), (2, 3, 4), (5, 3, 4), (2, 5), (5, 12)),
        ((-1, 4), (2, 3, 4), (5, 3, 4), (2, 5), (15, 4)),
        ((2, 12), (2, 3, 4), (2, 3, 4), None, (2, 12)),
        ((7, 5), (2, 3, 4), (5, 3, 4), (2, 5), (7, 5)),
        ((6, 4), ("s0", 3, 4), (5, 3, 4), None, (6, 4)),
    ],
)
def test_sizes_for_other_samples(
    sizes: tuple[int, ...],
    exported: tuple[int | str, ...],
    actual: tuple[int, ...],
    samples: tuple[int, int] | None,
    wanted: tuple[int, ...],
) -> None:
    assert resized(sizes, exported, actual, samples) == wanted

"""Networks of ours as NIR graphs: the same network comes back, and others read what NIR can say."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import nir
import numpy as np
import pytest
import torch
from hand_graphs import add, linear, net, neuron, scores, x
from nir_graphs import DT, affine, chain, conv, counts, cuba, flatten, lif, loaded
from torch import nn

from asn2fpga import nn as own
from asn2fpga.errors import InputError, UnsupportedError
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.text import to_text
from asn2fpga.importing import ImportOptions
from asn2fpga.kinds.maps.window import Window, shared_window
from asn2fpga.kinds.operators.pool import AvgPool, MaxPool
from asn2fpga.kinds.sources.input import Input
from asn2fpga.loader import load_model
from asn2fpga.loader.nir.export import to_nir
from asn2fpga.loader.save import read_module
from asn2fpga.passes.prepare import prepare
from asn2fpga.reference.float_model import simulate

OWN = "node/metadata/asn2fpga"


def exported(folder: Path, graph: Graph) -> Path:
    path = folder / "net.nir"
    path.write_bytes(to_nir(graph).data)
    return path


def with_parameters(module: nn.Module) -> nn.Module:
    """Weights that depend on nothing else."""
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for parameter in module.parameters():
            if parameter.dim() > 1:
                parameter.copy_(torch.randn(parameter.shape, generator=generator))
    return module.eval()


def dense(*neurons: nn.Module, steps: int = 4) -> Graph:
    """A Linear layer of 5 neurons before each of these, and one of 3 classes; static input."""
    layers: list[nn.Module] = [own.RepeatTime(steps)]
    for part in neurons:
        layers += [nn.Linear(5, 5), part]
    module = nn.Sequential(*layers, nn.Linear(5, 3), own.TimeMean())
    return read_module(with_parameters(module), "net", torch.zeros(1, 5))


def convolutional(steps: int = 1) -> Graph:
    module = nn.Sequential(
        *(nn.Conv2d(2, 4, 3, padding=1, bias=False), nn.BatchNorm2d(4), own.NASN(4), nn.AvgPool2d(2)),
        *(nn.Conv2d(4, 4, 3, groups=2, stride=2), own.ASN(2), nn.Flatten(), nn.Linear(4, 3)),
    )
    return read_module(with_parameters(module), "net", torch.zeros(1, 2, 8, 8), input_scale=1 / 255)


def one_axis() -> Graph:
    module = nn.Sequential(nn.Conv1d(2, 4, 3, padding=1), own.ASN(2), nn.Flatten(), nn.Linear(32, 3))
    return read_module(with_parameters(module), "net", torch.zeros(1, 2, 8))


class Residual(nn.Module):
    """Branches that are added before neurons."""

    def __init__(self) -> None:
        super().__init__()
        self.fc1, self.fc2, self.fc3 = nn.Linear(5, 5), nn.Linear(5, 5), nn.Linear(5, 3)
        self.sn1, self.sn2 = own.ASN(2), own.ASN(2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        first = self.fc1(x)
        scores: torch.Tensor = self.fc3(self.sn2(self.fc2(self.sn1(first)) + first))
        return scores


STEPS = {"time_steps": 4}
NETWORKS: dict[str, Callable[[], Graph]] = {
    "asn": lambda: dense(own.ASN(4, **STEPS), own.NASN(3, **STEPS), own.ILIF(2, **STEPS)),
    "lif": lambda: dense(own.LIF(0.75, threshold=0.5, v_reset=-0.25, reset="hard", **STEPS), own.IF(**STEPS)),
    "lif each": lambda: dense(own.LIF(torch.tensor([0.5, 0.25, 1.0, 0.75, 0.5]), **STEPS)),
    "cuba": lambda: dense(own.CubaLIF(0.5, 0.75, reset="none", **STEPS)),
    "recurrent": lambda: dense(own.Recurrent(own.CubaLIF(0.5, 0.75, **STEPS), nn.Linear(5, 5))),
    "counts": lambda: dense(own.LIF(0.75, levels=3, signed=True, v_min=-1.0, leak="before_reset", **STEPS)),
    "convolutional": convolutional,
    "one axis": one_axis,
    "residual": lambda: read_module(with_parameters(Residual()), "net", torch.zeros(1, 5)),
    "frames": lambda: dense(own.ASN(4, **STEPS)),
}


@pytest.mark.parametrize("is_prepared", [False, True])
@pytest.mark.parametrize("name", NETWORKS)
def test_the_same_network_comes_back(tmp_path: Path, name: str, is_prepared: bool) -> None:
    graph = NETWORKS[name]()
    graph = prepare(graph) if is_prepared else graph
    path = exported(tmp_path, graph)
    assert to_text(load_model(path).graph) == to_text(graph)
    read = nir.read(path, type_check=name != "convolutional")  # nir counts channels of one group alone
    assert set(read.nodes) >= {graph.source.name, graph.readout.name}


IN_NIR = {
    "dense": lambda: chain((4,), fc1=affine("one"), n1=lif(), fc2=affine("two"), n2=cuba()),
    "maps of neurons that differ": lambda: chain(
        (2, 6, 6),
        c=conv("a", 4, 2),
        n=lif((4, 6, 6), v_threshold=np.linspace(0.5, 2.0, 144).reshape(4, 6, 6)),
        f=flatten(4, 6, 6),
        fc=affine("end", 3, 144),
        n2=lif(3),
    ),
    "each": lambda: chain(
        (4,), fc=affine("one"), n=lif(v_threshold=[1.0, 2.0, 3.0, 0.5], r=[1.0, 2.0, 4.0, 8.0])
    ),
    "if": lambda: chain((4,), fc=affine("one"), n=nir.IF(np.ones(4), np.full(4, 2.0), np.zeros(4))),
    "membranes": lambda: chain(
        (4,), fc=affine("a"), n=lif(), li=nir.LI(np.full(4, 4 * DT), np.ones(4), np.zeros(4))
    ),
    "maps": lambda: chain(
        (2, 6, 6),
        c=conv("a", 4, 2),
        n=lif((4, 6, 6), v_threshold=np.array([1.0, 2.0, 0.5, 4.0]).reshape(4, 1, 1)),
        p=nir.SumPool2d(np.array([2, 2]), np.array([2, 2]), np.array([0, 0])),
        f=flatten(4, 3, 3),
        fc=affine("end", 3, 36),
        n2=lif(3),
    ),
}


@pytest.mark.parametrize("name", IN_NIR)
def test_what_nir_can_say_is_read_by_others_too(tmp_path: Path, name: str) -> None:
    """Without our metadata the graph fires as before; with it, all is as it was."""
    graph = loaded(tmp_path, IN_NIR[name]()).graph
    found = to_nir(graph)
    assert found.notes == ()
    path = exported(tmp_path, graph)
    assert to_text(load_model(path).graph) == to_text(graph)
    with h5py.File(path, "r+") as file:
        del file["node/metadata"]
    read_out = {"read_out": graph.readout.reduce}
    again = load_model(path, ImportOptions(time_steps=100, max_count=3, **read_out)).graph
    shape = (2, 6, 6) if name.startswith("maps") else (4,)
    events = counts(3, 2, 100, *shape)
    expected, seen = simulate(graph, events), simulate(again, events)
    np.testing.assert_allclose(seen.scores, expected.scores, rtol=1e-9, atol=1e-9)
    for layer, spikes in expected.spikes.items():
        np.testing.assert_array_equal(seen.spikes[layer], spikes)


def test_recurrence_is_an_edge(tmp_path: Path) -> None:
    graph = NETWORKS["recurrent"]()
    edges = to_nir(graph).graph.edges
    (delay,) = (layer for layer in graph.layers if layer.delay(0))
    (back,) = graph.consumers(delay.name)
    (source,) = delay.inputs
    assert (source, back.name) in edges and delay.name not in to_nir(graph).graph.nodes


@pytest.mark.parametrize(
    ("name", "notes"),
    [
        (
            "asn",
            (
                "1.2: other tools do not see its rounding to levels, that it sends counts, its soft reset",
                "4: other tools do not see its rounding to levels, that it sends counts, its soft reset, "
                "the value of its spikes",
                "6: other tools do not see its rounding to levels, that it sends counts, its soft reset",
            ),
        ),
        (
            "counts",
            (
                "2: other tools do not see that it fires at its threshold itself (>=), that it sends "
                "counts, its soft reset, that it leaks before the reset, its lower bound",
            ),
        ),
        (
            "cuba",
            ("2: other tools do not see that it fires at its threshold itself (>=), that it is never reset",),
        ),
    ],
)
def test_what_others_do_not_see(name: str, notes: tuple[str, ...]) -> None:
    found = [note.partition(": ")[2] for note in to_nir(NETWORKS[name]()).notes]
    assert found == [note.partition(": ")[2] for note in notes]


def test_weights_that_were_trained_further_are_read(tmp_path: Path) -> None:
    graph = NETWORKS["asn"]()
    path = exported(tmp_path, graph)
    with h5py.File(path, "r+") as file:
        weight = file["node/nodes/layer_1/weight"]
        weight[...] = weight[...] * 2
    found = load_model(path).graph
    np.testing.assert_array_equal(found["layer_1"].weight, 2 * graph["layer_1"].weight)  # type: ignore[attr-defined]


CHANGED = (
    "metadata 'asn2fpga': the graph must be the one that was exported, but for its weights, not changed; "
    "delete this metadata to import it as any NIR graph."
)


def refused(path: Path, **options: Any) -> str:
    with pytest.raises(InputError) as error:
        load_model(path, ImportOptions(**options))
    return str(error.value).removeprefix(f"{path}: ")


@pytest.mark.parametrize("what", ["a neuron", "an edge", "a node", "a kind"])
def test_graphs_that_were_changed_are_refused(tmp_path: Path, what: str) -> None:
    path = exported(tmp_path, NETWORKS["asn"]())
    with h5py.File(path, "r+") as file:
        if what == "a neuron":
            file["node/nodes/layer_2/v_threshold"][...] = 7.0
        elif what == "an edge":
            edges = file["node/edges"][()][1:]
            del file["node/edges"]
            file["node/edges"] = edges
        elif what == "a kind":
            del file["node/nodes/layer_1/type"], file["node/nodes/layer_1/bias"]
            file["node/nodes/layer_1/type"] = "Linear"
        else:
            file.copy("node/nodes/layer_1", "node/nodes/more")
    if what == "a kind":
        assert "bias" in refused(path)
    else:
        assert refused(path) == CHANGED


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        (
            "format",
            "asn2fpga.nir/9",
            "the format must be 'asn2fpga.nir/1'; it was written by another version of asn2fpga.",
        ),
        ("network", "{", "the network must be JSON, not damaged."),
        ("network", "[" * 5000, "the network must be JSON, not damaged."),
        (
            "network",
            json.dumps({"name": "net"}),
            "the graph must have exactly its own fields, not missing layers.",
        ),
    ],
)
def test_damaged_metadata(tmp_path: Path, name: str, value: str, message: str) -> None:
    path = exported(tmp_path, NETWORKS["asn"]())
    with h5py.File(path, "r+") as file:
        del file[f"{OWN}/{name}"]
        file[f"{OWN}/{name}"] = value
    assert refused(path) == f"metadata 'asn2fpga': {message}"


def test_metadata_that_is_no_group(tmp_path: Path) -> None:
    path = exported(tmp_path, NETWORKS["asn"]())
    with h5py.File(path, "r+") as file:
        del file[OWN]
        file[OWN] = 3
    assert refused(path) == "the graph: metadata 'asn2fpga' must be a group; write it with nir.write."


@pytest.mark.parametrize(
    ("options", "option"),
    [
        ({"dt": 1e-3}, "--dt must be left out, not be 0.001"),
        ({"time_steps": 5}, "--time-steps must be left out, not be 5"),
        ({"read_out": "max"}, "--read-out must be left out, not be max"),
    ],
)
def test_options_that_the_file_holds(tmp_path: Path, options: dict[str, Any], option: str) -> None:
    path = exported(tmp_path, NETWORKS["asn"]())
    assert refused(path, **options) == f"{option}; a file of asn2fpga export-nir holds it."


# ---- what NIR cannot say at all ----------------------------------------------------------------------------


def of_maps(*nodes: Any) -> Graph:
    source = Input(name="x", shape=(2, 6, 6), encoding="frames", time_steps=1)
    return Graph("net", (source, *nodes))


def test_max_pools_are_refused() -> None:
    pool = MaxPool(name="pool", inputs=("x",), source="net.pool", window=Window((2, 2), (2, 2)))
    with pytest.raises(UnsupportedError) as error:
        to_nir(of_maps(pool))
    assert str(error.value) == (
        "net.pool: NIR has nothing like MaxPool; networks with it cannot be exported."
    )


@pytest.mark.parametrize(
    "window", [Window((2, 2), (2, 2), (0, 0, 1, 1)), Window((2, 2), (2, 2), ceil_mode=True)]
)
def test_uneven_padding_is_refused(window: Window) -> None:
    pool = AvgPool(name="pool", inputs=("x",), source="net.pool", window=window)
    with pytest.raises(UnsupportedError) as error:
        to_nir(of_maps(pool))
    assert str(error.value) == "net.pool: NIR has no padding that differs between the sides of a map."


def test_a_pool_of_several_sizes_is_refused() -> None:
    shape = (2, 6, 6)
    pool = AvgPool(name="pool", inputs=("x",), source="net.pool", window=shared_window(shape, 3, 4))
    assert pool.window.shared
    with pytest.raises(UnsupportedError) as error:
        to_nir(of_maps(pool))
    assert str(error.value) == "net.pool: NIR has no pool whose windows differ in size."


def test_a_pool_of_one_axis_is_refused() -> None:
    source = Input(name="x", shape=(2, 6), encoding="frames", time_steps=1)
    pool = AvgPool(name="pool", inputs=("x",), source="net.pool", window=Window((1, 2), (1, 2)))
    with pytest.raises(UnsupportedError) as error:
        to_nir(Graph("net", (source, pool)))
    assert str(error.value) == "net.pool: NIR has no pool of maps with one axis."


def test_means_with_a_factor_are_sums_and_a_scale() -> None:
    pool = AvgPool(name="pool", inputs=("x",), source="net.pool", window=Window((2, 2), (2, 2)), factor=0.5)
    nodes = to_nir(of_maps(pool)).graph.nodes
    assert isinstance(nodes["pool_sum"], nir.SumPool2d) and isinstance(nodes["pool"], nir.Scale)


def test_what_is_added_twice_is_refused() -> None:
    graph = net(x(), linear("fc", "x"), neuron("n", "fc"), add("a", "n", "n"), linear("e", "a"), scores("e"))
    with pytest.raises(UnsupportedError) as error:
        to_nir(graph)
    assert str(error.value) == "net.a: NIR adds nothing twice, as is done here to n."

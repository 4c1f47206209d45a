"""Whole NIR graphs, built like those that are published: to integers that run, and what files leave open."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import h5py
import nir
import numpy as np
import pytest
from nir_graphs import DT, affine, binary, chain, conv, counts, cuba, flatten, lif, loaded, written

from asn2fpga.errors import UnsupportedError
from asn2fpga.golden.simulate import simulate as golden
from asn2fpga.graph import rules
from asn2fpga.graph.text import to_text
from asn2fpga.importing import ImportOptions
from asn2fpga.kinds.neurons.neuron import Neuron
from asn2fpga.kinds.sources.input import input_of
from asn2fpga.loader import LoadedModel, load_model
from asn2fpga.passes.prepare import prepare
from asn2fpga.quantise.apply import quantise
from asn2fpga.quantise.scheme import Scheme
from asn2fpga.reference.float_model import simulate

EULER = f"a time step is {DT:g} s, and equations are solved by forward Euler (--dt, --nir-discretisation)"
SUM_OF_SPIKES = "the scores are the sum of spikes over time (--read-out sum)"


def integers_run(model: LoadedModel, x: Any) -> None:
    """The graph becomes integers that obey all rules; their spikes are nearly those of real numbers."""
    quantised = quantise(prepare(model.graph), Scheme())
    rules.check(quantised.graph)
    found, real = golden(quantised.graph, x), simulate(quantised.reference, x)
    assert found.scores.shape == real.scores.shape
    for name in real.spikes:
        assert 0 < real.spikes[name].sum() < real.spikes[name].size
    assert np.corrcoef(found.scores.reshape(-1), real.scores.reshape(-1))[0, 1] > 0.9


def input_node(*shape: int) -> nir.Input:
    return nir.Input({"input": np.array(shape)})


def output_node(*shape: int) -> nir.Output:
    return nir.Output({"output": np.array(shape)})


# ---- the Braille network of the NIR paper: recurrent CubaLIF ---------------------------------------------


def braille(form: str) -> nir.NIRGraph:
    """12 inputs, 38 hidden neurons that read themselves, 7 outputs. form: how the recurrence is written."""
    hidden = cuba(38, tau_syn=DT * 2, tau_mem=DT * 8, r=8.0, w_in=2.0)
    back = nir.Affine(binary("back", 38, 38, low=-0.5, high=0.5, step=0.125), binary("back.bias", 38) / 8)
    outer = {
        "input": input_node(12),
        "fc1": nir.Affine(binary("fc1", 38, 12), binary("fc1.bias", 38) / 8),
        "fc2": nir.Affine(binary("fc2", 7, 38), binary("fc2.bias", 7) / 8),
        "lif2": cuba(7, tau_syn=DT * 2, tau_mem=DT * 2, r=2.0, w_in=2.0),
        "output": output_node(7),
    }
    if form == "flat":
        nodes = {"lif1.lif": hidden, "lif1.w_rec": back}
        edges = [("lif1.w_rec", "lif1.lif"), ("lif2", "output"), ("input", "fc1"), ("lif1.lif", "lif1.w_rec")]
        edges += [("fc1", "lif1.lif"), ("fc2", "lif2"), ("lif1.lif", "fc2")]
        return nir.NIRGraph({**nodes, **outer}, edges, type_check=False)
    inner = {"input": input_node(38), "lin": back, "output": output_node(38)}
    name = "lif" if form == "nested" else "lif1"
    inner_edges = [("input", "lif"), ("lif", "lin"), ("lin", "lif"), ("lif", "output")]
    graph = nir.NIRGraph({name: hidden, **inner}, inner_edges, type_check=False)
    edges = [("input", "fc1"), ("fc1", "lif1"), ("lif1", "fc2"), ("fc2", "lif2"), ("lif2", "output")]
    return nir.NIRGraph({**outer, "lif1": graph}, edges, type_check=False)


@pytest.mark.parametrize("form", ["flat", "nested", "nested under another name"])
def test_braille(tmp_path: Path, form: str) -> None:
    model = loaded(tmp_path, braille(form), time_steps=256, max_count=1)
    renamed = "edges of 'lif1' say 'lif' for the node 'lif1', the only one that no edge names"
    assert model.notes == (*((renamed,) if "another" in form else ()), EULER, SUM_OF_SPIKES)
    kinds = [type(layer).__name__ for layer in model.graph.layers]
    assert " ".join(kinds) == "Input Linear Delay Linear Add Neuron Linear Neuron Output"
    assert model.parameters == 12 * 38 + 38 + 38 * 38 + 38 + 38 * 7 + 7
    integers_run(model, counts(3, 3, 256, 12, most=1))


def test_all_forms_of_recurrence_are_one_network(tmp_path: Path) -> None:
    x = counts(3, 2, 256, 12, most=1)
    scores = [
        simulate(loaded(tmp_path, braille(form), time_steps=256, max_count=1).graph, x).scores
        for form in ("flat", "nested", "nested under another name")
    ]
    np.testing.assert_array_equal(scores[0], scores[1])
    np.testing.assert_array_equal(scores[0], scores[2])


# ---- N-MNIST as Sinabs exports it: convolutions, IF, sum-pools -------------------------------------------


def n_mnist() -> nir.NIRGraph:
    """2 x 34 x 34; names are numbers, IF with r = 1, parameters as arrays; narrower than the original."""

    def neurons(*shape: int) -> nir.IF:
        return nir.IF(np.ones(shape, np.float32), np.ones(shape, np.float32), np.zeros(shape, np.float32))

    def pool() -> nir.SumPool2d:
        return nir.SumPool2d(np.array([2, 2]), np.array([2, 2]), np.array([0, 0]))

    nodes = {
        "input": input_node(2, 34, 34),
        "0": conv("0", 8, 2, (34, 34), stride=(2, 2)),
        "1": neurons(8, 17, 17),
        "2": pool(),
        "3": conv("3", 8, 8, (8, 8)),
        "4": neurons(8, 8, 8),
        "5": pool(),
        "8": flatten(8, 4, 4),
        "9": nir.Affine(binary("9", 32, 128).astype(np.float32), np.zeros(32, np.float32)),
        "10": neurons(32),
        "11": nir.Affine(binary("11", 10, 32).astype(np.float32), np.zeros(10, np.float32)),
        "12": neurons(10),
        "output": output_node(10),
    }
    order = ["input", "0", "1", "2", "3", "4", "5", "8", "9", "10", "11", "12", "output"]
    edges = sorted(itertools.pairwise(order), reverse=True)
    return nir.NIRGraph(nodes, edges, type_check=False)


def test_n_mnist(tmp_path: Path) -> None:
    model = loaded(tmp_path, n_mnist(), time_steps=300, max_count=1)
    names = [layer.name for layer in model.graph.layers]
    assert names == [
        "events",
        *(f"layer_{number}" for number in (0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 12)),
        "output",
    ]
    assert model.notes == (
        "r = 1 of IF counts once per time step, not times dt, as in the published NIR graphs",
        SUM_OF_SPIKES,
    )
    for neuron in model.graph.of_type(Neuron):
        assert (neuron.semantics.beta, neuron.semantics.threshold, neuron.semantics.fires) == (1.0, 1.0, ">")
    random = np.random.default_rng(1)
    integers_run(model, (random.random((1, 300, 2, 34, 34)) < 0.05).astype(np.uint8))


# ---- delays ----------------------------------------------------------------------------------------------


def test_delays_of_synapses_are_branches(tmp_path: Path) -> None:
    """A Delay and a Linear for each delay; together they are one layer of synapses with a delay each."""
    weight, chosen = binary("w", 12, 8), np.arange(96).reshape(12, 8) % 5
    nodes: dict[str, Any] = {"input": input_node(8), "n": lif(12), "output": output_node(3)}
    edges = [("n", "end"), ("end", "m"), ("m", "output")]
    for late in range(5):
        nodes[f"w{late}"] = nir.Linear(np.where(chosen == late, weight, 0.0))
        edges.append((f"w{late}", "n"))
        if late:
            nodes[f"d{late}"] = nir.Delay(np.full(8, late * DT))
            edges += [("input", f"d{late}"), (f"d{late}", f"w{late}")]
    edges.append(("input", "w0"))
    nodes |= {"end": affine("end", 3, 12), "m": lif(3)}
    model = loaded(tmp_path, nir.NIRGraph(nodes, edges, type_check=False), time_steps=40)
    integers_run(model, counts(3, 3, 40, 8))
    built = quantise(prepare(model.graph), Scheme()).graph
    (first,) = (node for node in built.layers if node.name == "w4")
    (projection,) = first.projections  # type: ignore[attr-defined]
    np.testing.assert_array_equal(projection.synapse.delays, np.where(projection.synapse.weight, chosen, 0))


def test_a_delay_before_a_convolution_is_refused(tmp_path: Path) -> None:
    late = nir.Delay(np.full((2, 6, 6), DT))
    graph = chain(
        (2, 6, 6), d=late, c=conv("a", 4, 2), n=lif((4, 6, 6)), f=flatten(4, 6, 6), fc=affine("b", 3, 144)
    )
    model = loaded(tmp_path, graph, time_steps=9)
    with pytest.raises(UnsupportedError) as caught:
        quantise(prepare(model.graph), Scheme())
    assert str(caught.value) == (
        "c: a convolution must read events of the same time step, not delayed ones; put the delay between "
        "Flatten and a Linear layer."
    )


def test_maps_before_neurons_with_pools_of_currents(tmp_path: Path) -> None:
    """As snnTorch exports Conv2d, AvgPool2d, Leaky."""
    pool = nir.AvgPool2d(np.array([2, 2]), np.array([2, 2]), np.array([0, 0]))
    nodes = {"0": conv("a", 4, 1, (8, 8)), "1": pool, "2": lif((4, 4, 4)), "3": flatten(4, 4, 4)}
    graph = chain((1, 8, 8), **nodes, **{"4": affine("end", 3, 64), "5": lif(3)})
    integers_run(loaded(tmp_path, graph, time_steps=50), counts(1, 2, 50, 1, 8, 8))


# ---- old files, and what exporters write in many ways ----------------------------------------------------


def edited(path: Path, **fields: Any) -> Path:
    """The file with other values at `node__field` in it; None: without them."""
    with h5py.File(path, "r+") as file:
        for name, value in fields.items():
            place = f"node/nodes/{name.replace('__', '/')}"
            del file[place]
            if value is not None:
                file[place] = value
    return path


def layers(path: Path) -> str:
    return to_text(load_model(path, ImportOptions(dt=DT, time_steps=10, max_count=3)).graph)


@pytest.mark.parametrize(
    "fields",
    [
        {"n__v_reset": None},
        {"n__tau": 8 * DT, "n__r": 4.0, "n__v_threshold": 1.0},
        {"n__tau": np.array([8 * DT]), "n__v_leak": np.zeros((1, 4)), "n__r": np.array(4)},
        {"n__tau": np.full(4, 8 * DT, np.float32), "n__r": np.full(4, 4, np.int64)},
        {"fc__type": np.bytes_("Affine")},
        {"output__shape": None},
    ],
)
def test_parameters_in_many_forms(tmp_path: Path, fields: dict[str, Any]) -> None:
    path = written(tmp_path, chain((4,), fc=affine("one"), n=lif()))
    expected = layers(path)
    assert layers(edited(path, **fields)) == expected


@pytest.mark.parametrize("bias", [None, np.zeros(0), np.zeros(4), 0.0])
def test_no_bias_in_many_forms(tmp_path: Path, bias: Any) -> None:
    path = written(tmp_path, chain((4,), fc=nir.Affine(affine("one").weight, np.zeros(4)), n=lif()))
    expected = layers(path)
    assert layers(edited(path, fc__bias=bias)) == expected


def test_cuba_without_w_in(tmp_path: Path) -> None:
    path = written(tmp_path, chain((4,), fc=affine("one"), n=cuba(w_in=1.0)))
    expected = layers(path)
    assert layers(edited(path, n__w_in=None, n__v_reset=None)) == expected


def test_a_convolution_without_its_input_shape(tmp_path: Path) -> None:
    graph = chain((2, 6, 6), c=conv("a", 4, 2), n=lif((4, 6, 6)), f=flatten(4, 6, 6), fc=affine("b", 3, 144))
    path = written(tmp_path, graph)
    expected = layers(path)
    assert (
        layers(edited(path, c__input_shape=None, c__stride=1, c__padding=1, f__input_type=None)) == expected
    )


def test_a_flatten_of_some_axes_before_a_linear(tmp_path: Path) -> None:
    """Some exporters count the batch: Linear reads all axes anyway."""
    nodes = {"c": conv("a", 4, 2), "n": lif((4, 6, 6)), "fc": affine("b", 3, 144)}
    whole = chain((2, 6, 6), c=nodes["c"], n=nodes["n"], f=flatten(4, 6, 6), fc=nodes["fc"])
    part = nir.Flatten({"input": np.array([4, 6, 6])}, 1, -1)
    expected = layers(written(tmp_path, whole))
    found = layers(written(tmp_path, chain((2, 6, 6), c=nodes["c"], n=nodes["n"], f=part, fc=nodes["fc"])))
    assert found == expected


def test_a_flatten_of_nothing(tmp_path: Path) -> None:
    flat = nir.Flatten({"input": np.array([4])}, 0, -1)
    model = loaded(tmp_path, chain((4,), f=flat, fc=affine("one"), n=lif()))
    assert [layer.name for layer in model.graph.layers] == ["events", "fc", "n", "output"]


def test_an_output_of_another_shape_and_an_edge_twice(tmp_path: Path) -> None:
    graph = chain((4,), fc=affine("one"), n=lif())
    graph.nodes["output"] = output_node(1, 1, 1)
    graph.edges.append(("fc", "n"))
    assert loaded(tmp_path, graph).notes == (
        "the edge 'fc' -> 'n' stands twice and counts once",
        EULER,
        "'output' says shape (1, 1, 1), and (4,) arrives there, which counts",
        SUM_OF_SPIKES,
    )


def test_scores_of_a_map(tmp_path: Path) -> None:
    model = loaded(tmp_path, chain((2, 6, 6), c=conv("a", 4, 2), n=lif((4, 6, 6))))
    assert model.graph.classes == 144
    assert "the output of shape (4, 6, 6) is sent as 144 scores, in C order" in model.notes


def test_names_that_are_no_identifiers(tmp_path: Path) -> None:
    graph = chain((4,), **{"signal": affine("one"), "a b; rm -rf": lif(), "ünï/x": affine("two")})
    graph.nodes = {name.replace("/", "-"): node for name, node in graph.nodes.items()}
    graph.edges = [(a.replace("/", "-"), b.replace("/", "-")) for a, b in graph.edges]
    names = [layer.name for layer in loaded(tmp_path, graph).graph.layers]
    assert names == ["events", "signal_layer", "a_b_rm_rf", "uni_x", "output"]


def two_outputs() -> nir.NIRGraph:
    graph = chain((4,), fc=affine("one"), n=lif(), m=affine("two", 3))
    graph.nodes["early"] = output_node(4)
    graph.edges.append(("n", "early"))
    return graph


@pytest.mark.parametrize(("output", "classes"), [(0, 4), (1, 3)])
def test_one_of_several_outputs(tmp_path: Path, output: int, classes: int) -> None:
    model = loaded(tmp_path, two_outputs(), output=output)
    gone = ["'m', 'output'", "'early'"][output]
    assert model.graph.classes == classes
    assert model.notes[0] == f"{gone} of the NIR graph lead to no scores and are left out"


# ---- time and input --------------------------------------------------------------------------------------


def data(folder: Path, *shape: int, most: int = 3) -> Path:
    np.savez(folder / "data.npz", x=np.full(shape, most, np.uint8))
    return folder / "data.npz"


@pytest.mark.parametrize(
    ("shape", "options", "expected"),
    [
        ((5, 20, 4), {"time_steps": None, "max_count": None}, ("events", 20, 3, 1.0)),
        ((5, 20, 4), {"time_steps": 30, "max_count": 7, "input_scale": 0.5}, ("events", 30, 7, 0.5)),
        ((5, 4), {"time_steps": 30, "max_count": None}, ("frames", 30, 255, 1.0)),
        (None, {"time_steps": 30, "max_count": None}, ("events", 30, 1, 1.0)),
        (None, {"time_steps": 30, "max_count": None, "encoding": "frames"}, ("frames", 30, 255, 1.0)),
    ],
)
def test_the_input(tmp_path: Path, shape: Any, options: dict[str, Any], expected: Any) -> None:
    given = {"data": data(tmp_path, *shape)} if shape else {}
    model = loaded(tmp_path, chain((4,), fc=affine("one"), n=lif()), **given, **options)
    found = input_of(model.graph)
    assert (found.encoding, found.time_steps, found.max_count, found.scale) == expected
    assert found.name == ("pixels" if expected[0] == "frames" else "events")
    said = [note for note in model.notes if "--max-count" in note]
    how = ", as in the data" if shape else ""
    note = f"an input sends counts up to {expected[2]} in a time step{how} (--max-count)"
    assert said == ([note] if expected[0] == "events" and options["max_count"] is None else [])


def test_a_frame_is_the_same_at_every_time_step(tmp_path: Path) -> None:
    graph, x = chain((4,), fc=affine("one"), n=lif()), counts(1, 3, 4)
    still = loaded(tmp_path, graph, encoding="frames").graph
    moving = loaded(tmp_path, graph, encoding="events").graph
    repeated = np.repeat(x[:, None], 100, axis=1)
    np.testing.assert_array_equal(simulate(still, x).scores, simulate(moving, repeated).scores)


def test_the_time_step_is_that_of_the_published_graphs(tmp_path: Path) -> None:
    """1e-4 s, forward Euler; of IF with r = 1 it says nothing."""
    graph = chain((4,), fc=affine("one"), n=lif(tau=2.5e-3, r=1.0, v_threshold=0.1))
    semantics = loaded(tmp_path, graph, dt=None).graph.of_type(Neuron)[0].semantics
    assert (semantics.beta, semantics.threshold) == pytest.approx((0.96, 2.5))
    exact = loaded(tmp_path, graph, dt=None, discretisation="exact").graph.of_type(Neuron)[0].semantics
    assert exact.beta == np.exp(-0.04)
    ones = chain((4,), fc=affine("one"), n=nir.IF(np.ones(4), np.ones(4), np.zeros(4)))
    for dt in (None, 1e-3):
        assert loaded(tmp_path, ones, dt=dt).graph.of_type(Neuron)[0].semantics.threshold == 1.0


def test_time_constants_of_one_time_step_in_float32(tmp_path: Path) -> None:
    """dt / tau is 1.00000003 there."""
    graph = chain((4,), fc=affine("one"), n=lif(tau=np.float32(1e-4) * np.float32(0.9999999)))
    assert loaded(tmp_path, graph, dt=None).graph.of_type(Neuron)[0].semantics.beta == 0.0

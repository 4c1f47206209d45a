"""Every primitive, from a file to spikes, against a simulation of its own equations: equal at every step."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nir
import numpy as np
import pytest
from nir_graphs import DT, affine, binary, chain, conv, counts, cuba, flatten, lif, loaded
from nir_reference import Simulator

from asn2fpga.loader.names import to_identifier
from asn2fpga.passes.prepare import prepare
from asn2fpga.quantise.network import network_of
from asn2fpga.reference.float_model import simulate

T = 1000


def check(
    folder: Path,
    graph: nir.NIRGraph,
    order: list[str] | None = None,
    *,
    shape: tuple[int, ...] = (4,),
    steps: int = T,
    built: bool = True,
    fires: bool = True,
    **options: Any,
) -> None:
    """Spikes of all neurons, and the scores, are those of the literal equations; also once it is prepared."""
    model = loaded(folder, graph, time_steps=steps, **options)
    x = counts(7, 2, steps, *shape)
    found = simulate(model.graph, x)
    how = options.get("discretisation", "euler")
    assert found.spikes
    for sample in range(len(x)):
        sent = Simulator(graph, order or list(graph.nodes), DT, how).run(x[sample].astype(np.float64))
        for name, spikes in found.spikes.items():
            (source,) = (node for node in graph.nodes if to_identifier(node) == name)
            np.testing.assert_array_equal(spikes[sample], sent[source], name)
            assert not fires or 0 < spikes.sum() < spikes.size
        read_out = options.get("read_out", "max" if model.graph.readout.beta is not None else "sum")
        scores = {"sum": lambda v: v.sum(0), "max": lambda v: v.max(0), "last": lambda v: v[-1]}[read_out](
            sent["output"].reshape(steps, -1)
        )
        np.testing.assert_allclose(found.scores[sample], scores, rtol=1e-12, atol=1e-12)
    if built:
        prepared = prepare(model.graph)
        network_of(prepared)
        np.testing.assert_allclose(simulate(prepared, x).scores, found.scores, rtol=1e-12, atol=1e-9)


NEURONS = {
    "if": nir.IF(np.full(4, 0.25 / DT), np.full(4, 1.5), np.zeros(4)),
    "if r=1": nir.IF(np.ones(4), np.full(4, 3.0), np.zeros(4)),
    "if v_reset": nir.IF(np.full(4, 0.5 / DT), np.full(4, 1.5), np.full(4, -0.5)),
    "if each": nir.IF(np.array([0.5, 1, 2, 4]) / DT, np.array([1.0, 2, 3, 5]), np.array([0.0, 0.5, -1, 1])),
    "lif": lif(),
    "lif ties": lif(v_threshold=0.5, tau=2 * DT, r=1.0),
    "lif v_leak": lif(v_leak=0.5),
    "lif fires by itself": lif(v_leak=1.25),
    "lif v_reset": lif(v_reset=-0.75, v_leak=0.25),
    "lif all": lif(v_reset=0.5, v_leak=0.5),
    "lif each": lif(
        tau=np.array([1, 2, 4, 64]) * DT, r=np.array([0.5, 1, 1.5, 8]), v_threshold=[0.5, 1, 1.5, 2]
    ),
    "lif each reset": lif(v_reset=[0.0, -1, 0.5, 0.25], v_leak=[0.25, 0, -1, 0.5]),
    "lif forgets": lif(tau=DT, r=1.0),
    "lif r=3": lif(r=3.0, v_threshold=0.75),
    "cuba": cuba(),
    "cuba each": cuba(tau_mem=np.array([1, 2, 4, 64]) * DT, r=[2.0, 3, 1.5, 8], w_in=[0.5, 1, 2, 4]),
    "cuba v_reset": cuba(v_reset=-0.5, v_leak=-0.5),
    "threshold": nir.Threshold(np.full(4, 0.5)),
    "threshold 0": nir.Threshold(np.array([0.0, -0.5, 1.0, 0.25])),
}


@pytest.mark.parametrize("name", NEURONS)
def test_neurons_with_forward_euler(tmp_path: Path, name: str) -> None:
    check(tmp_path, chain((4,), fc=affine(name), n=NEURONS[name]))


@pytest.mark.parametrize("name", [name for name in NEURONS if "r=" not in name and "fires" not in name])
def test_neurons_with_exact_exponentials(tmp_path: Path, name: str) -> None:
    """Their numbers are rounded: a difference would have to be a tie."""
    if not name.startswith("lif ties"):
        check(tmp_path, chain((4,), fc=affine(name), n=NEURONS[name]), discretisation="exact")


def test_two_layers(tmp_path: Path) -> None:
    check(tmp_path, chain((4,), fc1=affine("one", 8), n1=lif(8), fc2=affine("two", 4, 8), n2=cuba()))


def test_neurons_that_read_neurons_and_the_input_themselves(tmp_path: Path) -> None:
    nodes = {
        "n1": lif(r=8.0),
        "n2": nir.IF(np.full(4, 0.5 / DT), np.ones(4), np.zeros(4)),
        "fc": affine("end"),
    }
    check(tmp_path, chain((4,), **nodes))


def test_scores_of_currents(tmp_path: Path) -> None:
    check(tmp_path, chain((4,), fc1=affine("one"), n1=lif(), fc2=affine("two", 3)), read_out="sum")
    check(tmp_path, chain((4,), fc1=affine("one"), n1=lif(), fc2=affine("two", 3)), read_out="max")


@pytest.mark.parametrize("read_out", ["max", "last", "sum"])
@pytest.mark.parametrize(
    "node",
    [
        nir.LI(np.full(3, 8 * DT), np.full(3, 2.0), np.zeros(3)),
        nir.LI(np.full(3, 8 * DT), np.array([2.0, 4.0, 1.0]), np.array([0.5, 0.0, -1.0])),
        nir.I(np.ones(3)),
        nir.I(np.array([0.5, 1, 2]) / DT),
    ],
)
def test_scores_of_membranes(tmp_path: Path, node: nir.NIRNode, read_out: str) -> None:
    nodes = {"fc1": affine("one"), "n1": lif(), "fc2": affine("two", 3), "li": node}
    check(tmp_path, chain((4,), **nodes), steps=200, read_out=read_out)


def test_membranes_of_the_events_themselves(tmp_path: Path) -> None:
    node = nir.LI(np.full(4, 8 * DT), np.full(4, 2.0), np.zeros(4))
    check(tmp_path, chain((4,), fc1=affine("one"), n1=lif(), li=node), steps=200)


@pytest.mark.parametrize(
    "after", [lif(), nir.Threshold(np.full(4, 0.75)), nir.IF(np.full(4, 0.5 / DT), np.ones(4), np.zeros(4))]
)
def test_a_leaky_integrator_before_neurons_is_their_synaptic_current(
    tmp_path: Path, after: nir.NIRNode
) -> None:
    node = nir.LI(np.full(4, 4 * DT), np.full(4, 2.0), np.zeros(4))
    check(tmp_path, chain((4,), fc=affine("one"), li=node, n=after))


def test_scale(tmp_path: Path) -> None:
    for number, scale in enumerate(([0.5] * 4, [0.5, 2, -1, 4], [-1.0] * 4, [0.0, 1, 1, 1])):
        of_events = chain((4,), s=nir.Scale(np.array(scale)), fc=affine("one"), n=lif())
        of_currents = chain((4,), fc=affine("one"), s=nir.Scale(np.array(scale)), n=lif(v_leak=0.5))
        alone = chain((4,), fc1=affine("one"), n1=lif(), s=nir.Scale(np.array(scale)), n=lif(v_leak=0.5))
        for graph in (of_events, of_currents, alone):
            check(tmp_path, graph, steps=200 + number, fires=False)


@pytest.mark.parametrize("steps", [[0, 0, 0, 0], [1, 1, 1, 1], [5, 5, 5, 5], [0, 3, 1, 7]])
def test_delay(tmp_path: Path, steps: list[int]) -> None:
    node = nir.Delay(np.array(steps) * DT)
    graph = chain((4,), fc1=affine("one"), n1=lif(), d=node, fc2=affine("two"), n2=lif())
    check(tmp_path, graph, steps=200)


def test_edges_that_meet_add_up(tmp_path: Path) -> None:
    nodes = {
        "input": nir.Input({"input": np.array([4])}),
        "a": affine("a"),
        "b": affine("b"),
        "n": lif(),
        "m": lif(r=8.0),
        "end": affine("end"),
        "output": nir.Output({"output": np.array([4])}),
    }
    edges = [
        ("input", "a"),
        ("input", "b"),
        ("a", "n"),
        ("b", "n"),
        ("n", "m"),
        ("a", "m"),
        ("n", "end"),
        ("m", "end"),
    ]
    graph = nir.NIRGraph(nodes, [*edges, ("end", "output")], type_check=False)
    check(tmp_path, graph)


# ---- maps ------------------------------------------------------------------------------------------------


OF_PIXELS = np.linspace(0.5, 2.0, 144).reshape(6, 6, 4).T.copy()


@pytest.mark.parametrize(
    ("first", "neuron"),
    [
        (conv("a", 4, 2), lif((4, 6, 6))),
        (conv("b", 4, 2, stride=(2, 1), padding=(0, 1)), lif((4, 2, 6), v_leak=0.5)),
        (conv("c", 4, 2, groups=2, dilation=(2, 2), padding=(2, 2)), lif((4, 6, 6), v_reset=-0.5)),
        (
            conv("d", 4, 2),
            lif(
                (4, 6, 6),
                v_threshold=np.array([1.0, 2, 0.5, 4])[:, None, None],
                v_leak=np.full((4, 1, 1), 0.25),
            ),
        ),
        (conv("e", 4, 2), nir.Threshold(np.full((4, 6, 6), 0.5))),
        (conv("f", 4, 2), nir.Threshold(np.linspace(-1.0, 2.0, 144).reshape(4, 6, 6))),
        (conv("g", 4, 2), lif((4, 6, 6), tau=OF_PIXELS * 4 * DT, r=2.0)),
        (
            conv("h", 4, 2),
            lif((4, 6, 6), v_threshold=OF_PIXELS, tau=np.arange(2.0, 6.0).reshape(4, 1, 1) * DT, v_leak=0.25),
        ),
        (conv("i", 4, 2), cuba((4, 6, 6), v_threshold=OF_PIXELS)),
    ],
)
def test_maps(tmp_path: Path, first: nir.Conv2d, neuron: nir.NIRNode) -> None:
    shape = (neuron.threshold if isinstance(neuron, nir.Threshold) else neuron.r).shape
    nodes = {
        "0": first,
        "1": neuron,
        "2": flatten(*shape),
        "10": affine("end", 3, int(np.prod(shape))),
    }
    check(tmp_path, chain((2, 6, 6), **nodes), shape=(2, 6, 6), steps=100)


@pytest.mark.parametrize("kind", [nir.AvgPool2d, nir.SumPool2d])
@pytest.mark.parametrize("of_currents", [False, True])
def test_pools(tmp_path: Path, kind: Any, of_currents: bool) -> None:
    pool = kind(np.array([2, 2]), np.array([2, 2]), np.array([0, 0]))
    parts = {"p": pool, "n": lif((4, 3, 3) if of_currents else (4, 6, 6))}
    order = ("p", "n") if of_currents else ("n", "p")
    nodes = {
        "c": conv("a", 4, 2),
        **{name: parts[name] for name in order},
        "f": flatten(4, 3, 3),
        "fc": affine("end", 3, 36),
        "n2": lif(3),
    }
    check(tmp_path, chain((2, 6, 6), **nodes), shape=(2, 6, 6), steps=100)


def test_pools_with_padding_and_numbers_for_both_axes(tmp_path: Path) -> None:
    pool = nir.AvgPool2d(np.array(2), np.array(1), np.array(1))
    nodes = {"c": conv("a", 2, 2, (4, 4)), "n": lif((2, 4, 4)), "p": pool, "f": flatten(2, 5, 5)}
    graph = chain((2, 4, 4), **nodes, fc=affine("end", 3, 50))
    check(tmp_path, graph, shape=(2, 4, 4), steps=100)


def test_neurons_that_read_a_pool_of_neurons(tmp_path: Path) -> None:
    pool = nir.SumPool2d(np.array([2, 2]), np.array([2, 2]), np.array([0, 0]))
    nodes = {"c": conv("a", 2, 2, (4, 4)), "n": lif((2, 4, 4)), "p": pool, "n2": lif((2, 2, 2), r=1.0)}
    graph = chain((2, 4, 4), **nodes, f=flatten(2, 2, 2), fc=affine("end", 3, 8))
    check(tmp_path, graph, shape=(2, 4, 4), steps=100)


def test_conv1d(tmp_path: Path) -> None:
    first = nir.Conv1d(6, binary("one", 3, 2, 3), 1, 1, 1, 1, binary("one.bias", 3))
    graph = chain((2, 6), c=first, n=lif((3, 6)), f=flatten(3, 6), fc=affine("end", 3, 18))
    check(tmp_path, graph, shape=(2, 6), steps=100)


@pytest.mark.parametrize(("padding", "like"), [("same", 1), ("valid", 0)])
def test_padding_by_name(tmp_path: Path, padding: str, like: int) -> None:
    graphs = [
        chain(
            (2, 6, 6),
            c=conv("a", 4, 2, padding=how),
            n=lif((4, 4 + 2 * like, 4 + 2 * like)),
            f=flatten(4, 6, 6),
        )
        for how in (padding, (like, like))
    ]
    shape = (2, 6, 6)
    found = [simulate(loaded(tmp_path, graph).graph, counts(1, 2, 100, *shape)).scores for graph in graphs]
    np.testing.assert_array_equal(*found)


# ---- recurrence --------------------------------------------------------------------------------------------


def recurrent(neuron: nir.NIRNode, *, bias: bool = True) -> nir.NIRGraph:
    """fc -> neuron -> fc2, and neuron -> w_rec -> neuron."""
    back = affine("back") if bias else nir.Linear(binary("back", 4, 4))
    nodes = {
        "input": nir.Input({"input": np.array([4])}),
        "fc": affine("one"),
        "w_rec": back,
        "n": neuron,
        "end": affine("end"),
        "output": nir.Output({"output": np.array([4])}),
    }
    edges = [("w_rec", "n"), ("n", "w_rec"), ("input", "fc"), ("fc", "n"), ("n", "end"), ("end", "output")]
    return nir.NIRGraph(nodes, edges, type_check=False)


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize(
    "neuron", [cuba(), lif(), nir.IF(np.ones(4), np.full(4, 2.0), np.zeros(4)), lif(v_leak=0.5)]
)
def test_recurrence_through_synapses(tmp_path: Path, neuron: nir.NIRNode, bias: bool) -> None:
    check(tmp_path, recurrent(neuron, bias=bias))


def test_recurrence_without_synapses(tmp_path: Path) -> None:
    graph = recurrent(lif())
    del graph.nodes["w_rec"]
    graph.edges = [("n", "n"), *(edge for edge in graph.edges if "w_rec" not in edge)]
    check(tmp_path, graph)


def test_a_loop_over_two_layers(tmp_path: Path) -> None:
    nodes = {
        "input": nir.Input({"input": np.array([4])}),
        "fc": affine("one"),
        "back": affine("back"),
        "n1": lif(),
        "w": affine("w"),
        "n2": cuba(),
        "output": nir.Output({"output": np.array([4])}),
    }
    edges = [
        ("input", "fc"),
        ("fc", "n1"),
        ("n1", "w"),
        ("w", "n2"),
        ("n2", "back"),
        ("back", "n1"),
        ("n2", "output"),
    ]
    check(tmp_path, nir.NIRGraph(nodes, edges, type_check=False))


def test_neurons_that_lead_to_the_scores_through_a_loop_alone(tmp_path: Path) -> None:
    """In order of names they stand after the Output."""
    nodes = {
        "input": nir.Input({"input": np.array([4])}),
        "back": affine("back"),
        "fc": affine("one"),
        "n": lif(),
        "w": affine("w"),
        "z": cuba(),
        "output": nir.Output({"output": np.array([4])}),
    }
    edges = [
        ("input", "fc"),
        ("fc", "n"),
        ("n", "output"),
        ("n", "w"),
        ("w", "z"),
        ("z", "back"),
        ("back", "n"),
    ]
    check(tmp_path, nir.NIRGraph(nodes, edges, type_check=False))


def test_a_loop_with_a_delay(tmp_path: Path) -> None:
    graph = recurrent(lif())
    graph.nodes = {"d": nir.Delay(np.full(4, 3 * DT)), **graph.nodes}
    graph.edges = [("n", "d"), ("d", "w_rec"), *(edge for edge in graph.edges if edge != ("n", "w_rec"))]
    model = loaded(tmp_path, graph, time_steps=T)
    x = counts(7, 1, T, 4)
    reference = nir.NIRGraph(
        {**graph.nodes, "d": nir.Delay(np.full(4, 2 * DT))}, graph.edges, type_check=False
    )
    sent = Simulator(reference, list(graph.nodes), DT).run(
        x[0].astype(np.float64)
    )  # one step by the late edge
    np.testing.assert_array_equal(simulate(model.graph, x).spikes["n"][0], sent["n"])

"""What a NIR graph must not be: one sentence that names the node, what is wrong and what to do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nir
import numpy as np
import pytest
from nir_graphs import DT, affine, chain, conv, cuba, lif, refusal, written

from asn2fpga.errors import UnsupportedError
from asn2fpga.importing import ImportOptions
from asn2fpga.loader import load_model


def fc(neuron: nir.NIRNode) -> nir.NIRGraph:
    return chain((4,), fc=affine("one"), n=neuron)


def of_map(**nodes: nir.NIRNode) -> nir.NIRGraph:
    return chain((2, 6, 6), **nodes)


def graph(edges: list[tuple[str, str]], **nodes: nir.NIRNode) -> nir.NIRGraph:
    ends = {"input": nir.Input({"input": np.array([4])}), "output": nir.Output({"output": np.array([4])})}
    return nir.NIRGraph({**ends, **nodes}, edges, type_check=False)


def pool(kind: Any, kernel: Any = (2, 2), stride: Any = (2, 2), padding: Any = (0, 0)) -> Any:
    return kind(np.array(kernel), np.array(stride), np.array(padding))


LI = nir.LI(np.full(4, 8 * DT), np.full(4, 2.0), np.zeros(4))
EACH = np.array([1.0, 2.0, 4.0, 8.0])
PIXELS = np.arange(1.0, 145.0).reshape(4, 6, 6)

GRAPHS: dict[str, tuple[nir.NIRGraph, str]] = {
    # numbers of neurons
    "NaN": (
        fc(lif(v_threshold=np.nan)),
        "node 'n': v_threshold must hold finite numbers, not NaN; the training or the export has diverged.",
    ),
    "infinite": (
        fc(lif(tau=np.inf)),
        "node 'n': tau must hold finite numbers, not infinity; neurons without a leak are IF nodes, and "
        "snnTorch exports a beta or alpha of 1 so: train with less, or build the code, my_model.py:Net.",
    ),
    "tau of 0": (fc(lif(tau=0.0)), "node 'n': tau must be a time above 0 s, not 0."),
    "tau below dt": (
        fc(lif(tau=DT / 2)),
        "node 'n': tau must be at least the time step of 0.00012207 s, not 6.10352e-05 s; forward Euler "
        "would overshoot: use a smaller --dt, or --nir-discretisation exact.",
    ),
    "negative r": (
        fc(lif(r=-1.0)),
        "node 'n': r must be above 0, not -1; let the weights before it have the other sign.",
    ),
    "threshold below reset": (
        fc(lif(v_reset=2.0)),
        "node 'n': v_threshold must be above v_reset, not -1 above it; such neurons fire at every time step.",
    ),
    "shape": (
        fc(lif(3)),
        "node 'n': tau must be one number, or have the shape (4,) of what the node reads, not (3,).",
    ),
    "cuba v_leak": (
        fc(cuba(v_leak=0.5)),
        "node 'n': v_leak of CubaLIF with a synaptic current must be its v_reset, not another value; give "
        "it the same, or add the difference to the bias before it.",
    ),
    "cuba tau_syn each": (
        fc(cuba(tau_syn=EACH * DT)),
        "node 'n': the synaptic time constant must be one for all neurons of a node, not one for each; "
        "average them, or split the node.",
    ),
    "v_leak of pixels": (
        of_map(c=conv("a", 4, 2), n=lif((4, 6, 6), r=PIXELS, v_leak=0.5)),
        "node 'n': (v_leak - v_reset) / r of neurons of a map of shape (4, 6, 6) must be one number for each "
        "channel, as it becomes the bias of a convolution, not one for each pixel; give v_leak the value of "
        "v_reset, or flatten the map before them.",
    ),
    "CubaLI": (
        fc(nir.CubaLI(*(np.full(4, value) for value in (4 * DT, 8 * DT, 1.0, 0.0, 1.0)))),
        "node 'n': CubaLI must not be used: read-outs with a synaptic current are not built; use LI, or "
        "CubaLIF and count its spikes.",
    ),
    "threshold 0 of membranes": (
        chain((4,), fc=affine("one"), li=LI, n=nir.Threshold(np.zeros(4))),
        "node 'n': threshold after LI must be above 0, not 0; membranes start at 0.",
    ),
    "LI between": (
        chain((4,), fc=affine("one"), li=LI, fc2=affine("two"), n=lif()),
        "node 'li': what LI integrates must be read by the Output, or by one node of LIF, IF or Threshold "
        "that reads nothing else, not by 'fc2'; values that are no spikes are not sent between layers.",
    ),
    "LI tau each": (
        chain(
            (4,), fc=affine("one"), n=lif(), fc2=affine("two"), li=nir.LI(EACH * DT, np.ones(4), np.zeros(4))
        ),
        "node 'li': tau must be one for all membranes of a read-out, not one for each; average them.",
    ),
    "LI v_leak before LIF": (
        chain((4,), fc=affine("one"), li=nir.LI(np.full(4, DT), np.ones(4), np.ones(4)), n=lif()),
        "node 'n': v_leak of LIF with a synaptic current must be its v_reset, not another value; give it the "
        "same, or add the difference to the bias before it.",
    ),
    # synapses
    "columns": (
        chain((4,), fc=affine("one", 4, 5), n=lif()),
        "node 'fc': weight must have a column for each of the 4 elements that it reads, of shape (4,), not "
        "5.",
    ),
    "axes of a weight": (
        chain((4,), fc=nir.Linear(np.ones((2, 3, 4))), n=lif()),
        "node 'fc': weight of Linear must have shape (outputs, inputs), not (2, 3, 4).",
    ),
    "bias": (
        chain((4,), fc=nir.Affine(np.ones((4, 4)), np.ones(3)), n=lif()),
        "node 'fc': bias must have shape (4,), one for each output, not (3,).",
    ),
    "channels": (
        of_map(c=conv("a", 4, 3)),
        "node 'c': weight must be of the 2 channels that it reads, not 3.",
    ),
    "no map": (
        chain((4,), c=conv("a", 4, 2)),
        "node 'c': Conv2d must read a map of shape (channels, height, width), not (4,).",
    ),
    "input_shape": (
        of_map(c=conv("a", 4, 2, (5, 6))),
        "node 'c': input_shape must be that of what it reads, (6, 6), not (5, 6).",
    ),
    "stride": (
        of_map(c=conv("a", 4, 2, stride=(-1, 1))),
        "node 'c': stride must be 2 integers of at least 1, not [-1, 1].",
    ),
    "large window": (
        of_map(p=pool(nir.SumPool2d, (8, 8))),
        "node 'p': the window of 8 x 8 must lie on the map with its padding, not be larger than what it "
        "reads, (2, 6, 6).",
    ),
    "large kernel": (
        of_map(
            c=nir.Conv2d((6, 6), np.ones((4, 2, 9, 9)), (1, 1), (4, 4), (1, 1), 1, np.zeros(4)),
            n=lif((4, 6, 6)),
        ),
        "c: kernel must be 2 numbers in 1..7, not [9, 9].",
    ),
    "padding": (
        of_map(c=conv("a", 4, 2, stride=(2, 2), padding="same")),
        "node 'c': padding 'same' must go with stride 1, not with another one.",
    ),
    "part of flatten": (
        of_map(f=nir.Flatten({"input": np.array([2, 6, 6])}, 1, -1), n=lif((2, 36))),
        "node 'f': Flatten of shape (2, 6, 6) must be of all axes (start_dim 0, end_dim -1), not of 1 to 2; "
        "axes count without the batch.",
    ),
    "axis of flatten": (
        of_map(f=nir.Flatten({"input": np.array([2, 6, 6, 1])}, 0, 3), n=lif((72,))),
        "node 'f': end_dim must be one of the 3 axes that it reads, which count without the batch, not 3.",
    ),
    "scale of pixels": (
        of_map(s=nir.Scale(np.arange(72.0).reshape(2, 6, 6)), c=conv("a", 4, 2)),
        "node 's': scale of a map of shape (2, 6, 6) must be one number for each channel, not for each "
        "pixel.",
    ),
    # time
    "half a delay": (
        chain((4,), d=nir.Delay(np.full(4, 1.5 * DT)), fc=affine("one"), n=lif()),
        "node 'd': delay must be a whole number of time steps of 0.00012207 s, not 0.000183105 s; choose "
        "--dt so that it is.",
    ),
    "negative delay": (
        chain((4,), d=nir.Delay(np.full(4, -DT)), fc=affine("one"), n=lif()),
        "node 'd': delay must be times of 0 s or more, not negative or none.",
    ),
    "delay of currents": (
        chain((4,), fc=affine("one"), d=nir.Delay(np.full(4, DT)), n=lif()),
        "d: a delay must read neurons, not the currents of fc.",
    ),
    # edges
    "dangling": (
        graph(
            [("input", "fc"), ("fc", "n"), ("n", "output"), ("fc", "nothing"), ("x", "n")],
            fc=affine("a"),
            n=lif(),
        ),
        "the edge 'fc' -> 'nothing' must join two nodes, and there is no node 'nothing'; the nodes are 'fc', "
        "'input', 'n', 'output'.",
    ),
    "dangling end": (  # outside of inner graphs a name is not guessed
        graph([("input", "fc"), ("fc", "n"), ("n", "nowhere")], fc=affine("a"), n=lif()),
        "the edge 'n' -> 'nowhere' must join two nodes, and there is no node 'nowhere'; the nodes are 'fc', "
        "'input', 'n', 'output'.",
    ),
    "cut": (
        graph(
            [("input", "fc"), ("m", "n"), ("n", "output"), ("fc", "n")],
            fc=affine("a"),
            n=lif(),
            m=affine("m"),
        ),
        "node 'm': it must read a node, and no edge leads to it; the graph is cut here.",
    ),
    "output cut": (
        graph([("input", "fc"), ("n", "output")], fc=affine("a"), n=lif()),
        "node 'output': the Output must depend on the Input 'input'; no edges lead there.",
    ),
    "shapes that meet": (
        graph(
            [("input", "a"), ("input", "b"), ("a", "n"), ("b", "n"), ("n", "output")],
            a=affine("a"),
            b=affine("b", 3),
            n=lif(),
        ),
        "node 'n': all that it reads must have one shape, not (4,) ('a') and (3,) ('b').",
    ),
    "loop without neurons": (
        graph(
            [("input", "a"), ("a", "b"), ("b", "a"), ("b", "n"), ("n", "output")],
            a=affine("a"),
            b=affine("b"),
            n=lif(),
        ),
        "node 'a': a loop must hold spiking neurons or a Delay, not be 'a' -> 'b' -> 'a'; without them "
        "nothing says what it computes within a time step.",
    ),
    "two inputs": (
        graph(
            [("input", "fc"), ("fc", "n"), ("other", "n"), ("n", "output")],
            fc=affine("a"),
            n=lif(),
            other=nir.Input({"input": np.array([4])}),
        ),
        "the graph must have one node Input, not 2 ('input', 'other'); join what comes in into one array.",
    ),
    "two outputs": (
        graph(
            [("input", "fc"), ("fc", "n"), ("n", "other"), ("n", "output")],
            fc=affine("a"),
            n=lif(),
            other=nir.Output({"output": np.array([4])}),
        ),
        "the graph must have one node Output, not 2 ('other', 'output'); choose one of them: --output 0 to "
        "1.",
    ),
    "no neurons": (
        chain((4,), fc=affine("a")),
        "model: the network must have a neuron layer, not none; put ASN or LIF between Linears.",
    ),
    "after the output": (
        graph([("input", "n"), ("n", "output"), ("output", "n")], n=lif()),
        "node 'output': an Output must send nothing, not to 'n'; let the node before it do so.",
    ),
    "into the input": (
        graph([("input", "n"), ("n", "output"), ("n", "input")], n=lif()),
        "node 'input': an Input must read nothing, not 'n'.",
    ),
    "graph with two inputs": (
        graph(
            [("input", "g"), ("g", "output")],
            g=nir.NIRGraph(
                {"a": nir.Input({"input": np.array([4])}), "b": nir.Input({"input": np.array([4])})},
                [],
                type_check=False,
            ),
        ),
        "node 'g': a graph within a graph must have one Input and one Output, not 2 and 0; its edges do not "
        "say which is meant.",
    ),
    "recurrent convolution": (
        graph([("input", "n"), ("n", "p"), ("p", "n"), ("n", "output")], n=lif(), p=pool(nir.SumPool2d)),
        "node 'p': SumPool2d must not stand alone in a loop; let what comes back go through a Linear node.",
    ),
    "shared current": (
        graph(
            [("input", "a"), ("a", "n"), ("a", "m"), ("n", "output"), ("m", "output")],
            a=affine("a"),
            n=lif(v_leak=0.5),
            m=lif(),
        ),
        "node 'n': neurons whose v_leak is not v_reset must be all that reads 'a'; give each of its readers "
        "synapses of its own.",
    ),
    "maps that come back": (
        chain((2, 6, 6), c=conv("a", 4, 2), n=lif((4, 6, 6))),
        "node 'n': what comes back from 'n' must be flat, not a map of shape (4, 6, 6); loops over maps are "
        "not built.",
    ),
    "two ways into a delay": (
        graph(
            [("input", "n"), ("n", "d"), ("input", "d"), ("d", "n"), ("n", "output")],
            d=nir.Delay(np.full(4, DT)),
            n=lif(),
        ),
        "node 'd': a Delay in a loop must read one node, not 2 ('n', 'input'); add them after it.",
    ),
    "shape that comes back": (
        graph(
            [("input", "fc"), ("fc", "n"), ("n", "back"), ("back", "n"), ("n", "output")],
            fc=affine("a"),
            back=affine("b", 4, 5),
            n=lif(),
        ),
        "node 'back': it must read the shape (5,), and what comes back from 'n' has (4,).",
    ),
    "delay of 0 in a loop": (
        graph([("input", "n"), ("n", "d"), ("d", "n"), ("n", "output")], d=nir.Delay(np.zeros(4)), n=lif()),
        "node 'd': delay in a loop must be a time step or more, not 0 s.",
    ),
    "delays of elements in a loop": (
        graph([("input", "n"), ("n", "d"), ("d", "n"), ("n", "output")], d=nir.Delay(EACH * DT), n=lif()),
        "node 'd': delay in a loop must be one time for all elements, not one for each.",
    ),
    "delay of one number in a loop": (
        graph(
            [("input", "n"), ("n", "d"), ("d", "n"), ("n", "output")], d=nir.Delay(np.array([DT])), n=lif()
        ),
        "node 'd': delay in a loop must have the shape of what it reads, not be one number; give it as an "
        "array.",
    ),
}


GRAPHS["maps that come back"][0].edges.append(("n", "n"))


@pytest.mark.parametrize("name", GRAPHS)
def test_graphs(tmp_path: Path, name: str) -> None:
    found, message = GRAPHS[name]
    assert refusal(tmp_path, found) == message


OPTIONS: list[tuple[dict[str, Any], str]] = [
    (
        {"time_steps": None},
        "--time-steps must be given, as a NIR graph does not say them; or give events over time, --data "
        "with x of shape (samples, time, 4).",
    ),
    ({"output": 1}, "--output: the value must be in 0..0, not 1; there are 'output'."),
    (
        {"weights": Path("w.pt")},
        "--weights must be left out, not be w.pt; a NIR graph holds its network and its weights.",
    ),
    (
        {"factory": "a:b"},
        "--model must be left out, not be a:b; a NIR graph holds its network and its weights.",
    ),
    (
        {"arguments": (("a", "1"), ("b", "2"))},
        "--model-args must be left out, not be a=1 b=2; a NIR graph holds its network and its weights.",
    ),
    ({"time_steps": 2000}, "events: time_steps (T) must be in 1..1024, not 2000."),
    ({"max_count": 300}, "events: max_count must be in 1..255, not 300."),
]


@pytest.mark.parametrize(("options", "message"), OPTIONS)
def test_options(tmp_path: Path, options: dict[str, Any], message: str) -> None:
    assert refusal(tmp_path, fc(lif()), **options) == message


def test_a_loop_needs_several_time_steps(tmp_path: Path) -> None:
    message = (
        "n_previous: a recurrent layer must see several time steps, not T = 1; present the input over time."
    )
    edges = [("input", "n"), ("n", "n"), ("n", "output")]
    assert refusal(tmp_path, graph(edges, n=lif()), time_steps=1).endswith(message.split(": ")[1])


def test_data_of_another_form(tmp_path: Path) -> None:
    np.savez(tmp_path / "data.npz", x=np.zeros((3, 4, 2, 1), np.uint8))
    found = refusal(tmp_path, fc(lif()), time_steps=None, data=tmp_path / "data.npz")
    assert found == (
        "x of --data must have shape (samples, time, 4), or (samples, 4) with --time-steps, as the graph "
        "reads (4,), not (3, 4, 2, 1)."
    )


def test_kinds_of_error(tmp_path: Path) -> None:
    """What is sound but not built is told apart."""
    with pytest.raises(UnsupportedError):
        load_model(written(tmp_path, fc(lif(r=-1.0))), ImportOptions(time_steps=10))

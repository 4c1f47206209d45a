"""Branches of a forward: what they become, that graph and module compute the same, and that integers do.

Weights, gains and leaks are multiples of powers of two: float64 is then exact, whatever the order of sums.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from loader_models import Forward, refusal
from torch import Tensor, nn

import asn2fpga
from asn2fpga.dataflow.lower import lower
from asn2fpga.golden.simulate import simulate as golden
from asn2fpga.graph import rules
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.text import to_text
from asn2fpga.graph.types import Array
from asn2fpga.kinds.operators.add import Add
from asn2fpga.kinds.sources.input import input_of
from asn2fpga.loader.save import read_module
from asn2fpga.nn import ASN, NASN, Recurrent, RepeatTime
from asn2fpga.nn.neuron import SpikingNeuron
from asn2fpga.quantise.apply import quantise
from asn2fpga.reference.float_model import simulate
from asn2fpga.verify.reference import compare_reference

N = 8
MOST = 4  # of a pixel, or of a count
Run = Callable[[nn.ModuleDict, Tensor], Tensor]
MakeNeuron = Callable[[int], SpikingNeuron]


def linear(inputs: int, outputs: int, seed: int) -> nn.Linear:
    """Synapses whose numbers are multiples of 1/8."""
    generator = torch.Generator().manual_seed(seed)
    module = nn.Linear(inputs, outputs).double()
    module.weight.data = torch.randint(-8, 9, (outputs, inputs), generator=generator).double() / 8
    module.bias.data = torch.randint(-8, 9, (outputs,), generator=generator).double() / 4
    return module


def batch_norm() -> nn.BatchNorm1d:
    """(x - 1/2) / 2 * 3/2 + 1/4."""
    module = nn.BatchNorm1d(N, eps=0.0).double()
    for tensor, value in (
        (module.running_mean, 0.5),
        (module.running_var, 4.0),
        (module.weight, 1.5),
        (module.bias, 0.25),
    ):
        assert tensor is not None
        tensor.data.fill_(value)
    return module


class Net(nn.Module):
    """`run` on frames that are repeated first if T > 1, or on events; the scores are summed over time."""

    def __init__(self, run: Run, neuron: MakeNeuron, time_steps: int, encoding: str) -> None:
        super().__init__()
        self.run, self.time_steps = run, time_steps
        repeat = RepeatTime(time_steps) if time_steps > 1 and encoding == "frames" else nn.Identity()
        self.first = nn.Identity() if run.__name__.startswith("static") else repeat
        self.parts = nn.ModuleDict(
            {f"fc{i}": linear(N, N, i) for i in range(1, 5)}
            | {f"act{i}": neuron(time_steps) for i in range(1, 5)}
            | {"out": linear(N, 3, 11), "other": linear(N, 3, 12), "wide": linear(2 * N, 3, 13)}
            | {"norm": batch_norm(), "repeat": repeat}
        )
        if time_steps > 1:
            self.parts["loop"] = Recurrent(neuron(time_steps), linear(N, N, 21))

    def forward(self, x: Tensor) -> Tensor:
        scores = self.run(self.parts, self.first(x))
        return scores.sum(0) if self.time_steps > 1 else scores


def normed(parts: nn.ModuleDict, x: Tensor) -> Tensor:
    """BatchNorm1d of (batch, n), with time merged into the batch if there is some."""
    if x.dim() == 2:
        return parts["norm"](x)
    return parts["norm"](x.flatten(0, 1)).unflatten(0, (x.shape[0], -1))


def spikes_added(parts: nn.ModuleDict, x: Tensor) -> Tensor:
    s = parts["act1"](parts["fc1"](x))
    return parts["out"](s + parts["act2"](parts["fc2"](s)))


def spikes_and_current(parts: nn.ModuleDict, x: Tensor) -> Tensor:
    s = parts["act1"](parts["fc1"](x))
    return parts["out"](parts["act2"](s + parts["fc2"](s)))


def membrane_shortcut(parts: nn.ModuleDict, x: Tensor) -> Tensor:
    u = parts["fc1"](x)
    return parts["out"](parts["act2"](torch.add(u, parts["fc2"](parts["act1"](u)))))


def input_shortcut(parts: nn.ModuleDict, x: Tensor) -> Tensor:
    return parts["out"](parts["act1"](parts["fc1"](x).add(x)))


def side_by_side(parts: nn.ModuleDict, x: Tensor) -> Tensor:
    s = parts["act1"](parts["fc1"](x))
    return parts["wide"](torch.cat([s, parts["act2"](parts["fc2"](s))], -1))


def side_by_side_with_the_input(parts: nn.ModuleDict, x: Tensor) -> Tensor:
    return parts["wide"](torch.concat(tensors=(x, parts["act1"](parts["fc1"](x))), dim=x.dim() - 1))


def sum_of_four(parts: nn.ModuleDict, x: Tensor) -> Tensor:
    s = parts["act1"](parts["fc1"](x))
    t = parts["act2"](parts["fc2"](s))
    return parts["out"](parts["act3"](sum([parts["fc3"](x), s, parts["fc4"](t), t])))


def added_in_place(parts: nn.ModuleDict, x: Tensor) -> Tensor:
    s = parts["act1"](parts["fc1"](x))
    u = parts["fc2"](s)
    u += parts["fc3"](x)
    return parts["out"](parts["act2"](u))


def twice(parts: nn.ModuleDict, x: Tensor) -> Tensor:
    s = parts["act1"](parts["fc1"](x))
    u = parts["fc2"](s)
    return parts["out"](parts["act2"](s + u + s + u))


def doubled(parts: nn.ModuleDict, x: Tensor) -> Tensor:
    s = parts["act1"](parts["fc1"](x))
    return parts["out"](s + s)


def norm_behind_an_add(parts: nn.ModuleDict, x: Tensor) -> Tensor:
    s = parts["act1"](parts["fc1"](x))
    return parts["out"](parts["act2"](normed(parts, s + parts["fc2"](s))))


def norm_on_a_branch(parts: nn.ModuleDict, x: Tensor) -> Tensor:
    s = parts["act1"](parts["fc1"](x))
    return parts["out"](parts["act2"](s + normed(parts, parts["fc2"](s))))


def scaled_branch(parts: nn.ModuleDict, x: Tensor) -> Tensor:
    s = parts["act1"](parts["fc1"](x))
    return parts["out"](parts["act2"](s * 0.5 + parts["fc2"](s) / 4))


def same_synapses_on_both(parts: nn.ModuleDict, x: Tensor) -> Tensor:
    s = parts["act1"](parts["fc1"](x))
    t = parts["act2"](parts["fc2"](s))
    return parts["out"](parts["act3"](parts["fc3"](s) + parts["fc3"](t)))


def two_neurons_on_one_current(parts: nn.ModuleDict, x: Tensor) -> Tensor:
    u = parts["fc1"](x)
    return parts["out"](parts["act1"](u) + parts["act2"](u))


def scores_of_two(parts: nn.ModuleDict, x: Tensor) -> Tensor:
    s = parts["act1"](parts["fc1"](x))
    return parts["out"](s) + parts["other"](x)


def spikes_at_the_end(parts: nn.ModuleDict, x: Tensor) -> Tensor:
    s = parts["act1"](parts["fc1"](x))
    return s + parts["act2"](parts["fc2"](s))


def static_branch(parts: nn.ModuleDict, x: Tensor) -> Tensor:
    """(batch, n) + (time, batch, n)."""
    s = parts["act1"](parts["repeat"](parts["fc1"](x)))
    return parts["out"](parts["act2"](parts["fc2"](x) + parts["fc3"](s)))


def static_concatenation(parts: nn.ModuleDict, x: Tensor) -> Tensor:
    """The input is repeated where it is needed, behind neurons of another branch too."""
    s = parts["act1"](parts["repeat"](parts["fc1"](x)))
    return parts["wide"](torch.cat([s, x.expand(len(s), *x.shape)], 2))


def loop(parts: nn.ModuleDict, x: Tensor) -> Tensor:
    return parts["out"](parts["loop"](parts["fc1"](x)))


def loop_in_a_branch(parts: nn.ModuleDict, x: Tensor) -> Tensor:
    s = parts["act1"](parts["fc1"](x))
    return parts["out"](s + parts["loop"](parts["fc2"](s) + parts["fc3"](x)))


RUNS: dict[str, Run] = {
    run.__name__: run
    for run in (
        spikes_added,
        spikes_and_current,
        membrane_shortcut,
        input_shortcut,
        side_by_side,
        side_by_side_with_the_input,
        sum_of_four,
        added_in_place,
        twice,
        doubled,
        norm_behind_an_add,
        norm_on_a_branch,
        scaled_branch,
        same_synapses_on_both,
        two_neurons_on_one_current,
        scores_of_two,
        spikes_at_the_end,
    )
}
OVER_TIME: dict[str, Run] = {
    run.__name__: run for run in (static_branch, static_concatenation, loop, loop_in_a_branch)
}
NEURONS: dict[str, MakeNeuron] = {
    "asn": lambda steps: ASN(4, alpha=-1.0, time_steps=steps),
    "nasn": lambda steps: NASN(4, alpha=-2.0, time_steps=steps),
}
SITUATIONS = [(1, "frames"), (3, "frames"), (1, "events"), (3, "events")]
CASES = [(name, *situation) for name in RUNS for situation in SITUATIONS] + [
    (name, 3, encoding)
    for name in OVER_TIME
    for encoding in ("frames", "events")
    if encoding == "frames" or not name.startswith("static")
]


def net(name: str, neuron: str = "asn", time_steps: int = 1, encoding: str = "frames") -> Net:
    return Net((RUNS | OVER_TIME)[name], NEURONS[neuron], time_steps, encoding).eval()


def graph_of(module: Net, encoding: str) -> Graph:
    has_time = encoding == "events" and module.time_steps > 1
    example = torch.zeros((module.time_steps, 1, N) if has_time else (1, N)).double()
    return read_module(module, "net", example, encoding=encoding, max_count=MOST)


def inputs_of(graph: Graph) -> Array:
    shape = (40, *input_of(graph).sample_shape)
    return np.random.default_rng(3).integers(0, MOST + 1, shape, dtype=np.uint8)


def scores_of(module: Net, x: Array) -> Array:
    """Of the module itself; x as the graph takes it."""
    tensor = torch.from_numpy(x).double()
    if tensor.dim() == 3:
        tensor = tensor.transpose(0, 1) if module.time_steps > 1 else tensor[:, 0]
    with torch.no_grad():
        scores: Array = module(tensor).numpy()
    return scores


@pytest.mark.parametrize("neuron", NEURONS)
@pytest.mark.parametrize(("name", "time_steps", "encoding"), CASES)
def test_graph_and_integers_compute_what_the_module_computes(
    name: str, neuron: str, time_steps: int, encoding: str
) -> None:
    module = net(name, neuron, time_steps, encoding)
    graph = graph_of(module, encoding)
    rules.check(graph)
    x = inputs_of(graph)
    np.testing.assert_array_equal(simulate(graph, x).scores, scores_of(module, x))
    found = quantise(graph, x=x)
    rules.check(found.graph)
    lower(found.graph)
    golden(found.graph, x)
    report = compare_reference(found.reference, found.graph, x)
    assert report.class_agreement >= 0.9  # where membranes are rounded it need not be 1


def layers(graph: Graph) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(type(layer).__name__, layer.name, layer.inputs) for layer in graph.layers[1:-1]]


def test_a_recurrent_layer_is_a_delay_synapses_and_a_sum_before_its_neurons() -> None:
    graph = graph_of(net("loop", time_steps=3), "frames")
    assert layers(graph) == [
        ("Linear", "parts_fc1", ("pixels",)),
        ("Delay", "parts_loop_previous", ("parts_loop_neuron",)),
        ("Linear", "parts_loop_linear", ("parts_loop_previous",)),
        ("Add", "parts_loop_sum", ("parts_fc1", "parts_loop_linear")),
        ("Neuron", "parts_loop_neuron", ("parts_loop_sum",)),
        ("Linear", "parts_out", ("parts_loop_neuron",)),
    ]
    assert [layer.source for layer in graph.layers[2:6]] == [
        "parts.loop",
        "parts.loop.linear",
        "parts.loop",
        "parts.loop.neuron",
    ]


def test_what_is_summed_before_a_recurrent_layer_is_part_of_its_sum() -> None:
    (first, second) = graph_of(net("loop_in_a_branch", time_steps=3), "frames").of_type(Add)
    assert (first.name, first.inputs) == ("parts_loop_sum", ("parts_fc2", "parts_fc3", "parts_loop_linear"))
    assert (second.name, second.inputs) == ("add_2", ("parts_act1", "parts_loop_neuron"))


def test_nested_sums_are_one() -> None:
    (add,) = graph_of(net("sum_of_four"), "frames").of_type(Add)
    assert add.inputs == ("parts_fc3", "parts_act1", "parts_fc4", "parts_act2")


def test_a_sum_that_others_read_too_stays() -> None:
    def run(parts: nn.ModuleDict, x: Tensor) -> Tensor:
        u = parts["fc1"](x) + parts["fc2"](x)
        s = parts["act1"](u)
        return parts["out"](parts["act2"](u + parts["fc3"](s)))

    module = Net(run, NEURONS["asn"], 1, "frames").eval()
    graph = graph_of(module, "frames")
    first, second = graph.of_type(Add)
    assert (first.inputs, second.inputs) == (("parts_fc1", "parts_fc2"), ("add", "parts_fc3"))
    x = inputs_of(graph)
    np.testing.assert_array_equal(simulate(graph, x).scores, scores_of(module, x))


def test_what_is_added_several_times_is_multiplied() -> None:
    assert layers(graph_of(net("twice"), "frames"))[3:6] == [
        ("Scale", "add_3_2_times", ("parts_act1",)),
        ("Scale", "add_3_2_times_2", ("parts_fc2",)),
        ("Add", "add_3", ("add_3_2_times", "add_3_2_times_2")),
    ]
    assert layers(graph_of(net("doubled"), "frames"))[2] == ("Scale", "add", ("parts_act1",))


@pytest.mark.parametrize("name", ["loop_in_a_branch", "side_by_side", "membrane_shortcut"])
def test_a_model_file_holds_branches(name: str, tmp_path: Path) -> None:
    module, path = net(name, time_steps=3), tmp_path / "net.pt"
    asn2fpga.save(module, path, torch.zeros(1, N).double(), max_count=MOST)
    assert to_text(asn2fpga.load_model(path).graph) == to_text(graph_of(module, "frames"))


def test_a_loop_without_a_delay_in_a_model_file(tmp_path: Path) -> None:
    path = tmp_path / "net.pt"
    asn2fpga.save(net("loop", time_steps=3), path, torch.zeros(1, N).double(), max_count=MOST)
    content = torch.load(path, weights_only=True)
    found = content["graph"]["layers"]
    found.remove(next(layer for layer in found if layer["class"] == "Delay"))
    next(layer for layer in found if layer["name"] == "parts_loop_linear")["inputs"] = ["parts_loop_neuron"]
    torch.save(content, path)
    assert refusal(lambda: asn2fpga.load_model(path)) == (
        f"{path}: parts.loop.linear: a loop must hold a delay, not be parts_loop_linear -> parts_loop_sum -> "
        "parts_loop_neuron -> parts_loop_linear within one time step."
    )


def test_a_repeated_input_is_no_concatenation() -> None:
    module = Forward(
        lambda parts, x: parts["out"](parts["act"](torch.concatenate([x[None]] * 3))).mean(0),
        act=nn.Sequential(linear(N, N, 1), ASN(4, time_steps=3)),
        out=linear(N, 3, 2),
    )
    graph = read_module(module, "net", torch.zeros(1, N).double())
    assert [name for name, _, _ in layers(graph)] == ["Linear", "Neuron", "Linear"]

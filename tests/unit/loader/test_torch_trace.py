"""Modules to graphs: what they become, that both compute the same, and their names."""

from __future__ import annotations

from collections import OrderedDict

import numpy as np
import pytest
import torch
from loader_models import Forward, dense, norm
from torch import Tensor, nn

from asn2fpga.graph import rules
from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.operators.output import Output
from asn2fpga.kinds.sources.input import Input
from asn2fpga.loader.save import read_module
from asn2fpga.nn import ASN, ILIF, NASN, RepeatTime, TimeMean, TimeSum
from asn2fpga.reference.float_model import simulate


class Block(nn.Module):
    """A user's own module: traced into."""

    def __init__(self, inputs: int, outputs: int, time_steps: int = 1) -> None:
        super().__init__()
        self.fc = nn.Linear(inputs, outputs)
        self.act = ASN(4, alpha=-1.0, time_steps=time_steps)

    def forward(self, x: Tensor) -> Tensor:
        activity: Tensor = self.act(self.fc(x) * 3)
        return activity


class OptionalArguments(nn.Module):
    """A forward with more arguments, a constant in a buffer, and the same synapses used twice."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(16, 16)
        self.act = ASN(4)
        self.register_buffer("gain", torch.tensor(0.5))

    def forward(self, x: Tensor, verbose: bool = False, mask: Tensor | None = None) -> Tensor:
        if verbose:
            print(x)
        if mask is not None:
            x = x * mask
        scores: Tensor = self.fc(self.act(self.fc(x * self.gain)))
        return scores


def merged_norm(parts: nn.ModuleDict, x: Tensor) -> Tensor:
    x = parts["fc1"](parts["repeat"](x))
    x = parts["norm"](x.flatten(0, 1)).unflatten(0, (3, -1))
    result: Tensor = parts["fc2"](parts["act"](x)).sum(dim=0)
    return result


def two_readouts(parts: nn.ModuleDict, x: Tensor) -> Tensor:
    x /= 2
    hidden = parts["hidden"](x)
    parts["unused"](hidden)
    result: Tensor = parts["used"](hidden)
    return result


def reshapes(parts: nn.ModuleDict, x: Tensor) -> Tensor:
    x = torch.flatten(x.view(x.shape[0], -1), 1).reshape(x.size(0), -1)
    result: Tensor = parts["net"](2 * (x.to(torch.float32).contiguous() / 255) * 0.5)
    return result


FRAMES: dict[str, tuple[nn.Module, tuple[int, ...]]] = {
    "plain": (dense(NASN(4)), (16,)),
    "nested": (nn.Sequential(nn.Flatten(), nn.Sequential(nn.Identity(), dense(ASN(4)))), (4, 4)),
    "batchnorm and dropout": (dense(norm(8), nn.Dropout(0.5), ILIF(3)), (16,)),
    "batchnorm of the input": (nn.Sequential(norm(16), dense(NASN(4, alpha=1.0))), (16,)),
    "batchnorm behind the neuron": (dense(NASN(4), norm(8)), (16,)),
    "two populations": (nn.Sequential(Block(16, 8), Block(8, 8), nn.Linear(8, 3)), (16,)),
    "optional arguments": (OptionalArguments(), (16,)),
    "layers nobody reads": (
        Forward(
            two_readouts,
            hidden=nn.Sequential(nn.Linear(16, 8), ASN(4)),
            unused=nn.Linear(8, 9),
            used=nn.Linear(8, 3),
        ),
        (16,),
    ),
    "own forward": (Forward(reshapes, net=dense(NASN(4))), (4, 4)),
    "repeated": (
        nn.Sequential(nn.Flatten(), RepeatTime(3), dense(NASN(4, time_steps=3)), TimeMean()),
        (4, 4),
    ),
    "repeated behind the synapses": (
        nn.Sequential(nn.Linear(16, 8), RepeatTime(2), ASN(4, time_steps=2), nn.Linear(8, 3), TimeSum()),
        (16,),
    ),
    "mean before the last synapses": (
        nn.Sequential(nn.Linear(16, 8), RepeatTime(2), ASN(4, time_steps=2), TimeMean(), nn.Linear(8, 3)),
        (16,),
    ),
    "merged batchnorm": (
        Forward(
            merged_norm,
            repeat=RepeatTime(3),
            fc1=nn.Linear(16, 8),
            norm=norm(8),
            act=NASN(4, time_steps=3),
            fc2=nn.Linear(8, 3),
        ),
        (16,),
    ),
}


def frames(shape: tuple[int, ...], count: int = 40) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.random.default_rng(3).integers(0, 5, (count, *shape), dtype=np.uint8)


@pytest.mark.parametrize("name", FRAMES)
def test_graph_computes_what_the_module_computes(name: str) -> None:
    module, shape = FRAMES[name]
    module = module.double().eval() if name != "own forward" else module.eval()
    example = torch.zeros((1, *shape), dtype=torch.float64 if name != "own forward" else torch.uint8)
    graph = read_module(module, "net", example)
    rules.check(graph)
    x = frames(shape)
    with torch.no_grad():
        expected = module(torch.from_numpy(x).to(example.dtype)).numpy()
    np.testing.assert_allclose(simulate(graph, x).scores, expected, rtol=1e-5, atol=1e-5)


def test_events_keep_their_time_axis() -> None:
    module = nn.Sequential(nn.Linear(16, 8), ILIF(4, time_steps=5), nn.Linear(8, 3), TimeSum()).double()
    graph = read_module(module, "net", max_count=2)
    (source,), (output,) = graph.of_type(Input), graph.of_type(Output)
    assert (source.encoding, source.time_steps, source.max_count, source.shape) == ("events", 5, 2, (16,))
    assert output.reduce == "sum"
    x = np.random.default_rng(0).integers(0, 3, (30, 5, 16))
    with torch.no_grad():
        expected = module(torch.from_numpy(x).double().transpose(0, 1)).numpy()
    np.testing.assert_allclose(simulate(graph, x).scores, expected, rtol=1e-9, atol=1e-9)


def names(graph: Graph) -> list[tuple[str, str, str]]:
    return [(type(layer).__name__, layer.name, layer.source) for layer in graph.layers]


def test_layers_are_named_after_modules_and_operations() -> None:
    module = nn.Sequential(
        OrderedDict(
            {
                "signal": Forward(lambda parts, x: x.flatten(1) / 255),
                "net": dense(ASN(4)),
                "Net/0": nn.Identity(),
            }
        )
    )
    assert names(read_module(module, "my model", torch.zeros(1, 4, 4))) == [
        ("Input", "pixels", "pixels"),
        ("Flatten", "signal_flatten", "signal"),
        ("Scale", "signal_scale", "signal"),
        ("Linear", "net_0", "net.0"),
        ("Neuron", "net_1", "net.1"),
        ("Linear", "net_2", "net.2"),
        ("Output", "output", "output"),
    ]


def test_names_that_collide_are_numbered() -> None:
    module = nn.Sequential(
        OrderedDict({"fc-1": nn.Linear(4, 4), "FC 1": ASN(4), "fc'1\"": nn.Linear(4, 2)}),
    )
    assert [layer.name for layer in read_module(module, "m").layers] == [
        "pixels",
        "fc_1",
        "FC_1_2",
        "fc_1_3",
        "output",
    ]


def test_the_module_is_not_changed() -> None:
    module = dense(norm(8), nn.Dropout(), ASN(4)).train()
    read_module(module, "net")
    assert all(part.training for part in module.modules())

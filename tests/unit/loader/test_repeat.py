"""A static input repeated in forward, as public code does it, is the same as RepeatTime."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from loader_models import Forward, dense, norm, refusal
from torch import Tensor, nn

from asn2fpga.kinds.neurons.neuron import Neuron
from asn2fpga.kinds.sources.input import Input
from asn2fpga.kinds.synapses.dense import Linear
from asn2fpga.loader.save import read_module
from asn2fpga.nn import ASN, NASN, RepeatTime, TimeMean
from asn2fpga.reference.float_model import simulate

T = 4
X = np.random.default_rng(0).integers(0, 9, (20, 16), dtype=np.uint8)
Repeat = Callable[[Tensor], Tensor]
REPEATS: dict[str, Repeat] = {
    "unsqueeze, repeat": lambda x: x.unsqueeze(0).repeat(T, 1, 1),
    "unsqueeze, expand": lambda x: x.unsqueeze(0).expand(T, -1, -1),
    "torch.unsqueeze": lambda x: torch.unsqueeze(x, 0).repeat_interleave(T, dim=0),
    "index": lambda x: x[None].expand(T, *x.shape),
    "index with dots": lambda x: x[None, ...].tile((T, 1, 1)),
    "repeat": lambda x: x.repeat(T, 1, 1),
    "expand": lambda x: x.expand(T, x.shape[0], x.shape[1]),
    "torch.tile": lambda x: torch.tile(x, (T, 1, 1)),
    "broadcast": lambda x: torch.broadcast_to(x, (T, *x.shape)),
    "stack": lambda x: torch.stack([x] * T),
    "stack in a loop": lambda x: torch.stack([x for _ in range(T)], dim=0),
    "cat": lambda x: torch.cat([x.unsqueeze(0)] * T, dim=0),
}


def network(repeat: Repeat) -> nn.Module:
    """With the batch and time merged around the BatchNorm, as SpikingJelly's users do."""

    def run(parts: nn.ModuleDict, x: Tensor) -> Tensor:
        x = repeat(x)
        steps, batch = x.shape[0], x.shape[1]
        x = parts["norm"](parts["fc1"](x.flatten(0, 1))).reshape(steps, batch, -1)
        scores: Tensor = parts["fc2"](parts["act"](x).mean(0))
        return scores

    torch.manual_seed(1)
    parts = {"fc1": nn.Linear(16, 8), "norm": norm(8), "act": NASN(4, time_steps=T), "fc2": nn.Linear(8, 3)}
    return Forward(run, **parts).double().eval()


@pytest.mark.parametrize("name", REPEATS)
@pytest.mark.parametrize("given", [True, False])
def test_it_works_like_repeat_time(name: str, given: bool) -> None:
    module = network(REPEATS[name])
    graph = read_module(module, "net", torch.zeros(1, 16).double() if given else None)
    (source,) = graph.of_type(Input)
    assert (source.encoding, source.time_steps, source.shape) == ("frames", T, (16,))
    with torch.no_grad():
        expected = module(torch.from_numpy(X).double()).numpy()
    np.testing.assert_allclose(simulate(graph, X).scores, expected, rtol=1e-9, atol=1e-9)


def test_images_repeated_behind_the_first_synapses() -> None:
    def run(parts: nn.ModuleDict, x: Tensor) -> Tensor:
        x = parts["fc1"](x.flatten(1)).unsqueeze(0).repeat(T, 1, 1)
        result: Tensor = parts["fc2"](parts["act"](x)).mean(0)
        return result

    module = Forward(run, fc1=nn.Linear(16, 8), act=ASN(4, time_steps=T), fc2=nn.Linear(8, 3)).double()
    graph = read_module(module, "net", torch.zeros(1, 1, 4, 4).double())
    assert [type(layer) for layer in graph.layers[2:5]] == [Linear, Neuron, Linear]
    with torch.no_grad():
        expected = module(torch.from_numpy(X).double().view(20, 1, 4, 4)).numpy()
    np.testing.assert_allclose(simulate(graph, X.reshape(20, 1, 4, 4)).scores, expected, rtol=1e-9, atol=1e-9)


def test_one_time_step_may_come_and_go() -> None:
    def run(parts: nn.ModuleDict, x: Tensor) -> Tensor:
        result: Tensor = parts["net"](x.unsqueeze(0).repeat(1, 1, 1)).squeeze(0)
        return result

    graph = read_module(Forward(run, net=dense(ASN(4))), "net", torch.zeros(1, 16))
    assert graph.of_type(Input)[0].time_steps == 1


def test_events_are_not_taken_for_a_repeated_frame() -> None:
    module = nn.Sequential(nn.Linear(16, 8), ASN(4, time_steps=3), nn.Linear(8, 3), TimeMean())
    for example in (None, torch.zeros(3, 1, 16), torch.zeros(3, 3, 16)):
        (source,) = read_module(module, "net", example, max_count=1).of_type(Input)
        assert (source.encoding, source.time_steps, source.shape) == ("events", 3, (16,))


def stateful(run: Repeat) -> nn.Module:
    return Forward(lambda parts, x: parts["net"](run(x)), net=dense(ASN(4, time_steps=T)))


WRONG: dict[str, tuple[nn.Module, str]] = {
    "features": (
        Forward(lambda parts, x: parts["net"](x.unsqueeze(0).repeat(T, 1, 2)), net=dense(ASN(4))),
        "model: repeat must repeat a static input over a first time axis, as in x.unsqueeze(0).repeat(T, 1, "
        "...), "
        "not turn (1, 3, 16) into (4, 3, 32).",
    ),
    "another number of steps": (
        nn.Sequential(stateful(lambda x: x.repeat(T + 1, 1, 1)), TimeMean()),
        "layer_0_parts_net_1: ASN must have time_steps (T) = 5 as its input has, not 4; give it "
        "time_steps=5.",
    ),
    "twice": (
        nn.Sequential(RepeatTime(T), stateful(lambda x: x.unsqueeze(0).expand(2, -1, -1, -1))),
        "layer_1: unsqueeze must put a time axis in front, as in x.unsqueeze(0), not turn (4, 3, 16) into "
        "(1, 4, 3, 16).",
    ),
    "behind a neuron": (
        nn.Sequential(
            nn.Linear(16, 16), ASN(4), Forward(lambda parts, x: x.expand(T, *x.shape)), dense(NASN(4))
        ),
        "layer_2: expand must stand before the first neuron, not behind it; move it to the start.",
    ),
    "behind a mean": (
        nn.Sequential(RepeatTime(T), TimeMean(), stateful(lambda x: x.expand(T, *x.shape))),
        "layer_2: expand must stand once in a model, not behind a time axis.",
    ),
    "too often": (
        Forward(lambda parts, x: parts["net"](x.expand(1025, *x.shape)), net=dense(ASN(4))),
        "model: expand must repeat at most 1024 times, not 1025.",
    ),
    "a channel": (
        Forward(lambda parts, x: parts["net"](x.unsqueeze(1)), net=dense(ASN(4))),
        "parts.net.0: Linear must not read (batch, 1, features), which AvgPool1d alone does; a time axis "
        "stands in front, x.unsqueeze(0).",
    ),
    "a part": (
        Forward(lambda parts, x: parts["net"](x[:, :16]), net=dense(ASN(4))),
        "model: x[...] must add or remove a time axis of one step, as x[None] and x[0] do, or take the last "
        "time step, x[-1], not turn (3, 20) "
        "into (3, 16).",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_other_repetitions_are_refused(case: str) -> None:
    module, message = WRONG[case]
    example = torch.zeros(1, 20 if case == "a part" else 16)
    assert refusal(lambda: read_module(module, "net", example)) == message

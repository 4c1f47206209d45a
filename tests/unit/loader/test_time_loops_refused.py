"""Time loops that are not built: one sentence each, with the line of the user's code."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from framework_models import Tutorial
from torch import Tensor, nn

from asn2fpga.errors import Asn2FpgaError
from asn2fpga.kinds.sources.input import input_of
from asn2fpga.loader.save import convert

pytest.importorskip("snntorch")
pytest.importorskip("spikingjelly")
import snntorch as snn
from spikingjelly.activation_based import neuron as sj

STEPS = 4
Body = Callable[["Loop", Tensor], Any]


class Loop(nn.Module):
    """Two layers, and a forward that is given."""

    def __init__(self, body: Body, **options: Any) -> None:
        super().__init__()
        self.fc1, self.fc2, self.other = nn.Linear(16, 8), nn.Linear(8, 3), nn.Linear(16, 8)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what snnTorch says of its own options
            self.lif1, self.lif2 = snn.Leaky(beta=0.5, **options), snn.Leaky(beta=0.5)
        self.body = body

    def forward(self, x: Tensor) -> Any:
        return self.body(self, x)


def steps_differ(net: Loop, x: Tensor) -> Tensor:
    mem, found = net.lif1.init_leaky(), []
    for step in range(STEPS):
        spk, mem = net.lif1(net.fc1(x) if step < 2 else net.other(x), mem)
        found.append(net.fc2(spk))
    return torch.stack(found).sum(0)


def starts_elsewhere(net: Loop, x: Tensor) -> Tensor:
    mem, found = torch.ones(1), []
    for _ in range(STEPS):
        spk, mem = net.lif1(net.fc1(x), mem)  # from ones
        found.append(spk)
    return torch.stack(found).sum(0)


def state_of_another(net: Loop, x: Tensor) -> Tensor:
    mem1, mem2, found = net.lif1.init_leaky(), net.lif2.init_leaky(), []
    for _ in range(STEPS):
        spk, mem1 = net.lif1(net.fc1(x), mem2 if found else mem1)
        _, mem2 = net.lif2(net.other(x), mem2)
        found.append(spk)
    return torch.stack(found).sum(0)


def two_places(net: Loop, x: Tensor) -> Tensor:
    found = []
    for _ in range(STEPS):
        first, _ = net.lif1(net.fc1(x))
        second, _ = net.lif1(net.other(x))
        found.append(net.lif2(net.fc2(first + second))[0])
    return torch.stack(found).sum(0)


def some_steps(net: Loop, x: Tensor) -> Tensor:
    mem, found = net.lif1.init_leaky(), []
    for _ in range(STEPS):
        spk, mem = net.lif1(net.fc1(x), mem)
        found.append(spk)
    return torch.stack(found[1:]).sum(0)


def some_of_the_sum(net: Loop, x: Tensor) -> Any:
    mem, total, early = net.lif1.init_leaky(), 0, None
    for step in range(STEPS):
        spk, mem = net.lif1(net.fc1(x), mem)
        total = total + net.fc2(spk)
        early = total if step == 1 else early
    return early


def stacked_behind_the_features(net: Loop, x: Tensor) -> Tensor:
    mem, found = net.lif1.init_leaky(), []
    for _ in range(STEPS):
        spk, mem = net.lif1(net.fc1(x), mem)
        found.append(spk)
    return torch.stack(found, dim=2)


def fired_membrane(net: Loop, x: Tensor) -> Tensor:
    mem = net.lif1.init_leaky()
    for _ in range(STEPS):
        _, mem = net.lif1(net.fc1(x), mem)
    return mem


def of_another_scale(net: Loop, x: Tensor) -> Tensor:
    mem, found = net.lif1.init_leaky(), []
    for step in range(STEPS):
        current = net.fc1(x) * (2.0 if step == 1 else 1.0)
        spk, mem = net.lif1(current, mem)  # twice as much
        found.append(net.fc2(spk))
    return torch.stack(found).sum(0)


def scores_over_time(net: Loop, x: Tensor) -> Tensor:
    mem, found = net.lif1.init_leaky(), []
    for _ in range(STEPS):
        spk, mem = net.lif1(net.fc1(x), mem)
        found.append(net.fc2(spk))
    return torch.stack(found)


def at(code: str) -> str:
    """How messages show a line of this file."""
    lines = Path(__file__).read_text().splitlines()
    (number,) = [index for index, line in enumerate(lines, start=1) if line.strip() == code]
    return f" ({Path(__file__).name}:{number}: {code[:80]})"


DIFFERS = "spk, mem = net.lif1(net.fc1(x) if step < 2 else net.other(x), mem)"
SCALED = "spk, mem = net.lif1(current, mem)  # twice as much"
FROM_ONES = "spk, mem = net.lif1(net.fc1(x), mem)  # from ones"
REFUSED: dict[str, tuple[nn.Module, str]] = {
    "steps differ": (
        Loop(steps_differ),
        "lif1: all time steps must compute the same, but step 0 gives it the result of "
        f"fc1{at(DIFFERS)}, and step 3 that of other{at(DIFFERS)}{at(DIFFERS)}.",
    ),
    "the same line computes something else": (
        Loop(of_another_scale),
        "lif1: all time steps must compute the same, but steps 1 and 3 compute "
        f"mul{at('current = net.fc1(x) * (2.0 if step == 1 else 1.0)')} from different values; of events "
        f"take x[t] or x[:, t], not x[..., t]{at(SCALED)}.",
    ),
    "starts elsewhere": (
        Loop(starts_elsewhere),
        f"lif1: mem must start at 0; other states are not built{at(FROM_ONES)}.",
    ),
    "state of another": (
        Loop(state_of_another),
        "lif1: mem must get back the state it returned the step before; other states are not built"
        f"{at('spk, mem1 = net.lif1(net.fc1(x), mem2 if found else mem1)')}.",
    ),
    "two places": (
        Loop(two_places),
        "lif1: one module of neurons must be called once in each of the 4 steps, not 8 times: it keeps the "
        f"membranes of one layer; give each place its own{at('second, _ = net.lif1(net.other(x))')}.",
    ),
    "some steps": (
        Loop(some_steps),
        "model: stack must take the same value of all 4 time steps, in their order"
        f"{at('return torch.stack(found[1:]).sum(0)')}.",
    ),
    "some of the sum": (
        Loop(some_of_the_sum),
        f"model: a sum over time must be of all 4 steps, not of 2{at('total = total + net.fc2(spk)')}.",
    ),
    "stacked behind the features": (
        Loop(stacked_behind_the_features),
        "model: stack must put time in front (dim=0) or after the batch (dim=1), not at dim=2"
        f"{at('return torch.stack(found, dim=2)')}.",
    ),
    "a membrane that fires": (
        Loop(fired_membrane),
        "lif1: membranes that are returned must be of neurons that never fire (reset_mechanism='none', or a "
        "threshold from 1e+06 on), not of Leaky; return the spikes, --output 0.",
    ),
    "scores over time": (
        Loop(scores_over_time),
        "model: the output must have no time axis; end the model with TimeMean or TimeSum, or say what the "
        "scores are: --read-out sum, mean, last or max.",
    ),
    "one step in a call": (
        nn.Sequential(nn.Linear(16, 3), sj.IFNode()),
        "layer_1: the neurons take one time step in a call of the module and keep their states; say how many "
        "steps a static input is shown: --time-steps T (save: time_steps=T).",
    ),
    "unknown neurons": (
        nn.Sequential(nn.Linear(16, 3), sj.KLIFNode()),
        "layer_1: module spikingjelly.activation_based.neuron.lif_variants.KLIFNode is not supported; use "
        "IFNode, LIFNode, ParametricLIFNode, CUBALIFNode or ILIFNode, and train with that.",
    ),
    "options that are not built": (
        Loop(scores_over_time, inhibition=True),
        "lif1: Leaky must have inhibition=False, not True: only the largest membrane would fire.",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_in_one_sentence(name: str) -> None:
    module, message = REFUSED[name]
    with pytest.raises(Asn2FpgaError) as info:
        convert(module.eval(), "net", torch.zeros(1, 16), encoding="frames")
    assert str(info.value) == message


@pytest.mark.parametrize("example", [None, torch.zeros(1, 16), torch.zeros(1, 1, 4, 4)])
def test_counts_without_an_encoding_are_of_events(example: Tensor | None) -> None:
    shape = (1, 16) if example is None else tuple(example.shape)
    network = nn.Sequential(nn.Flatten(), Tutorial())
    with pytest.raises(Asn2FpgaError) as caught:
        convert(network, "net", example, max_count=15)
    assert str(caught.value) == (
        "save: max_count without encoding is that of events, whose example_input must have shape (time, "
        f"batch, ...) or (batch, time, ...) with several time steps, not {shape}; for frames give "
        "encoding='frames' (--encoding frames)."
    )
    said = convert(network, "net", example, max_count=15, encoding="frames")
    assert input_of(said.graph).encoding == "frames"


def test_time_steps_are_said_once() -> None:
    with pytest.raises(Asn2FpgaError) as info:
        convert(Loop(some_steps), "net", torch.zeros(1, 16), time_steps=3)
    assert str(info.value) == (
        "--time-steps 3: the option must be left out; forward runs 4 time steps itself, or calls one "
        "module of neurons at several places: give each place its own."
    )

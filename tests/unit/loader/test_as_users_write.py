"""Networks of snnTorch and SpikingJelly as users write them: built, or refused in one sentence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from loader_models import refusal
from torch import Tensor, nn

from asn2fpga.errors import Asn2FpgaError
from asn2fpga.loader.save import convert
from asn2fpga.reference import float_model

pytest.importorskip("snntorch")
pytest.importorskip("spikingjelly")
import snntorch as snn
from snntorch import spikegen
from spikingjelly.activation_based import encoding, functional, layer, neuron

STEPS = 4
Body = Callable[["Net", Tensor], Any]


class Net(nn.Module):
    """One layer, and a forward that is given."""

    def __init__(self, body: Body, **parts: nn.Module) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.fc, self.lif, self.body = nn.Linear(16, 4), snn.Leaky(beta=0.5), body
        nn.init.normal_(self.fc.weight, 0.1, 0.5)
        for name, part in parts.items():
            self.add_module(name, part)

    def forward(self, x: Tensor) -> Any:
        return self.body(self, x)


def counted(net: Net, steps: Any) -> Tensor:
    mem, found = net.lif.reset_mem(), []
    for now in steps:
        spk, mem = net.lif(net.fc(now), mem)
        found.append(spk)
    return torch.stack(found).sum(0)


EVENTS: dict[str, Body] = {
    "x.select": lambda net, x: counted(net, [x.select(0, step) for step in range(x.shape[0])]),
    "torch.select": lambda net, x: counted(net, [torch.select(x, 0, step) for step in range(len(x))]),
    "x.unbind": lambda net, x: counted(net, x.unbind(0)),
    "torch.unbind": lambda net, x: counted(net, torch.unbind(x, dim=0)),
    "x.unbind, batch first": lambda net, x: counted(net, x.unbind(1)),
}


@pytest.mark.parametrize("name", EVENTS)
def test_steps_of_events_are_picked_in_any_way(name: str) -> None:
    module, is_batch_first = Net(EVENTS[name]).eval(), name.endswith("batch first")
    example = torch.zeros(1, STEPS, 16) if is_batch_first else torch.zeros(STEPS, 1, 16)
    graph = convert(module, "net", example, encoding="events", max_count=1).graph
    x = np.random.default_rng(0).integers(0, 2, (30, STEPS, 16)).astype(np.uint8)
    with torch.no_grad():
        given = torch.from_numpy(x).float()
        wanted = module(given if is_batch_first else given.transpose(0, 1)).numpy()
    assert np.array_equal(float_model.simulate(graph, x).scores, wanted) and len(np.unique(wanted)) > 1


def containers() -> nn.Module:
    """Single-step modules in MultiStepContainer, after layers in SeqToANNContainer."""
    return nn.Sequential(
        layer.SeqToANNContainer(nn.Linear(16, 8), nn.BatchNorm1d(8)),
        layer.MultiStepContainer(neuron.LIFNode(v_reset=None)),
        layer.MultiStepContainer(nn.Sequential(nn.Linear(8, 4), neuron.IFNode())),
    )


def through_containers(net: Net, x: Tensor) -> Tensor:
    functional.reset_net(net)
    found: Tensor = net.net(x.unsqueeze(0).repeat(STEPS, 1, 1)).mean(0)
    return found


def through_a_function(net: Net, x: Tensor) -> Tensor:
    functional.reset_net(net)
    found: Tensor = functional.multi_step_forward(x.unsqueeze(0).repeat(STEPS, 1, 1), net.net).mean(0)
    return found


@pytest.mark.parametrize(
    ("body", "make"),
    [
        (through_containers, containers),
        (through_a_function, lambda: nn.Sequential(layer.Linear(16, 4), neuron.IFNode())),
    ],
)
def test_single_steps_of_spikingjelly_in_several_steps(body: Body, make: Callable[[], nn.Module]) -> None:
    torch.manual_seed(1)
    module = Net(body, net=make()).eval()
    graph = convert(module, "net", torch.zeros(1, 16), encoding="frames").graph
    x = np.random.default_rng(0).integers(0, 4, (30, 16)).astype(np.uint8)
    with torch.no_grad():
        wanted = module(torch.from_numpy(x).float()).numpy()
    assert np.array_equal(float_model.simulate(graph, x).scores, wanted) and len(np.unique(wanted)) > 1


def latency(net: Net, x: Tensor) -> Tensor:
    x = spikegen.latency(x, num_steps=STEPS, normalize=True, linear=True)
    return counted(net, x)


def rate(net: Net, x: Tensor) -> Tensor:
    x = spikegen.rate(x, num_steps=STEPS)
    return counted(net, x)


def encoder(net: Net, x: Tensor) -> Tensor:
    return counted(net, [net.encoder(x) for _ in range(STEPS)])


def written_into(net: Net, x: Tensor) -> Tensor:
    mem, found = net.lif.reset_mem(), torch.zeros(STEPS, len(x), 4)
    for step in range(STEPS):
        spk, mem = net.lif(net.fc(x), mem)
        found[step] = spk
    return found.sum(0)


def half_written(net: Net, x: Tensor) -> Tensor:
    mem, halves = net.lif.reset_mem(), torch.zeros(STEPS, len(x), 4)
    for step in range(STEPS):
        spk, mem = net.lif(net.fc(x), mem)
        if step % 2:
            halves[step] = spk
    return 2 * halves.sum(0)


def through_a_view(net: Net, x: Tensor) -> Tensor:
    current = net.fc(x)
    seen = current.view(-1, 4)
    current = current.add_(1.0)
    return counted(net, [seen] * STEPS)


def written_over(net: Net, x: Tensor) -> Tensor:
    found = net.fc(x)
    found[0] = 0.0
    return counted(net, [found] * STEPS)


def written_after_the_batch(net: Net, x: Tensor) -> Tensor:
    mem, found = net.lif.reset_mem(), torch.zeros(len(x), STEPS, 4)
    for step in range(STEPS):
        spk, mem = net.lif(net.fc(x), mem)
        found[:, step, :] = spk
    return found.mean(1) * STEPS


def stacked_after_the_batch(net: Net, x: Tensor) -> Tensor:
    mem, found = net.lif.reset_mem(), []
    for _ in range(STEPS):
        spk, mem = net.lif(net.fc(x), mem)
        found.append(spk)
    return torch.stack(found, dim=1).sum(dim=1)


def stacked_last_and_read_again(net: Net, x: Tensor) -> Tensor:
    mem, found, total = net.lif.reset_mem(), [], 0
    for _ in range(STEPS):
        spk, mem = net.lif(net.fc(x), mem)
        found.append(spk)
    stacked = torch.stack(found, dim=-1)
    for step in range(STEPS):
        total = total + stacked[..., step]
    return total


def joined(net: Net, x: Tensor) -> Tensor:
    mem, found = net.lif.reset_mem(), []
    for _ in range(STEPS):
        spk, mem = net.lif(net.fc(x), mem)
        found.append(spk.unsqueeze(0))
    return torch.cat(found).sum(0)


def in_place(net: Net, x: Tensor) -> Tensor:
    mem, total = net.lif.reset_mem(), torch.zeros(len(x), 4)
    for _ in range(STEPS):
        spk, mem = net.lif(net.fc(x), mem)
        total += spk
    return total


def a_norm_for_each_step(net: Net, x: Tensor) -> Tensor:
    mem, total = net.lif.reset_mem(), 0
    for step in range(STEPS):
        spk, mem = net.lif(net.norms[step](net.fc(x)), mem)
        total = total + spk
    return total


def norms() -> nn.Module:
    found: Any = snn.BatchNormTT1d(4, STEPS)
    for step, norm in enumerate(found):
        norm.running_mean.fill_(0.1 * step)
    return found


def at(code: str) -> str:
    """How messages show a line of this file."""
    lines = Path(__file__).read_text().splitlines()
    (number,) = [index for index, line in enumerate(lines, start=1) if line.strip() == code]
    return f" ({Path(__file__).name}:{number}: {code[:80]})"


ON_THE_HOST = (
    "encoders stay on the host: save the spikes that they make as events of shape (samples, time, ...), and "
    "let forward take (time, batch, ...), x[step] in its loop (--encoding events)."
)
IN_PLACE: dict[str, Body] = {
    "rows of a tensor": written_into,
    "columns of a tensor": written_after_the_batch,
    "a stack after the batch": stacked_after_the_batch,
    "a stack at the end": stacked_last_and_read_again,
    "a sum": in_place,
}


@pytest.mark.parametrize("name", IN_PLACE)
def test_steps_are_gathered_in_any_way(name: str) -> None:
    module = Net(IN_PLACE[name]).eval()
    graph = convert(module, "net", torch.zeros(1, 16), encoding="frames").graph
    x = np.random.default_rng(0).integers(0, 4, (30, 16)).astype(np.uint8)
    with torch.no_grad():
        wanted = module(torch.from_numpy(x).float()).numpy()
    assert np.array_equal(float_model.simulate(graph, x).scores, wanted) and len(np.unique(wanted)) > 1


LIST = "append what each time step gives to a list, and torch.stack(list) after the loop."
NORM = at("spk, mem = net.lif(net.norms[step](net.fc(x)), mem)")
REFUSED: dict[str, tuple[nn.Module, str]] = {
    "latency": (
        Net(latency),
        "model (Net): spikegen.latency is not supported"
        f"{at('x = spikegen.latency(x, num_steps=STEPS, normalize=True, linear=True)')}; {ON_THE_HOST}",
    ),
    "rate": (
        Net(rate),
        f"model (Net): spikegen.rate is not supported{at('x = spikegen.rate(x, num_steps=STEPS)')}; "
        f"{ON_THE_HOST}",
    ),
    "latency of SpikingJelly": (
        Net(encoder, encoder=encoding.LatencyEncoder(STEPS)),
        "encoder: module spikingjelly.activation_based.encoding.LatencyEncoder is not supported; "
        f"{ON_THE_HOST}",
    ),
    "Poisson": (
        Net(encoder, encoder=encoding.PoissonEncoder()),
        "encoder: module spikingjelly.activation_based.encoding.PoissonEncoder is not supported; "
        f"{ON_THE_HOST}",
    ),
    "some of the steps written": (
        Net(half_written),
        f"model (Net): forward must not write into a tensor{at('return 2 * halves.sum(0)')}; {LIST}",
    ),
    "a change that a view shows": (
        Net(through_a_view),
        f"model (Net): forward must not write into a tensor{at('current = current.add_(1.0)')}; {LIST}",
    ),
    "a result written over": (
        Net(written_over),
        f"model (Net): forward must not write into a tensor{at('found[0] = 0.0')}; {LIST}",
    ),
    "steps joined": (
        Net(joined),
        "model: unsqueeze must not give one time step a time axis; append what each step gives to a list, "
        "and torch.stack(list) after the loop, in place of torch.cat.",
    ),
    "a norm for each step": (
        Net(a_norm_for_each_step, norms=norms()),
        f"lif: all time steps must compute the same, but step 0 gives it the result of norms.0{NORM}, and "
        f"step 3 that of norms.3{NORM}; use one BatchNorm for all steps, not BatchNormTT{NORM}.",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_with_what_to_write_instead(name: str) -> None:
    module, message = REFUSED[name]
    with pytest.raises(Asn2FpgaError) as caught:
        convert(module.eval(), "net", torch.zeros(1, 16), encoding="frames")
    assert str(caught.value) == message


class Weighed(nn.Module):
    """Each time step is multiplied by a sigmoid of its mean, as temporal attention does."""

    def __init__(self) -> None:
        super().__init__()
        self.gate, self.fc = nn.Linear(3, 3), nn.Linear(16, 4)

    def forward(self, x: Tensor) -> Tensor:
        gates = torch.sigmoid(self.gate(x.mean(2)))
        x = x * gates.unsqueeze(-1)
        v, total = torch.zeros(x.shape[0], 4), torch.zeros(x.shape[0], 4)
        for step in range(3):
            v = 0.5 * v + self.fc(x[:, step])
            s = (v > 1).float()
            v, total = v - s, total + s
        return total


def test_attention_by_a_sigmoid_says_what_to_use() -> None:
    message = refusal(
        lambda: convert(Weighed(), "net", torch.zeros(1, 3, 16), encoding="events", max_count=1)
    )
    assert "; forward multiplies by a sigmoid of means (test_as_users_write.py:" in message
    assert ": x = x * gates.unsqueeze(-1)): it weighs time steps, channels or pixels by numbers" in message

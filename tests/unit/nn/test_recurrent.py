"""Recurrent: neurons that hear what they sent one time step before."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from asn2fpga.errors import InputError
from asn2fpga.nn import ASN, ILIF, LIF, NASN, PLIF, CubaLIF, Recurrent, RepeatTime, TimeMean
from asn2fpga.nn.neuron import SpikingNeuron

NEURONS: list[SpikingNeuron] = [
    ASN(4, alpha=-1.0, time_steps=5),
    NASN(4, time_steps=5),
    ILIF(4, time_steps=5),
    LIF(0.9, amplitude=0.5, time_steps=5),
    LIF(0.9, reset="hard", v_reset=-0.5, levels=3, time_steps=5),
    PLIF(0.7, time_steps=5),
    CubaLIF(0.6, 0.9, time_steps=5),
]


def drives() -> Tensor:
    """(5, 3, 6)."""
    return torch.randn(5, 3, 6, generator=torch.Generator().manual_seed(2)) + 0.5


@pytest.mark.parametrize("neuron", NEURONS, ids=[str(neuron) for neuron in NEURONS])
def test_each_prefix_is_what_the_neuron_makes_of_its_drive(neuron: SpikingNeuron) -> None:
    """The drive that the layer's own output gives, run without a loop, must give that output."""
    torch.manual_seed(4)
    layer, x = Recurrent(neuron, nn.Linear(6, 6)), drives()
    sent = layer(x)
    before = torch.cat([torch.zeros(1, 3, 6), sent[:-1]])
    assert torch.equal(neuron(x + torch.stack([layer.linear(row) for row in before])), sent)
    assert bool((sent != neuron(x)).any())


def test_by_hand() -> None:
    """LIF sends 0.5; the bias comes with the first step, before any spike."""
    layer = Recurrent(LIF(0.5, amplitude=0.5, time_steps=3), nn.Linear(1, 1))
    with torch.no_grad():
        layer.linear.weight.fill_(2.0)
        layer.linear.bias.fill_(0.25)
    assert layer(torch.tensor([[[0.75]], [[-0.125]], [[-1.0]]])).flatten().tolist() == [0.5, 0.5, 0.0]
    assert layer(torch.tensor([[[0.5]], [[0.25]], [[0.0]]])).flatten().tolist() == [0.0, 0.0, 0.0]


def test_gradients_reach_the_weights_of_the_loop() -> None:
    torch.manual_seed(0)
    network = nn.Sequential(
        RepeatTime(5),
        nn.Linear(4, 6),
        Recurrent(LIF(0.8, time_steps=5), nn.Linear(6, 6)),
        nn.Linear(6, 2),
        TimeMean(),
    )
    network(torch.randn(7, 4)).square().sum().backward()
    assert all(p.grad is not None and bool(p.grad.any()) for p in network.parameters())


def test_state_dict_and_printed_form() -> None:
    layer = Recurrent(LIF(0.5, time_steps=2), nn.Linear(3, 3))
    assert sorted(layer.state_dict()) == ["linear.bias", "linear.weight", "neuron.beta", "neuron.threshold"]
    assert layer.time_steps == 2
    assert str(layer) == (
        "Recurrent(\n"
        "  (neuron): LIF(beta=0.5, threshold=1, time_steps=2, reset='soft')\n"
        "  (linear): Linear(in_features=3, out_features=3, bias=True)\n"
        ")"
    )


BAD: list[tuple[Callable[[], object], str]] = [
    (
        lambda: Recurrent(LIF(), nn.Linear(3, 3)),
        "Recurrent: time_steps (T) of the neuron must be above 1, not 1; "
        "what it sends comes back one time step later.",
    ),
    (
        lambda: Recurrent(LIF(time_steps=2), nn.Linear(3, 4)),
        "Recurrent: linear must have as many outputs as its 3 inputs, not 4.",
    ),
    (
        lambda: Recurrent(nn.ReLU(), nn.Linear(3, 3)),  # type: ignore[arg-type]
        "Recurrent: the neuron must be an ASN, NASN, ILIF, LIF, IF, PLIF, CubaLIF or SigmaDelta, not ReLU.",
    ),
    (
        lambda: Recurrent(LIF(time_steps=2), nn.Conv1d(3, 3, 1)),  # type: ignore[arg-type]
        "Recurrent: linear must be a torch.nn.Linear, not Conv1d.",
    ),
    (
        lambda: Recurrent(LIF(time_steps=2), nn.Linear(3, 3))(torch.zeros(2, 1, 4)),
        "Recurrent: the input must have 3 channels in its last axis, as the Linear layer has, not 4.",
    ),
    (
        lambda: Recurrent(LIF(time_steps=2), nn.Linear(3, 3))(torch.zeros(3, 1, 3)),
        "Recurrent: the input must have time as its first axis, 2 steps long, not shape (3, 1, 3); "
        "repeat a static input with RepeatTime(2).",
    ),
]


@pytest.mark.parametrize(("make", "message"), BAD, ids=[message for _, message in BAD])
def test_bad_parts_and_inputs_are_refused(make: Callable[[], object], message: str) -> None:
    with pytest.raises(InputError) as caught:
        make()
    assert str(caught.value) == message

"""EGRU: the public code's equations, the integers by hand, and what is refused."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from asn2fpga.errors import InputError, UnsupportedError
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.rules import first_complaint
from asn2fpga.graph.types import FixedType
from asn2fpga.kinds.neurons.convert import Drive
from asn2fpga.kinds.neurons.event_gru import EventGru, event_gru
from asn2fpga.kinds.neurons.gated import Gated, GatedState, step_gated
from asn2fpga.kinds.neurons.neuron import Neuron
from asn2fpga.kinds.neurons.semantics import NeuronSemantics
from asn2fpga.kinds.operators.output import Output
from asn2fpga.kinds.sources.input import Input
from asn2fpga.kinds.synapses.dense import Linear
from asn2fpga.loader.save import convert
from asn2fpga.nn import EGRU, LIF, DelayedLinear, RepeatTime, TimeMean
from asn2fpga.passes.prepare import prepare
from asn2fpga.quantise.apply import quantise
from asn2fpga.quantise.scheme import Scheme
from asn2fpga.reference.float_model import simulate

STEPS, UNITS = 10, 3
SUMS = (np.full(4 * UNITS, -4000, np.int64), np.full(4 * UNITS, 4000, np.int64))
THRESHOLDS = np.array([0.0, 0.2, 0.7])


def integers() -> EventGru:
    random = np.random.default_rng(4)
    scale = 2.0**-10 * random.uniform(0.5, 1.5, 4 * UNITS)
    zero, bias = np.zeros(4 * UNITS, np.int64), random.normal(size=4 * UNITS)
    return event_gru(Gated(THRESHOLDS), Drive("gru", scale, zero, bias, SUMS, FixedType(13, True)))


def by_hand(unit: EventGru, acc: list[list[int]], n: int) -> list[int]:
    """The counts of one unit, its steps as docs/spec/kinds/event_gru.md writes them."""

    def entry(table: Any, value: int) -> int:
        return int(table[min(max(value >> unit.address.shift, -512), 511) + 512])

    h, sent = 0, []
    factors, offsets = unit.address.factors[4 * n :].tolist(), unit.address.offsets[4 * n :].tolist()
    for sums in acc:
        v = [sums[4 * n + k] * factors[k] + offsets[k] for k in range(4)]
        z, r = entry(unit.sigmoid, v[0]), entry(unit.sigmoid, v[1])
        g = entry(unit.tanh, v[2] + ((r * v[3]) >> 8))
        c = (z * h + (256 - z) * (g << 6) + 128) >> 8
        event = c > int(unit.thresholds[n])
        h = c - int(unit.thresholds[n]) if event else c
        sent.append((c + 64) >> 7 if event else 0)
    return sent


def test_golden_takes_the_steps_exactly_and_stays_within_its_types() -> None:
    unit = integers()
    acc = np.random.default_rng(5).integers(-4000, 4001, (40, STEPS, 4 * UNITS))
    acc[:4] = np.array([-4000, 4000, 0, 1])[:, None, None]
    found = unit.run(acc, STEPS)
    for row in range(len(acc)):
        for n in range(UNITS):
            assert found[row, :, 4 * n].tolist() == by_hand(unit, acc[row].tolist(), n)
    assert not found[:, :, [1, 2, 3, 5, 6, 7, 9, 10, 11]].any()
    assert 0 < found.max() <= 128 and (found[:, :, ::4] > 0).mean() > 0.1
    state = unit.start(40)
    for step in range(STEPS):
        state, _ = unit.step(state, acc[:, step])
        assert np.abs(state.hidden).max() <= 1 << 14


def evnn(module: EGRU, x: Tensor) -> Tensor:
    """EGRUScript of EvNN without zoneout, the lists of states as it keeps them."""
    h = [torch.zeros(x.shape[1], module.hidden_size, dtype=x.dtype)]
    y = [torch.zeros_like(h[0])]
    projected = x @ module.kernel + module.bias
    for t in range(len(x)):
        hidden = y[t] @ module.recurrent_kernel + module.recurrent_bias
        vx, vh = torch.chunk(projected[t], 3, 1), torch.chunk(hidden, 3, 1)
        z, r = torch.sigmoid(vx[0] + vh[0]), torch.sigmoid(vx[1] + vh[1])
        g = torch.tanh(vx[2] + r * vh[2])
        current = z * h[t] + (1 - z) * g
        event = torch.heaviside(current - module.thr, current - module.thr)
        h.append(current - event * module.thr)
        y.append(event * current)
    return torch.stack(y[1:])


def module(steps: int = STEPS) -> EGRU:
    torch.manual_seed(2)
    made = EGRU(4, UNITS, time_steps=steps, thr_mean=0.2).double()
    nn.init.normal_(made.bias, std=0.3)
    nn.init.normal_(made.recurrent_bias, std=0.3)
    return made


def test_the_module_is_the_public_code() -> None:
    x = torch.randn(STEPS, 6, 4, dtype=torch.float64)
    made = module()
    sent = made(x)
    assert torch.equal(sent, evnn(made, x)) and 0.1 < (sent > 0).double().mean() < 0.9


def test_the_graph_is_the_module() -> None:
    network = nn.Sequential(module(), nn.Linear(UNITS, 2).double(), TimeMean()).eval()
    graph = convert(network, "net", torch.zeros(STEPS, 1, 4).double(), encoding="events", max_count=3).graph
    x = np.random.default_rng(1).integers(0, 4, (5, STEPS, 4)).astype(np.uint8)
    with torch.no_grad():
        expected = network(torch.from_numpy(x).double().transpose(0, 1)).numpy()
    np.testing.assert_allclose(simulate(graph, x).scores, expected, atol=1e-12)
    np.testing.assert_allclose(simulate(prepare(graph), x).scores, expected, atol=1e-12)


class TwoUnits(nn.Module):
    """What two EGRU send, brought together and read by a layer."""

    def __init__(self, together: Callable[[Tensor, Tensor], Tensor], *layers: nn.Module) -> None:
        super().__init__()
        self.a, self.b = module(), module()
        self.together, self.end = together, nn.Sequential(*layers, TimeMean())

    def forward(self, x: Tensor) -> Tensor:
        scores: Tensor = self.end(self.together(self.a(x), self.b(x)))
        return scores


def graph_of(network: nn.Module) -> Graph:
    example = torch.zeros(STEPS, 1, 4).double()
    return convert(network.double().eval(), "net", example, encoding="events", max_count=3).graph


def side_by_side(a: Tensor, b: Tensor) -> Tensor:
    return torch.cat([a, b], -1)


@pytest.mark.parametrize(
    ("network", "what"),
    [
        (
            lambda: TwoUnits(side_by_side, nn.Linear(2 * UNITS, 2)),
            "a: {} torch.cat; let a Linear layer read each part, and add what these give.",
        ),
        (
            lambda: TwoUnits(torch.add, nn.Linear(UNITS, 2)),
            "a: {} a sum before a Linear layer; let a Linear layer read each part, and add what these give.",
        ),
        (
            lambda: nn.Sequential(module(), DelayedLinear(UNITS, 2, 3), TimeMean()),
            "layer_0: {} a delay; use Linear instead of DelayedLinear after EGRU.",
        ),
    ],
)
def test_readers_that_units_cannot_have(network: Callable[[], nn.Module], what: str) -> None:
    with pytest.raises(UnsupportedError) as caught:
        graph_of(network())
    read_by = "what EGRU sends must be read by Linear layers, neurons or the scores, not by"
    assert str(caught.value) == what.format(read_by)


@pytest.mark.parametrize(
    "network",
    [
        lambda: nn.Sequential(module(), TimeMean()),
        lambda: nn.Sequential(module(), LIF(0.5, time_steps=STEPS), nn.Linear(UNITS, 2), TimeMean()),
        lambda: TwoUnits(torch.add),
        lambda: TwoUnits(torch.add, LIF(0.5, time_steps=STEPS), nn.Linear(UNITS, 2)),
    ],
)
def test_readers_that_units_can_have(network: Callable[[], nn.Module]) -> None:
    assert quantise(graph_of(network()), Scheme()).graph


def test_gates_of_any_sum() -> None:
    """Sums beyond what exp holds shut gates or open them: h is kept, or becomes g."""
    gated = Gated(np.full(2, 0.75))
    sums = np.array([[1e4, -1e4, 1.0, 1.0, -1e4, 1e4, 0.25, 0.25]])
    state, sent = step_gated(gated, GatedState(np.full((1, 2), 0.5)), sums)
    np.testing.assert_allclose(state.hidden, [[0.5, np.tanh(0.5)]], rtol=1e-12)
    assert not sent.any()


def test_gradients_pass_events_by_their_surrogate() -> None:
    made = module()
    made(torch.randn(STEPS, 6, 4, dtype=torch.float64)).sum().backward()
    for parameter in made.parameters():
        assert parameter.grad is not None and parameter.grad.abs().sum() > 0


UNIT = integers()
BROKEN: list[tuple[dict[str, Any], str]] = [
    ({"thresholds": UNIT.thresholds[:2]}, "the shape of thresholds must be (3,), not (2,)"),
    ({"thresholds": UNIT.thresholds[:0]}, "the shape of thresholds must be (3,), not (0,)"),
    ({"thresholds": UNIT.thresholds - 1}, "the smallest threshold must be in 0..16384, not -1"),
    ({"thresholds": UNIT.thresholds + 16384}, "the largest threshold must be in 0..16384, not 27852"),
    ({"sigmoid": UNIT.sigmoid[1:]}, "the shape of sigmoid must be (1024,), not (1023,)"),
    ({"sigmoid": UNIT.sigmoid - 1}, "the smallest entry of sigmoid must be in 0..256, not -1"),
    ({"tanh": UNIT.tanh * 2}, "the smallest entry of tanh must be in -256..256, not -510"),
    (
        {"address": dataclasses.replace(UNIT.address, bits=8)},
        "bits of an address must be 10, not 8",
    ),
]


@pytest.mark.parametrize(("fields", "message"), BROKEN)
def test_numbers_that_do_not_fit_together(fields: dict[str, Any], message: str) -> None:
    assert UNIT.complaints(4 * UNITS, SUMS, FixedType(13, True)) == ""
    found = dataclasses.replace(UNIT, **fields)
    assert found.complaints(4 * UNITS, SUMS, FixedType(13, True)) == message


@pytest.mark.parametrize("sums", [0, 3, 13])
def test_sums_that_are_not_four_for_each_unit(sums: int) -> None:
    message = f"gated recurrent units must read 4 sums each, not {sums} together"
    assert UNIT.complaints(sums, SUMS, FixedType(13, True)) == message


@pytest.mark.parametrize("sums", [3, 6])
def test_trained_units_that_do_not_read_four_sums_each(sums: int) -> None:
    gated = Gated(np.full(sums // 4, 0.5))
    semantics = NeuronSemantics("gated", 1, 0.0, 0.0, fires=">", reset="none", gated=gated)
    graph = Graph(
        "net",
        (
            Input(name="events", shape=(2,), encoding="events", time_steps=3),
            Linear(name="fc1", inputs=("events",), weight=np.ones((sums, 2)), bias=np.zeros(sums)),
            Neuron(name="gru", inputs=("fc1",), semantics=semantics),
            Linear(name="fc2", inputs=("gru",), weight=np.ones((2, sums)), bias=np.zeros(2)),
            Output(name="scores", inputs=("fc2",)),
        ),
    )
    complaint = first_complaint(graph)
    assert complaint is not None and complaint.text == (
        f"gated recurrent units must read 4 sums each, not {sums} together"
    )


def test_an_input_of_another_shape() -> None:
    with pytest.raises(InputError) as caught:
        module()(torch.zeros(STEPS, 2, 5).double())
    assert str(caught.value) == f"EGRU: the input must have shape (time, batch, 4), not ({STEPS}, 2, 5)."
    with pytest.raises(InputError) as caught:
        EGRU(4, 3, time_steps=1)
    assert str(caught.value) == "EGRU: time_steps (T) must be an integer in 2..1024, not 1."


def test_other_time_steps_than_those_of_the_input() -> None:
    network = nn.Sequential(nn.Flatten(), RepeatTime(4), module(4), nn.Linear(UNITS, 2).double(), TimeMean())
    assert convert(network, "net", torch.zeros(1, 4).double(), max_count=3).graph
    network[1] = RepeatTime(5)
    with pytest.raises(UnsupportedError) as caught:
        convert(network, "net", torch.zeros(1, 4).double(), max_count=3)
    assert str(caught.value) == "layer_2: EGRU must have time_steps (T) = 5 as its input has, not 4."

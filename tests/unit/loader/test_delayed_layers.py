"""DelayedLinear as layers: one Delay for each of its delays, and where it must not stand."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from asn2fpga.errors import UnsupportedError
from asn2fpga.kinds.synapses.dense import Linear
from asn2fpga.loader.save import convert
from asn2fpga.nn import LIF, DelayedLinear, TimeSum
from asn2fpga.reference.float_model import simulate

T = 5


def layer(delays: list[list[float]], bias: bool = True) -> DelayedLinear:
    torch.manual_seed(2)
    made = DelayedLinear(3, 2, 4, bias).double()
    made.positions.data = torch.tensor(delays, dtype=torch.float64)
    return made


def read(*layers: nn.Module, steps: int = T) -> nn.Sequential:
    return nn.Sequential(*layers, LIF(0.5, time_steps=steps), nn.Linear(2, 2), TimeSum()).double().eval()


@pytest.mark.parametrize(
    ("delays", "expected"),
    [
        ([[0.0, 2.0, 4.0], [2.2, 0.0, 1.0]], "Input Delay Delay Delay Concat Linear Neuron Linear Output"),
        ([[2.0, 2.0, 2.0], [2.0, 2.0, 2.0]], "Input Delay Linear Neuron Linear Output"),
        ([[0.0, 0.0, 0.0], [0.0, 0.0, 0.0]], "Input Linear Neuron Linear Output"),
    ],
)
@pytest.mark.parametrize("bias", [True, False])
def test_it_is_what_arrives_side_by_side(delays: list[list[float]], expected: str, bias: bool) -> None:
    net = read(layer(delays, bias))
    graph = convert(net, "net", torch.zeros(T, 1, 3).double(), encoding="events", max_count=3).graph
    assert " ".join(type(node).__name__ for node in graph.layers) == expected
    x = np.random.default_rng(1).integers(0, 4, (6, T, 3)).astype(np.uint8)
    with torch.no_grad():
        wanted = net(torch.from_numpy(x).double().transpose(0, 1)).numpy()
    np.testing.assert_allclose(simulate(graph, x).scores, wanted, rtol=1e-12, atol=1e-12)


def test_synapses_of_weight_0_and_delays_beyond_the_end_are_left_out() -> None:
    made = layer([[3.0, 4.0, 4.0], [1.0, 1.0, 1.0]])
    made.weight.data[0, 0] = 0
    net = read(made, steps=3)
    graph = convert(net, "net", torch.zeros(3, 1, 3).double(), encoding="events", max_count=3).graph
    first = graph.of_type(Linear)[0]
    assert first.weight.shape == (2, 2 * 3)
    assert not first.weight[0].any()


@pytest.mark.parametrize(
    ("net", "shape", "message"),
    [
        (
            nn.Sequential(
                nn.Linear(3, 2), LIF(0.5, time_steps=T), TimeSum(), DelayedLinear(2, 2, 4)
            ).double(),
            (T, 1, 3),
            "layer_3: DelayedLinear must stand before time is averaged or summed, not behind it.",
        ),
        (
            nn.Sequential(nn.Linear(3, 3).double(), layer([[0.0] * 3] * 2)),
            (1, 3),
            "layer_1: DelayedLinear must get (time, batch, features), not an input without a time axis.",
        ),
    ],
)
def test_where_it_must_not_stand(net: nn.Module, shape: tuple[int, ...], message: str) -> None:
    with pytest.raises(UnsupportedError) as caught:
        convert(net.eval(), "net", torch.zeros(shape).double(), encoding="events", max_count=3)
    assert str(caught.value) == message

"""Modules in multi-step mode, (time, batch, ...), with a static input that is repeated outside of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from asn2fpga.errors import InputError
from asn2fpga.graph.text import to_text
from asn2fpga.importing import ImportOptions
from asn2fpga.kinds.sources.input import input_of
from asn2fpga.loader.load import load_model
from asn2fpga.loader.save import convert
from asn2fpga.reference import float_model

pytest.importorskip("spikingjelly", reason="comes with asn2fpga[conformance]")
STEPS = 4
MULTI_STEP = (
    "model: forward takes a sequence, (time, batch, ...), as its modules in multi-step mode do; say how many "
    "steps a static input is shown: --time-steps T (save: time_steps=T)."
)


def dense() -> nn.Module:
    from spikingjelly.activation_based import functional, layer, neuron

    torch.manual_seed(0)
    net = nn.Sequential(layer.Linear(16, 8), neuron.LIFNode(v_reset=None), layer.Linear(8, 3))
    functional.set_step_mode(net, "m")
    return net.eval()


def maps() -> nn.Module:
    from spikingjelly.activation_based import functional, layer, neuron

    torch.manual_seed(0)
    net = nn.Sequential(
        layer.Conv2d(2, 4, 3, padding=1),
        layer.BatchNorm2d(4),
        neuron.IFNode(),
        layer.Flatten(),
        layer.Linear(64, 3),
    )
    functional.set_step_mode(net, "m")
    return net.eval()


class Inside(nn.Module):
    """The same with the repetition in forward."""

    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self.net = net

    def forward(self, x: Tensor) -> Tensor:
        scores: Tensor = self.net(x.unsqueeze(0).repeat(STEPS, *(1 for _ in x.shape))).mean(0)
        return scores


NETWORKS = {"dense": (dense, (16,)), "maps": (maps, (2, 4, 4))}


@pytest.mark.parametrize("name", NETWORKS)
def test_it_is_the_network_that_repeats_inside(name: str) -> None:
    network, shape = NETWORKS[name]
    example = torch.zeros(1, *shape)
    outside = convert(network(), "net", example, time_steps=STEPS, read_out="mean", input_scale=1 / 255)
    inside = convert(Inside(network()), "net", example, input_scale=1 / 255)
    assert to_text(outside.graph) == to_text(inside.graph).replace("net_", "layer_").replace('"net.', '"')
    assert (input_of(outside.graph).encoding, input_of(outside.graph).time_steps) == ("frames", STEPS)


@pytest.mark.parametrize("name", NETWORKS)
def test_scores_are_those_of_the_module(name: str) -> None:
    network, shape = NETWORKS[name]
    made = convert(network(), "net", torch.zeros(1, *shape), time_steps=STEPS, read_out="sum")
    x = np.random.default_rng(0).integers(0, 256, (5, *shape)).astype(np.uint8)
    with torch.no_grad():
        expected = network()(torch.from_numpy(x).float().expand(STEPS, *x.shape)).sum(0)
    np.testing.assert_allclose(float_model.scores_of(made.graph, x), expected.numpy(), rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize("name", NETWORKS)
def test_the_number_of_steps_must_be_said(name: str) -> None:
    network, shape = NETWORKS[name]
    with pytest.raises(InputError) as caught:
        convert(network(), "net", torch.zeros(1, *shape))
    assert str(caught.value) == MULTI_STEP


def test_data_with_a_time_axis_are_events(tmp_path: Path) -> None:
    """(samples, time, channels, height, width) are no frames, whatever shapes the modules take."""
    np.savez(tmp_path / "x.npz", x=np.ones((6, STEPS, 2, 4, 4), np.uint8), y=np.zeros(6, np.int64))
    torch.save(maps(), tmp_path / "net.pt")
    options = ImportOptions(data=tmp_path / "x.npz", unsafe_pickle=True, read_out="mean")
    loaded = load_model(tmp_path / "net.pt", options)
    assert (input_of(loaded.graph).encoding, input_of(loaded.graph).time_steps) == ("events", STEPS)

"""Every example network becomes the graph that computes it, and starts with neurons that are active."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from asn2fpga.errors import InputError
from asn2fpga.graph.types import Array
from asn2fpga.loader.save import read_module
from asn2fpga.passes.prepare import prepare
from asn2fpga.quantise.network import network_of
from asn2fpga.reference.float_model import simulate
from asn2fpga.train.networks.counts import densities
from asn2fpga.train.networks.example import ExampleNetwork
from asn2fpga.train.networks.table import NETWORKS
from asn2fpga.train.options import TrainOptions, check_options

IMAGES = np.random.default_rng(2).integers(0, 256, (6, 16, 16)).astype(np.uint8)


def chosen(network: Any, **changes: Any) -> TrainOptions:
    if network == "egru":
        changes = {"time_steps": 16, **changes}  # as many as an image has rows
    return check_options(TrainOptions("mnist", Path("m.pt"), data=Path("d.npz"), network=network, **changes))


def inputs(options: TrainOptions) -> Array:
    """(samples, *shape), as in files."""
    return NETWORKS[options.network].prepare(IMAGES, 255, options)


def made(options: TrainOptions) -> ExampleNetwork:
    kind, x = NETWORKS[options.network], inputs(options)
    torch.manual_seed(1)
    shape = x.shape[2 if kind.events else 1 :]
    return kind.make(shape, 10, 1 if kind.events and not kind.counts else 255, options)


def as_torch(options: TrainOptions, x: Array) -> torch.Tensor:
    values = torch.from_numpy(x)
    return values.transpose(0, 1) if NETWORKS[options.network].events else values


OF_IMAGES = [name for name, kind in NETWORKS.items() if not kind.tokens]
CASES = [
    *((name, {}) for name in OF_IMAGES),
    ("lenet", {"time_steps": 3, "levels": 1}),
    ("lenet", {"batchnorm": False, "neuron": "asn", "hidden": (8, 6)}),
    ("residual", {"time_steps": 2, "neuron": "ilif"}),
    ("spikingformer", {"hidden": (16, 12)}),
]


@pytest.mark.parametrize(("network", "changes"), CASES)
def test_a_network_becomes_the_graph_that_computes_it(network: str, changes: dict[str, Any]) -> None:
    options = chosen(network, **changes)
    module, x = made(options), inputs(options)
    module.train()(as_torch(options, x))  # statistics of the normalisation
    module.eval()
    with torch.no_grad():
        expected = module(as_torch(options, x)).numpy()
    kind = NETWORKS[network]
    description = {"max_count": 1, "encoding": "events"} if kind.events else {"max_count": 255}
    if kind.counts:
        description["max_count"] = 255
    graph = read_module(module, "net", as_torch(options, x[:1]), **description)
    found = simulate(graph, x).scores
    assert np.median(np.abs(found - expected)) < 1e-4
    assert len(network_of(prepare(graph)).populations) == len(module.count_points()) + 1


OF_OWN_NEURONS = ("dotie", "adaptive", "egru", "sigma-delta", "sigma-delta-maps")


@pytest.mark.parametrize("network", [name for name in OF_IMAGES if name not in OF_OWN_NEURONS])
def test_neurons_start_in_their_window(network: str) -> None:
    """After one batch of statistics: neither silent nor all at their highest level."""
    options = chosen(network)
    module, x = made(options), as_torch(options, inputs(options))
    for _ in range(40):
        module.train()(x)
    for name, share in densities(module, module.count_points(), [x]).items():
        assert share > 0.3, name


@pytest.mark.parametrize(("hidden", "given"), [((), "nothing"), ((64,), "64"), ((10, 12), "10,12")])
def test_a_transformer_has_features_and_blocks(hidden: tuple[int, ...], given: str) -> None:
    with pytest.raises(InputError) as caught:
        made(chosen("qkformer", hidden=hidden))
    assert str(caught.value) == (
        "train-example: --hidden of the network qkformer must be the features of a token, a multiple of 4, "
        f"and for each block those between its two layers, not {given}; e.g. --hidden 64,128,128."
    )


def test_images_are_padded_for_vgg() -> None:
    options = chosen("vgg")
    padded = NETWORKS["vgg"].prepare(IMAGES[:, :12, :11], 255, options)
    assert padded.shape == (6, 1, 16, 16)
    np.testing.assert_array_equal(padded[:, 0, 2:14, 2:13], IMAGES[:, :12, :11])
    assert int(padded.astype(int).sum()) == int(IMAGES[:, :12, :11].astype(int).sum())


@pytest.mark.parametrize("shape", [(6, 64), (6, 4, 9), (6, 1, 16, 16)])
def test_maps_need_images(shape: tuple[int, ...]) -> None:
    for network in ("lenet", "vgg", "residual", "separable", "events", "dotie"):
        with pytest.raises(InputError) as caught:
            NETWORKS[network].prepare(np.zeros(shape, np.uint8), 255, chosen(network))
        assert str(caught.value) == (
            f"train-example: the network {network} must get images (samples, height, width) of at least "
            f"8 x 8 pixels, not {shape}; use --network dense."
        )


def test_polarities_are_joined_for_dotie() -> None:
    both = inputs(dataclasses.replace(chosen("events"), time_steps=6))
    joined = inputs(dataclasses.replace(chosen("dotie"), time_steps=6))
    np.testing.assert_array_equal(joined[:, :, 0], both[:, :, 0] | both[:, :, 1])

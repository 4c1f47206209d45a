"""Changes of images that drift: they add up to the image, and the network trains on what they add up to."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from asn2fpga.errors import InputError
from asn2fpga.train.drifting import STEPS_PER_PIXEL, drifted, to_changes
from asn2fpga.train.networks.sigma_delta import SigmaDeltaNetwork
from asn2fpga.train.networks.table import NETWORKS
from asn2fpga.train.options import TrainOptions, check_options

IMAGES = np.random.default_rng(1).integers(0, 17, (6, 8, 8)).astype(np.uint8)
STEPS = 2 * STEPS_PER_PIXEL + 1


def test_changes_add_up_to_what_is_seen() -> None:
    changes = to_changes(IMAGES, STEPS).reshape(6, STEPS, 2, 8, 8).astype(np.int64)
    seen = (changes[:, :, 0] - changes[:, :, 1]).cumsum(axis=1)
    for step in range(STEPS):
        np.testing.assert_array_equal(seen[:, step], drifted(IMAGES, step))
    assert not (changes[:, :, 0] * changes[:, :, 1]).any()
    moves = np.argwhere(changes.any(axis=(0, 2, 3, 4))).ravel()
    assert moves.tolist() == [0, STEPS_PER_PIXEL, 2 * STEPS_PER_PIXEL]


def test_an_image_goes_round() -> None:
    moved = drifted(IMAGES, STEPS_PER_PIXEL)
    np.testing.assert_array_equal(moved[:, :, 1:], IMAGES[:, :, :-1])
    np.testing.assert_array_equal(moved[:, :, 0], IMAGES[:, :, -1])


def options(**chosen: object) -> TrainOptions:
    given = {"network": "sigma-delta", "hidden": (12, 7), "time_steps": STEPS} | chosen
    return check_options(TrainOptions("digits", Path("m.pt"), **given))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["sigma-delta", "sigma-delta-maps"])
def test_it_is_trained_on_the_activations_that_changes_add_up_to(name: str) -> None:
    torch.manual_seed(0)
    kind = NETWORKS[name]
    chosen = options(network=name, hidden=(12, 7) if name == "sigma-delta" else None)
    changes = kind.prepare(IMAGES, 16, chosen)
    network = kind.make(changes.shape[2:], 10, 16, chosen)
    for parameter in network.parameters():  # float32 then adds up exactly
        parameter.data = (parameter.data * 64).round() / 64
    x = torch.from_numpy(changes).transpose(0, 1)
    with torch.no_grad():
        once, over_time = network.train()(x), network.eval()(x)
    assert once.abs().sum() > 0
    assert torch.equal(once, over_time)


@pytest.mark.parametrize("chosen", [{"count_penalty": 0.1}, {"weight_bits": 4}])
def test_what_needs_counts_or_bits_in_training_is_refused(chosen: dict[str, float]) -> None:
    with pytest.raises(InputError) as caught:
        SigmaDeltaNetwork((128,), 10, 16, options(**chosen))
    assert str(caught.value) == (
        "train-example: the network sigma-delta is trained on whole images, in float; leave "
        "--count-penalty and --weight-bits out."
    )

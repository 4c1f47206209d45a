"""The module's own accuracy: measured as torch computes it, on what it saw in training, and stored."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from loader_models import EXAMPLE, Forward, network, norm, refusal
from torch import Tensor, nn

import asn2fpga
from asn2fpga.nn import ASN, NASN, TimeSum

X = np.random.default_rng(0).integers(0, 256, (300, 2, 4), dtype=np.uint8)


def labels_with(scores: Tensor, wrong: int) -> np.ndarray:
    """The classes of `scores`, `wrong` of them changed."""
    y = scores.detach().argmax(1).numpy()
    y[:wrong] = 1 - y[:wrong]
    return y


@pytest.mark.parametrize("wrong", [0, 75])
def test_accuracy_is_measured_and_stored(tmp_path: Path, wrong: int) -> None:
    module = network()
    y = labels_with(module(torch.from_numpy(X).double().div(255).float()), wrong)
    summary = asn2fpga.save(module, tmp_path / "m.pt", EXAMPLE, X, labels=y, input_scale=1 / 255)
    loaded = asn2fpga.load_model(tmp_path / "m.pt")
    assert summary.trained_accuracy == loaded.trained_accuracy == (300 - wrong) / 300
    np.testing.assert_array_equal(loaded.labels, y)


@pytest.mark.parametrize("wrong", [230, 300])
def test_labels_in_another_order_are_told(tmp_path: Path, wrong: int) -> None:
    module = network()
    y = labels_with(module(torch.from_numpy(X).double().div(255).float()), wrong)
    summary = asn2fpga.save(module, tmp_path / "m.pt", EXAMPLE, X, labels=y, input_scale=1 / 255)
    share = max((y == 0).mean(), (y == 1).mean())
    assert [warning.sentence for warning in summary.warnings] == [
        f"calibration: the module is right for {(300 - wrong) / 3:.2f} % of the samples, and guessing the "
        f"commonest class would be for {100 * share:.2f} %; check the order of the labels and of the inputs, "
        "input_scale, and that it is trained."
    ]
    assert asn2fpga.load_model(tmp_path / "m.pt").warnings == summary.warnings


def test_the_module_is_measured_in_eval_mode_and_not_changed(tmp_path: Path) -> None:
    module = nn.Sequential(nn.Flatten(), nn.Linear(8, 4), norm(4), nn.Dropout(0.9), NASN(4), nn.Linear(4, 2))
    module = module.double()
    y = labels_with(module.eval()(torch.from_numpy(X).double()), 0)
    before = {name: tensor.clone() for name, tensor in module.train().state_dict().items()}
    summary = asn2fpga.save(module, tmp_path / "m.pt", EXAMPLE.double(), X, labels=y)
    assert summary.trained_accuracy == 1.0
    assert all(part.training for part in module.modules())
    assert all(torch.equal(tensor, before[name]) for name, tensor in module.state_dict().items())


def test_events_get_their_time_axis_first(tmp_path: Path) -> None:
    torch.manual_seed(3)
    module = nn.Sequential(nn.Linear(8, 6), ASN(4, time_steps=5), nn.Linear(6, 2), TimeSum())
    x = np.random.default_rng(1).integers(0, 3, (40, 5, 8))
    y = labels_with(module(torch.from_numpy(x).float().transpose(0, 1)), 10)
    example = torch.ones(5, 1, 8)
    summary = asn2fpga.save(module, tmp_path / "m.pt", example, x, labels=y, max_count=2)
    assert summary.trained_accuracy == 0.75


def test_a_module_that_casts_gets_integers(tmp_path: Path) -> None:
    module = Forward(lambda parts, x: parts["net"](x.float() / 255), net=network())
    y = labels_with(module(torch.from_numpy(X)), 0)
    summary = asn2fpga.save(module, tmp_path / "m.pt", torch.from_numpy(X[:1]), X, labels=y)
    assert summary.trained_accuracy == 1.0


def test_a_module_that_takes_few_samples_only(tmp_path: Path) -> None:
    def picky(parts: nn.ModuleDict, x: Tensor) -> Tensor:
        result: Tensor = parts["net"](x.view(3, 2, 4))
        return result

    module = Forward(picky, net=network())
    assert refusal(
        lambda: asn2fpga.save(module, tmp_path / "m.pt", EXAMPLE, X, labels=np.zeros(300, int))
    ).startswith("save: the module fails on calibration samples of shape (256, 2, 4): ")

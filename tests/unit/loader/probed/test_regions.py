"""Spikes that forward computes with operations: layers of neurons, or what they were before."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from asn2fpga.errors import UnsupportedError
from asn2fpga.loader.save import convert
from asn2fpga.loader.trained_accuracy import module_scores
from asn2fpga.reference import float_model


class Network(nn.Module):
    """Two Linear layers, and a function between them."""

    def __init__(self, act: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        torch.manual_seed(2)
        self.fc1, self.act, self.fc2 = nn.Linear(8, 6), act, nn.Linear(6, 3)

    def forward(self, x: Tensor) -> Tensor:
        scores: Tensor = self.fc2(self.act(self.fc1(x)))
        return scores


def straight(x: Tensor) -> Tensor:
    """Rounded, with the gradient of what was not."""
    y = torch.clamp(x, 0, 4)
    return y + (torch.round(y) - y).detach()


ILIF = "ILIF, {} levels above 0, leak 0, threshold 1"
NASN = "NASN, 4 levels above 0, leak 0, threshold 1, amplitude 0.25"
KNOWN: dict[str, tuple[Callable[[Tensor], Tensor], str, str]] = {
    "half even": (lambda x: torch.round(torch.clamp(x, 0, 4)) / 4, "clamp and round", NASN),
    "half up": (lambda x: torch.floor(torch.clamp(4 * x, 0, 4) + 0.5) / 4, "clamp and floor", NASN),
    "methods": (
        lambda x: x.clamp(0, 2).round(),
        "clamp and round",
        ILIF.format(2),
    ),
    "rounded first": (
        lambda x: torch.clamp(torch.round(x * 2), -2, 5) * 0.5,
        "round and clamp",
        "ASN, 7 levels above -2, leak 0, threshold 1, amplitude 0.5",
    ),
    "straight through": (straight, "clamp and round", ILIF.format(4)),
    "a comparison": (lambda x: (x > 0.5).float(), "gt", "LIF, binary, hard reset, leak 0, threshold 0.5"),
}


@pytest.mark.parametrize("name", KNOWN)
def test_operations_become_neurons(name: str) -> None:
    act, called, neuron = KNOWN[name]
    module = Network(act)
    content = convert(module, "net", torch.zeros(1, 8), input_scale=1 / 4, max_count=31)
    (note,) = content.about.notes
    pattern = (
        rf"model: {called} \(.*\) is taken for {re.escape(neuron)}: the same spikes in 2\d,\d+ neuron-steps"
    )
    assert re.fullmatch(pattern, note)
    x = np.random.default_rng(0).integers(0, 32, (50, 8)).astype(np.uint8)
    assert content.origin is not None
    wanted = module_scores(module, content.origin.description, 0, x).numpy()
    assert len(np.unique(wanted)) > 2
    np.testing.assert_allclose(float_model.scores_of(content.graph, x), wanted, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    ("act", "label"),
    [
        (lambda x: torch.clamp(x, 0, 4), "clamp"),
        (torch.round, "round"),
        (lambda x: torch.ceil(torch.clamp(x, 0, 4)), "clamp"),
    ],
    ids=["a clamp", "a rounding", "rounded up"],
)
def test_other_operations_stay_what_they_are(act: Callable[[Tensor], Tensor], label: str) -> None:
    with pytest.raises(UnsupportedError, match=rf"^model: {label} is not supported; "):
        convert(Network(act), "net", torch.zeros(1, 8))

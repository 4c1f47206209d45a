"""Data of which nobody said whether they are frames or events: what is said is about what forward takes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from loader_models import refusal
from torch import Tensor, nn

from asn2fpga.loader.from_data import convert_for_data

snn = pytest.importorskip("snntorch")

STEPS = 6


class Spoilt(nn.Module):
    """Steps of events, and a softmax in each of them. axis: of the steps."""

    def __init__(self, axis: int) -> None:
        super().__init__()
        self.fc, self.lif, self.axis = nn.Linear(8, 4), snn.Leaky(beta=0.5), axis

    def forward(self, x: Tensor) -> Tensor:
        mem, found = self.lif.init_leaky(), []
        for step in range(x.shape[self.axis]):
            spk, mem = self.lif(self.fc(x[step] if self.axis == 0 else x[:, step]), mem)
            found.append(torch.softmax(spk, -1))
        return torch.stack(found).sum(0)


def said(module: nn.Module, shape: tuple[int, ...], folder: Path) -> str:
    data = folder / "x.npz"
    np.savez(data, x=np.ones((5, *shape), np.uint8), y=np.zeros(5, int))
    return refusal(lambda: convert_for_data(module.eval(), "net", data, {}))


@pytest.mark.parametrize("axis", [0, 1])
def test_what_is_wrong_with_steps_of_events(axis: int, tmp_path: Path) -> None:
    assert said(Spoilt(axis), (STEPS, 8), tmp_path) == (
        "model: softmax must stand after time is averaged or summed, not before it: only then the order of "
        "the classes stays; move it to the end or leave it out."
    )


def test_what_is_wrong_with_a_sequence(tmp_path: Path) -> None:
    layer = pytest.importorskip("spikingjelly.activation_based.layer")
    from spikingjelly.activation_based import functional, neuron

    net = nn.Sequential(layer.Linear(8, 4), neuron.IFNode(), layer.SynapseFilter(tau=2.0))
    functional.set_step_mode(net, "m")
    assert said(net, (STEPS, 8), tmp_path).startswith(
        "layer_2: module spikingjelly.activation_based.layer.misc.SynapseFilter is not supported; it gives a "
        "real number for each synapse"
    )


def test_data_of_five_axes_are_events(tmp_path: Path) -> None:
    class Softmax(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Conv2d(2, 3, 3)

        def forward(self, x: Tensor) -> Tensor:
            return torch.softmax(self.conv(x.flatten(0, 1)), 1)

    assert "x[...]" not in said(Softmax(), (STEPS, 2, 4, 4), tmp_path)


def test_a_number_of_samples_is_no_constant(tmp_path: Path) -> None:
    class Fixed(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv, self.fc, self.lif = nn.Conv2d(1, 2, 3), nn.Linear(8, 4), snn.Leaky(beta=0.5)

        def forward(self, x: Tensor) -> Tensor:
            spk, _ = self.lif(self.fc(self.conv(x).view(128, -1)))
            return spk  # type: ignore[no-any-return]

    message = said(Fixed(), (1, 4, 4), tmp_path)
    assert "forward fails on an input of shape (3, 1, 4, 4) (test_frames_or_events.py:" in message
    assert "x.view(128, -1)" not in message.split("; ")[-1]
    assert message.endswith(
        "; forward must not state the number of samples, 128, which are 3 here: write x.size(0)"
    )


def test_heads_that_do_not_divide_are_no_stated_number_of_samples(tmp_path: Path) -> None:
    """The first number of the new shape is that of the time steps."""

    class Heads(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv, self.lif = nn.Conv2d(1, 8, 3), snn.Leaky(beta=0.5)

        def forward(self, x: Tensor) -> Tensor:
            x = x.unsqueeze(0).repeat(2, 1, 1, 1, 1)
            tokens = self.conv(x.flatten(0, 1)).reshape(2, x.shape[1], 8, 4)
            heads: Tensor = tokens.reshape(2, x.shape[1], 3, 8 // 3, 4).sum(0)
            return heads

    message = said(Heads(), (1, 4, 4), tmp_path)
    assert "number of samples" not in message
    assert message.endswith(
        "shape '[2, 3, 3, 2, 4]' is invalid for input of size 192; all numbers must go into the new shape: "
        "heads and other parts must divide what they split"
    )


def test_tokens_that_do_not_match_are_told_so(tmp_path: Path) -> None:
    class Tokens(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv, self.lif = nn.Conv2d(1, 8, 3), snn.Leaky(beta=0.5)

        def forward(self, x: Tensor) -> Tensor:
            tokens = self.conv(x).flatten(2).transpose(1, 2)
            found: Tensor = tokens @ tokens.transpose(1, 2) @ tokens[:, :3]
            return found

    assert said(Tokens(), (1, 4, 4), tmp_path).endswith(
        "; queries, keys and values of an attention must be of the same tokens and heads"
    )


class Image(nn.Module):
    """Takes images of one channel."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.fc, self.lif = nn.Conv2d(1, 2, 3), nn.Linear(8, 4), snn.Leaky(beta=0.5)

    def forward(self, x: Tensor) -> Tensor:
        spk, _ = self.lif(self.fc(self.conv(x).flatten(1)))
        return spk  # type: ignore[no-any-return]


class Rows(nn.Module):
    """Takes vectors; `steps` of them one after the other, or one alone."""

    def __init__(self, steps: int) -> None:
        super().__init__()
        self.fc, self.lif, self.steps = nn.Linear(16, 4), snn.Leaky(beta=0.5), steps

    def forward(self, x: Tensor) -> Tensor:
        mem, found = self.lif.init_leaky(), []
        for step in range(self.steps):
            spk, mem = self.lif(self.fc(x[step] if self.steps > 1 else x), mem)
            found.append(spk)
        return torch.stack(found).sum(0)


@pytest.mark.parametrize(
    ("module", "shape", "written", "taken"),
    [
        (Image(), (4, 4, 1), "x.transpose(0, 3, 1, 2)", "1, 4, 4"),
        (Image(), (4, 4), "x[:, None]", "1, 4, 4"),
        (Image(), (16,), "x.reshape(-1, 1, 4, 4)", "1, 4, 4"),
        (Rows(1), (4, 4), "x.reshape(len(x), -1)", "16"),
        (Rows(5), (16, 5), "x.transpose(0, 2, 1)", "5, 16"),
    ],
)
def test_samples_that_lie_otherwise(
    module: nn.Module, shape: tuple[int, ...], written: str, taken: str, tmp_path: Path
) -> None:
    message = said(module, shape, tmp_path)
    assert message.endswith(f"; forward takes samples of shape ({taken}): save {written}.")
    assert "forward fails on an input of shape (" in message


def test_data_without_samples(tmp_path: Path) -> None:
    data = tmp_path / "x.npz"
    np.savez(data, X=np.zeros((3, 16), np.uint8))
    assert refusal(lambda: convert_for_data(Image(), "net", data, {})) == (
        f"{data}: the data file must hold an array 'x', not only X."
    )
    np.savez(data, x=np.zeros((0, 16), np.uint8))
    assert refusal(lambda: convert_for_data(Image(), "net", data, {})) == (
        f"{data}: x must have shape (samples, ...), with samples in it, not (0, 16)."
    )

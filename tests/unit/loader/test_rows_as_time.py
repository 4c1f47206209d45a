"""Rows of images as time steps, and a norm between two transposes before a loop."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from asn2fpga.errors import UnsupportedError
from asn2fpga.loader.from_data import convert_for_data
from asn2fpga.loader.model_file import ModelContent
from asn2fpga.loader.trained_accuracy import module_scores
from asn2fpga.reference import float_model

ROWS, COLUMNS = 8, 6


class Rows(nn.Module):
    """Its neurons get a row of the image in each step. how: it brings the image into shape."""

    def __init__(self, how: str) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.fc, self.out, self.how = nn.Linear(COLUMNS, 16), nn.Linear(16, 3), how

    def forward(self, x: Tensor) -> Tensor:
        if self.how == "view":
            x = x.view(x.shape[0], ROWS, COLUMNS)
        elif self.how in ("squeeze", "permute"):
            x = x.squeeze(1)
        if self.how == "permute":
            x = x.permute(1, 0, 2)
        v, total = torch.zeros(()), torch.zeros(())
        for row in range(ROWS):
            current = self.fc(x[row] if self.how == "permute" else x[:, row])
            v = 0.5 * v + current
            s = (v > 0.5).float()
            v = v - 0.5 * s
            total = total + self.out(s)
        return total


class Normed(nn.Module):
    """BatchNorm1d on (batch, channels, time), between two transposes. back: the second one."""

    def __init__(self, back: bool = True) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.fc, self.bn, self.out, self.back = (
            nn.Linear(COLUMNS, 8),
            nn.BatchNorm1d(8),
            nn.Linear(8, 3),
            back,
        )
        self.bn.running_mean.uniform_(-1, 1)  # type: ignore[union-attr]
        self.bn.running_var.uniform_(0.5, 1)  # type: ignore[union-attr]

    def forward(self, x: Tensor) -> Tensor:
        y = self.bn(self.fc(x).transpose(1, 2))
        y = y.transpose(1, 2) if self.back else y
        v, total = torch.zeros(len(x), 8), torch.zeros(len(x), 3)
        for step in range(ROWS):
            v = 0.5 * v + (y[:, step] if self.back else y[:, :, step])
            s = (v > 1).float()
            v = v - s
            total = total + self.out(s)
        return total


def converted(module: nn.Module, x: np.ndarray, tmp_path: Path) -> ModelContent:
    np.savez(tmp_path / "d.npz", x=x)
    return convert_for_data(module, "net", tmp_path / "d.npz", {})


def images(largest: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, largest + 1, (20, ROWS, COLUMNS)).astype(np.uint8)


MADE = {f"rows, {how}": lambda how=how: Rows(how) for how in ("squeeze", "view", "permute")}


@pytest.mark.parametrize("name", [*MADE, "norm"])
def test_it_is_the_network_that_forward_computes(name: str, tmp_path: Path) -> None:
    module, x = MADE.get(name, Normed)().eval(), images(3)
    found = converted(module, x, tmp_path)
    assert found.origin is not None
    theirs = module_scores(module, found.origin.description, found.origin.output, x)
    ours = float_model.simulate(found.graph, x).scores
    assert len(np.unique(ours)) > 2
    assert np.allclose(theirs.double().numpy(), ours, atol=1e-5)


@pytest.mark.parametrize("name", MADE)
def test_images_with_a_channel_are_told_how_to_be_saved(name: str, tmp_path: Path) -> None:
    hint = "; if the rows of an image are its time steps, save them so, samples of shape (8, 6): x[:, 0]."
    with pytest.raises(UnsupportedError, match=f"{re.escape(hint)}$"):
        converted(MADE[name](), images(3)[:, None], tmp_path)


def test_time_must_be_second_again_before_the_loop(tmp_path: Path) -> None:
    message = "a layer between transposes must leave (batch, time, ...) behind it"
    with pytest.raises(UnsupportedError, match=re.escape(message)):
        converted(Normed(back=False), images(3), tmp_path)

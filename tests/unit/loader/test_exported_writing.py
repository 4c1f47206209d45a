"""Exported programs that write into tensors: the records of a loop, and the ones that a mask sets."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from exported_models import OwnCell, export
from loader_models import refusal
from torch import Tensor, nn

from asn2fpga.importing import ImportOptions
from asn2fpga.loader import load_model
from asn2fpga.reference import float_model

STEPS = 4
INSTEAD = "append what each time step gives to a list, and torch.stack(list) after the loop."
Read = Callable[[list[Tensor]], Tensor]


class Masked(nn.Module):
    """Neurons whose spikes are written by a mask."""

    def forward(self, x: Tensor, mem: Tensor) -> tuple[Tensor, Tensor]:
        mem = 0.5 * mem + x
        spikes = torch.zeros_like(mem)
        spikes[mem > 1.0] = 1.0
        return spikes, mem - spikes


class Recorded(nn.Module):
    """read: the spikes of each time step, (batch, 6), to scores."""

    def __init__(self, read: Read, cell: type[nn.Module] = OwnCell) -> None:
        super().__init__()
        torch.manual_seed(1)
        self.fc, self.cell, self.read = nn.Linear(8, 6), cell(), read
        nn.init.normal_(self.fc.weight, 0.1, 0.5)

    def forward(self, x: Tensor) -> Tensor:
        mem, found = torch.zeros(x.shape[0], 6), []
        for _ in range(STEPS):
            spikes, mem = self.cell(self.fc(x), mem)
            found.append(spikes)
        return self.read(found)


def time_first(spikes: list[Tensor]) -> Tensor:
    record = torch.zeros(STEPS, spikes[0].shape[0], 6)
    for step, now in enumerate(spikes):
        record[step] = now
    return record.sum(0)


def batch_first(spikes: list[Tensor]) -> Tensor:
    record = torch.zeros(spikes[0].shape[0], STEPS, 6)
    for step, now in enumerate(spikes):
        record[:, step] = now
    return record.mean(1)


def running(spikes: list[Tensor]) -> Tensor:
    """Parts are read again, the ones not yet written, too."""
    record = torch.zeros(STEPS, spikes[0].shape[0], 6)
    for step, now in enumerate(spikes):
        record[step] = now + record[step - 1]
    return record[STEPS - 1]


def populations(spikes: list[Tensor]) -> Tensor:
    code, total = torch.zeros(spikes[0].shape[0], 2), torch.stack(spikes).sum(0)
    for index in range(2):
        code[:, index] = total[:, 3 * index : 3 * index + 3].sum(1)
    return code


def every_other(spikes: list[Tensor]) -> Tensor:
    record = torch.zeros(STEPS, spikes[0].shape[0], 6)
    for step in range(0, STEPS, 2):
        record[step] = spikes[step]
    return record.sum(0)


def parts_of_rows(spikes: list[Tensor]) -> Tensor:
    record = torch.zeros(spikes[0].shape[0], 6)
    record[:, :3] = spikes[0][:, :3]
    return record


def rewritten(spikes: list[Tensor]) -> Tensor:
    record = torch.zeros(STEPS, spikes[0].shape[0], 6)
    for step, now in enumerate(spikes):
        record[step] = now
    before = record.sum(0)
    record[0] = spikes[1]
    return before + record.sum(0)


def counted(spikes: list[Tensor]) -> Tensor:
    return torch.stack(spikes).sum(0)


def loaded(module: nn.Module, path: Path, any_number: bool = True) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        shapes = ({0: torch.export.Dim("batch")},) if any_number else None
        export(module.eval(), path, torch.rand(2, 8), dynamic_shapes=shapes)
    return load_model(path, ImportOptions(encoding="frames", max_count=3))


@pytest.mark.parametrize("any_number", [True, False])
@pytest.mark.parametrize(
    ("read", "cell"),
    [
        (time_first, OwnCell),
        (batch_first, OwnCell),
        (running, OwnCell),
        (populations, OwnCell),
        (counted, Masked),
    ],
)
def test_it_is_what_the_module_computes(
    read: Read, cell: type[nn.Module], any_number: bool, tmp_path: Path
) -> None:
    module = Recorded(read, cell)
    found = loaded(module, tmp_path / "net.pt2", any_number)
    x = np.random.default_rng(0).integers(0, 4, (60, 8)).astype(np.uint8)
    with torch.no_grad():
        wanted = module(torch.from_numpy(x).float()).numpy()
    scores = float_model.simulate(found.graph, x).scores
    assert np.allclose(scores, wanted, atol=1e-5) and len(np.unique(scores, axis=0)) > 3


@pytest.mark.parametrize("read", [every_other, parts_of_rows, rewritten])
def test_parts_that_are_missing_or_written_twice(read: Read, tmp_path: Path) -> None:
    message = refusal(lambda: loaded(Recorded(read), tmp_path / "net.pt2"))
    assert ": a tensor must be written into by whole time steps, record[t] = spikes, and by all of them" in (
        message
    ) and message.endswith(INSTEAD)


def test_decomposed_programs_say_how_to_save_them(tmp_path: Path) -> None:
    path = tmp_path / "net.pt2"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        export(Recorded(time_first).eval(), path, torch.rand(2, 8))
        torch.export.save(torch.export.load(path).run_decompositions(), path)
    assert "must be saved as torch.export.export gives it, not after run_decompositions()" in refusal(
        lambda: load_model(path, ImportOptions(encoding="frames", max_count=3))
    )


def test_a_last_call_whose_membrane_is_not_kept(tmp_path: Path) -> None:
    path = tmp_path / "net.pt2"
    module = Recorded(lambda spikes: spikes[0] + spikes[1] + spikes[2] + spikes[3]).eval()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        export(module, path, torch.rand(2, 8))
        torch.export.save(torch.export.load(path).run_decompositions(), path)
    found = load_model(path, ImportOptions(encoding="frames", max_count=3))
    x = np.random.default_rng(0).integers(0, 4, (60, 8)).astype(np.uint8)
    with torch.no_grad():
        wanted = module(torch.from_numpy(x).float()).numpy()
    assert np.array_equal(float_model.simulate(found.graph, x).scores, wanted)

"""Modules that take (batch, ..., time): --time-axis last."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from asn2fpga.errors import InputError
from asn2fpga.graph.text import to_text
from asn2fpga.importing import ImportOptions
from asn2fpga.kinds.sources.input import Input
from asn2fpga.loader.data_file import load_data
from asn2fpga.loader.load import load_model
from asn2fpga.loader.save import convert
from asn2fpga.loader.trained_accuracy import module_scores
from asn2fpga.nn import LIF, TimeSum
from asn2fpga.reference import float_model

STEPS, INPUTS = 5, 6


class Steps(nn.Module):
    """A loop over the last axis, or over the first one, with snnTorch's neurons."""

    def __init__(self, last: bool = True) -> None:
        super().__init__()
        snn = pytest.importorskip("snntorch")
        torch.manual_seed(0)
        self.last, self.fc = last, nn.Linear(INPUTS, 4)
        self.lif = snn.Leaky(beta=0.5, reset_delay=False)

    def forward(self, x: Tensor) -> Tensor:
        mem, found = self.lif.init_leaky(), []
        for step in range(STEPS):
            now = x[..., step] if self.last else x[step]
            spk, mem = self.lif(self.fc(now), mem)
            found.append(spk)
        return torch.stack(found)


class Permuted(nn.Module):
    """Time is brought to the front first."""

    def __init__(self, last: bool = True) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.last = last
        self.net = nn.Sequential(nn.Linear(INPUTS, 4), LIF(0.5, time_steps=STEPS), TimeSum())

    def forward(self, x: Tensor) -> Tensor:
        scores: Tensor = self.net(x.permute(2, 0, 1) if self.last else x)
        return scores


class Maps(nn.Module):
    """Maps of (batch, channel, height, width, time)."""

    def __init__(self, last: bool = True) -> None:
        super().__init__()
        snn = pytest.importorskip("snntorch")
        torch.manual_seed(0)
        self.last = last
        self.conv, self.lif = nn.Conv2d(2, 3, 3), snn.Leaky(beta=0.5)
        self.fc = nn.Linear(3 * 2 * 3, 4)

    def forward(self, x: Tensor) -> Tensor:
        mem, total = self.lif.init_leaky(), 0
        for step in range(STEPS):
            now = x[:, :, :, :, step] if self.last else x[step]
            spk, mem = self.lif(self.conv(now), mem)
            total = total + self.fc(spk.flatten(1))
        return total  # type: ignore[return-value]


SHAPES = {Steps: (INPUTS,), Permuted: (INPUTS,), Maps: (2, 4, 5)}
MODULES = pytest.mark.parametrize("kind", SHAPES, ids=lambda kind: kind.__name__)


@MODULES
def test_it_is_the_same_network_as_with_time_first(kind: type[nn.Module]) -> None:
    shape = SHAPES[kind]
    options = {"encoding": "events", "max_count": 2}
    first = convert(kind(False), "net", torch.zeros(STEPS, 1, *shape), **options)  # type: ignore[call-arg]
    last = convert(kind(), "net", torch.zeros(1, *shape, STEPS), time_axis="last", **options)  # type: ignore[arg-type]
    assert to_text(last.graph) == to_text(first.graph)
    x = np.random.default_rng(0).integers(0, 3, (20, STEPS, *shape)).astype(np.uint8)
    origin = last.origin
    assert origin is not None
    theirs = module_scores(origin.module, origin.description, origin.output, x)
    ours = float_model.simulate(last.graph, x).scores
    assert len(np.unique(ours)) > 2 and np.allclose(theirs.numpy(), ours)


def test_samples_say_the_shape(tmp_path: Path) -> None:
    x = np.random.default_rng(0).integers(0, 3, (20, STEPS, INPUTS)).astype(np.uint8)
    np.savez(tmp_path / "d.npz", x=x)
    options = ImportOptions(time_axis="last", data=tmp_path / "d.npz")
    found = load_model(f"{__file__}:Permuted", options)
    assert found.graph.layers[0].time_steps == STEPS  # type: ignore[attr-defined]


REFUSED = [
    ({"time_axis": "middle"}, "save: time_axis must be one of first, last, not 'middle'."),
    (
        {"time_axis": "last", "encoding": "frames"},
        "save: time_axis='last' must come with encoding='events', not 'frames'; for a static input that is "
        "repeated over the last axis, say time_steps=T (--time-steps T).",
    ),
    (
        {"time_axis": "last", "time_steps": 5, "encoding": "events"},
        "save: time_steps must be left out for events with time_axis='last': the last axis says T.",
    ),
    (
        {"time_axis": "last", "time_steps": 5, "example_input": torch.zeros(3)},
        "save: example_input must have shape (batch, ...) with time_steps, not (3,).",
    ),
    (
        {"time_axis": "last", "example_input": torch.zeros(1, INPUTS)},
        f"save: example_input must have shape (batch, ..., time) with time_axis='last', not (1, {INPUTS}).",
    ),
    (
        {"time_axis": "last", "example_input": None},
        "save: example_input must have shape (batch, ..., time) with time_axis='last', not None.",
    ),
]


@pytest.mark.parametrize(("options", "message"), REFUSED)
def test_what_does_not_go_with_it_is_refused(options: dict[str, object], message: str) -> None:
    given = {"example_input": torch.zeros(1, INPUTS, STEPS), "max_count": 2} | options
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        convert(Permuted(), "net", **given)  # type: ignore[arg-type]


def test_a_graph_of_nir_has_no_axes(tmp_path: Path) -> None:
    (tmp_path / "net.nir").write_bytes(b"\x89HDF\r\n\x1a\n")
    message = "--time-axis must be left out, not be last; a NIR graph holds its network and its weights."
    with pytest.raises(InputError, match=re.escape(message)):
        load_model(tmp_path / "net.nir", ImportOptions(time_axis="last"))


def test_files_with_time_last_are_told_what_to_do(tmp_path: Path) -> None:
    layer = Input(name="events", shape=(3,), encoding="events", time_steps=4, max_count=7)
    np.savez(tmp_path / "d.npz", x=np.ones((9, 3, 4), np.uint8))
    message = (
        "x must have shape (samples, 4, 3), not (9, 3, 4); its last axis is time, which files have behind "
        "the samples: give numpy.moveaxis(x, -1, 1)."
    )
    with pytest.raises(InputError, match=f"{re.escape(message)}$"):
        load_data(tmp_path / "d.npz", layer, 3)

"""What save prints and returns."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from loader_models import CALIBRATION, network, norm
from torch import nn

import asn2fpga
from asn2fpga.graph.scale_text import show_scale
from asn2fpga.loader.summary import LayerSummary
from asn2fpga.nn import ILIF, TimeMean


def test_what_was_understood_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "m.pt"
    module = network()
    y = module(torch.from_numpy(CALIBRATION).float() / 23).argmax(1)
    example = torch.ones(1, 2, 4)
    summary = asn2fpga.save(module, path, example, CALIBRATION, labels=y, input_scale=1 / 23, max_count=23)
    assert capsys.readouterr().out == f"{summary}\n"
    assert str(summary) == (
        f"{path}: frames of 2 x 4, integers 0..23, the module sees 1/23 for 1, 1 time step\n"
        "  layer_0  Flatten -> 8\n"
        "  layer_1  Linear -> 4\n"
        "  layer_2  NASN, 4 levels above 0, leak 0.5 -> 4\n"
        "  layer_3  Linear -> 2\n"
        "  3 calibration samples, of which the module gets 100.00 % right"
    )
    assert summary.layers[1] == LayerSummary("layer_1", "Linear", (4,))
    assert (summary.input_shape, summary.encoding, summary.calibration_samples) == ((2, 4), "frames", 3)


def test_events_scales_and_warnings(tmp_path: Path) -> None:
    module = nn.Sequential(nn.Linear(8, 4), ILIF(2, time_steps=3), nn.Linear(4, 2), TimeMean())
    summary = asn2fpga.save(module, tmp_path / "e.pt", torch.ones(3, 1, 8), max_count=1)
    lines = str(summary).splitlines()
    assert lines[0] == (
        f"{tmp_path / 'e.pt'}: events, counts of 8, integers 0..1, the module sees 1 for 1, 3 time steps"
    )
    assert lines[2] == "  layer_1  ILIF, 2 levels above 0, leak 0.25 -> 4"
    assert lines[-1] == (
        "  no calibration samples (scales will be chosen from the weights alone, lanes on --data or "
        "random inputs)"
    )


def test_warnings_stand_last(tmp_path: Path) -> None:
    module = nn.Sequential(norm(8), nn.Linear(8, 4), nn.BatchNorm1d(4), ILIF(2), nn.Linear(4, 2))
    x = np.arange(16).reshape(2, 8)
    summary = asn2fpga.save(module, tmp_path / "w.pt", torch.ones(1, 8) * 9, x)
    lines = str(summary).splitlines()
    assert lines[1] == "  layer_0  per channel, gain and shift -> 8"
    assert lines[-2:] == [
        "  2 calibration samples without labels",
        "  warning: layer_2: the running statistics were never updated (mean 0, variance 1); train in "
        "train() "
        "mode, or load the trained checkpoint with its buffers.",
    ]


@pytest.mark.parametrize(
    ("scale", "text"), [(1 / 255, "1/255"), (1.0, "1"), (0.5, "1/2"), (255.0, "255"), (0.3, "0.3")]
)
def test_scales_as_a_person_writes_them(scale: float, text: str) -> None:
    assert show_scale(scale) == text

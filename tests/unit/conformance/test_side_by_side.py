"""The framework's network and golden on the same samples: what is counted, and the first difference."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from asn2fpga.cli.main import main
from asn2fpga.conformance.probe import Probe
from asn2fpga.conformance.side_by_side import SideBySide, side_by_side
from asn2fpga.loader.save import convert
from asn2fpga.nn import LIF, TimeSum
from asn2fpga.quantise.scheme import Scheme

sj = pytest.importorskip("spikingjelly.activation_based.neuron")
SCHEME = Scheme(scale_method="maxabs", state_frac_bits=16)


def compared(module: nn.Module, scheme: Scheme = SCHEME, steps: int = 8) -> SideBySide:
    content = convert(module, "net", torch.zeros(steps, 1, 3), encoding="events", max_count=3)
    x = np.random.default_rng(1).integers(0, 4, (50, steps, 3)).astype(np.uint8)
    assert content.origin is not None
    return side_by_side(content.graph, content.origin, scheme, x, np.arange(50) % 4)


@pytest.mark.parametrize("mode", ["s", "m"])
def test_nothing_differs_where_nothing_is_rounded(mode: str) -> None:
    found = compared(Probe(sj.LIFNode(step_mode=mode)))
    (layer,) = found.layers
    assert (layer.differing, layer.first, layer.spikes) == (0, None, 50 * 8 * 4)
    assert found.agreeing == 1.0 and found.framework_accuracy == found.integer_accuracy


def test_the_first_difference_is_found_and_explained() -> None:
    torch.manual_seed(2)
    module = nn.Sequential(nn.Linear(3, 12), LIF(0.75, time_steps=8), nn.Linear(12, 4), TimeSum())
    found = compared(module, Scheme(weight_bits=3))
    (layer,) = found.layers
    first = layer.first
    assert layer.differing > 0 and first is not None and first.framework != first.integer
    assert layer.rate == layer.differing / layer.spikes
    assert abs(first.potential - first.distance - 1.0) < 1e-9, "the threshold is 1"
    assert first.cause == "rounded weights"
    assert len(layer.by_step) == 8 and np.isclose(np.mean(layer.by_step), layer.rate)
    assert layer.by_step.index(next(rate for rate in layer.by_step if rate)) == first.step


def test_the_command_shows_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "net.py").write_text(
        "from torch import nn\nfrom spikingjelly.activation_based import layer, neuron\n"
        "def net():\n"
        "    return nn.Sequential(layer.Linear(6, 3, step_mode='m'), neuron.IFNode(step_mode='m'))\n"
    )
    x = np.random.default_rng(1).integers(0, 2, (20, 5, 6)).astype(np.uint8)
    np.savez(tmp_path / "data.npz", x=x, y=np.arange(20) % 3)
    model, data = f"{tmp_path / 'net.py'}:net", str(tmp_path / "data.npz")
    page = tmp_path / "page.html"
    assert main(["compare", model, "--data", data, "--encoding", "events", "--out", str(page)]) == 0
    html = page.read_text()
    assert html.count("<polyline") == 1 and "by the golden model" in html and "<script" not in html
    shown = capsys.readouterr().out
    assert f"20 samples of {data}" in shown.replace("\n", "") and "by the golden model" in shown
    assert main(["compare", model]) == 2
    assert "--data must be given" in capsys.readouterr().err

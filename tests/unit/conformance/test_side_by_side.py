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


class Tokens(nn.Module):
    """Neurons of pixels in two axes and in one, over `steps` time steps, of which there may be one only."""

    def __init__(self, steps: int) -> None:
        super().__init__()
        self.steps, self.conv, self.again = steps, nn.Conv2d(1, 3, 3), nn.Conv1d(3, 3, 1)
        self.first, self.second = (sj.IFNode(v_reset=None, step_mode="m") for _ in range(2))
        self.head = nn.Linear(3, 4)
        with torch.no_grad():
            for layer in (self.conv, self.again):
                layer.weight.copy_(torch.randint(-3, 8, layer.weight.shape) / 8)
                layer.bias.zero_()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x.unsqueeze(0).repeat(self.steps, 1, 1, 1, 1)
        T, B = x.shape[:2]  # noqa: N806  # as public code has it
        x = self.first(self.conv(x.flatten(0, 1)).reshape(T, B, 3, 4, 4)).flatten(3)
        x = self.second(self.again(x.flatten(0, 1)).reshape(T, B, 3, 16))
        found: torch.Tensor = self.head(x.mean(3)).mean(0)
        return found


@pytest.mark.parametrize("steps", [1, 2])
def test_pixels_may_be_tokens_and_time_may_be_one_step(steps: int) -> None:
    """More samples than are run at once, so that the last call has fewer."""
    torch.manual_seed(0)
    module = Tokens(steps)
    content = convert(module, "net", torch.zeros(1, 1, 6, 6), encoding="frames", max_count=3)
    x = np.random.default_rng(1).integers(0, 4, (300, 1, 6, 6)).astype(np.uint8)
    assert content.origin is not None
    found = side_by_side(content.graph, content.origin, SCHEME, x, None)
    assert [(layer.differing, layer.spikes) for layer in found.layers] == 2 * [(0, 300 * steps * 48)]


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


class Operations(nn.Module):
    """Neurons that forward computes itself, of sums that are exact."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(2)
        self.fc1, self.fc2 = nn.Linear(3, 6), nn.Linear(6, 4)
        with torch.no_grad():
            for layer in (self.fc1, self.fc2):
                layer.weight.copy_(torch.randint(-3, 8, layer.weight.shape) / 8)
                layer.bias.zero_()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        v, total = torch.zeros(x.shape[1], 6), 0.0
        for step in range(x.shape[0]):
            v = 0.5 * v + self.fc1(x[step])
            s = (v >= 1).float()
            v = v - s
            total = total + self.fc2(s)
        return total  # type: ignore[return-value]


def test_neurons_that_are_operations_are_those_of_the_imported_network(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (layer,) = compared(Operations()).layers
    assert (layer.name, layer.is_imported, layer.differing) == ("fc1", True, 0)
    assert layer.spikes == 50 * 8 * 6
    x = np.random.default_rng(1).integers(0, 4, (50, 8, 3)).astype(np.uint8)
    np.savez(tmp_path / "x.npz", x=x, y=np.arange(50) % 4)
    monkeypatch.setenv("COLUMNS", "200")
    code = f"{Path(__file__)}:Operations"
    assert (
        main(["compare", code, "--data", str(tmp_path / "x.npz"), "--out", str(tmp_path / "page.html")]) == 0
    )
    assert "* forward computes these neurons by operations" in capsys.readouterr().out
    assert "fc1 *" in (tmp_path / "page.html").read_text()

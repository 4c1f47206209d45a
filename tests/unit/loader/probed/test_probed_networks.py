"""Networks whose neurons are written by hand: our real-valued graph computes what the module does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
import torch
from own_networks import TET, Attention, Merged, Meta, Sparch, Steps, Yolo, floors, frames_of_tet
from own_neurons import OverTime, TdLIF, refractory
from torch import Tensor, nn
from waiting_neurons import Waiting

from asn2fpga.errors import UnsupportedError
from asn2fpga.golden.simulate import simulate
from asn2fpga.kinds.sources.input import input_of
from asn2fpga.loader.probed.replace import know_neurons
from asn2fpga.loader.save import convert
from asn2fpga.loader.trained_accuracy import module_scores
from asn2fpga.nn import NASN
from asn2fpga.quantise.apply import quantise
from asn2fpga.reference import float_model


class Same(nn.Identity):
    """A user's own module that does nothing."""

    def forward(self, x: Tensor) -> Tensor:
        return 1.0 * x


@dataclass(frozen=True)
class Case:
    """A module, the example of it, what is said of it, T, and what is noted of its first neurons."""

    make: Callable[[], nn.Module]
    shape: tuple[int, ...]
    note: str
    said: dict[str, Any] = field(default_factory=dict)
    steps: int = 4
    gain: float = 2.0

    def module(self) -> nn.Module:
        torch.manual_seed(3)
        module = self.make().eval()
        with torch.no_grad():
            for name, parameter in module.named_parameters():
                if parameter.dim() > 1:
                    lifted = parameter + parameter.abs().mean() / 2  # so that all layers fire
                    parameter.copy_((lifted * self.gain * 64).round() / 64)
                elif name.endswith("bias"):
                    parameter.copy_((parameter * 64).round() / 64)
        for part in module.modules():
            if isinstance(part, nn.BatchNorm2d):
                nn.init.constant_(part.running_var, 0.5)
        return module


def waiting() -> nn.Module:
    """Attention-SNN's layers with refractory neurons."""
    module = Attention()
    module.lif1, module.lif2 = Waiting(2, soft=True), Waiting(1)
    return module


EVENTS = {"encoding": "events", "max_count": 3}
LIF = "LIF, binary, hard reset, leak 0.5, threshold 1"
CASES: dict[str, Case] = {
    "TET, events": Case(TET, (1, 4, 2, 8, 8), f"features.1 (LIFSpike): taken for {LIF}", EVENTS),
    "TET, data": Case(TET, (4, 1, 2, 8, 8), f"features.1 (LIFSpike): taken for {LIF}", EVENTS),
    "TET, frames": Case(frames_of_tet, (1, 2, 8, 8), f"features.1 (LIFSpike): taken for {LIF}"),
    "SpikeYOLO": Case(
        Yolo,
        (1, 1, 4, 4),
        "lif1 (mem_update): taken for ILIF, 4 levels above 0, leak 0.25, threshold 1",
        steps=3,
    ),
    "SpikeYOLO, one step": Case(
        lambda: Yolo(1),
        (1, 1, 4, 4),
        "lif1 (mem_update): taken for ILIF, 4 levels above 0, leak 0, threshold 1",
        steps=1,
    ),
    "Meta-former": Case(
        Meta,
        (1, 1, 4, 4),
        "spike1 (MultiSpike): taken for NASN, 4 levels above 0, leak 0, threshold 1, amplitude 0.25",
        steps=1,
    ),
    "QSD": Case(
        floors,
        (1, 1, 4, 4),
        "spike1 (FloorSpike): taken for NASN, 4 levels above 0, leak 0, threshold 0.25, amplitude 0.25",
        steps=1,
    ),
    "DSR": Case(
        Merged,
        (1, 16),
        "lif1 (MergedIF): taken for LIF, binary, soft reset, leak 1, threshold 0.75, amplitude 1.5",
    ),
    "Attention-SNN": Case(
        Attention,
        (4, 1, 16),
        "lif1 (AttentionUpdate): taken for LIF, binary, hard reset, leak 0.25, threshold 0.5",
        EVENTS,
        gain=1.0,
    ),
    "refractory": Case(
        waiting,
        (9, 1, 16),
        "lif1 (Waiting): taken for LIF, binary, soft reset, leak 0.5, 2 time steps refractory, threshold 1",
        EVENTS,
        steps=9,
        gain=3.0,
    ),
    "sparch": Case(
        Sparch,
        (1, 9, 16),
        "lif (SparchLIF): taken for LIF, binary, soft reset, leak per neuron, threshold one per neuron",
        EVENTS,
        steps=9,
    ),
    "SLTT": Case(
        Steps,
        (1, 16),
        "lif1 (StepLIF): taken for LIF, binary, soft reset, leak 0.5, threshold 1",
        {"time_steps": 4, "read_out": "sum"},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_graph_computes_what_the_module_does(name: str) -> None:
    case = CASES[name]
    module = case.module()
    options = {"input_scale": 1 / 4, "max_count": 7, "encoding": "frames"} | case.said
    content = convert(module, "net", torch.zeros(case.shape), **options)
    layer = input_of(content.graph)
    assert layer.time_steps == case.steps
    assert content.about.notes[0].startswith(f"{case.note}: the same spikes in ")
    random = np.random.default_rng(1)
    shape = layer.shape if layer.encoding == "frames" else (layer.time_steps, *layer.shape)
    x = random.integers(0, layer.max_count + 1, (30, *shape)).astype(np.uint8)
    assert content.origin is not None
    wanted = module_scores(module, content.origin.description, 0, x).numpy()
    found = float_model.scores_of(content.graph, x)
    np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-5)
    assert len(np.unique(wanted)) > 2, "the module always gives the same"
    trace = simulate(quantise(content.graph, x=x).graph, x[:4])  # integers of it are built
    assert len(trace.scores) == 4


def test_a_neuron_that_is_not_known_is_refused_with_its_place() -> None:
    module = Attention()
    module.lif2 = OverTime(refractory)
    with pytest.raises(UnsupportedError) as caught:
        convert(module, "net", torch.zeros(4, 1, 16), encoding="events", max_count=3)
    assert str(caught.value) == (
        "lif2 (OverTime): it is most like LIF, binary, hard reset, leak 0.5, 1 time step refractory, "
        "threshold 1, but after inputs 1.25, -1, 1.25 it sends 0 at step 2, not 1; it has another state, or "
        "other parameters in each step; write it as asn2fpga.nn.LIF, or as a neuron of snnTorch or "
        "SpikingJelly, and train with that."
    )


def test_time_elsewhere_is_refused() -> None:
    module = nn.Sequential(nn.Conv1d(4, 4, 1), TdLIF(), nn.Flatten(), nn.Linear(6 * 4, 3))
    with pytest.raises(UnsupportedError) as caught:
        convert(module, "net", torch.zeros(1, 4, 6))
    assert str(caught.value) == (
        "layer_1: TdLIF reads time along axis 2 of its input, which is no axis of time there, of shape "
        "(3, 4, 6); keep time in the first axis, or in the second one after the batch, in the whole network; "
        "of a module that takes (batch, ..., time) say --time-axis last."
    )


def test_modules_that_send_no_spikes_stay_what_they_are() -> None:
    """Not replaced, and not run on anything but the example."""
    module = nn.Sequential(nn.Linear(4, 4), Same(), NASN(4), nn.Linear(4, 2))
    known = know_neurons(module, torch.zeros(1, 4), {})
    found, notes = known.module, known.notes
    assert found is module and notes == ()


class Picky(nn.Module):
    """Refuses large inputs."""

    def forward(self, x: Tensor) -> Tensor:
        if float(x.abs().max()) > 1000:
            raise ValueError("too large")
        return (x > 1).to(x.dtype)


def test_a_neuron_that_fails_is_refused_with_its_place() -> None:
    module = nn.Sequential(nn.Linear(4, 4), Picky(), nn.Linear(4, 2))
    with pytest.raises(UnsupportedError) as caught:
        convert(module, "net", torch.zeros(1, 4))
    assert str(caught.value) == (
        "layer_1 (Picky): it sends spikes, but fails on some inputs of its shape: ValueError: too large; "
        "write it as asn2fpga.nn.LIF, or as a neuron of snnTorch or SpikingJelly, and train with that."
    )

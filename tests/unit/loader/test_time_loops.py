"""Networks of snnTorch and SpikingJelly: our real-valued graph computes what the module does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
import torch
from framework_models import (
    CSNN,
    BatchFirst,
    Contained,
    LastMembrane,
    NonSpiking,
    OwnBatchFirst,
    Recurrent,
    RowsOverTime,
    SingleStep,
    Tutorial,
    TwoInALoop,
    sequential,
)
from torch import nn

from asn2fpga.golden.simulate import simulate
from asn2fpga.kinds.sources.input import input_of
from asn2fpga.loader.describe import describe
from asn2fpga.loader.save import convert
from asn2fpga.loader.trained_accuracy import module_scores
from asn2fpga.quantise.apply import quantise
from asn2fpga.reference import float_model

pytest.importorskip("snntorch")
pytest.importorskip("spikingjelly")
from spikingjelly.activation_based import neuron as sj


@dataclass(frozen=True)
class Case:
    """A module, the shape of its example without batch, and what is said of its input."""

    make: Callable[[], nn.Module]
    shape: tuple[int, ...]
    said: dict[str, Any] = field(default_factory=dict)
    steps: int = 4
    gain: float = 2.0

    @property
    def options(self) -> dict[str, Any]:
        return {"input_scale": 1 / 4, "max_count": 7, "encoding": "frames"} | self.said

    @property
    def example(self) -> torch.Tensor:
        if self.options["encoding"] == "frames":
            return torch.zeros(1, *self.shape)
        batch_first = self.make in (BatchFirst, Contained, OwnBatchFirst)
        return torch.zeros(*((1, self.steps) if batch_first else (self.steps, 1)), *self.shape)

    def module(self) -> nn.Module:
        torch.manual_seed(3)
        module = self.make().eval()
        with torch.no_grad():
            for name, parameter in module.named_parameters():
                if name.endswith("weight") and parameter.dim() > 1:
                    lifted = parameter + parameter.abs().mean() / 2  # so that all layers fire
                    parameter.copy_((lifted * self.gain * 64).round() / 64)
                elif name.endswith("bias"):
                    parameter.copy_((parameter * 64).round() / 64)
        for part in module.modules():
            if isinstance(part, nn.BatchNorm2d):
                nn.init.constant_(part.running_var, 0.5)
        return module


EVENTS = {"encoding": "events", "max_count": 3}
CASES: dict[str, Case] = {
    "explicit membranes": Case(Tutorial, (16,), steps=6),
    "loop outside": Case(sequential, (1, 14, 14), {"time_steps": 4}, gain=3),
    "loop outside, events": Case(sequential, (1, 14, 14), EVENTS, steps=4, gain=3),
    "recurrent": Case(Recurrent, (8,), EVENTS, steps=9),
    "a loop over two layers, BatchNormTT": Case(TwoInALoop, (8,), EVENTS, steps=6, gain=3),
    "batch first, recurrence by hand": Case(BatchFirst, (8,), EVENTS, steps=7),
    "last membrane": Case(lambda: LastMembrane("last"), (16,), steps=5),
    "index of the membranes": Case(lambda: LastMembrane("index"), (16,), steps=5),
    "largest membrane": Case(lambda: LastMembrane("max"), (16,), steps=5),
    "membranes, and a read-out": Case(lambda: LastMembrane("all"), (16,), {"read_out": "sum"}, steps=5),
    "multi-step": Case(lambda: CSNN(sj.IFNode), (1, 8, 8), gain=1.2),
    "learned leaks": Case(lambda: CSNN(lambda: sj.ParametricLIFNode(v_reset=None)), (1, 8, 8), gain=4),
    "voting": Case(lambda: CSNN(sj.IFNode, voting=3), (1, 8, 8), gain=3),
    "containers": Case(Contained, (2, 6, 6), EVENTS, steps=4),
    "largest membrane, SpikingJelly": Case(lambda: NonSpiking("max-mem"), (8,), EVENTS, steps=6),
    "mean membrane, SpikingJelly": Case(lambda: NonSpiking("mean-mem"), (8,), EVENTS, steps=6),
    "last membrane, SpikingJelly": Case(lambda: NonSpiking("last_mem"), (8,), EVENTS, steps=6),
    "our own neurons, batch first": Case(OwnBatchFirst, (8,), EVENTS, steps=5),
    "recurrent container": Case(RowsOverTime, (8,), EVENTS, steps=12, gain=2),
    "single step": Case(SingleStep, (4, 4), {"time_steps": 4}),
}


@pytest.mark.parametrize("name", CASES)
def test_the_graph_computes_what_the_module_does(name: str) -> None:
    case = CASES[name]
    module = case.module()
    content = convert(module, "net", case.example, **case.options)
    layer = input_of(content.graph)
    assert layer.time_steps == case.steps
    random = np.random.default_rng(1)
    shape = layer.shape if layer.encoding == "frames" else (layer.time_steps, *layer.shape)
    x = random.integers(0, layer.max_count + 1, (30, *shape)).astype(np.uint8)
    wanted = module_scores(module, describe(module, case.example, **case.options), 0, x).numpy()
    found = float_model.scores_of(content.graph, x)
    np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-5)
    assert len(np.unique(wanted)) > 2, "the module always gives the same"
    trace = simulate(quantise(content.graph, x=x).graph, x[:4])  # integers of it are built
    assert len(trace.scores) == 4


def test_all_results_are_numbered() -> None:
    module = CASES["explicit membranes"].module()
    options = CASES["explicit membranes"].options
    example = torch.zeros(1, 16)
    notes = convert(module, "net", example, **options).about.notes
    assert notes == (
        "model: forward returns the spikes of all 6 time steps; the scores are their numbers",
        "model: of the 2 results of forward, number 0 gives the scores",
    )
    with pytest.raises(Exception) as info:
        convert(module, "net", example, output=1, **options)
    assert str(info.value) == (
        "lif2: membranes that are returned must be of neurons that never fire (reset_mechanism='none', or a "
        "threshold from 1e+06 on), not of Leaky; return the spikes, --output 0."
    )
    with pytest.raises(Exception) as info:
        convert(module, "net", example, output=2, **options)
    assert str(info.value) == "--output 2: forward must return more results than that, not 2; the first is 0."

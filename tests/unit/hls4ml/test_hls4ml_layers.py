"""Neurons of asn2fpga in projects of hls4ml compute what golden does."""

from __future__ import annotations

import re
import warnings
from pathlib import Path

import numpy as np
import pytest
import torch
from hls4ml_models import converted, on_the_grid, predicted
from torch import nn

from asn2fpga.golden.simulate import simulate
from asn2fpga.hls4ml.integers import Fixed, golden
from asn2fpga.loader.save import convert
from asn2fpga.loader.semantics import neuron_semantics
from asn2fpga.nn import ASN, IF, ILIF, LIF, NASN, PLIF, CubaLIF, RepeatTime, SigmaDelta, TimeMean, TimeSum
from asn2fpga.nn.neuron import SpikingNeuron
from asn2fpga.quantise.apply import quantise
from asn2fpga.quantise.scheme import Scheme

pytestmark = pytest.mark.slow  # g++ reads hls4ml's headers for ten seconds each time
STEPS = 4


def over_time(neuron: type[SpikingNeuron], reduce: type[nn.Module], **options: float) -> nn.Sequential:
    """Dense, with a time axis."""
    return nn.Sequential(
        RepeatTime(STEPS),
        nn.Linear(16, 12),
        neuron(time_steps=STEPS, **options),  # type: ignore[arg-type]
        nn.Linear(12, 5),
        reduce(),
    )


NETWORKS = {
    "asn": (lambda: over_time(ASN, TimeMean, levels=4, alpha=-1), (16,)),
    "lif": (lambda: over_time(LIF, TimeSum, beta=0.5), (16,)),
    "dense": (lambda: nn.Sequential(nn.Linear(16, 12), NASN(levels=4), nn.Linear(12, 5)), (16,)),
    "maps": (
        lambda: nn.Sequential(
            nn.Conv2d(2, 4, 3), NASN(levels=2), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(36, 5)
        ),
        (2, 8, 8),
    ),
}


@pytest.mark.parametrize("io_type", ["io_parallel", "io_stream"])
@pytest.mark.parametrize("name", NETWORKS)
def test_networks_give_the_scores_of_golden(name: str, io_type: str, tmp_path: Path) -> None:
    make, shape = NETWORKS[name]
    module = on_the_grid(make())
    x = np.random.default_rng(1).integers(0, 4, (200, *shape)).astype(np.uint8)
    graph = convert(module, name, encoding="frames", max_count=3, example_input=torch.zeros(1, *shape)).graph
    quantised = quantise(graph, Scheme(scale_method="maxabs"), x)
    wanted = simulate(quantised.graph, x).scores * quantised.decisions.score_scale
    if any(isinstance(part, TimeMean) for part in module.modules()):
        wanted = wanted / STEPS  # golden sends the sum, whose order is the same
    model = converted(module, shape, tmp_path / "project", read="ap_uint<2>", io_type=io_type)
    found = predicted(model, x)
    assert np.array_equal(found, wanted) and len(np.unique(found, axis=0)) > 100


NEURONS = {
    "ASN": lambda steps: ASN(levels=4, alpha=0.5, integer_alpha=False, time_steps=steps),
    "NASN": lambda steps: NASN(levels=8, time_steps=steps),
    "ILIF": lambda steps: ILIF(levels=4, time_steps=steps),
    "SigmaDelta": lambda steps: SigmaDelta(3, threshold=0.75, time_steps=steps),
    "LIF soft": lambda steps: LIF(0.75, time_steps=steps),
    "LIF hard": lambda steps: LIF(0.9, reset="hard", v_reset=-0.25, time_steps=steps),
    "LIF late": lambda steps: LIF(0.5, leak="before_reset", fires=">", time_steps=steps),
    "LIF refractory": lambda steps: LIF(0.75, threshold=0.5, refractory=2, time_steps=steps),
    "IF": lambda steps: IF(threshold=1.5, time_steps=steps),
    "PLIF": lambda steps: PLIF(time_steps=steps),
    "CubaLIF": lambda steps: CubaLIF(0.5, 0.75, time_steps=steps),
}


@pytest.mark.parametrize("steps", [1, STEPS])
@pytest.mark.parametrize("name", NEURONS)
def test_neurons_send_what_golden_says(name: str, steps: int, tmp_path: Path) -> None:
    """Inputs with a sign and a fraction; what they send goes out as it is."""
    neuron = NEURONS[name](steps)
    module = nn.Sequential(RepeatTime(steps), neuron, TimeSum()) if steps > 1 else nn.Sequential(neuron)
    read = Fixed(10, 5, is_signed=True)
    x = np.random.default_rng(2).integers(-512, 512, (400, 8)) / 32
    model = converted(module.eval(), (8,), tmp_path / "project", read="ap_fixed<10,5>")
    wanted = golden(name, neuron_semantics(neuron), read, np.repeat(x[:, None], steps, axis=1))
    assert np.array_equal(predicted(model, x), wanted.sum(1)) and len(np.unique(wanted)) > 1


def test_vivado_takes_them_too_with_given_fraction_bits(tmp_path: Path) -> None:
    neuron = LIF(0.9, time_steps=STEPS)
    module = nn.Sequential(RepeatTime(STEPS), neuron, TimeSum()).eval()
    x = np.random.default_rng(3).integers(0, 32, (400, 8)) / 32
    model = converted(
        module, (8,), tmp_path / "project", read="ap_ufixed<6,1>", backend="Vivado", StateFracBits=12
    )
    values = np.repeat(x[:, None], STEPS, axis=1)
    wanted = golden("n", neuron_semantics(neuron), Fixed(6, 5, is_signed=False), values, 12)
    assert np.array_equal(predicted(model, x), wanted.sum(1)) and wanted.any()


def test_the_example_of_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = Path(__file__).parents[3] / "docs" / "hls4ml.md"
    (code,) = re.findall(r"```python\n(.*?)```", page.read_text(), re.DOTALL)
    monkeypatch.chdir(tmp_path)
    scope: dict[str, np.ndarray] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of hls4ml, about its own code
        exec(code, scope)  # the page itself
    assert scope["scores"].shape == (100, 10) and len(np.unique(scope["scores"])) > 100

"""LIF, IF, PLIF and CubaLIF are the definition in real numbers, bit for bit: every combination of fields."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from asn2fpga.errors import UnsupportedError
from asn2fpga.graph.arrays import RealArray
from asn2fpga.kinds.neurons.semantics import NeuronSemantics, fire
from asn2fpga.loader.semantics import neuron_semantics
from asn2fpga.nn import IF, LIF, PLIF, CubaLIF
from asn2fpga.nn.neuron import SpikingNeuron

STEPS, BATCH, CHANNELS = 8, 4, 5
BETAS = (0.0, 0.3, 0.5, 0.9, 0.99)
THRESHOLDS = (0.7, 1.0, 0.25, 1.3, 2.0)

RESETS = [("soft", 0.0), ("hard", 0.0), ("hard", -0.2), ("hard", 0.1), ("none", 0.0)]
OTHERS = {
    "fires": (">=", ">"),
    "decay_input": (False, True),
    "levels": (1, 3),
    "signed": (False, True),
    "v_min": (None, 0.0, -0.3),
    "per_channel": (False, True),
}


def drives(seed: int) -> Tensor:
    """(T, B, N) float64: half of them multiples of 1/4 (membranes at thresholds), half any numbers."""
    random = np.random.default_rng(seed)
    values = random.normal(0.6, 1.0, (STEPS, BATCH, CHANNELS))
    values[:, ::2] = random.integers(-4, 9, values[:, ::2].shape) / 4
    return torch.from_numpy(values)


def spikes_of(module: SpikingNeuron, x: Tensor) -> RealArray:
    """What `module` sends, as the definition has it: (B, T, N)."""
    module.eval()
    with torch.no_grad():
        output: RealArray = module(x).numpy()
    return output.transpose(1, 0, 2)


def defined(semantics: NeuronSemantics, x: Tensor) -> RealArray:
    """(B, T, N) of the definition."""
    return fire(semantics, x.numpy().transpose(1, 0, 2)) * semantics.output_scale


def combinations() -> Iterator[dict[str, Any]]:
    for values in itertools.product(*OTHERS.values()):
        yield dict(zip(OTHERS, values, strict=True))


def pair(
    reset: str, v_reset: float, leak: str, alpha: float | None, fields: dict[str, Any]
) -> tuple[Any, ...]:
    """A module and the definition of what it must compute."""
    per_channel = fields.pop("per_channel")
    beta = torch.tensor(BETAS, dtype=torch.float64) if per_channel else 0.9
    threshold = torch.tensor(THRESHOLDS, dtype=torch.float64) if per_channel else 0.7
    options = {**fields, "reset": reset, "v_reset": v_reset, "leak": leak, "threshold": threshold}
    options |= {"time_steps": STEPS, "amplitude": 0.3}
    module = LIF(beta, **options) if alpha is None else CubaLIF(alpha, beta, **options)
    semantics = NeuronSemantics(
        model="lif",
        levels=fields["levels"],
        alpha=0.0,
        beta=0.99 if per_channel else 0.9,
        threshold=0.25 if per_channel else 0.7,
        output_scale=0.3,
        leak_order=leak,  # type: ignore[arg-type]
        reset=reset,  # type: ignore[arg-type]
        fires=fields["fires"],
        v_reset=v_reset,
        decay_input=fields["decay_input"],
        signed=fields["signed"],
        floor=fields["v_min"],
        synaptic_beta=alpha,
        betas=np.array(BETAS) if per_channel else None,
        thresholds=np.array(THRESHOLDS) if per_channel else None,
    )
    return module, semantics


@pytest.mark.parametrize(("reset", "v_reset"), RESETS)
@pytest.mark.parametrize("leak", ["after_reset", "before_reset"])
@pytest.mark.parametrize("alpha", [None, 0.6])
def test_modules_are_the_definition(reset: str, v_reset: float, leak: str, alpha: float | None) -> None:
    fired = 0
    for seed, fields in enumerate(combinations()):
        module, semantics = pair(reset, v_reset, leak, alpha, dict(fields))
        x = drives(seed)
        found = spikes_of(module, x)
        np.testing.assert_array_equal(found, defined(semantics, x), str(fields))
        fired += int(np.count_nonzero(found))
    assert fired > 1000


@pytest.mark.parametrize("per_channel", [False, True])
@pytest.mark.parametrize("alpha", [None, 0.6])
@pytest.mark.parametrize(("reset", "v_reset"), RESETS)
def test_the_graph_gets_what_the_module_was_given(
    reset: str, v_reset: float, alpha: float | None, per_channel: bool
) -> None:
    fields = {"fires": ">", "decay_input": True, "levels": 3, "signed": True, "v_min": -0.3}
    module, semantics = pair(reset, v_reset, "before_reset", alpha, {**fields, "per_channel": per_channel})
    np.testing.assert_equal(dataclasses.asdict(neuron_semantics(module)), dataclasses.asdict(semantics))


def test_the_defaults_of_the_graph() -> None:
    assert neuron_semantics(LIF()) == NeuronSemantics("lif", 1, 0.0, 0.5, fires=">=")
    assert neuron_semantics(IF()) == NeuronSemantics("lif", 1, 0.0, 1.0, fires=">=")
    assert neuron_semantics(PLIF()) == NeuronSemantics("lif", 1, 0.0, 0.5, fires=">=")
    assert neuron_semantics(CubaLIF(0.8, 0.9)) == NeuronSemantics(
        "lif", 1, 0.0, 0.9, fires=">=", synaptic_beta=0.8
    )


LEARNED: dict[str, SpikingNeuron] = {
    "if": IF(time_steps=STEPS, levels=2),
    "if with a hard reset": IF(time_steps=STEPS, reset="hard", threshold=0.3),
    "lif": LIF(0.9, threshold=0.7, learn_beta=True, learn_threshold=True, time_steps=STEPS),
    "lif, beta left its range": LIF(1.0, learn_beta=True, time_steps=STEPS),
    "plif": PLIF(0.9, time_steps=STEPS, decay_input=True),
    "plif per channel": PLIF(torch.tensor([0.1, 0.3, 0.5, 0.9, 0.99]), time_steps=STEPS, reset="hard"),
    "cuba": CubaLIF(0.9, 0.7, time_steps=STEPS, learn_beta=True),
}
with torch.no_grad():
    LEARNED["lif, beta left its range"].beta.fill_(1.25)  # type: ignore[operator]


@pytest.mark.parametrize("name", LEARNED)
def test_learned_numbers_reach_the_graph(name: str) -> None:
    module, x = LEARNED[name], drives(3)
    np.testing.assert_array_equal(spikes_of(module, x), defined(neuron_semantics(module), x))


def test_numbers_that_are_equal_are_one_number() -> None:
    semantics = neuron_semantics(LIF(torch.full((3,), 0.25), threshold=torch.full((3,), 2.0)))
    assert semantics == NeuronSemantics("lif", 1, 0.0, 0.25, threshold=2.0, fires=">=")
    cuba = neuron_semantics(CubaLIF(torch.full((3,), 0.25), 0.5))
    assert cuba.synaptic_beta == 0.25


def test_one_alpha_for_each_channel_is_trained_and_not_built() -> None:
    module = CubaLIF(torch.tensor([0.25, 0.5]), 0.5, time_steps=2)
    assert module(torch.full((2, 1, 2), 0.75)).tolist() == [[[0.0, 0.0]], [[1.0, 1.0]]]
    with pytest.raises(UnsupportedError) as caught:
        neuron_semantics(module)
    assert str(caught.value) == "CubaLIF must have one alpha, not one for each channel; give it a number."


def test_one_time_step_has_no_time_axis() -> None:
    x = drives(1)
    module = LIF(0.5, reset="hard", v_reset=-0.5, decay_input=True, levels=3)
    semantics = neuron_semantics(module)
    expected = fire(semantics, x.numpy().reshape(-1, 1)).reshape(x.shape)
    np.testing.assert_array_equal(module(x).numpy(), expected)


def test_single_precision_is_the_same_where_numbers_are_short() -> None:
    module = LIF(0.5, threshold=0.75, time_steps=STEPS, levels=3, signed=True)
    x = (drives(2) * 4).round() / 4
    assert torch.equal(module(x.float()).double(), module(x))
    assert module(x.float()).dtype == torch.float32
    assert torch.equal(module.float()(x.float()).double(), module(x))

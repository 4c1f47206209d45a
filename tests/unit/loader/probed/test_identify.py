"""Neurons that are written by hand: exactly the right equations, or a refusal that says what was seen."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import own_neurons as own
import pytest
import synaptic_neurons as synaptic
import torch
from own_neurons import OverTime
from synaptic_neurons import Current
from torch import nn
from waiting_neurons import Waiting

from asn2fpga.kinds.neurons.semantics import NeuronSemantics
from asn2fpga.loader.probed.layout import Layout
from asn2fpga.loader.probed.proof import Known, proven
from asn2fpga.loader.probed.refusal import UnknownNeuronError
from asn2fpga.loader.probed.verify import LEAST

Shape = tuple[int, ...]


def known(module: nn.Module, shape: Shape) -> tuple[Layout, NeuronSemantics]:
    layout, semantics, count = proven(Known(), module, shape)
    assert count >= LEAST
    return layout, semantics


def lif(**fields: Any) -> NeuronSemantics:
    return dataclasses.replace(NeuronSemantics("lif", 1, 0.0, 0.0, fires=">", reset="hard"), **fields)


def graded(**fields: Any) -> NeuronSemantics:
    return dataclasses.replace(NeuronSemantics("ilif", 4, 0.0, 0.0), **fields)


PUBLIC: dict[str, tuple[nn.Module, Shape, str, int, NeuronSemantics]] = {
    "TET": (own.LIFSpike(), (3, 5, 8), "time axis", 1, lif(beta=0.5)),
    "TET, maps": (own.LIFSpike(0.3, 0.9), (3, 4, 2, 5, 5), "time axis", 1, lif(beta=0.9, threshold=0.3)),
    "SpikeYOLO": (own.mem_update(), (4, 3, 8), "time axis", 0, graded(beta=0.25)),
    "SpikeYOLO, T = 1": (own.mem_update(), (1, 3, 8), "stateless", 0, graded()),
    "Meta-former": (own.MultiSpike(), (3, 8, 4, 4), "stateless", 0, graded(model="nasn", output_scale=0.25)),
    "QSD": (
        own.FloorSpike(),
        (3, 9),
        "stateless",
        0,
        graded(model="nasn", threshold=0.25, output_scale=0.25, round_mode="half_up"),
    ),
    "STBP": (own.TdLIF(), (3, 4, 2, 2, 6), "time axis", 4, lif(beta=0.25, threshold=0.2)),
    "DSR": (
        own.MergedIF(),
        (12, 8),
        "time and batch merged",
        0,
        lif(beta=1.0, threshold=0.75, output_scale=1.5, reset="soft", reset_gain=2.0, fires=">="),
    ),
    "Attention-SNN": (own.AttentionUpdate(), (4, 3, 6), "time axis", 0, lif(beta=0.25, threshold=0.5)),
    "SLTT": (
        own.StepLIF(2.0, 0.5),
        (3, 8),
        "one step in a call",
        0,
        lif(beta=0.5, threshold=0.5, reset="soft", fires=">="),
    ),
}


@pytest.mark.parametrize("name", PUBLIC)
def test_public_neurons_are_known(name: str) -> None:
    module, shape, kind, axis, semantics = PUBLIC[name]
    layout, found = known(module, shape)
    assert (layout.kind, layout.axis) == (kind, axis)
    assert found == semantics


@pytest.mark.parametrize("wait", [0, 1, 3])
@pytest.mark.parametrize(
    ("soft", "beta", "threshold"), [(False, 0.5, 1.0), (True, 0.9, 0.7), (True, 1.0, 1.0)]
)
def test_neurons_that_wait_after_a_spike(wait: int, soft: bool, beta: float, threshold: float) -> None:
    _, found = known(Waiting(wait, beta, threshold, soft), (7, 3, 8))
    reset = "soft" if soft else "hard"
    assert found == lif(beta=beta, threshold=threshold, reset=reset, fires=">=", refractory=wait)


AT_ONCE = lif(reset="soft", doubles_threshold=True)


@pytest.mark.parametrize(("beta", "threshold"), [(0.5, 1.0), (0.9, 0.7), (1.0, 1.0), (0.0, 1.0), (0.25, 3.0)])
@pytest.mark.parametrize("steps", [2, 7])
def test_a_threshold_that_is_doubled(beta: float, threshold: float, steps: int) -> None:
    _, found = known(own.AtOnce(beta, threshold), (steps, 3, 8))
    assert found == dataclasses.replace(AT_ONCE, beta=beta, threshold=threshold)


def test_thresholds_and_leaks_of_each_neuron_that_are_doubled() -> None:
    betas, thresholds = torch.linspace(0, 1, 8), torch.linspace(0.3, 2, 8)
    _, found = known(own.AtOnce(betas, thresholds), (6, 3, 8))
    assert found.doubles_threshold and found.floor is None
    np.testing.assert_allclose(found.all_betas, betas.double().numpy(), rtol=1e-12)
    assert (found.all_thresholds == thresholds.double().numpy()).all()


def test_a_leak_of_each_neuron() -> None:
    """The input counts 1 - alpha: the threshold is 1 / (1 - alpha)."""
    module = own.SparchLIF()
    _, found = known(module, (3, 12, 8))
    alpha = module.alpha.detach().double().numpy()
    np.testing.assert_allclose(found.all_betas, alpha, rtol=1e-12)
    np.testing.assert_allclose(found.all_thresholds, 1 / (1 - alpha), rtol=1e-12)
    assert (found.reset, found.leak_order, found.reset_gain) == ("soft", "after_reset", 1.0)


def test_a_leak_and_a_threshold_of_each_channel() -> None:
    module = own.ChannelLIF()
    _, found = known(module, (5, 3, 3, 2, 2))
    leak = torch.sigmoid(module.leak.detach().double()).reshape(3, 1, 1).numpy()
    np.testing.assert_allclose(found.all_betas, leak, rtol=1e-12)
    assert found.reset == "hard"


CURRENTS = [
    {"reset": "hard"},
    {"reset": "hard", "leak": 0.5},
    {"reset": "hard", "gains": (0.5, 0.25)},
    {"reset": "soft"},
    {"reset": "soft", "leak_order": "before_reset"},
    {"reset": "soft", "leak": 1.0, "keeps": 1.0},
    {"reset": "soft", "gain": 0.5, "threshold": 1.25},
    {"reset": "hard", "leak": 0.9, "keeps": 0.85, "threshold": 0.3},
    {"reset": "hard", "leak": 0.4, "keeps": 0.3},
]


@pytest.mark.parametrize("fields", CURRENTS, ids=str)
def test_neurons_with_a_current_are_known(fields: dict[str, Any]) -> None:
    """Its leaks, what their spikes take, in which order; also where both leaks together are less than 1."""
    module = Current(**fields)
    _, found = known(OverTime(module.act), (6, 3, 8))
    assert (found.beta, found.synaptic_beta, found.reset) == (module.leak, module.keeps, module.reset)
    assert found.threshold == pytest.approx(module.threshold / math.prod(module.gains), rel=1e-12)
    if module.reset == "soft":
        assert (found.leak_order, found.reset_gain) == (module.leak_order, module.gain)


REFUSED = {
    "alif": "its membrane keeps 0.5 of an input from step to step, but of a spike 0.3125 of a threshold is "
    "left after two steps and 0.25 after three: its spikes change its threshold, or another state beside its "
    "membrane (ALIF, adLIF), which is not built; neurons that adapt are asn2fpga.nn.AdaptiveNeuron, and "
    "those that wait after a spike LIF(refractory=K)",
    "trace_of_spikes": "its membrane keeps 0 of an input from step to step, but of a spike 0.1875 of a "
    "threshold is left after two steps and 0.140625 after three: its spikes change its threshold, or another "
    "state beside its membrane (ALIF, adLIF), which is not built; neurons that adapt are "
    "asn2fpga.nn.AdaptiveNeuron, and those that wait after a spike LIF(refractory=K)",
    "late": "some of its neurons do not fire in the first step, however large the input; if an input is felt "
    "in the next step only, add it to the current, and the current to the membrane, before they fire",
    "refractory": "it is most like LIF, binary, hard reset, leak 0.5, 1 time step refractory, threshold 1, "
    "but after inputs .., 0.227856, 2.68765, -35.8549, 7.69457 it sends 0 at step 4, not 1; it has another "
    "state, or other parameters in each step",
    "latch": "in the step after a spike no input makes it fire, as after a refractory period or a latch",
    "rounds_and_waits": "it rounds, and is silent for 1 step after a spike; neurons that round do not wait",
    "random_start": "it sends other spikes each time it runs on the same input; start its states at 0, "
    "and use no random numbers outside of training",
    "per_step": "without any input before, it fires from 1 on at step 0 and from 0.75 on at step 1; all "
    "steps have one threshold and one leak",
    "mixing": "what it sends depends on other elements along 2 axes of its input (5, 3, 8); a neuron reads "
    "its own input alone, over time",
    "current_reset": (
        "its membrane grows by a factor of 1.25 per step; a leak is within 0..1, and neurons with a synaptic "
        "current are asn2fpga.nn.CubaLIF, Synaptic of snnTorch and CUBALIFNode of SpikingJelly"
    ),
    "other_reset": "after a spike its membrane is -0.25, and it starts at 0; both must be the same",
    "squared": "its membrane keeps 1.1875 of an input of 0.75 and 1.09375 of one of 0.375; a leak "
    "is one factor",
    "jumping": "it sends 1 from an input of 1 on and 2 from 5 on; its levels are no multiples of a threshold "
    "and no rounded ones",
    "eager": "it sends 1 without any input, and a neuron at rest sends 0",
    "at_zero": "its threshold is 0, and must be positive: compare with 1, and add 1 to the biases of the "
    "layer before it",
    "AtOnceWhenReached": "a spike after an input of 1.25 takes 0.5 from its membrane, and after 72 takes "
    "1.5; a reset takes one amount, or all",
    "Backwards": "what it sends depends on later elements of axis 0",
    "Forgetful": "it keeps its states from one sequence to the next; start each call at 0",
}


@pytest.mark.parametrize("name", REFUSED)
def test_other_neurons_are_refused(name: str) -> None:
    made = getattr(own, name, None) or getattr(synaptic, name)
    module = made() if isinstance(made, type) else OverTime(made)
    with pytest.raises(UnknownNeuronError) as caught:
        known(module, (5, 3, 8))
    assert str(caught.value) == REFUSED[name]


@pytest.mark.parametrize("name", ["leak_per_step", "rests_longer"])
def test_neurons_that_differ_later_are_refused(name: str) -> None:
    with pytest.raises(
        UnknownNeuronError, match=r"^it is most like LIF, binary, hard reset, leak 0\.5, thre"
    ):
        known(OverTime(getattr(own, name)), (5, 3, 8))

"""What the flow of hls4ml cannot do exactly is refused, with what to do instead."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from hls4ml_models import converted
from torch import nn

from asn2fpga.errors import UnsupportedError
from asn2fpga.nn import (
    EGRU,
    LIF,
    NASN,
    AdaptiveNeuron,
    CubaLIF,
    Lookup,
    RepeatTime,
    SigmaDelta,
    TimeMean,
    TimeSum,
)


def refused(module: nn.Module, shape: tuple[int, ...], folder: Path, **options: Any) -> str:
    with pytest.raises(UnsupportedError) as caught:
        converted(module.eval(), shape, folder, read=options.pop("read", "ap_uint<2>"), **options)
    return str(caught.value)


def test_a_norm_that_no_fixed_point_number_is(tmp_path: Path) -> None:
    message = refused(nn.Sequential(nn.Linear(4, 4), NASN(levels=3)), (4,), tmp_path / "p")
    assert message == (
        "_1: what a spike is worth must be a multiple of 2^-16, not 0.333333; give NASN a norm that is a "
        "power of two, or use ASN."
    )


def test_a_mean_that_is_not_exact(tmp_path: Path) -> None:
    message = refused(nn.Sequential(RepeatTime(3), LIF(0.5, time_steps=3), TimeMean()), (4,), tmp_path / "p")
    assert message == (
        "_2: TimeMean must be over a power of two of time steps, not 3, to be exact; use TimeSum, which "
        "leaves the order of the classes as it is."
    )


def test_maps_over_time(tmp_path: Path) -> None:
    message = refused(nn.Sequential(RepeatTime(2), nn.Flatten(2)), (1, 4, 4), tmp_path / "p")
    assert message.startswith("_0: RepeatTime must get (batch, values), not maps of shape")


def test_time_steps_without_a_time_axis(tmp_path: Path) -> None:
    message = refused(nn.Sequential(nn.Linear(4, 4), LIF(0.5, time_steps=3)), (4,), tmp_path / "p")
    assert message == (
        "_1: the neurons must get (time, neurons) with T = 3, not the shape [4]; put RepeatTime(3) before "
        "the first layer."
    )


ALONE = "are built by asn2fpga alone, not in hls4ml; use ASN, NASN, ILIF or LIF there."


@pytest.mark.parametrize(
    ("neuron", "what"),
    [
        (AdaptiveNeuron(4), "adaptive neurons"),
        (Lookup("tanh"), "tables"),
        (EGRU(4, 3, time_steps=2), "event-based gated recurrent units"),
    ],
)
def test_neurons_of_asn2fpga_alone(neuron: nn.Module, what: str, tmp_path: Path) -> None:
    assert refused(nn.Sequential(nn.Linear(4, 4), neuron), (4,), tmp_path / "p") == f"_1: {what} {ALONE}"


def test_what_semantics_refuse_names_the_layer(tmp_path: Path) -> None:
    neuron = CubaLIF(torch.tensor([0.5, 0.25]), 0.5, time_steps=2)
    message = refused(nn.Sequential(RepeatTime(2), nn.Linear(4, 2), neuron), (4,), tmp_path / "p")
    assert message == "_2: CubaLIF must have one alpha, not one for each channel; give it a number."


def test_a_bias_that_changes_would_add_up_again(tmp_path: Path) -> None:
    neurons = [RepeatTime(2), nn.Linear(4, 4), SigmaDelta(3, time_steps=2), TimeSum()]
    assert refused(nn.Sequential(*neurons), (4,), tmp_path / "p") == (
        "_2: the layer before neurons that send changes must have no bias, which they would add up again in "
        "every time step; use bias=False."
    )


def test_neurons_that_differ(tmp_path: Path) -> None:
    neurons = LIF(0.5, threshold=torch.tensor([1.0, 2.0, 1.0, 1.0]))
    assert refused(nn.Sequential(nn.Linear(4, 4), neurons), (4,), tmp_path / "p").startswith(
        "_1: the neurons of a layer must have one beta and one threshold"
    )

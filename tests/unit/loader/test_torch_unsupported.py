"""Modules that cannot become graphs: each refused with its place in the model and what to do."""

from __future__ import annotations

import pytest
import torch
from loader_models import Forward, dense, norm
from torch import Tensor, nn

from asn2fpga.errors import InputError, UnsupportedError
from asn2fpga.loader.save import read_module
from asn2fpga.loader.supported import supported
from asn2fpga.nn import ASN, ILIF, NASN, RepeatTime, TimeMean, TimeSum

torch.manual_seed(0)  # the weights of the models below: their neurons must spike


def with_nan() -> nn.Module:
    module = dense(ASN(4))
    module[0].weight.data[0, 0] = float("nan")  # type: ignore[operator, index]  # torch types a part as Tensor | Module
    return module


def with_alpha(value: float) -> nn.Module:
    neuron = ASN(4)
    neuron.alpha.data.fill_(value)
    return dense(neuron)


class TwoInputs(nn.Module):
    """Not a network with one input."""

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        return x + y


UNSUPPORTED: dict[str, tuple[nn.Module, tuple[int, ...], str]] = {
    "module": (
        dense(nn.ReLU()),
        (1, 16),
        f"layer_1: ReLU is not supported; replace it by a neuron (such as ASN or LIF) and train with that; "
        f"{supported()}",
    ),
    "nested module": (
        nn.Sequential(nn.Sequential(nn.Conv3d(1, 2, 3))),
        (1, 1, 4, 4, 4),
        "layer_0_0: module torch.nn.modules.conv.Conv3d is not supported; make time or depth channels, and "
        f"use Conv2d; {supported()}",
    ),
    "function": (
        Forward(lambda parts, x: parts["net"](torch.relu(x)), net=dense(ASN(4))),
        (1, 16),
        f"model: relu is not supported; replace it by a neuron (such as ASN or LIF) and train with that; "
        f"{supported()}",
    ),
    "method": (
        nn.Sequential(Forward(lambda parts, x: x.abs()), dense(ASN(4))),
        (1, 16),
        f"layer_0: abs is not supported; {supported()}",
    ),
    "residual": (
        nn.Sequential(Forward(lambda parts, x: parts["a"](x) + x, a=nn.Linear(16, 16)), dense(ASN(4))),
        (1, 16),
        "layer_0_add: the sum of neurons and a Linear layer must be read by a neuron, not by layer_1_0; "
        "put a neuron after the add.",
    ),
    "a map of features": (
        nn.Sequential(
            nn.Linear(16, 12), ASN(4), nn.Unflatten(1, (3, 2, 2)), nn.Conv2d(3, 3, 1), nn.Flatten()
        ),
        (1, 16),
        "layer_2: Unflatten must not make a map of 3 x 2 x 2 of 12 features: convolutions after Linear "
        "layers are not built; use Linear layers, or convolutions from the start.",
    ),
    "two inputs": (
        TwoInputs(),
        (1, 2),
        "model (TwoInputs): forward must take one tensor, not x, y; give the others defaults.",
    ),
    "largest score": (
        Forward(lambda parts, x: parts["net"](x).max(1)[0], net=dense(ASN(4))),
        (1, 16),
        "model: max must reduce the time axis, as in x.mean(0), and no other.",
    ),
    "no output": (
        Forward(lambda parts, x: {"scores": None, "of": parts["net"](x).shape}, net=dense(ASN(4))),  # type: ignore[arg-type, return-value]  # wrong
        (1, 16),
        "model: forward must return one tensor computed from its input; return only the scores.",
    ),
    "division by a tensor": (
        Forward(lambda parts, x: parts["net"](x / x), net=dense(ASN(4))),
        (1, 16),
        "model: truediv must take a constant (one number, or one per channel), not another tensor.",
    ),
    "division of a constant": (
        Forward(lambda parts, x: parts["net"](1 / x), net=dense(ASN(4))),
        (1, 16),
        "model: a division must be by a constant, as in x / 255.",
    ),
    "negative scale": (
        Forward(lambda parts, x: parts["net"](x * -2), net=dense(ASN(4))),
        (1, 16),
        "model: a scale must be a positive number, not -2.",
    ),
    "division by zero": (
        Forward(lambda parts, x: parts["net"](x / 0), net=dense(ASN(4))),
        (1, 16),
        "model: a scale must be a positive number, not inf.",
    ),
    "rounding": (
        Forward(lambda parts, x: parts["net"](x.to(torch.int32).float()), net=dense(ASN(4))),
        (1, 16),
        "model: to must convert to a floating-point type; rounding is not a layer.",
    ),
    "dropout always on": (
        Forward(lambda parts, x: parts["net"](nn.functional.dropout(x)), net=dense(ASN(4))),
        (1, 16),
        "model: dropout must be off outside training, not always on; pass training=self.training.",
    ),
    "mean over classes": (
        Forward(lambda parts, x: parts["net"](x).mean(1), net=dense(ASN(4))),
        (1, 16),
        "model: mean must reduce the time axis, as in x.mean(0), and no other.",
    ),
    "mean without time": (
        nn.Sequential(dense(ASN(4)), TimeMean()),
        (1, 16),
        "layer_1: TimeMean must get (time, batch, ...), not an input without a time axis.",
    ),
    "no flattening": (
        Forward(lambda parts, x: parts["net"](x.reshape(-1, 8)), net=dense(ASN(4))),
        (1, 16),
        "model: reshape must flatten all axes behind the batch, or merge time and batch, "
        "not turn (3, 16) into (6, 8).",
    ),
    "two axes of features": (
        dense(ASN(4)),
        (1, 2, 16),
        "layer_0: Linear must get one axis of features, not shape (2, 16); put Flatten before it.",
    ),
    "batchnorm over time": (
        nn.Sequential(RepeatTime(3), dense(norm(3), ASN(4, time_steps=3)), TimeMean()),
        (1, 16),
        "layer_1_1: BatchNorm1d must get (batch, channel), not (time, batch, channel); merge time into "
        "the batch "
        "around it: x.flatten(0, 1) before, x.unflatten(0, (T, -1)) behind.",
    ),
    "batchnorm of two axes": (
        nn.Sequential(RepeatTime(2), norm(2), nn.Flatten(2), dense(ASN(4, time_steps=2)), TimeSum()),
        (1, 2, 8),
        "layer_1: BatchNorm1d must get (batch, channel), not (time, batch, channel); merge time into the "
        "batch around it: x.flatten(0, 1) before, x.unflatten(0, (T, -1)) behind.",
    ),
    "batchnorm without statistics": (
        dense(nn.BatchNorm1d(8, track_running_stats=False), ASN(4)),
        (1, 16),
        "layer_1: BatchNorm1d must track running statistics, not normalise each batch; "
        "track_running_stats=True.",
    ),
    "batchnorm behind a sum": (
        nn.Sequential(RepeatTime(2), dense(ASN(4, time_steps=2)), TimeSum(), norm(3)),
        (1, 16),
        "layer_3: BatchNorm1d must stand before TimeSum, not behind it.",
    ),
    "bias behind a sum": (
        nn.Sequential(RepeatTime(2), nn.Linear(16, 8), ASN(4, time_steps=2), TimeSum(), nn.Linear(8, 3)),
        (1, 16),
        "layer_4: Linear with a bias must stand before TimeSum, not behind it; move TimeSum to the end "
        "or use TimeMean.",
    ),
    "neuron behind a mean": (
        nn.Sequential(RepeatTime(2), dense(ASN(4, time_steps=2)), TimeMean(), ASN(4)),
        (1, 16),
        "layer_3: ASN must stand before time is averaged or summed, not behind it.",
    ),
    "neuron without time": (
        nn.Sequential(RepeatTime(2), nn.Linear(16, 8), Forward(lambda parts, x: x.flatten(0, 1)), ASN(4)),
        (1, 16),
        "layer_3: ASN must get (time, batch, ...), not time merged into the batch; x.unflatten(0, (T, "
        "-1)) first.",
    ),
    "fewer time steps than the input": (
        nn.Sequential(RepeatTime(4), dense(NASN(4, time_steps=2)), TimeMean()),
        (1, 16),
        "layer_1_1: NASN must have time_steps (T) = 4 as its input has, not 2; give it time_steps=4.",
    ),
    "neuron without repetition": (
        nn.Sequential(dense(NASN(4)), NASN(4, time_steps=1), RepeatTime(2), ASN(4, time_steps=2)),
        (1, 16),
        "layer_2: RepeatTime must stand before the first neuron, not behind it; move it to the start.",
    ),
    "repeated twice": (
        nn.Sequential(RepeatTime(2), RepeatTime(2), dense(ASN(4, time_steps=2))),
        (1, 16),
        "layer_1: RepeatTime must stand once in a model, not behind a time axis.",
    ),
    "neurons that disagree": (
        nn.Sequential(
            nn.Linear(16, 8), ILIF(4), nn.Linear(8, 8), ILIF(4, time_steps=2), nn.Linear(8, 3), TimeMean()
        ),
        (2, 1, 16),
        "layer_1: ILIF must have time_steps (T) = 2 as its input has, not 1; give it time_steps=2.",
    ),
    "time at the output": (
        nn.Sequential(RepeatTime(2), dense(ASN(4, time_steps=2))),
        (1, 16),
        "model: the output must have no time axis; end the model with TimeMean or TimeSum, or say what the "
        "scores are: --read-out sum, mean, last or max.",
    ),
    "no neuron": (
        nn.Sequential(nn.Linear(16, 8)),
        (1, 16),
        "model: the network must have a neuron layer, not none; put ASN or LIF between Linears.",
    ),
    "empty": (
        nn.Sequential(),
        (1, 16),
        "model: the network must have Linear layers, not none; it is empty.",
    ),
}


@pytest.mark.parametrize("case", UNSUPPORTED)
def test_unsupported_models_are_refused(case: str) -> None:
    module, shape, message = UNSUPPORTED[case]
    with pytest.raises(UnsupportedError) as caught:
        read_module(module, "net", torch.zeros(shape), max_count=1)
    assert str(caught.value) == message


INVALID: dict[str, tuple[nn.Module, tuple[int, ...], str]] = {
    "NaN": (
        with_nan(),
        (1, 16),
        "layer_0: weight must hold finite numbers, not NaN or infinity; the training has diverged.",
    ),
    "alpha is NaN": (
        with_alpha(float("nan")),
        (1, 16),
        "layer_1: alpha must hold finite numbers, not NaN or infinity; the training has diverged.",
    ),
    "alpha out of range": (with_alpha(-300.0), (1, 16), "layer_1: alpha must be in -255..255, not -300."),
    "example of another shape": (
        dense(ASN(4)),
        (1, 12),
        "layer_0: Linear fails on the example input of shape (3, 12) float32: "
        "mat1 and mat2 shapes cannot be multiplied (3x12 and 16x8)",
    ),
}


@pytest.mark.parametrize("case", INVALID)
def test_invalid_models_are_refused(case: str) -> None:
    module, shape, message = INVALID[case]
    with pytest.raises(InputError) as caught:
        read_module(module, "net", torch.zeros(shape))
    assert str(caught.value) == message

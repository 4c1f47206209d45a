"""Constants added to and multiplied with a tensor, and what is folded of them: the same function, exactly."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from loader_models import Forward, dense, refusal
from torch import Tensor, nn

from asn2fpga.graph import rules
from asn2fpga.kinds.operators.batchnorm import BatchNorm
from asn2fpga.kinds.sources.input import Input
from asn2fpga.kinds.synapses.dense import Linear
from asn2fpga.loader.save import read_module
from asn2fpga.nn import ASN, NASN, RepeatTime, TimeMean, TimeSum
from asn2fpga.passes.prepare import prepare
from asn2fpga.reference.float_model import simulate

MEAN, STD = torch.tensor([0.25, 0.5, 1.5]).double(), torch.tensor([0.5, 0.25, 2.0]).double()
X = np.random.default_rng(0).integers(0, 9, (30, 3, 2, 4), dtype=np.uint8)


class Normalise(nn.Module):
    """As people write it by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mean", MEAN.view(1, 3, 1, 1))
        self.std = STD  # a plain attribute

    def forward(self, x: Tensor) -> Tensor:
        return (x - self.mean) / self.std.view(1, -1, 1, 1)


class Foreign(nn.Module):
    """torchvision's, without torchvision: told by the name of its class."""

    def __init__(self, mean: Any, std: Any) -> None:
        super().__init__()
        self.mean, self.std, self.inplace = mean, std, False

    def forward(self, x: Tensor) -> Tensor:
        if not isinstance(x, Tensor):
            raise TypeError(f"img should be Tensor Image. Got {type(x)}")
        mean, std = (torch.as_tensor(v, dtype=x.dtype).view(-1, 1, 1) for v in (self.mean, self.std))
        return x.clone().sub_(mean).div_(std)


def foreign(module: str, mean: Any = (0.25, 0.5, 1.5), std: Any = (0.5, 0.25, 2.0)) -> nn.Module:
    kind = type("Normalize", (Foreign,), {"__module__": module})
    return kind(mean, std)  # type: ignore[no-any-return]  # type() is untyped


def steps(run: Any) -> nn.Module:
    return Forward(lambda parts, x: run(x))


FRONTS: dict[str, nn.Module] = {
    "by hand": Normalise(),
    "torchvision": foreign("torchvision.transforms.transforms"),
    "torchvision v2": foreign("torchvision.transforms.v2._misc"),
    "one number for all": foreign("torchvision.transforms.transforms", 0.5, [0.25]),
    "methods": steps(lambda x: x.div(4).sub(MEAN.view(3, 1, 1)).div(STD.view(3, 1, 1))),
    "functions": steps(lambda x: torch.div(torch.sub(x, MEAN.view(3, 1, 1)), STD.view(3, 1, 1))),
    "numbers": steps(lambda x: (x - 0.1307) / 0.3081),
    "added": steps(lambda x: (2 + x + MEAN.view(3, 1, 1)).add(1)),
    "from a constant": steps(lambda x: 1 - x),
    "from a tensor": steps(lambda x: MEAN.view(3, 1, 1) - x),
    "multiplied": steps(lambda x: STD.view(3, 1, 1) * x * -torch.ones(4)),
    "integers": steps(lambda x: (x - torch.tensor([3])) / torch.tensor([2, 4, 8]).view(3, 1, 1)),
    "in another order": nn.Sequential(Normalise(), steps(lambda x: x * 3 + 1)),
}


def network(front: nn.Module) -> nn.Module:
    torch.manual_seed(2)
    return nn.Sequential(front, nn.Flatten(), nn.Linear(24, 8), NASN(4), nn.Linear(8, 3)).double().eval()


@pytest.mark.parametrize("name", FRONTS)
def test_a_normalised_input_is_folded_into_the_first_layer(name: str) -> None:
    module = network(FRONTS[name])
    graph = read_module(module, "net", torch.zeros(1, 3, 2, 4).double(), input_scale=0.5)
    rules.check(graph)
    folded = prepare(graph)
    assert folded.of_type(BatchNorm) == () and len(folded.layers) == 5
    with torch.no_grad():
        expected = module(torch.from_numpy(X).double() * 0.5).numpy()
    np.testing.assert_allclose(simulate(graph, X).scores, expected, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(simulate(folded, X).scores, expected, rtol=1e-9, atol=1e-9)


def test_the_folding_is_exact_where_float_is() -> None:
    graph = prepare(read_module(network(Normalise()), "net", torch.zeros(1, 3, 2, 4).double()))
    plain = prepare(read_module(network(nn.Identity()), "net", torch.zeros(1, 3, 2, 4).double()))
    ours, theirs = graph.of_type(Linear)[0], plain.of_type(Linear)[0]
    scale = np.repeat(1 / STD.numpy(), 8)
    np.testing.assert_array_equal(ours.weight, theirs.weight * scale)
    np.testing.assert_array_equal(graph.of_type(Input)[0].shape, (3, 2, 4))
    expected = theirs.bias - (theirs.weight * scale) @ np.repeat(MEAN.numpy(), 8)
    np.testing.assert_allclose(ours.bias, expected, rtol=1e-15, atol=1e-15)


def test_constants_between_other_layers() -> None:
    gain = nn.Parameter(torch.rand(8).double())
    parts = dense(
        Forward(lambda parts, x: x * gain + 0.5), ASN(4, time_steps=2), Forward(lambda parts, x: x - gain)
    )
    module = nn.Sequential(RepeatTime(2), parts, TimeMean(), Forward(lambda parts, x: 3 - x)).double()
    graph = read_module(module, "net", torch.zeros(1, 16).double())
    x = X.reshape(30, 24)[:, :16]
    with torch.no_grad():
        expected = module(torch.from_numpy(x).double()).numpy()
    for each in (graph, prepare(graph)):
        np.testing.assert_allclose(simulate(each, x).scores, expected, rtol=1e-9, atol=1e-9)


REFUSED: dict[str, tuple[Any, str]] = {
    "one number for each sample": (
        lambda x: x - torch.zeros(3, 1, 1, 1),
        "must take one number per channel, not a tensor of shape (3, 1, 1, 1) beside values of shape "
        "(3, 3, 2, 4); use the shape (C, 1, 1).",
    ),
    "more axes": (
        lambda x: x - torch.ones(1, 1, 3, 2, 4),
        "must take one number per channel, not a tensor of shape (1, 1, 3, 2, 4) beside values of shape "
        "(3, 3, 2, 4); use the shape (C, 1, 1).",
    ),
    "not a number": (
        lambda x: x - MEAN.view(3, 1, 1) * torch.nan,
        "must take finite numbers, not NaN or infinity.",
    ),
    "alpha": (
        lambda x: torch.sub(x, 1, alpha=2),
        "must take a constant (one number, or one per channel), not another tensor.",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_constants_that_are_refused(case: str) -> None:
    run, message = REFUSED[case]
    module = network(steps(run))
    assert (
        refusal(lambda: read_module(module, "n", torch.zeros(1, 3, 2, 4).double()))
        == f"layer_0: sub {message}"
    )


def test_division_by_zero() -> None:
    module = network(steps(lambda x: x / torch.tensor([1, 0, 1]).view(3, 1, 1)))
    message = refusal(lambda: read_module(module, "n", torch.zeros(1, 3, 2, 4).double()))
    assert message == "layer_0: truediv must divide by numbers other than 0."


def test_a_constant_behind_a_sum_over_time() -> None:
    module = nn.Sequential(RepeatTime(2), dense(ASN(4, time_steps=2)), TimeSum(), steps(lambda x: x + 1))
    message = refusal(lambda: read_module(module, "n", torch.zeros(1, 16)))
    assert message == "layer_3: add of a constant must stand before the sum over time, not behind it."

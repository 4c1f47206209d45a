"""Tensors that forward writes into: what reads them afterwards reads the new ones, under whatever name."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from loader_models import Forward, dense, refusal
from torch import Tensor, nn

from asn2fpga.loader.save import convert
from asn2fpga.nn import ASN
from asn2fpga.reference import float_model

Run = Callable[[nn.ModuleDict, Tensor], Tensor]


def other_name(parts: nn.ModuleDict, x: Tensor) -> Tensor:
    y = x
    y *= 2
    found: Tensor = parts["net"](x)
    return found


def in_a_row(parts: nn.ModuleDict, x: Tensor) -> Tensor:
    found: Tensor = parts["net"](x.mul_(2).add_(1.0))
    return found


def scores(parts: nn.ModuleDict, x: Tensor) -> Tensor:
    total: Tensor = parts["net"](x)
    total /= 2
    total -= 0.5
    return total


def copied(parts: nn.ModuleDict, x: Tensor) -> Tensor:
    result = torch.empty(len(x), 3)
    result.copy_(parts["net"](x))
    return result


def some_elements(parts: nn.ModuleDict, x: Tensor) -> Tensor:
    found: Tensor = parts["net"](x)
    found[found < 0] = 0.0
    return found


def rows(parts: nn.ModuleDict, x: Tensor) -> Tensor:
    found: Tensor = parts["net"](x)
    found[0] = found[1]
    return found


TAKEN: dict[str, Run] = {"another name": other_name, "a row": in_a_row, "scores": scores, "a copy": copied}


@pytest.mark.parametrize("name", TAKEN)
def test_it_is_what_forward_computes(name: str) -> None:
    torch.manual_seed(0)
    module = Forward(TAKEN[name], net=dense(ASN(4))).eval()
    graph = convert(module, "net", torch.zeros(1, 16), max_count=4, encoding="frames").graph
    x = np.random.default_rng(0).integers(0, 5, (30, 16)).astype(np.uint8)
    with torch.no_grad():
        wanted = module(torch.from_numpy(x).float()).numpy()
    assert np.allclose(float_model.simulate(graph, x).scores, wanted, atol=1e-5) and wanted.std() > 0.05


def test_what_is_no_layer_is_refused() -> None:
    def message(run: Run) -> str:
        return refusal(lambda: convert(Forward(run, net=dense(ASN(4))), "net", torch.zeros(1, 16)))

    assert message(some_elements).startswith("model: lt is not supported; ")
    assert message(rows).startswith(
        "model (Forward): forward must not write into a tensor (test_in_place.py:"
    )

"""Constants of shortcuts: they keep 8 bits beside trained weights of fewer, and apart from these."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.nodes import foldable_nodes
from asn2fpga.loader.save import read_module
from asn2fpga.nn import NASN
from asn2fpga.quantise.apply import Quantised, quantise
from asn2fpga.quantise.scheme import Scheme


class Block(nn.Module):
    """x + conv(x) before neurons."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.fired = nn.Conv2d(2, 4, 3, padding=1), NASN(4)
        self.conv, self.after = nn.Conv2d(4, 4, 3, padding=1), NASN(4)
        self.head = nn.Linear(144, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = self.fired(self.first(x))
        scores: Tensor = self.head(self.after(x + self.conv(x)).flatten(1))
        return scores


def graph() -> Graph:
    torch.manual_seed(1)
    return read_module(Block(), "net", torch.zeros(1, 2, 6, 6))


def bits(found: Quantised) -> dict[str, int]:
    return {name: count for node in foldable_nodes(found.graph) for name, count in node.weight_bits.items()}


@pytest.mark.parametrize("asked", [2, 4, 8])
def test_a_shortcut_has_8_bits_whatever_the_layers_have(asked: int) -> None:
    found = quantise(graph(), Scheme(weight_bits=asked))
    assert bits(found) == {
        "first": asked,
        "fired_to_add": 8,
        "conv": asked,
        "head": asked,
    }


def test_a_shortcut_that_is_named_has_the_bits_asked_for() -> None:
    found = quantise(graph(), Scheme(weight_bits={"fired_to_add": 5}))
    assert bits(found)["fired_to_add"] == 5


def test_its_weights_are_off_by_half_a_unit_of_the_trained_ones_at_most() -> None:
    found = quantise(graph(), Scheme(weight_bits=4, scale_method="maxabs"))
    weights = {node.name: node for node in found.reference.layers}
    conv, short = weights["conv"], weights["fired_to_add"]
    unit = np.abs(conv.weight.reshape(4, -1)).max(axis=1) / 7  # type: ignore[attr-defined]
    assert (np.abs(short.weight.reshape(4) - 0.25) <= unit / 2).all()  # type: ignore[attr-defined]
    assert (np.abs(short.weight.reshape(4) / 0.25 - 1) < 0.05).all()  # type: ignore[attr-defined]

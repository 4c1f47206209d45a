"""Weights that no lanes and no memories of a board could hold are refused before anything else."""

from __future__ import annotations

import dataclasses

import pytest
import torch
from torch import nn

from asn2fpga.device.resources import Resources
from asn2fpga.errors import DoesNotFitError
from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.nodes import trained_synapses
from asn2fpga.loader.save import convert
from asn2fpga.nn import LIF, NASN, DelayedLinear, TimeSum
from asn2fpga.passes.check_weights import check_weights
from asn2fpga.passes.prepare import prepare

BLOCKS = Resources(lut=1000, bram36=2)  # 73,728 bits of block RAM, 64,000 of look-up tables


def network(features: int) -> Graph:
    """features * 100 + 1,000 weights."""
    module = nn.Sequential(nn.Linear(features, 100, bias=False), NASN(4), nn.Linear(100, 10, bias=False))
    return prepare(convert(module, "net", torch.zeros(1, features)).graph)


def refused(features: int, bits: int) -> str:
    with pytest.raises(DoesNotFitError) as caught:
        check_weights(network(features), lambda node: bits, BLOCKS)
    return str(caught.value)


def test_the_last_that_may_fit() -> None:
    check_weights(network(162), lambda node: 8, BLOCKS)  # 137,600 of 137,728 bits
    assert refused(163, 8).startswith("layer_0: ")


def test_the_layer_and_the_bits_that_may_fit_are_named() -> None:
    assert refused(300, 8) == (
        "layer_0: the 31,000 weights of the network must fit the 138 kbit of all block RAMs and look-up "
        "tables, not need 248 kbit, 240 of them here; weights of 4 bits may fit (--weight-bits 4), or choose "
        "a larger board."
    )


def test_where_no_bits_do_the_number_of_weights_is_named() -> None:
    assert refused(900, 2).endswith(
        "; no more than 68,864 weights of 2 bits fit: choose a smaller network or a larger board."
    )


def test_weights_of_two_places_count_once() -> None:
    """A bound must hold wherever they are stored once; other weights at a second place are refused."""
    graph = network(162)
    (first, _) = trained_synapses(graph)
    shared = dataclasses.replace(first, name="again")
    other = dataclasses.replace(first, name="again", weight=first.weight.copy())
    check_weights(graph.with_layers([*graph.layers, shared]), lambda node: 8, BLOCKS)
    with pytest.raises(DoesNotFitError):
        check_weights(graph.with_layers([*graph.layers, other]), lambda node: 8, BLOCKS)


@pytest.mark.parametrize(("inputs", "fits"), [(13, True), (14, False)])
def test_of_synapses_with_delays_those_that_there_are(inputs: int, fits: bool) -> None:
    """Each of them has one delay of many, and stands in one matrix for each: 100 * inputs + 1,000 weights."""
    net = nn.Sequential(
        DelayedLinear(inputs * 10, 100, 6, bias=False), LIF(0.5, time_steps=8), nn.Linear(100, 10), TimeSum()
    ).eval()
    x = torch.zeros(8, 1, inputs * 10)
    graph = prepare(convert(net, "net", x, encoding="events", max_count=1).graph)
    room = Resources(lut=0, bram36=3)  # 110,592 bits
    if fits:
        check_weights(graph, lambda node: 7, room)
    else:
        with pytest.raises(DoesNotFitError, match="the 15,000 weights of the network must fit the 111 kbit"):
            check_weights(graph, lambda node: 8, room)

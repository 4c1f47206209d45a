"""--state-frac-bits auto: fraction bits of membranes are tried from few to many."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from asn2fpga.loader.save import convert
from asn2fpga.nn import ASN, LIF, RepeatTime, TimeSum
from asn2fpga.quantise.apply import decide
from asn2fpga.quantise.scheme import Scheme
from asn2fpga.stages.state_bits import LIMIT, StateSearch, search_state_bits


def search(module: nn.Module) -> StateSearch | None:
    torch.manual_seed(1)
    graph = convert(module, "net", torch.zeros(1, 16), max_count=1).graph
    x = np.random.default_rng(2).integers(0, 2, (60, 16)).astype(np.uint8)
    scheme = Scheme(scale_method="maxabs", weight_bits=2)
    return search_state_bits(decide(graph, scheme, x), scheme, x)


def test_more_bits_are_tried_until_few_spikes_differ() -> None:
    torch.manual_seed(1)
    layers = nn.Linear(16, 24), LIF(0.9, time_steps=20), nn.Linear(24, 3)
    found = search(nn.Sequential(nn.Flatten(), RepeatTime(20), *layers, TimeSum()))
    assert found is not None and len(found.trials) > 1
    *before, last = found.trials
    assert [bits for bits, _ in found.trials] == list(range(len(found.trials)))
    assert all(share > LIMIT for _, share in before) and last[1] <= LIMIT
    assert found.bits == last[0]
    assert found.text.startswith(f"membranes: {last[0]} fraction bits, ") and "(one bit less: " in found.text


def test_a_network_without_membranes_has_nothing_to_try() -> None:
    assert search(nn.Sequential(nn.Flatten(), nn.Linear(16, 8), ASN(4), nn.Linear(8, 3))) is None


def test_the_best_is_taken_where_none_is_good_enough() -> None:
    assert StateSearch(((0, 0.5), (1, 0.1), (2, 0.1))).bits == 1

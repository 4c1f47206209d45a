"""Random networks of attention and products of maps: golden, C++ and RTL are one, whatever their shapes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from attention_graphs import AttentionCase
from graph_check import check_cpp, check_estimates, check_rtl
from often import often
from random_attention import attention_case_of, attention_network_of

from asn2fpga.kinds.maps.attention import MapAttention

EVERY_TIME = (100, 101)


@pytest.mark.parametrize("seed", range(60))
def test_golden_computes_scores_first_or_the_memory(seed: int) -> None:
    """In integers of any size, whatever order the hardware has; it is bounded and costs something."""
    case, network = attention_case_of(seed), attention_network_of(seed)
    check_estimates(network)
    if not isinstance(case, AttentionCase):
        return
    node = network.graph["attn"]
    assert isinstance(node, MapAttention) and node.order == case.order
    queries, keys, values = (_by_head(network.expected.counts[name], node, name) for name in "qkv")
    edges = network.graph.edges
    queries, keys, values = queries + edges["q"].base, keys + edges["k"].base, values + edges["v"].base
    sums = (queries @ keys.swapaxes(2, 3)) @ values
    sent = sums.swapaxes(1, 2).reshape(network.expected.counts["attn"].shape)
    assert (sent == network.expected.counts["attn"]).all()


def _by_head(counts: np.ndarray, node: MapAttention, name: str) -> np.ndarray:
    """(B, T, N) -> (B * T, heads, pixels, channels of a head), Python's integers."""
    channels = {"q": node.queries, "k": node.keys, "v": node.values}[name][0]
    found = counts.astype(object).reshape(-1, counts.shape[2] // channels, node.heads, channels // node.heads)
    return found.swapaxes(1, 2)


@pytest.mark.parametrize("seed", often(range(100, 112), lambda seed: seed in EVERY_TIME))
def test_cpp_computes_what_golden_does(seed: int, tmp_path: Path) -> None:
    check_cpp(attention_network_of(seed), tmp_path, ("engine",))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(200, 212))
def test_rtl_computes_what_golden_does(seed: int, tmp_path: Path) -> None:
    network = attention_network_of(seed)
    check_cpp(network, tmp_path, ("engine",))
    check_rtl(network, tmp_path)

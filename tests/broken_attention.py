"""Graphs of attention and products that break a rule, with the rule and what it says."""

from __future__ import annotations

import torch
from attention_models import network
from broken_graphs import changed
from kinds.attention_cases import ATTENTION_CASES, PRODUCT_CASES

from asn2fpga.graph.graph import Graph
from asn2fpga.graph.types import FixedType
from asn2fpga.kinds.maps.unroll import Unroll
from asn2fpga.kinds.operators.scale import Scale
from asn2fpga.loader.save import read_module

HEADS = next(case for case in ATTENTION_CASES if case.heads == 2).graph()
MASKED = next(case for case in PRODUCT_CASES if case.reduction == "none").graph()
COARSE = next(case for case in PRODUCT_CASES if case.mask.channels == 4).graph()
WHOLE = next(case for case in PRODUCT_CASES if case.reduction == "max").graph()


def unrolled(graph: Graph, reader: str, position: int) -> Graph:
    """The same, but that a node reads one of its maps as events."""
    layers, inputs = list(graph.layers), list(graph[reader].inputs)
    shape = graph.edges[inputs[position]].shape
    flat = Unroll(name="flat", inputs=(inputs[position],), source="flat", shape=shape)
    inputs[position] = "flat"
    layers.insert([node.name for node in layers].index(reader), flat)
    return changed(graph.with_layers(layers), reader, inputs=tuple(inputs))


INTEGER_ATTENTION: list[tuple[str, Graph, str]] = [
    (
        "attention_reads_three_maps",
        changed(HEADS, "attn", inputs=("q", "k", "v", "v")),
        "attn: what is read must be queries, keys and values, not 4 maps",
    ),
    (
        "attention_reads_three_maps",
        changed(HEADS, "attn", keys=(8, 4, 3)),
        "attn: the shape of keys must be (8, 3, 4), not (8, 4, 3)",
    ),
    (
        "attention_reads_three_maps",
        changed(HEADS, "attn", queries=(4, 3, 4)),
        "attn: the shape of queries must be (8, 3, 4), not (4, 3, 4)",
    ),
    (
        "attention_reads_three_maps",
        unrolled(HEADS, "attn", 2),
        "attn: values must be a map, not flat of shape (8, 3, 4)",
    ),
    (
        "heads_fit",
        changed(HEADS, "attn", heads=0),
        "attn: heads must be in 1..8, not 0",
    ),
    (
        "heads_fit",
        changed(HEADS, "attn", heads=3),
        "attn: heads must divide the 8 channels of keys, not be 3",
    ),
    (
        "sums_are_narrow",
        changed(
            HEADS, "v", neuron__level_values=(0, 1, 2**19), neuron__count_type=FixedType(20, signed=False)
        ),
        "attn: bits of a sum must be in 1..24, not 27",
    ),
    (
        "product_reads_two_maps",
        changed(MASKED, "times", inputs=("a", "b", "b")),
        "times: what is read must be a map and its mask, not 3 maps",
    ),
    (
        "product_reads_two_maps",
        unrolled(MASKED, "times", 1),
        "times: the mask must be a map, not flat of shape (8, 3, 4)",
    ),
    (
        "product_reads_two_maps",
        changed(MASKED, "times", mask=(4, 3, 4)),
        "times: the shape of the mask must be (8, 3, 4), not (4, 3, 4)",
    ),
    (
        "product_reads_two_maps",
        changed(COARSE, "times", inputs=("b", "a"), image=(4, 3, 4), mask=(16, 3, 4)),
        "times: channels of the mask must divide the 4 of the map, not be 16",
    ),
    (
        "product_reads_two_maps",
        changed(WHOLE, "times", inputs=("pooled", "a"), image=(8, 1, 1), mask=(8, 3, 4)),
        "times: pixels of the mask must be those of the map, [1, 1], or one, not [3, 4]",
    ),
    (
        "products_are_narrow",
        changed(
            MASKED,
            "a",
            neuron__level_values=(0, 1, 2, 3, 2**23),
            neuron__count_type=FixedType(24, signed=False),
        ),
        "times: bits of a product must be in 1..24, not 26",
    ),
]


def trained(block: str) -> Graph:
    """The graph of a network with that block."""
    return read_module(network(block), "net", torch.rand(1, 1, 8, 8))


ATTENDING, MASKING = trained("q k^T first"), trained("mask of each token")
ATTENTION, PRODUCT = "attn_attention", "attn_product"


def unfired(graph: Graph, neuron: str) -> Graph:
    """The same, but that the current itself stands for what neurons send."""
    node = graph[neuron]
    return graph.replace(neuron, Scale(name=neuron, inputs=node.inputs, source=node.source, factor=0.5))


TRAINED_ATTENTION: list[tuple[str, Graph, str]] = [
    (
        "queries_keys_and_values_fit",
        changed(ATTENDING, ATTENTION, inputs=("attn_q_lif", "attn_k_lif", "attn_v_lif", "lif")),
        f"{ATTENTION}: attention must read queries, keys and values, not 4 layers",
    ),
    (
        "queries_keys_and_values_fit",
        unfired(ATTENDING, "attn_q_lif"),
        f"{ATTENTION}: queries, keys and values must be what neurons send, not currents (attn.q_lif); put a "
        "neuron there",
    ),
    (
        "queries_keys_and_values_fit",
        changed(ATTENDING, ATTENTION, heads=3),
        f"{ATTENTION}: heads must divide the 16 channels of keys, not be 3",
    ),
    (
        "mask_fits_the_map",
        changed(MASKING, PRODUCT, inputs=("attn_attn_lif", "attn_k_lif", "lif")),
        f"{PRODUCT}: a product must read two layers, not 3",
    ),
    (
        "mask_fits_the_map",
        unfired(MASKING, "attn_k_lif"),
        f"{PRODUCT}: a product must be of what neurons send, not of currents (attn.k_lif); put a neuron "
        "there",
    ),
    (
        "mask_fits_the_map",
        changed(MASKING, PRODUCT, inputs=("attn_attn_lif", "attn_k_lif")),
        f"{PRODUCT}: channels of the mask must divide the 2 of the map, not be 16",
    ),
]

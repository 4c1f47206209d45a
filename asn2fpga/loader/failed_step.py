"""What to change where a step of forward fails on the example, by what kind of step that is."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from typing import Any

import torch
from torch import fx

from asn2fpga.loader.stated_samples import new_sizes, stated_samples

PRODUCTS = (operator.matmul, torch.matmul, torch.bmm, "matmul", "bmm")


def remedy_of_trace(graph: fx.Graph, results: Mapping[fx.Node, Any]) -> str:
    """The end of a sentence about a forward that stopped at a step without a result; may be nothing."""
    failed = next((node for node in graph.nodes if node not in results and node.op != "output"), None)
    return stated_samples(graph, results) or ("" if failed is None else remedy(failed))


def remedy(failed: fx.Node) -> str:
    """The end of a sentence about that step; may be nothing."""
    if new_sizes(failed):
        return "; all numbers must go into the new shape: heads and other parts must divide what they split"
    if failed.target in PRODUCTS:
        return "; queries, keys and values of an attention must be of the same tokens and heads"
    return ""

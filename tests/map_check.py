"""A random network of feature maps all the way: torch, the trained graph, integers, golden; the first
difference is raised.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from graph_check import Case
from random_maps import MapSpec, random_maps
from torch import nn

from asn2fpga.device.resources import Resources
from asn2fpga.golden.simulate import simulate
from asn2fpga.graph import rules
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.serial import from_plain, to_plain
from asn2fpga.graph.text import from_text, to_text
from asn2fpga.graph.types import Array
from asn2fpga.kinds.nodes import foldable_nodes
from asn2fpga.kinds.registry import KINDS
from asn2fpga.loader.save import convert
from asn2fpga.passes.fold_forms import with_forms
from asn2fpga.passes.lanes import with_lanes, with_parallel_pixels
from asn2fpga.passes.map_order import by_step
from asn2fpga.passes.place_products import place_products
from asn2fpga.passes.prepare import prepare
from asn2fpga.quantise.apply import quantise
from asn2fpga.quantise.scheme import Scheme
from asn2fpga.reference import float_model
from asn2fpga.verify.reference import compare_reference

VECTORS = 6
CLOSE = 1e-7  # of scores in float64, in any order of additions


@dataclass(frozen=True)
class Sample:
    """A torch module, what it is said to be, and inputs for it."""

    spec: MapSpec
    module: nn.Module
    options: dict[str, Any]
    example: torch.Tensor
    x: Array


def sample_of(spec: MapSpec) -> Sample:
    """A module and inputs of the spec."""
    module, shape = random_maps(spec)
    frames = spec.encoding == "frames"
    timed = not frames and spec.time_steps > 1
    random = np.random.default_rng([spec.seed, 5])
    steps = () if frames else (spec.time_steps,)
    x = random.integers(0, 16 if frames else 3, (VECTORS, *steps, *shape))
    x = (x * (random.random(x.shape) < 0.7)).astype(np.uint8)
    example = torch.zeros(*((spec.time_steps, 1) if timed else (1,)), *shape, dtype=torch.float64)
    options = {
        "encoding": spec.encoding,
        "max_count": 15 if frames else 3,
        "input_scale": 1 / 16 if frames else 1.0,
    }
    return Sample(spec, module, options, example, x)


def torch_scores(sample: Sample) -> Array:
    """What the module itself says."""
    values = torch.from_numpy(sample.x).double()
    if sample.spec.encoding == "frames":
        values = values / 16
    else:
        values = values.transpose(0, 1) if sample.spec.time_steps > 1 else values[:, 0]
    with torch.no_grad():
        return sample.module(values).flatten(1).numpy()


def map_case_of(spec: MapSpec) -> Case:
    """A network of the spec, checked on its way to integers."""
    sample = sample_of(spec)
    graph = convert(sample.module, "net", sample.example, **sample.options).graph
    expected = torch_scores(sample)
    for trained in (graph, prepare(graph)):
        rules.check(trained)
        found = float_model.simulate(trained, sample.x).scores
        assert np.abs(found - expected).max() < CLOSE, "the trained graph is not what torch computes"
    random = np.random.default_rng([spec.seed, 6])
    scheme = Scheme(
        weight_bits=int(random.integers(2, 9)),
        scale_method="mse" if random.random() < 0.5 else "maxabs",
    )
    quantised = quantise(graph, scheme)
    report = compare_reference(quantised.reference, quantised.graph, sample.x)
    assert report.exact or spec.time_steps > 1
    return _checked(quantised.graph, sample.x, random)


def _checked(graph: Graph, x: Array, random: np.random.Generator) -> Case:
    lanes = {node.name: int(random.integers(1, node.most_lanes + 1)) for node in foldable_nodes(graph)}
    graph = with_lanes(graph, lanes)
    several = {
        node.name: int(random.integers(1, 4)) for node in foldable_nodes(graph) if random.random() < 0.4
    }
    graph = with_parallel_pixels(graph, several)
    if random.random() < 0.3:
        graph = place_products(graph, Resources(dsp=10_000))
    if random.random() < 0.3:
        graph = with_forms(graph, "frame")
    stepwise = by_step(graph)
    if random.random() < 0.5 and isinstance(stepwise, Graph):
        graph = stepwise
    rules.check(graph)
    plain, tensors = to_plain(graph)
    assert to_text(from_plain(plain, tensors, KINDS)) == to_text(graph)
    assert to_text(from_text(to_text(graph), tensors, KINDS)) == to_text(graph)
    return Case(graph, x, simulate(graph, x))

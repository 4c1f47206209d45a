"""Neurons of a NIR graph behind weights that integers hold exactly, run literally and by golden."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nir
import numpy as np

from asn2fpga.conformance.cells import NEURONS, Cell, options_of
from asn2fpga.conformance.nir_reference import run
from asn2fpga.conformance.probe import MAX_COUNT, UNIT, Probed, random_events, random_weights
from asn2fpga.graph.arrays import RealArray
from asn2fpga.graph.graph import Graph
from asn2fpga.importing import ImportOptions
from asn2fpga.loader.nir.load import import_nir
from asn2fpga.passes.prepare import prepare
from asn2fpga.quantise.network import network_of
from asn2fpga.reference import float_model

READER = {"r": 1.0, "v_threshold": 1.5, "v_reset": 0.0}
"""The IF that reads the values of a node that does not fire itself."""


def make_nodes(cell: Cell) -> list[Any]:
    """The nodes of a cell, each number of its options for all neurons.

    AttributeError, TypeError for one that the installed version does not have.
    """
    options = {name: np.broadcast_to(value, NEURONS).astype(float) for name, value in options_of(cell.text)}
    node = getattr(nir, cell.neuron)(**options)
    if hasattr(node, "v_threshold") or cell.neuron == "Threshold":
        return [node]
    return [node, nir.IF(**{name: np.full(NEURONS, value) for name, value in READER.items()})]


def nir_probe(cell: Cell, time_steps: int, samples: int) -> Probed:
    """Run the nodes of a cell on random events."""
    nodes = make_nodes(cell)
    weight = random_weights() / UNIT
    graph = _imported(nir.NIRGraph.from_list(nir.Linear(weight), *nodes), time_steps)
    x = random_events(time_steps, samples)
    (layer,) = network_of(prepare(graph)).spiking
    assert layer.neuron is not None
    real = float_model.simulate(graph, x).spikes[layer.neuron.name]
    sent = np.stack([_run(nodes, sample @ weight.T) for sample in x.astype(np.float64)])
    return Probed(graph, layer.neuron.semantics, x, sent, real)


def _run(nodes: list[Any], drive: RealArray) -> RealArray:
    for node in nodes:
        drive = run(node, drive)
    return drive


def _imported(graph: nir.NIRGraph, time_steps: int) -> Graph:
    """Through a file, as a user gives it."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "probe.nir"
        nir.write(path, graph)
        options = ImportOptions(time_steps=time_steps, max_count=MAX_COUNT, encoding="events")
        return import_nir(Path(path.name), path.read_bytes(), options).graph

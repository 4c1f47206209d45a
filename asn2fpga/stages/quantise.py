"""Stage quantise: weights and thresholds become integers, lanes are chosen; the network must fit."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

from asn2fpga.config import Config
from asn2fpga.golden.simulate import simulate
from asn2fpga.ir import rules, text
from asn2fpga.ir.graph import Graph
from asn2fpga.ir.layers import DensePopulation, DenseReadout, Layer
from asn2fpga.ir.types import Array
from asn2fpga.passes.check_fit import check_fit
from asn2fpga.passes.estimate_resources import Resources, estimate
from asn2fpga.passes.fold_lanes import fold_lanes
from asn2fpga.passes.place_weights import moves, place_weights
from asn2fpga.quantise.apply import quantise
from asn2fpga.quantise.scheme import Scheme
from asn2fpga.stages.activity import events_in
from asn2fpga.stages.base import Build, Request, Result, Stage
from asn2fpga.stages.folder import load_graph, save_graph
from asn2fpga.stages.load import check_layers, read_state
from asn2fpga.toolchain.plan import write_file

ACTIVITY_SAMPLES = 256


def _options(request: Request) -> Mapping[str, Any]:
    config = request.config
    return {
        "weight_bits": config.weight_bits,
        "scale_method": config.scale_method,
        "alpha_snap": config.alpha_snap,
        "alpha_frac_bits": config.alpha_frac_bits,
        "state_frac_bits": config.state_frac_bits,
        "lanes": config.lanes,
        "available": dataclasses.asdict(request.board.resources),
    }


def _run(build: Build) -> Result:
    config = build.request.config
    real, samples, calibration = read_state(build)
    scheme = scheme_of(config)
    check_layers("weight_bits", config.weight_bits, real)
    build.say("choosing scales and thresholds")
    quantised = quantise(real, scheme, calibration)
    build.say("choosing lanes")
    graph = _folded(build, quantised.graph, samples.x)
    rules.check(graph)
    write_file(build.folder.root / "graph.txt", text.to_text(graph) + "\n")
    products = (
        *save_graph(build.folder.state / "integer", graph),
        *save_graph(build.folder.state / "reference", quantised.reference),
        build.folder.root / "graph.txt",
    )
    figures = {
        "layers": [_row(layer) for layer in graph.layers],
        "decisions": dataclasses.asdict(quantised.decisions) | {"weights_in_look_up_tables": _moves(graph)},
        "estimate": _estimate(graph),
    }
    return Result(_summary(graph), figures, products)


def scheme_of(config: Config) -> Scheme:
    """The user's choices about quantisation."""
    return Scheme(
        weight_bits=config.weight_bits,
        scale_method=config.scale_method,
        alpha_snap=config.alpha_snap,
        alpha_frac_bits=config.alpha_frac_bits,
        state_frac_bits=config.state_frac_bits,
    )


def integer_graph(build: Build) -> Graph:
    """The integer graph that the stage left."""
    return load_graph(build.folder.state / "integer")


def _folded(build: Build, graph: Graph, x: Array) -> Graph:
    config, board = build.request.config, build.request.board
    check_layers("lanes", config.lanes, graph)
    available = Resources(
        lut=board.resources.lut,
        ff=board.resources.ff,
        bram36=board.resources.bram36,
        dsp=board.resources.dsp,
        uram=board.resources.uram,
    )
    trace = simulate(graph, x[:ACTIVITY_SAMPLES])
    lanes = dict(config.lanes) if isinstance(config.lanes, Mapping) else config.lanes
    folded = place_weights(fold_lanes(graph, events_in(graph, trace), available, lanes), available)
    check_fit(folded, available)
    return folded


def _row(layer: Layer) -> dict[str, Any]:
    row: dict[str, Any] = {
        "name": layer.name,
        "kind": type(layer).__name__,
        "source": layer.source,
        "neurons": None,
        "inputs": None,
        "lanes": None,
        "weight_bits": None,
        "acc_bits": None,
    }
    if isinstance(layer, DensePopulation | DenseReadout):
        neurons, inputs = layer.weight.shape
        row |= {"neurons": neurons, "inputs": inputs, "lanes": layer.lanes}
        row |= {"weight_bits": layer.weight_bits, "acc_bits": layer.acc_type.width_bits}
    else:
        row["neurons"] = int(np.prod(getattr(layer, "shape", ())))
    return row


def _estimate(graph: Graph) -> dict[str, Any]:
    """The estimate before code generation, in whole units (block RAMs in halves)."""
    return {key: round(2 * value) / 2 for key, value in dataclasses.asdict(estimate(graph)).items()}


def _moves(graph: Graph) -> list[dict[str, Any]]:
    """Layers whose weights lie in look-up tables because block RAM is short: what that frees and costs."""
    return [dataclasses.asdict(move) for move in moves(graph)]


def _summary(graph: Graph) -> str:
    layers = [layer for layer in graph.layers if isinstance(layer, DensePopulation | DenseReadout)]
    return ", ".join(
        f"{layer.name}: {layer.weight_bits} bits, {layer.lanes} lanes"
        + (", weights in look-up tables" if layer.weight_memory == "lut" else "")
        for layer in layers
    )


STAGE = Stage("quantise", "fixing weights and thresholds to integers", ("load",), _options, _run)

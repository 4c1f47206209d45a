"""Stage quantise: weights and thresholds become integers, lanes are chosen; the network must fit."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from asn2fpga.config import Config
from asn2fpga.device.resources import Resources
from asn2fpga.golden.simulate import simulate
from asn2fpga.graph import rules, text
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.types import Array
from asn2fpga.kinds.contract import IntegerNode
from asn2fpga.kinds.nodes import foldable_nodes, integer_nodes
from asn2fpga.passes.check_fit import check_fit
from asn2fpga.passes.estimate_resources import estimate
from asn2fpga.passes.fold_lanes import KINDS, Folding, fold_lanes
from asn2fpga.passes.place_weights import moves
from asn2fpga.quantise.apply import quantise
from asn2fpga.quantise.network import network_of
from asn2fpga.quantise.scheme import Scheme
from asn2fpga.stages.base import Build, Figures, Request, Result, Stage
from asn2fpga.stages.folder import load_graph, save_graph
from asn2fpga.stages.load import check_layers, read_state
from asn2fpga.toolchain.plan import write_file

FOLDING_SAMPLES = 64


def _options(request: Request) -> Mapping[str, Any]:
    config = request.config
    return {
        "weight_bits": config.weight_bits,
        "scale_method": config.scale_method,
        "alpha_snap": config.alpha_snap,
        "alpha_frac_bits": config.alpha_frac_bits,
        "state_frac_bits": config.state_frac_bits,
        "lanes": config.lanes,
        "optimise": config.optimise,
        "available": dataclasses.asdict(request.board.resources),
    }


def _run(build: Build) -> Result:
    config = build.request.config
    real, samples, calibration = read_state(build)
    scheme = scheme_of(config)
    check_layers("weight_bits", config.weight_bits, [synapse.name for synapse in network_of(real).synapses])
    build.say("choosing scales and thresholds")
    quantised = quantise(real, scheme, calibration)
    build.say("choosing lanes")
    typical = samples.x if calibration is None else calibration
    folding = _folded(build, quantised.graph, typical[:FOLDING_SAMPLES])
    graph = folding.graph
    rules.check(graph)
    write_file(build.folder.root / "graph.txt", text.to_text(graph) + "\n")
    products = (
        *save_graph(build.folder.state / "integer", graph),
        *save_graph(build.folder.state / "reference", quantised.reference),
        build.folder.root / "graph.txt",
    )
    figures = {
        "layers": [_row(node) for node in integer_nodes(graph)],
        "decisions": dataclasses.asdict(quantised.decisions) | {"weights_in_look_up_tables": _moves(graph)},
        "estimate": _estimate(graph),
        "folding": _folding(build, folding, calibration is not None),
    }
    return Result(_summary(figures), figures, products)


def _folding(build: Build, folding: Folding, calibrated: bool) -> Figures:
    """What the lanes were chosen for, and what one more step in the limiting layer would cost and bring."""
    step, now = folding.next_step, estimate(folding.graph)
    data = "calibration" if calibrated else build.figures["load"]["data"]
    plain: Figures = {
        "optimise": build.request.config.optimise,
        "data": data,
        "predicted_latency_cycles": folding.speed.latency,
        "predicted_interval_cycles": folding.speed.interval,
        "limiting_layer": folding.limiting,
        "next_step": None,
    }
    if step is None:
        return plain
    return plain | {
        "next_step": {
            "lanes": step.lanes,
            "refused": step.refused,
            "latency_cycles": step.speed.latency - folding.speed.latency,
            "interval_cycles": step.speed.interval - folding.speed.interval,
            **{kind: getattr(step.need, kind) - getattr(now, kind) for kind in KINDS},
        }
    }


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


def _folded(build: Build, graph: Graph, x: Array) -> Folding:
    config, board = build.request.config, build.request.board
    check_layers("lanes", config.lanes, [node.name for node in foldable_nodes(graph)])
    available = Resources(
        lut=board.resources.lut,
        ff=board.resources.ff,
        bram36=board.resources.bram36,
        dsp=board.resources.dsp,
        uram=board.resources.uram,
    )
    lanes = dict(config.lanes) if isinstance(config.lanes, Mapping) else config.lanes
    folding = fold_lanes(graph, simulate(graph, x).counts, available, lanes, config.optimise)
    check_fit(folding.graph, available)
    return folding


def _row(node: IntegerNode) -> dict[str, Any]:
    return {
        "name": node.name,
        "kind": node.kind,
        "source": node.source,
        "neurons": node.neurons,
        **node.facts,
    }


def _estimate(graph: Graph) -> dict[str, Any]:
    """The estimate before code generation, in whole units (block RAMs in halves)."""
    found = dataclasses.asdict(estimate(graph))
    return {key: round(2 * value) / 2 if key == "bram36" else round(value) for key, value in found.items()}


def _moves(graph: Graph) -> list[dict[str, Any]]:
    """Layers whose weights lie in look-up tables because block RAM is short: what that frees and costs."""
    return [dataclasses.asdict(move) for move in moves(graph)]


def _summary(figures: Figures) -> str:
    moved = [move["layer"] for move in figures["decisions"]["weights_in_look_up_tables"]]
    layers = ", ".join(
        f"{row['name']}: {row['weight_bits']} bits, {row['lanes']} lanes"
        + (", weights in look-up tables" if row["name"] in moved else "")
        for row in figures["layers"]
        if row["lanes"]
    )
    return f"{layers}; {figures['folding']['limiting_layer']} limits the speed"


STAGE = Stage("quantise", "fixing weights and thresholds to integers", ("load",), _options, _run)

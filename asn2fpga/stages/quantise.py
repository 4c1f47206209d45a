"""Stage quantise: weights and thresholds become integers, lanes are chosen; the network must fit."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from asn2fpga.board.spec import BoardSpec
from asn2fpga.config import Config, MapOrder
from asn2fpga.device.binding import BITS_OF_BLOCK
from asn2fpga.device.resources import Resources
from asn2fpga.errors import InputError
from asn2fpga.figures.amounts import Amounts
from asn2fpga.figures.folding import FoldingFigures, StepFigures
from asn2fpga.figures.quantise import LayerFigures, QuantiseFigures
from asn2fpga.golden.simulate import simulate
from asn2fpga.graph import rules, text
from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.types import Array
from asn2fpga.kinds.contract import Foldable, IntegerNode
from asn2fpga.kinds.nodes import foldable_nodes, integer_nodes, port_widths
from asn2fpga.kinds.trained import TrainedSynapse
from asn2fpga.loader.data_file import Data
from asn2fpga.passes.check_fit import check_fit
from asn2fpga.passes.check_weights import check_weights
from asn2fpga.passes.estimate_resources import estimate
from asn2fpga.passes.fold_lanes import SHARE_OF_BOARD, Aims, Folding, fold_lanes
from asn2fpga.passes.fold_steps import Step
from asn2fpga.passes.map_order import comes_by_step
from asn2fpga.passes.place_memories import ultra_moves
from asn2fpga.passes.place_weights import moves
from asn2fpga.passes.telling import to_nobody
from asn2fpga.passes.weight_memory import fills
from asn2fpga.quantise.apply import Decided, Quantised, decide
from asn2fpga.quantise.network import network_of
from asn2fpga.quantise.scheme import Scheme
from asn2fpga.quantise.sweep import try_bits
from asn2fpga.stages.base import Build, Request, Result, Stage
from asn2fpga.stages.decisions import decision_figures
from asn2fpga.stages.early_exit import with_early_exit
from asn2fpga.stages.folder import load_graph, save_graph
from asn2fpga.stages.load import check_layers, read_labels, read_state
from asn2fpga.stages.picture_data import quantise_arrays, save_picture_data
from asn2fpga.stages.state_bits import StateSearch, search_state_bits
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
        "stream": config.stream,
        "early_exit": config.early_exit,
        "lanes": config.lanes,
        "pixels": config.pixels,
        "form": config.form,
        "map_order": config.map_order,
        "optimise": config.optimise,
        "budget": config.budget,
        "target_fps": config.target_fps,
        "clock_mhz": request.board.clock_mhz if config.target_fps else None,
        "available": dataclasses.asdict(request.board.resources),
        "dma_bits": request.board.vivado.dma_width_bits,
    }


def _run(build: Build) -> Result:
    config = build.request.config
    real, samples, calibration = read_state(build)
    labels = read_labels(build)
    refuse_weights(config, build.request.board, real)
    check_layers("weight_bits", config.weight_bits, [synapse.name for synapse in network_of(real).synapses])
    build.say("choosing scales and thresholds")
    typical = samples.x if calibration is None else calibration
    made = quantised_of(config, real, calibration, typical, labels, build.say)
    quantised, search = made.quantised, made.search
    build.say("choosing lanes")
    folding = folded(config, build.request.board, quantised.graph, typical[:FOLDING_SAMPLES], build.say)
    check_fit(folding.graph, *_room(build.request, folding))
    graph = folding.graph
    rules.check(graph)
    write_file(build.folder.root / "graph.txt", text.to_text(graph) + "\n")
    build.say("trying weights of fewer bits")
    bits = try_bits(made.decided, scheme_of(config), samples.x, samples.y)
    products = (
        save_picture_data(build.folder, "quantise", quantise_arrays(made.decided, graph, bits)),
        *save_graph(build.folder.state / "integer", graph),
        *save_graph(build.folder.state / "reference", quantised.reference),
        build.folder.root / "graph.txt",
    )
    figures: QuantiseFigures = {
        "layers": [_row(graph, node) for node in integer_nodes(graph)],
        "decisions": decision_figures(
            quantised.decisions, moves(graph), fills(graph), ultra_moves(graph), search
        ),
        "estimate": amounts_of(graph),
        "folding": _folding(build, folding, calibration is not None),
    }
    summary = _summary(figures) + _ways_of_maps(graph) + ("" if search is None else f"; {search.text}")
    return Result(summary, figures, products)


@dataclass(frozen=True, eq=False)
class MadeInteger:
    """A network before and after it became integer; search: of the bits of membranes, None without."""

    decided: Decided
    quantised: Quantised
    search: StateSearch | None


def quantised_of(
    config: Config,
    real: Graph,
    calibration: Array | None,
    typical: Array,
    labels: IntArray | None = None,
    say: Callable[[str], None] = to_nobody,
) -> MadeInteger:
    """The integer network without lanes, and how the bits of its membranes were found if they were sought.

    calibration (B, ..): what scales are chosen on, labels (B,): its classes, which thresholds of an early
    exit are chosen on; typical (B, ..): inputs that membranes are tried on. say: is told how far that is.
    """
    scheme, search = scheme_of(config), None
    decided = decide(real, scheme, calibration, say=say)
    if config.state_frac_bits == "auto":
        search = search_state_bits(decided, scheme, typical)
        scheme = scheme if search is None else dataclasses.replace(scheme, state_frac_bits=search.bits)
    made = decided.build(scheme)
    if config.early_exit is not None:
        if config.stream:
            raise InputError(
                "--early-exit: scores of one time step are sent, not of all; leave --stream out."
            )
        known = None if calibration is None else Data(calibration, labels)
        made = dataclasses.replace(made, graph=with_early_exit(made.graph, config.early_exit, known))
    return MadeInteger(decided, made, search)


def _folding(build: Build, folding: Folding, calibrated: bool) -> FoldingFigures:
    """What the lanes were chosen for, and what one more step in the limiting layer would cost and bring."""
    step, words = folding.next_step, port_widths(folding.graph)
    bursts = [name for name, edge in folding.graph.edges.items() if edge.events_in_word > 1]
    return {
        "optimise": build.request.config.optimise,
        "target_fps": build.request.config.target_fps,
        "budget": build.request.config.budget or SHARE_OF_BOARD,
        "data": "calibration" if calibrated else build.figures["load"]["data"],
        "predicted_latency_cycles": folding.speed.latency,
        "predicted_interval_cycles": folding.speed.interval,
        "limiting_layer": folding.limiting,
        "input_word_bits": words.input,
        "output_word_bits": words.output,
        "two_events_in_a_cycle": bursts,
        "next_step": None if step is None else _next_step(folding, step),
    }


def _next_step(folding: Folding, step: Step) -> StepFigures:
    now = estimate(folding.graph)
    return {
        "lanes": step.lanes,
        "pixels": step.pixels,
        "refused": step.refused,
        "latency_cycles": step.speed.latency - folding.speed.latency,
        "interval_cycles": step.speed.interval - folding.speed.interval,
        "lut": step.need.lut - now.lut,
        "ff": step.need.ff - now.ff,
        "bram36": step.need.bram36 - now.bram36,
        "dsp": step.need.dsp - now.dsp,
    }


def _ways_of_maps(graph: Graph) -> str:
    """How maps are sent and read, where that is not as most are."""
    frames = [node.name for node in foldable_nodes(graph) if node.takes_every_tap(graph.edges_into(node))]
    said = [f"every tap is taken in {', '.join(frames)} (--form)"] if frames else []
    if comes_by_step(graph):
        said.append("maps come step by step (--map-order)")
    return "".join(f"; {text}" for text in said)


def scheme_of(config: Config) -> Scheme:
    """The user's choices about quantisation."""
    return Scheme(
        weight_bits=config.weight_bits,
        scale_method=config.scale_method,
        alpha_snap=config.alpha_snap,
        alpha_frac_bits=config.alpha_frac_bits,
        state_frac_bits=None if config.state_frac_bits == "auto" else config.state_frac_bits,
        stream=config.stream,
        early_exit=config.early_exit is not None,
    )


def integer_graph(build: Build) -> Graph:
    """The integer graph that the stage left."""
    return load_graph(build.folder.state / "integer")


def _room(request: Request, folding: Folding) -> tuple[Resources, float | None]:
    """What the network may fill, and which part of the board that is, if it was said."""
    budget = request.config.budget
    return available_of(request.board) if budget is None else folding.budget, budget


def refuse_weights(config: Config, board: BoardSpec, graph: Graph) -> None:
    """DoesNotFitError if the weights of a prepared real graph are more than the board stores: in a moment."""
    scheme, available, budget = scheme_of(config), available_of(board), config.budget

    def bits_of(node: TrainedSynapse) -> int:
        return min(node.most_bits, scheme.bits_of(node.name, is_constant=node.is_constant))

    check_weights(graph, bits_of, available if budget is None else available.times(budget))


def folded(
    config: Config,
    board: BoardSpec,
    graph: Graph,
    x: Array,
    say: Callable[[str], None] = to_nobody,
) -> Folding:
    """The integer network with its lanes, chosen on inputs x, whether it then fits or not. say: is told how
    far the search is.
    """
    layers = foldable_nodes(graph)
    check_layers("lanes", config.lanes, [node.name for node in layers])
    maps = [node.name for node in layers if graph.edges[node.name].is_map]
    check_layers("form", config.form, maps, "maps")
    columns = [node.name for node in layers if node.map_columns > 1]
    check_layers("pixels", config.pixels, columns, "maps of several columns")
    counts = simulate(graph, x).counts
    return fold_lanes(graph, counts, available_of(board), _aims(config, board), say)


def available_of(board: BoardSpec) -> Resources:
    """What the device offers."""
    return Resources(**dataclasses.asdict(board.resources))


def _aims(config: Config, board: BoardSpec) -> Aims:
    """What lanes and pixels are chosen for."""
    return Aims(
        optimise=config.optimise,
        lanes=config.lanes,
        pixels=config.pixels,
        form=config.form,
        map_order=config.map_order,
        budget=config.budget,
        interval=None if config.target_fps is None else board.clock_mhz * 1e6 / config.target_fps,
        dma_bits=board.vivado.dma_width_bits,
    )


def _row(graph: Graph, node: IntegerNode) -> LayerFigures:
    facts = node.facts
    slices, lanes_per_slice = node.product_slices(graph.edges_into(node)) or (None, None)
    return {
        "name": node.name,
        "kind": node.kind,
        "source": node.source,
        "neurons": node.neurons,
        "inputs": facts["inputs"],
        "lanes": facts["lanes"],
        "parallel_pixels": facts["parallel_pixels"],
        "weight_bits": facts["weight_bits"],
        "acc_bits": facts["acc_bits"],
        "product_slices": slices,
        "lanes_per_slice": lanes_per_slice if slices else None,
        "map_order": _map_order(graph.edges[node.name]),
        "form": _form(graph, node),
    }


def _map_order(sent: Edge) -> MapOrder | None:
    """Of a map over time."""
    if not sent.lanes or sent.steps == 1:
        return None
    return "steps" if sent.by_step else "pixels"


def _form(graph: Graph, node: IntegerNode) -> str | None:
    """Of a map with lanes that reads others through windows."""
    edges = graph.edges_into(node)
    windows = any(node.window_key(position, edge) for position, edge in enumerate(edges))
    if not (windows and isinstance(node, Foldable) and graph.edges[node.name].is_map):
        return None
    return "frame" if node.takes_every_tap(edges) else "gather"


def amounts_of(graph: Graph) -> Amounts:
    """The estimate before code generation, in whole units (block RAMs in halves)."""
    found = estimate(graph)
    return {
        "lut": round(found.lut),
        "ff": round(found.ff),
        "bram36": round(2 * found.bram36) / 2,
        "dsp": round(found.dsp),
        "uram": round(found.uram),
    }


def _summary(figures: QuantiseFigures) -> str:
    moved = [move["layer"] for move in figures["decisions"]["weights_in_look_up_tables"]]
    layers = ", ".join(
        f"{row['name']}: "
        + (f"{row['weight_bits']} bits, " if row["weight_bits"] else "")
        + f"{row['lanes']} lanes"
        + (f" x {row['parallel_pixels']} pixels" if (row["parallel_pixels"] or 1) > 1 else "")
        + (", weights in look-up tables" if row["name"] in moved else "")
        for row in figures["layers"]
        if row["lanes"]
    )
    limits = f"{figures['folding']['limiting_layer']} limits the speed"
    others = (_grids(figures), _weight_memory(figures), _ultra_memory(figures), _tables(figures))
    return "; ".join([layers, limits, *(text for texts in others for text in texts)])


def _grids(figures: QuantiseFigures) -> Iterator[str]:
    """Which weights were integers times a scale already, and are kept or not. Constants go without saying."""
    found = [row for row in figures["decisions"]["weights"] if (row["trained_bits"] or 0) > 2]
    kept = [row["layer"] for row in found if row["method"] == "as trained"]
    if kept:
        yield f"weights kept as trained: {', '.join(kept)}"
    again = [f"{row['layer']} ({row['trained_bits']})" for row in found if row["layer"] not in kept]
    if again:
        yield f"weights of so many bits, rounded again as sums share a unit: {', '.join(again)}"


def _tables(figures: QuantiseFigures) -> Iterator[str]:
    """How near tables are to their functions."""
    for table in figures["decisions"]["tables"]:
        yield f"{table['function']} of {table['layer']} is within {table['error']:.2g}"


def _weight_memory(figures: QuantiseFigures) -> Iterator[str]:
    """How full block RAMs are of weights, where some lie there."""
    found = figures["decisions"]["weights_in_block_ram"]
    blocks = sum(fill["bram36"] for fill in found)
    if blocks:
        share = sum(fill["stored_bits"] for fill in found) / (blocks * BITS_OF_BLOCK)
        yield f"weights fill {share:.0%} of {blocks:g} block RAMs"


def _ultra_memory(figures: QuantiseFigures) -> Iterator[str]:
    """What lies in UltraRAM."""
    found = figures["decisions"]["memories_in_ultra_ram"]
    if found:
        names = ", ".join(f"{move['memory']} of {move['layer']}" for move in found)
        yield f"{names} in {sum(move['uram'] for move in found):g} UltraRAMs"


STAGE = Stage("quantise", "fixing weights and thresholds to integers", ("load",), _options, _run)

"""Choose how many lanes each layer gets, neurons whose weights it adds in one cycle, and how many pixels of a
map it works on at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from asn2fpga.config import Forms, MapOrder, Optimise
from asn2fpga.device.resources import Resources
from asn2fpga.errors import DoesNotFitError, InputError
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.types import Array
from asn2fpga.graph.words import UNIT_BITS
from asn2fpga.kinds.nodes import foldable_nodes
from asn2fpga.passes.choose_forms import choose_forms
from asn2fpga.passes.estimate_resources import estimate
from asn2fpga.passes.fold_bursts import fold_bursts
from asn2fpga.passes.fold_firing import fold_firing
from asn2fpga.passes.fold_forms import fold_forms, lanes_for_frames, smaller_and_no_worse, with_forms
from asn2fpga.passes.fold_interval import Choices, fastest, least_energy, smallest_for
from asn2fpga.passes.fold_steps import KINDS, Step, Steps
from asn2fpga.passes.fold_words import fold_words, widest_words
from asn2fpga.passes.lanes import current_groups, with_lanes, with_parallel_pixels
from asn2fpga.passes.map_order import in_order
from asn2fpga.passes.place_memories import place_memories
from asn2fpga.passes.place_products import place_products
from asn2fpga.passes.predictions import Predictions
from asn2fpga.passes.speed import Speed
from asn2fpga.passes.telling import to_nobody

SHARE_OF_BOARD = 0.8  # what layers may fill if nothing is said: the rest is for wrapper, DMA and routing


@dataclass(frozen=True)
class Aims:
    """What lanes are chosen for.

    lanes, pixels: given ones, by layer or one number for all, at most as many as a layer can have.
    form: of maps, by layer or one for all, None: chosen (fold_forms). map_order: of maps over time, None:
    chosen (map_order.in_order).
    budget: share of the board that the network may fill; None: 0.8, and more where it needs more anyhow.
    interval: cycles that no layer may work longer; then the smallest network is meant, whatever is optimised.
    dma_bits: the widest words of the ports.
    """

    optimise: Optimise = "balance"
    lanes: Mapping[str, int] | int | None = None
    pixels: Mapping[str, int] | int | None = None
    form: Forms | None = None
    map_order: MapOrder | None = None
    budget: float | None = None
    interval: float | None = None
    dma_bits: int = UNIT_BITS


@dataclass(frozen=True)
class Folding:
    """The graph with its lanes, how fast that should be, and the next step of the layer that limits it.

    limiting: the layer that works longest; next_step: None if it has all the lanes there can be, or none.
    budget: what the network may take.
    """

    graph: Graph
    speed: Speed
    limiting: str
    next_step: Step | None
    budget: Resources


def fold_lanes(
    graph: Graph,
    counts: Mapping[str, Array],
    available: Resources,
    aims: Aims | None = None,
    say: Callable[[str], None] = to_nobody,
) -> Folding:
    """Lanes for every layer with weights, and pixels at a time for every map.

    Given lanes are taken as they are. Others are chosen for what is optimised, within the budget:

    - interval: the cheapest network whose slowest layer is as fast as it can be (fold_interval); energy: that
      of the least energy an inference.
    - latency, balance, area: from one lane on the step that brings most for what it costs is taken, again and
      again (fold_steps). Latency: as long as it falls; area: the steps to the shortest latency, of these the
      one of the smallest product look-up tables x look-up tables x latency; balance: a step must cut
      latency x interval by at least as many per cent as it adds per cent of the board.

    At most 128 lanes a layer. Then layers that can be made in several ways are made in the quickest one, but
    for area or a given interval (choose_forms), each layer gets the lanes that fire in one cycle
    (fold_firing), and the ports their words (fold_words): a port that could be wider hides no gain of more
    lanes. Where latency is optimised, layers may send two events in one cycle (fold_bursts). counts:
    (B, T, N) by layer, golden's on typical inputs. say: is told how far the search is. Raises
    DoesNotFitError if no network within the budget is as fast as it must be.
    """
    aims, predictions = aims or Aims(), Predictions(counts, say)
    wanted = aims.lanes if isinstance(aims.lanes, int) else _with_frames(graph, aims)
    lanes, pixels = _requested(graph, "lanes", wanted), _requested(graph, "pixels", aims.pixels)
    start = in_order(
        with_forms(_at_first(graph, lanes, pixels), aims.form), predictions, available, aims.map_order
    )
    budget = _budget(start, available, aims.budget)

    def place(found: Graph) -> Graph:
        """Memories and products where there is room for them."""
        return place_products(place_memories(found, budget), budget)

    start = widest_words(place(start), aims.dma_bits)
    steps = Steps(predictions, available, budget, aims.optimise, frozenset(lanes), frozenset(pixels), place)
    choices = Choices(start, predictions, budget, frozenset(lanes), frozenset(pixels), place)
    graph = _chosen(start, aims, steps, choices)
    if aims.optimise != "area" and aims.interval is None:
        graph = choose_forms(graph, predictions, budget)
    optimise = aims.optimise if aims.interval is None else "interval"
    better = smaller_and_no_worse(predictions, budget, aims.optimise, aims.interval)
    graph = fold_forms(with_forms(graph, aims.form), aims.form, better)
    graph = fold_words(fold_firing(graph, predictions, optimise), predictions, aims.dma_bits, optimise)
    graph = fold_bursts(graph, predictions, budget, place, optimise)
    speed = predictions.speed(graph)
    return Folding(graph, speed, speed.limiting, steps.step_of(graph, speed.limiting), budget)


def _with_frames(graph: Graph, aims: Aims) -> Mapping[str, int]:
    """The given lanes, by layer, and those that layers before frames must have."""
    assert not isinstance(aims.lanes, int)
    return {**lanes_for_frames(graph, aims.form), **(aims.lanes or {})}


def _at_first(graph: Graph, lanes: Mapping[str, int], pixels: Mapping[str, int]) -> Graph:
    """With the given lanes and pixels, and one where none are given."""
    names = [layer.name for layer in foldable_nodes(graph)]
    graph = with_lanes(graph, {name: lanes.get(name, 1) for name in names})
    return with_parallel_pixels(graph, {name: pixels.get(name, 1) for name in names})


def _budget(graph: Graph, available: Resources, share: float | None) -> Resources:
    """A part of the board. If none was asked for, what the network needs anyhow; all block RAM if its weights
    need more than that part.
    """
    part = available.times(share or SHARE_OF_BOARD)
    if share is not None:
        return part
    need = estimate(place_products(place_memories(graph, available), available.times(0)))
    limits = {kind: max(getattr(part, kind), getattr(need, kind)) for kind in KINDS}
    if need.bram36 > part.bram36:
        limits["bram36"] = max(available.bram36, need.bram36)
    return Resources(**limits, uram=part.uram)


def _chosen(graph: Graph, aims: Aims, steps: Steps, choices: Choices) -> Graph:
    if aims.interval is not None:
        return smallest_for(choices, aims.interval) or _too_slow(choices, aims)
    if aims.optimise in ("interval", "energy"):
        found = fastest(choices) if aims.optimise == "interval" else least_energy(choices)
        return found or graph
    path = list(steps.path(graph))
    return min(path, key=steps.area_time) if aims.optimise == "area" else path[-1]


def _too_slow(choices: Choices, aims: Aims) -> Graph:
    """Raises DoesNotFitError."""
    assert aims.interval is not None
    wanted = f"an interval of {aims.interval:,.{0 if aims.interval >= 10 else 2}f} cycles"
    best = fastest(choices)
    if best is None:
        raise DoesNotFitError(
            f"--target-fps: the network must have {wanted}, and does not even fit with one lane for each "
            "layer; choose a larger --budget or board."
        )
    speed = choices.predictions.speed(best)
    raise DoesNotFitError(
        f"--target-fps: the network must have {wanted}, not {speed.interval:,.0f}, the shortest that fits "
        f"({speed.limiting} limits it); ask for fewer, or choose a larger --budget or board."
    )


def _requested(graph: Graph, what: str, requested: Mapping[str, int] | int | None) -> dict[str, int]:
    """By layer; layers that share currents must have equal lanes."""
    most = {
        layer.name: layer.most_lanes if what == "lanes" else layer.most_parallel_pixels
        for layer in foldable_nodes(graph)
    }
    wanted = dict.fromkeys(most, requested) if isinstance(requested, int) else requested or {}
    found = {name: min(wanted[name], most[name]) for name in most if name in wanted}
    for together in current_groups(graph) if what == "lanes" else ():
        asked = {name: found[name] for name in together if name in found}
        if len(set(asked.values())) > 1:
            values = ", ".join(f"{name} {lanes}" for name, lanes in asked.items())
            raise InputError(f"lanes: layers that share currents must have equal lanes, not {values}.")
        found |= dict.fromkeys(together, next(iter(asked.values()))) if asked else {}
    return found

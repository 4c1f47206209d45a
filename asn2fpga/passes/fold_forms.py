"""In which form each map layer goes through its windows: it searches them for counts (gather), or takes every
tap, with or without a count (frame).

A search costs look-up tables for each place of a window, and saves a cycle for each that is empty. So frames
are for maps with few zeros, such as images, and for layers that others are slower than anyhow.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from asn2fpga.config import Forms, Optimise
from asn2fpga.device.resources import Resources
from asn2fpga.errors import InputError
from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.contract import Foldable
from asn2fpga.kinds.maps.raster import SCANNED_LANES
from asn2fpga.kinds.nodes import foldable_nodes
from asn2fpga.passes.estimate_resources import estimate
from asn2fpga.passes.lanes import with_lanes
from asn2fpga.passes.predictions import Predictions


def with_forms(graph: Graph, forms: Forms | None) -> Graph:
    """The graph with the forms that are asked for. InputError where a layer cannot have its form."""
    for node in foldable_nodes(graph):
        form = _asked(forms, node.name)
        if form == "frame":
            changed = _framed(graph, node)
            if changed is None and not isinstance(forms, str):
                raise InputError(_refusal(graph, node))
            graph = changed or graph
    return graph


def _refusal(graph: Graph, node: Foldable) -> str:
    """Why it takes no frames, and what to do."""
    text = (
        f"--form: layer '{node.name}' must be gather, not frame: every tap is taken only by a convolution of "
        f"all channels, where a pixel is one word of at most {SCANNED_LANES} of them; leave it out of --form"
    )
    lanes = _whole_pixels(graph, node)
    if _framed(with_lanes(graph, lanes), node) is None:
        return f"{text}."
    return f"{text}, or ask for --lanes {','.join(f'{name}={count}' for name, count in lanes.items())}."


def lanes_for_frames(graph: Graph, forms: Forms | None) -> dict[str, int]:
    """Lanes of the layers before those that are to take frames by name: all channels, so that a pixel is one
    word.
    """
    wanted: dict[str, int] = {}
    for node in foldable_nodes(graph):
        if isinstance(forms, Mapping) and forms.get(node.name) == "frame":
            wanted |= _whole_pixels(graph, node)
    return wanted


def _whole_pixels(graph: Graph, node: Foldable) -> dict[str, int]:
    """By the layers that send the pixels which it reads, their channels, where a word may hold so many."""
    foldable, found = {one.name: one for one in foldable_nodes(graph)}, {}
    for position, name in enumerate(node.inputs):
        source = graph[name]
        while source.name not in foldable and source.inputs:
            source = graph[source.inputs[0]]
        channels = graph.edges[source.name].shape[0]
        most = foldable[source.name].most_lanes if source.name in foldable else 0
        if node.window_key(position, graph.edges[name]) and channels <= min(SCANNED_LANES, most):
            found[source.name] = channels
    return found


def fold_forms(graph: Graph, forms: Forms | None, better: Callable[[Graph, Graph], bool]) -> Graph:
    """The graph with frames where no form is asked for and they are better, layer by layer."""
    for node in foldable_nodes(graph):
        changed = _framed(graph, node) if _asked(forms, node.name) is None else None
        if changed is not None and better(changed, graph):
            graph = changed
    return graph


def _asked(forms: Forms | None, name: str) -> str | None:
    return forms.get(name) if isinstance(forms, Mapping) else forms


def _framed(graph: Graph, node: Foldable) -> Graph | None:
    changed = node.in_form("frame", graph.edges_into(node))
    return None if changed is None else graph.replace(node.name, changed)


def smaller_and_no_worse(
    predictions: Predictions, budget: Resources, optimise: Optimise, interval: float | None
) -> Callable[[Graph, Graph], bool]:
    """Whether a graph needs fewer look-up tables than another one, and what is optimised suffers no more, in
    parts of itself, than the look-up tables fall; where a time is optimised alone, not at all.

    interval: that is wanted, whatever is optimised.
    """

    def better(changed: Graph, graph: Graph) -> bool:
        saved = estimate(graph).lut - estimate(changed).lut
        if saved <= 0:
            return False
        new, old = predictions.speed(changed), predictions.speed(graph)
        if interval is not None:
            return new.interval <= max(old.interval, interval)
        if optimise in ("interval", "latency"):
            return new.figure(optimise) <= old.figure(optimise)
        share = saved / (budget.lut if optimise == "balance" else estimate(graph).lut)
        return new.figure(optimise) * (1 - share) <= old.figure(optimise)

    return better

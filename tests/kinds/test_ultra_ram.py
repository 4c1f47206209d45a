"""Memories in UltraRAM, which begins empty: maps compute the same, although each word begins with ones."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from graph_check import Case as Built
from graph_check import check_cpp, check_rtl
from often import often

from asn2fpga.codegen.project import generate, source_file
from asn2fpga.graph import rules
from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.contract import Foldable
from asn2fpga.kinds.nodes import foldable_nodes
from asn2fpga.passes.estimate_resources import estimate
from asn2fpga.passes.fold_forms import with_forms
from asn2fpga.passes.lanes import with_parallel_pixels
from asn2fpga.passes.place_memories import ultra_moves
from kinds.test_maps import built
from kinds.test_maps_by_step import CASES, case_of, stepwise


def in_ultra(graph: Graph) -> Graph:
    """With every memory that may lie in UltraRAM there, however small."""

    def moved(node: Foldable) -> Foldable:
        names = node.run_time_memories(graph.edges_into(node))
        return node.with_run_time_memories_in(dict.fromkeys(names, "ultra"))

    return graph.with_layers(moved(node) if isinstance(node, Foldable) else node for node in graph.layers)


@pytest.mark.parametrize("name", often(list(CASES), "events over time".__eq__))
def test_nothing_depends_on_what_the_memories_begin_with(name: str, tmp_path: Path) -> None:
    """Several inferences, one after the other; membranes and rows of counts, in several units of a map."""
    single = built(case_of(name), lanes=3)
    pixels = {node.name: CASES[name] for node in foldable_nodes(single.graph)}
    check(Built(with_parallel_pixels(stepwise(single.graph), pixels), single.x, single.expected), tmp_path)
    arrays = {path: path.read_text() for path in (tmp_path / "rtl").glob("*.sv")}
    assert any("states" in text and 'ram_style = "ultra"' in text for text in arrays.values())


@pytest.mark.slow
def test_of_windows_that_are_gone_through_tap_by_tap(tmp_path: Path) -> None:
    single = built(case_of("events over time"), lanes=3)
    graph = with_forms(single.graph, "frame")
    assert any(node.takes_every_tap(graph.edges_into(node)) for node in foldable_nodes(graph))
    check(Built(graph, single.x, single.expected), tmp_path)


def check(plain: Built, folder: Path) -> None:
    """C++ and RTL compute what golden does; each memory begins with ones in simulation, and nothing else."""
    network = dataclasses.replace(plain, graph=in_ultra(plain.graph))
    rules.check(network.graph)
    moves = ultra_moves(network.graph)
    assert estimate(network.graph).uram == sum(move.uram for move in moves) > 0
    assert estimate(plain.graph).uram == 0
    assert "asn::UltraRam" in generate(network.graph, "0" * 64, "0")[source_file(network.graph)]
    check_cpp(network, folder, ("engine",))
    assert check_rtl(network, folder).mismatches == 0
    text = "\n".join(path.read_text() for path in (folder / "rtl").glob("*.sv"))
    begun = "`ifndef SYNTHESIS\n  initial for (int i = 0; i < "
    assert text.count('ram_style = "ultra"') == text.count("] = '1;\n`endif") == text.count(begun) > 0

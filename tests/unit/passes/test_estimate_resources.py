"""The cheap estimate: geometry of memories, what grows with what."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from broken_graphs import changed
from dense_graphs import dense_graph
from mixed_graphs import mixed_graph

from asn2fpga.device.parts import Memory, fifo_resources, memory_resources
from asn2fpga.device.resources import Resources
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.types import FixedType
from asn2fpga.kinds.neurons.membrane import Leak, Synaptic
from asn2fpga.kinds.nodes import integer_node, integer_nodes
from asn2fpga.kinds.population import Population
from asn2fpga.passes.estimate_resources import FIFO_DEPTH, FORK, estimate, estimate_layer
from asn2fpga.passes.lanes import with_lanes


@pytest.mark.parametrize(
    ("depth", "width_bits", "bram36"),
    [
        (512, 36, 0.5),
        (1024, 36, 1.0),
        (513, 36, 1.0),
        (2048, 9, 0.5),
        (16_384, 1, 0.5),
        (100_352, 8, 22.0),
        (1568, 512, 28.5),
    ],
)
def test_block_rams_follow_the_geometry_of_the_device(depth: int, width_bits: int, bram36: float) -> None:
    assert memory_resources(Memory(depth, width_bits, rom=True)).bram36 == bram36


@pytest.mark.parametrize(
    ("depth", "width_bits", "stacked"), [(1568, 512, 1), (784, 1024, 1), (2352, 352, 5), (3136, 128, 7)]
)
def test_block_rams_deeper_than_one_need_a_choice(depth: int, width_bits: int, stacked: int) -> None:
    expected = 0 if stacked == 1 else 0.4 * stacked * width_bits
    assert memory_resources(Memory(depth, width_bits, rom=True)).lut == pytest.approx(expected)


def test_small_memories_become_look_up_tables() -> None:
    assert memory_resources(Memory(16, 20, rom=True)).bram36 == 0
    assert memory_resources(Memory(16, 20, rom=True)).lut > 0


def test_more_lanes_need_more_of_the_fabric() -> None:
    graph = dense_graph(64, 32, 10)
    wide = with_lanes(graph, {"fc1": 8})
    assert of_layer(wide, "fc1").lut > of_layer(graph, "fc1").lut
    assert of_layer(wide, "fc1").ff > of_layer(graph, "fc1").ff


def of_layer(graph: Graph, name: str) -> Resources:
    return estimate_layer(graph, integer_node(graph, name))


def test_classes_of_different_scales_need_a_shifter() -> None:
    graph = dense_graph(64, 10)
    shifted = changed(graph, "fc1", neuron__shift=np.array([0] * 9 + [3]))
    assert of_layer(shifted, "fc1").lut > of_layer(graph, "fc1").lut


@pytest.mark.parametrize("graph", [dense_graph(64, 32, 10), mixed_graph()])
def test_the_estimate_of_a_graph_is_the_sum_of_its_layers(graph: Graph) -> None:
    parts = [estimate_layer(graph, layer) for layer in integer_nodes(graph)]
    assert estimate(graph).lut == sum(part.lut for part in parts)


def test_a_fork_needs_a_process_and_a_fifo_for_each_reader() -> None:
    graph = mixed_graph()
    node = integer_node(graph, "source")
    own, all_of_it = node.cost(()), estimate_layer(graph, node)
    fifos = fifo_resources(FIFO_DEPTH, graph.edges["source"].format.width_bits).times(4)
    assert (all_of_it.lut, all_of_it.ff) == (own.lut + fifos.lut + FORK[0], own.ff + fifos.ff + FORK[1])


def test_currents_need_a_fifo_only_where_something_reads_them() -> None:
    graph = mixed_graph(lanes=2)
    loop = integer_node(graph, "loop")
    beside = estimate_layer(graph, loop).lut - loop.cost(graph.edges_into(loop)).lut
    events = fifo_resources(FIFO_DEPTH, graph.edges["loop"].format.width_bits).times(3)
    currents = fifo_resources(FIFO_DEPTH, 2 * graph.currents["loop"].fixed.width_bits)
    assert beside == pytest.approx(events.lut + FORK[0] + currents.lut)
    both = integer_node(graph, "both")
    beside = estimate_layer(graph, both).lut - both.cost(graph.edges_into(both)).lut
    assert beside == pytest.approx(fifo_resources(FIFO_DEPTH, graph.edges["both"].format.width_bits).lut)


@pytest.mark.parametrize(
    "more",
    [
        {"membrane__leaks": np.full(5, 3)},
        {"membrane__synaptic": Synaptic(leak=Leak(1, 2), type=FixedType(16, True))},
    ],
)
def test_what_only_some_membranes_have_costs_more(more: dict[str, object]) -> None:
    graph = mixed_graph()
    need, other = of_layer(graph, "loop"), of_layer(changed(graph, "loop", **more), "loop")
    assert (other.dsp, other.lut) > (need.dsp, need.lut)


@pytest.mark.parametrize("leak", [Leak(1, 0), Leak(4, 2), Leak(1, 1)])
def test_a_leak_by_a_power_of_two_is_wiring_and_others_are_a_sum_or_a_slice(leak: Leak) -> None:
    loop = mixed_graph()["loop"]
    assert isinstance(loop, Population) and loop.graded.membrane is not None
    neuron, membrane = loop.graded, loop.graded.membrane

    def need(found: Leak) -> Resources:
        changed_membrane = dataclasses.replace(membrane, leak=found)
        return dataclasses.replace(neuron, membrane=changed_membrane).fire_cost(5, 4)

    bits = neuron.potential_type.width_bits
    assert need(Leak(3, 2)).lut - need(leak).lut == pytest.approx(4 * (bits + 1))
    assert need(Leak(0b1010101010101011, 16)).dsp - need(leak).dsp == 4


def test_a_floor_costs_a_comparison_and_a_choice_in_every_lane() -> None:
    graph = mixed_graph(lanes=2)
    loop = graph["loop"]
    assert isinstance(loop, Population)
    bits = loop.graded.potential_type.width_bits
    more = of_layer(changed(graph, "loop", membrane__floors=np.full(5, -3)), "loop")
    assert more.lut - of_layer(graph, "loop").lut == pytest.approx(2 * 1.5 * bits)
    assert more.ff - of_layer(graph, "loop").ff == 2 * bits


def test_every_projection_costs_something() -> None:
    graph = mixed_graph()
    both = graph["both"]
    assert isinstance(both, Population)
    edges = graph.edges_into(both)
    for left in range(3):
        kept = [position for position in range(3) if position != left]
        fewer = dataclasses.replace(
            both,
            inputs=tuple(both.inputs[position] for position in kept),
            projections=tuple(both.projections[position] for position in kept),
        )
        assert fewer.cost([edges[position] for position in kept]).lut < both.cost(edges).lut


@pytest.mark.parametrize(
    ("depth", "width_bits", "lut"),
    [(64, 40, 40), (200, 8, 32), (256, 8, 32), (257, 8, 70.4), (131_072, 8, 18_022.4)],
)
def test_a_large_rom_in_look_up_tables_needs_its_bits_and_a_choice(
    depth: int, width_bits: int, lut: float
) -> None:
    needed = memory_resources(Memory(depth, width_bits, rom=True, in_luts=True))
    assert (needed.bram36, round(needed.lut, 1)) == (0, lut)

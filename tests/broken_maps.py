"""Graphs of maps that break a rule, with the rule and what it says: integer ones, and as trained."""

from __future__ import annotations

import dataclasses

import numpy as np
from broken_graphs import changed
from kinds import test_maps
from kinds.map_networks import MAP_CASES

from asn2fpga.graph.graph import Graph
from asn2fpga.graph.types import FixedType
from asn2fpga.kinds.maps.attention import MapAttention
from asn2fpga.kinds.maps.window import Window, shared_window
from asn2fpga.kinds.neurons.convert import Drive
from asn2fpga.kinds.neurons.event_gru import event_gru
from asn2fpga.kinds.neurons.gated import Gated
from asn2fpga.passes.prepare import prepare

SOME_SUMS = (np.full(4, -4), np.full(4, 3))
Broken = list[tuple[str, Graph, str]]
CASES = {case.name: case for case in MAP_CASES}
ADDED = test_maps.built(CASES["currents added"]).graph
LARGEST = test_maps.built(CASES["max-pool before and after neurons"]).graph
SUMS = test_maps.built(CASES["sums of pools"]).graph
JOINED, SHORTCUT = prepare(test_maps.graph_of(CASES["events added to a current"])), "body_fired_to_body_add"
LARGER = test_maps.built(CASES["each pixel several times"]).graph
OF_A_ROW = CASES["a transposed convolution of a row over time"]
SUMMED = prepare(test_maps.graph_of(CASES["max-pool of sums"]))
OVER_TIME = test_maps.graph_of(CASES["events over time"])
TRAINED = test_maps.graph_of(CASES["max-pool before and after neurons"])
HUGE = Window(kernel=(8, 3), stride=(1, 1))
WIDE = Window(kernel=(7, 7), stride=(1, 1))
UNEVEN = shared_window((4, 6, 5), 4, 3)
AWAY = Window(kernel=(2, 2), stride=(1, 1), padding=(2, 0, 0, 0))
FIRST, SECOND, LAST = "body_first_0_0", "body_second_0_0", "body_last"
MOVING_LAST = "body_last"
TOKENS = test_maps.built(CASES["attention of tokens in rows"]).graph
MIXED = next(node.name for node in TOKENS.layers if isinstance(node, MapAttention))
MOVING = test_maps.built(CASES["currents added over time"]).graph
OF_FRAMES = test_maps.built(CASES["the current of a frame over time"]).graph
FIRST_OF_FRAMES, LAST_OF_FRAMES = "body_first_inner_0", "body_last"
ADAPTING = test_maps.built(CASES["adaptive neurons of a row"]).graph
FOUR_SUMS = Drive("gru", np.ones(4), np.zeros(4, np.int64), np.zeros(4), SOME_SUMS, FixedType(3, True))
GRU = event_gru(Gated(np.array([0.5])), FOUR_SUMS)


def _with_projections(graph: Graph, name: str, count: int) -> Graph:
    return changed(graph, name, projections=(3 * graph[name].projections)[:count])  # type: ignore[attr-defined]


def _after_unroll(graph: Graph, unrolled: str, name: str) -> Graph:
    """`name`, reading the events of `unrolled`, right after it."""
    moved = dataclasses.replace(graph[name], name="moved", inputs=(unrolled,))
    layers = list(graph.layers)
    layers.insert([node.name for node in layers].index(unrolled) + 1, moved)
    layers[-1] = dataclasses.replace(layers[-1], inputs=("moved",))
    return graph.with_layers(layers)


def _reading_the_input(graph: Graph, name: str) -> Graph:
    """`name`, whose convolution reads the frames that enter."""
    node = graph[name]
    first = graph["body_first_inner_0"].projections[0]  # type: ignore[attr-defined]
    current = node.projections[0]  # type: ignore[attr-defined]
    return changed(graph, name, inputs=(node.inputs[0], "encode"), projections=(current, first))


def _step_by_step(graph: Graph) -> Graph:
    """The graph whose source sends its map time step by time step, whatever reads it."""
    source = graph.layers[0]
    return changed(graph, source.name, by_step=True)


INTEGER_MAPS: Broken = [
    (
        "neurons_form_a_map",
        changed(MOVING, MOVING_LAST, neuron=GRU),
        f"{MOVING_LAST}: neurons of a map must not be EventGru, which mixes its sums",
    ),
    (
        "neurons_form_a_map",
        changed(ADAPTING, "body_0_inner", neuron__gains=np.array([1, 2])),
        "body_0_inner: precisions of neurons of a map must be 1, not 2",
    ),
    (
        "reads_pixel_by_pixel",
        _step_by_step(TOKENS),
        f"{MIXED}: maps must come pixel by pixel, not time step by time step",
    ),
    (
        "a_moving_current_is_not_added_to_frames_alone",
        _reading_the_input(MOVING, MOVING_LAST),
        f"{MOVING_LAST}: a current that changes with time must not be added to a convolution of the static "
        "input alone; put a neuron before that convolution",
    ),
    (
        "only_frames_are_made_steps",
        changed(MOVING, MOVING_LAST, by_step=True),
        f"{MOVING_LAST}: what sends a map step by step must read frames alone, and fire at several time "
        "steps",
    ),
    (
        "only_frames_are_made_steps",
        changed(ADDED, FIRST, by_step=True),
        f"{FIRST}: what sends a map step by step must read frames alone, and fire at several time steps",
    ),
    (
        "all_maps_come_by_step",
        changed(OF_FRAMES, FIRST_OF_FRAMES, by_step=True),
        f"{LAST_OF_FRAMES}: maps must all come step by step, or none of them",
    ),
    (
        "source_is_a_map",
        changed(ADDED, "encode", shape=(2, 6, 5, 1)),
        "encode: shape must be (channels, height, width) or (channels, length), not (2, 6, 5, 1)",
    ),
    (
        "source_is_a_map",
        changed(ADDED, "encode", max_count=256),
        "encode: max_count must be in 1..255, not 256",
    ),
    (
        "source_is_a_map",
        changed(ADDED, "encode", word_bits=48),
        "encode: word_bits must be one of 32, 64, 128, not 48",
    ),
    (
        "a_projection_for_each_input",
        _with_projections(ADDED, FIRST, 2),
        f"{FIRST}: projections must be 1, one for each input, not 2",
    ),
    (
        "maps_are_read",
        _after_unroll(ADDED, "body_last_unrolled", SECOND),
        "moved: what is read must be a map, not body_last_unrolled of shape (4, 6, 5)",
    ),
    (
        "synapses_are_sound",
        changed(ADDED, FIRST, synapse0__weight_bits=9),
        f"{FIRST}: weight_bits must be in 2..8, not 9",
    ),
    (
        "synapses_are_sound",
        changed(ADDED, FIRST, synapse0__groups=3),
        f"{FIRST}: output channels beyond whole groups must be 0, not 1",
    ),
    (
        "synapses_are_sound",
        changed(ADDED, FIRST, projection0__shift=32),
        f"{FIRST}: shift must be in 0..31, not 32",
    ),
    (
        "synapses_are_sound",
        changed(ADDED, LAST, synapse0__image=(4, 5, 6)),
        f"{LAST}: channels and pixels must be (4, 6, 5), not (4, 5, 6)",
    ),
    (
        "shape_is_that_of_the_sums",
        changed(ADDED, FIRST, shape=(4, 5, 6)),
        f"{FIRST}: shape must be (4, 6, 5), not (4, 5, 6)",
    ),
    ("lanes_are_in_range", changed(ADDED, FIRST, lanes=5), f"{FIRST}: lanes must be in 1..4, not 5"),
    (
        "pixels_in_parallel_are_in_range",
        changed(ADDED, FIRST, parallel_pixels=6),
        f"{FIRST}: parallel_pixels must be in 1..5, not 6",
    ),
    (
        "one_current_at_most",
        changed(
            ADDED,
            LAST,
            inputs=(SECOND, SECOND),
            projections=(ADDED[LAST].projections[0],) * 2,  # type: ignore[attr-defined]
        ),
        f"{LAST}: a map must start from the current of one layer at most, not of {SECOND}, {SECOND}",
    ),
    ("population_keeps_time", changed(ADDED, FIRST, time_steps=2), f"{FIRST}: time_steps must be 1, not 2"),
    (
        "pool_reads_its_map",
        changed(LARGEST, "body_1", image=(4, 5, 6)),
        "body_1: image must be (4, 6, 5), not (4, 5, 6)",
    ),
    (
        "pool_reads_its_map",
        changed(LARGEST, "body_1", window=AWAY),
        "body_1: padding must leave part of every window on the map, not none of that at y=0, x=0",
    ),
    (
        "pool_reads_its_map",
        changed(LARGEST, "body_1", window=dataclasses.replace(UNEVEN, shared=(4, 6))),
        "body_1: shared must be 2 numbers, of rows in 1..6 and of columns in 1..5, not [4, 6]",
    ),
    (
        "pool_reads_its_map",
        changed(LARGEST, "body_1", window=dataclasses.replace(UNEVEN, stride=(2, 1))),
        "body_1: windows that share the map out must have kernel [2, 3], stride [1, 1] and nothing else, not "
        "kernel [2, 3], stride [2, 1], padding [0, 0, 0, 0]",
    ),
    (
        "synapses_are_sound",
        changed(ADDED, FIRST, synapse0__window=dataclasses.replace(UNEVEN, kernel=(3, 3))),
        f"{FIRST}: windows of a convolution must be of one size, not share the map out as [4, 3]",
    ),
    (
        "signs_are_signs",
        changed(LARGEST, "body_1", signs=np.array([1, -1, 0, 1])),
        "body_1: signs must be 1 or -1",
    ),
    (
        "signs_are_signs",
        changed(SUMS, "body_3", signs=np.array([1, -1, 1, 1])),
        "body_3: a sum must have no signs",
    ),
    (
        "counts_are_narrow",
        changed(
            changed(SUMS, "body_0", neuron__level_values=(0, 2**30), neuron__count_type=FixedType(31, False)),
            "body_0",
            neuron__thresholds=SUMS["body_0"].neuron.thresholds[:, :1],  # type: ignore[attr-defined]
        ),
        "body_3: bits of a count must be in 1..32, not 33",
    ),
    (
        "pairs_fit",
        changed(ADDED, FIRST, synapse0__products="paired"),
        f"{FIRST}: products can be paired only of one convolution whose sums start from 0, and only where a "
        "DSP slice holds two sums and multiplies two weights",
    ),
    (
        "upsample_reads_its_map",
        changed(LARGER, "body_2", factor=(2, 0)),
        "body_2: factor must be 2 numbers in 1..32, not [2, 0]",
    ),
    (
        "upsample_reads_its_map",
        changed(LARGER, "body_2", image=(4, 5, 6)),
        "body_2: image must be (4, 6, 5), not (4, 5, 6)",
    ),
    (
        "unroll_reads_its_map",
        changed(ADDED, "body_last_unrolled", shape=(4, 5, 6)),
        "body_last_unrolled: shape must be (4, 6, 5), not (4, 5, 6)",
    ),
]

TRAINED_MAPS: Broken = [
    (
        "tables_and_gates_are_sound",
        changed(OVER_TIME, "body_fired", semantics__gated=Gated(np.array([0.5]))),
        "body_fired: gated neurons must read a Linear layer, not a map or tokens (4, 6, 5)",
    ),
    (
        "every_channel_is_by_itself",
        changed(JOINED, SHORTCUT, weight=np.ones((4, 4, 1, 1)), groups=1),
        f"{SHORTCUT}: the weight's shape must be (4, 1, 1, 1), not (4, 4, 1, 1)",
    ),
    (
        "pad_fits_its_map",
        changed(test_maps.graph_of(CASES["RepConv"]), "body_2_body_1", padding=(1, 1, 1)),
        "body_2_body_1: padding must be 4 numbers in 0..7, not [1, 1, 1]",
    ),
    (
        "pad_fits_its_map",
        changed(test_maps.graph_of(CASES["RepConv"]), "body_2_body_1", values=np.zeros(3)),
        "body_2_body_1: values must have shape (4,), not (3,)",
    ),
    (
        "upsample_fits_its_map",
        changed(test_maps.graph_of(CASES["each pixel several times"]), "body_2", factor=(2, 33)),
        "body_2: factor must be 2 numbers in 1..32, not [2, 33]",
    ),
    (
        "upsample_fits_its_map",
        changed(test_maps.graph_of(OF_A_ROW), "body_0_inner_zeros", factor=(2, 3)),
        "body_0_inner_zeros: factor of rows, where there is one row, must be 1, not 2",
    ),
    (
        "conv_is_finite",
        changed(TRAINED, "body_0", weight=np.zeros((4, 2, 3))),
        "body_0: weight must have shape (out, in / groups, rows, columns), not (4, 2, 3)",
    ),
    (
        "conv_is_finite",
        changed(TRAINED, "body_0", window=WIDE),
        "body_0: weight must have the window's (7, 7) rows and columns, not (3, 3)",
    ),
    (
        "conv_reads_a_map",
        changed(changed(TRAINED, "body_0", window=HUGE), "body_0", weight=np.zeros((4, 2, 8, 3))),
        "body_0: kernel must be 2 numbers in 1..7, not [8, 3]",
    ),
    (
        "conv_reads_a_map",
        changed(changed(TRAINED, "body_0", window=WIDE), "body_0", weight=np.zeros((4, 2, 7, 7))),
        "body_0: the map must be as large as the window of 7 x 7, not 6 x 5 with padding",
    ),
    (
        "conv_fits_its_channels",
        changed(TRAINED, "body_0", groups=3),
        "body_0: groups must divide the 4 output channels, not be 3",
    ),
    (
        "conv_fits_its_channels",
        changed(TRAINED, "body_0", groups=2),
        "body_0: a convolution must get 4 channels, not 2",
    ),
    (
        "what_stands_beyond_is_finite",
        changed(TRAINED, "body_0", beyond=np.full((4, 3, 3), np.inf)),
        "body_0: beyond must hold finite numbers, not NaN or infinity; the training has diverged",
    ),
    (
        "operands_are_maps_of_events",
        changed(SUMMED, "body_0_add", inputs=("body_0_fired", "body_0_other", "body_0_left_0_0")),
        "body_0_add: what is added must be maps of events, not body_0_left_0_0 (currents of shape (4, 6, 5))",
    ),
    (
        "pool_fits_its_map",
        changed(TRAINED, "body_6", window=Window(kernel=(9, 9), stride=(1, 1))),
        "body_6: the map must be as large as the window of 9 x 9, not 4 x 3 with padding",
    ),
    (
        "smallest_is_a_sign",
        changed(TRAINED, "body_6", signs=np.array([1.0, 0.5, 1.0, 1.0])),
        "body_6: signs must be 1 or -1",
    ),
]

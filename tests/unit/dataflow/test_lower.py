"""The hardware of a network as an object: processes, streams, forks, depths, and the rules of all that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from broken_graphs import changed
from dense_graphs import dense_graph
from loop_graphs import LOOPS
from mixed_graphs import mixed_graph
from strategies import small_integer_graph

from asn2fpga.dataflow.dataflow import Dataflow
from asn2fpga.dataflow.lower import lower
from asn2fpga.dataflow.verify import DATAFLOW_RULES, check_dataflow
from asn2fpga.errors import RuleError
from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.hardware import Block, Process, Stream
from asn2fpga.kinds.population import population_named
from asn2fpga.quantise.apply import quantise

MIXED = lower(mixed_graph())


def ends(flow: Dataflow) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """What each process reads and writes."""
    return {process.name: (process.reads, process.writes) for process in flow.processes}


def test_a_chain_is_two_processes_a_node() -> None:
    assert ends(lower(dense_graph(8, 6, 3))) == {
        "source_load": (("s_axis",), ("source_words",)),
        "source_encode": (("source_words",), ("source_events",)),
        "fc1_integrate_fire": (("source_events",), ("fc1_counts",)),
        "fc1_compress": (("fc1_counts",), ("fc1_events",)),
        "fc2_readout": (("fc1_events",), ("fc2_scores",)),
        "fc2_send_scores": (("fc2_scores",), ("m_axis",)),
    }


def test_a_layer_of_several_time_steps_integrates_beside_firing() -> None:
    graph = small_integer_graph(1, (8, 6, 3), encoding="events", time_steps=3)
    flow = lower(graph)
    found = ends(flow)
    assert found["fc1_integrate"] == (("receive_events",), ("fc1_sums",))
    assert found["fc1_fire"] == (("fc1_sums",), ("fc1_counts",))
    assert "fc1_integrate_fire" not in found
    sums, node = flow.streams["fc1_sums"], population_named(graph, "fc1")
    assert (sums.depth, sums.width_bits) == (node.groups, node.lanes * node.acc_type.width_bits + 1)


def test_what_several_read_is_forked_and_what_a_layer_sends_itself_is_no_stream() -> None:
    sent = ("source_events_to_loop", "source_events_to_both", "source_events_to_scores")
    assert ends(MIXED) == {
        "source_load": (("s_axis",), ("source_words",)),
        "source_encode": (("source_words",), ("source_events",)),
        "source_fork": (("source_events",), sent),
        "loop_integrate_fire": (sent[:1], ("loop_counts", "loop_currents")),
        "loop_compress": (("loop_counts",), ("loop_events",)),
        "loop_fork": (("loop_events",), ("loop_events_to_both", "loop_events_to_scores")),
        "both_integrate_fire": ((sent[1], "loop_currents", "loop_events_to_both"), ("both_counts",)),
        "both_compress": (("both_counts",), ("both_events",)),
        "scores_readout": ((sent[2], "loop_events_to_scores", "both_events"), ("scores_scores",)),
        "scores_send_scores": (("scores_scores",), ("m_axis",)),
    }


def test_kernels_get_their_output_first() -> None:
    """A kernel takes any number of inputs."""
    both = MIXED.writers["both_counts"]
    assert both.called_with == ("both_counts", *both.reads)
    loop = MIXED.writers["loop_counts"]
    assert loop.called_with == ("loop_counts", "loop_currents", *loop.reads)
    assert MIXED.writers["both_events"].called_with == ("both_counts", "both_events")


def test_streams_have_one_writer_and_one_reader() -> None:
    assert set(MIXED.readers) == {"s_axis", *MIXED.streams}
    assert set(MIXED.writers) == {"m_axis", *MIXED.streams}
    assert MIXED.writers["loop_events_to_both"].name == "loop_fork"
    assert MIXED.readers["loop_events_to_both"].name == "both_integrate_fire"


def test_the_events_of_layers_are_on_the_streams_before_their_forks() -> None:
    assert {name: stream.name for name, stream in MIXED.events().items()} == {
        "source": "source_events",
        "loop": "loop_events",
        "both": "both_events",
    }
    assert MIXED.arriving_events("both") == ("source_events_to_both", "loop_events_to_both")
    assert MIXED.arriving_events("source") == ()
    assert MIXED.hidden(["loop_events"]) == ("source", "both")


def test_a_layer_is_shown_if_all_of_its_streams_are() -> None:
    streams = {"s_axis", *MIXED.streams}
    assert MIXED.shows("source", streams)
    assert not MIXED.shows("source", streams - {"source_events_to_loop"})


def test_forked_words_are_those_of_the_original() -> None:
    original, copy = MIXED.streams["loop_events"], MIXED.streams["loop_events_to_scores"]
    assert (copy.type, copy.width_bits, copy.events) == (original.type, original.width_bits, original.events)


def again(graph: Graph) -> Graph:
    """The graph with a second layer that reads the currents of loop, and its events twice."""
    other = replace(graph["both"], name="again")
    other = replace(
        other,
        inputs=(*other.inputs, "loop"),
        projections=(*other.projections, other.projections[2]),  # type: ignore[attr-defined]
    )
    graph = graph.with_layers((*graph.layers[:3], other, *graph.layers[3:]))
    return changed(graph, "scores", inputs=("source", "both", "again"))


def test_currents_are_forked_too_by_words() -> None:
    flow = lower(again(mixed_graph()))
    fork = flow.writers["loop_currents_to_again"]
    assert (fork.name, fork.kernel, fork.arguments) == (
        "loop_currents_fork",
        "fork_words",
        ("loop_currents_fork_config",),
    )
    assert fork.writes == ("loop_currents_to_both", "loop_currents_to_again")
    (config,) = (c for block in flow.blocks for c in block.configs if c.name == "loop_currents_fork_config")
    assert [(constant.name, constant.value) for constant in config.constants] == [("words", "9")]


def test_a_layer_may_read_another_twice_each_from_its_own_copy() -> None:
    flow = lower(again(mixed_graph()))
    assert flow.writers["loop_events_to_again"].writes == (
        "loop_events_to_both",
        "loop_events_to_again",
        "loop_events_to_again_again1",
    )
    assert flow.processes_of("again")[0].reads == (
        "source_events_to_again",
        "loop_currents_to_again",
        "loop_events_to_again",
        "loop_events_to_again_again1",
    )


@pytest.mark.parametrize(("neurons", "depth"), [(5, 8), (7, 8), (8, 16), (1000, 1024), (3000, 1024)])
def test_a_short_cut_holds_a_time_step(neurons: int, depth: int) -> None:
    """The source reaches both directly, and by loop: until that has fired the direct words must wait."""
    flow = lower(mixed_graph(frames=False, pixels=neurons))
    assert flow.streams["source_events_to_both"].depth == max(depth, flow.streams["source_events"].depth)


def test_a_copy_that_waits_for_another_holds_all_of_a_time_step() -> None:
    flow = lower(again(mixed_graph()))
    assert flow.streams["loop_events_to_again_again1"].depth == 8  # five events and an end
    assert flow.streams["source_events"].depth == 8


def test_what_closes_a_loop_reads_a_later_layer() -> None:
    found = ends(LOOP)
    assert found["fc2_before_delay"] == (("fc2_events_to_fc2_before",), ("fc2_before_counts",))
    assert found["n1_integrate_fire"] == (("receive_events", "fc2_before_events"), ("n1_counts",))
    names = [process.name for process in LOOP.processes]
    assert names.index("fc2_before_delay") < names.index("n1_integrate_fire") < names.index("fc2_fire")
    assert [process.name for process in LOOP.processes if process.looks_back] == ["fc2_before_delay"]
    assert LOOP.streams["receive_events"].depth == 8  # no short cut: what comes back is of another step


def with_block(flow: Dataflow, name: str, change: Callable[[Block], Block]) -> Dataflow:
    return replace(
        flow, blocks=tuple(change(block) if block.name == name else block for block in flow.blocks)
    )


def with_process(flow: Dataflow, name: str, **fields: object) -> Dataflow:
    """The dataflow with other fields of a process."""

    def change(block: Block) -> Block:
        processes = tuple(
            replace(process, **fields) if process.name == name else process  # type: ignore[arg-type]
            for process in block.processes
        )
        return replace(block, processes=processes)

    (owner,) = (block.name for block in flow.blocks for process in block.processes if process.name == name)
    return with_block(flow, owner, change)


def with_depth(flow: Dataflow, name: str, depth: int) -> Dataflow:
    def change(block: Block) -> Block:
        return replace(block, streams=tuple(deeper(stream) for stream in block.streams))

    def deeper(stream: Stream) -> Stream:
        return replace(stream, depth=depth) if stream.name == name else stream

    for block in flow.blocks:
        flow = with_block(flow, block.name, change)
    return flow


def moved(flow: Dataflow, name: str) -> Dataflow:
    """The dataflow with a block at the end."""
    (block,) = (block for block in flow.blocks if block.name == name)
    return replace(flow, blocks=(*(other for other in flow.blocks if other is not block), block))


AGAIN = lower(again(mixed_graph()))
LOOP = lower(quantise(LOOPS["over two layers"][0]).graph)
BROKEN: list[tuple[str, Dataflow, str]] = [
    (
        "every_stream_has_two_ends",
        with_process(MIXED, "scores_readout", reads=("source_events_to_scores", "both_events")),
        "mixed: stream loop_events_to_scores must be read by one process, not 0.",
    ),
    (
        "every_stream_has_two_ends",
        with_process(MIXED, "both_compress", writes=("both_events", "loop_events")),
        "mixed: stream loop_events must be written by one process, not 2.",
    ),
    (
        "every_stream_has_two_ends",
        with_process(MIXED, "both_compress", reads=("both_counts", "s_axis")),
        "mixed: port s_axis must be that of one process, not 2.",
    ),
    (
        "every_stream_has_two_ends",
        with_process(MIXED, "scores_send_scores", writes=()),
        "mixed: port m_axis must be that of one process, not 0.",
    ),
    (
        "names_are_unique",
        with_block(MIXED, "both", lambda block: replace(block, roms=(block.roms[0], *block.roms))),
        "mixed: both_from_source_weights, in layer both, must be the name of one thing, not of two.",
    ),
    (
        "writers_come_first",
        moved(MIXED, "loop"),
        "mixed: process both_integrate_fire must come after the one that writes loop_currents.",
    ),
    (
        "streams_are_read_in_network_order",
        with_process(
            MIXED,
            "both_integrate_fire",
            reads=("loop_currents", "source_events_to_both", "loop_events_to_both"),
        ),
        "mixed: process both_integrate_fire must read its streams in the order of the network, "
        "not ['loop_currents', 'source_events_to_both', 'loop_events_to_both'].",
    ),
    (
        "depths_hold_a_word",
        with_depth(MIXED, "loop_counts", 0),
        "mixed: stream loop_counts must hold a word at least, not 0.",
    ),
    (
        "streams_that_wait_hold_a_step",
        with_depth(AGAIN, "loop_events_to_again_again1", 5),
        "mixed: stream loop_events_to_again_again1 must hold 8 words, all of a time step, not 5.",
    ),
    (
        "loops_wait_in_one_stream",
        with_process(LOOP, "fc2_before_delay", writes=("fc2_before_events",)),
        "net: stream fc2_before_events must be one that holds a time step, not 8.",
    ),
    (
        "loops_wait_in_one_stream",
        with_process(LOOP, "fc2_before_delay", reads=("fc2_events_to_fc2_before", "n1_events")),
        "net: process fc2_before_delay, which looks back, must read one stream and write one, not 2 and 1.",
    ),
    (
        "packed_words_of_a_step_fit",
        with_depth(MIXED, "loop_currents", 2),
        "mixed: stream loop_currents must hold 3 words, all of a time step, not 2.",
    ),
]


# By what a rule says of a graph, what another one says that comes first and is broken too.
SAID_BEFORE = {
    "one that holds a time step": "net: stream fc2_before_counts must be written by one process, not 0.",
    "which looks back, must read one": "net: stream n1_events must be read by one process, not 2.",
}


@pytest.mark.parametrize(
    ("rule", "flow", "message"), BROKEN, ids=[f"{b[0]}-{i}" for i, b in enumerate(BROKEN)]
)
def test_a_broken_rule_is_said_in_one_sentence(rule: str, flow: Dataflow, message: str) -> None:
    (found,) = (check for check in DATAFLOW_RULES if check.__name__ == rule)
    name = f"{flow.graph.name}: "
    assert next(found(flow)) == message.removeprefix(name).removesuffix(".")
    with pytest.raises(RuleError) as error:
        check_dataflow(flow)
    before = [other for part, other in SAID_BEFORE.items() if part in message]
    assert [str(error.value)] == (before or [message])


def test_every_rule_of_dataflows_is_broken_by_a_test() -> None:
    assert {rule.__name__ for rule in DATAFLOW_RULES} == {rule for rule, _, _ in BROKEN}


def test_good_dataflows_obey_all_rules() -> None:
    for flow in (MIXED, AGAIN, lower(mixed_graph(frames=False)), LOOP, lower(dense_graph(8, 6, 3))):
        check_dataflow(flow)


def test_no_two_things_have_one_name() -> None:
    for flow in (MIXED, AGAIN):
        names = [name for block in flow.blocks for name in _names_of(block)]
        assert len(names) == len(set(names))


def _names_of(block: Block) -> list[str]:
    processes: list[Process] = list(block.processes)
    named = [*processes, *block.streams, *block.configs, *block.roms]
    return [one.name for one in named]

"""Checks of a recording against golden, on recordings made from golden and then spoilt."""

from __future__ import annotations

import re

import numpy as np
import pytest
from broken_graphs import changed
from strategies import random_inputs, small_integer_graph

from asn2fpga.errors import CheckError, MismatchError
from asn2fpga.golden.simulate import simulate
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.trace import Trace
from asn2fpga.kinds.nodes import answer_of, integer_node, port_of, senders
from asn2fpga.verify.recorded import check_recording, complete_vectors, hidden_layers, trace_of
from asn2fpga.verify.recording import Recording, StreamRecord
from asn2fpga.verify.vectors import event_messages, output_messages

VECTORS = 6


def record(words: np.ndarray) -> StreamRecord:
    data = np.stack([words & np.uint64(0xFFFF_FFFF), words >> np.uint64(32)], axis=1).astype(np.uint32)
    return StreamRecord(np.arange(len(words), dtype=np.int64), data)


def answers(graph: Graph, trace: Trace) -> StreamRecord:
    """What a perfect core sends: the units of each word, then TKEEP and TLAST."""
    port = port_of(graph.readout)
    units = output_messages(trace.answers, answer_of(graph)).words.reshape(-1, port.units).astype(np.uint32)
    marks = np.full((len(units), 1), ((1 << port.bytes) - 1) << 1, np.uint32)
    words = port.words_of(graph.classes)
    marks[words - 1 :: words] |= 1
    return StreamRecord(np.arange(len(units), dtype=np.int64), np.concatenate([units, marks], axis=1))


def make(word_bits: int = 32) -> tuple[Graph, Trace, dict[str, StreamRecord]]:
    """A network, golden's trace of 6 vectors, and the recording that a perfect core would leave."""
    graph = small_integer_graph(4, (12, 6, 3), time_steps=2)
    graph = graph.replace(
        "fc2", integer_node(changed(graph, "fc2", lanes=3), "fc2").with_word_bits(word_bits)
    )
    trace = simulate(graph, random_inputs(graph, VECTORS))
    recording = {
        f"{node.name}_events": record(
            event_messages(graph.edges[node.name].format, trace.counts[node.name]).words
        )
        for node in senders(graph)
    }
    recording["m_axis"] = answers(graph, trace)
    return graph, trace, recording


def check(graph: Graph, trace: Trace, recording: Recording, **options: str) -> int:
    return check_recording(graph, trace, recording, "BUILD", **options)  # type: ignore[arg-type]


def shortened(recording: dict[str, StreamRecord], stream: str, words: int) -> dict[str, StreamRecord]:
    old = recording[stream]
    return recording | {stream: StreamRecord(old.cycles[:words], old.data[:words])}


@pytest.mark.parametrize("word_bits", [32, 64, 128])
def test_a_perfect_recording_is_the_trace(word_bits: int) -> None:
    graph, trace, recording = make(word_bits)
    recorded = trace_of(graph, recording, VECTORS)
    assert np.array_equal(recorded.scores, trace.scores)
    assert all(np.array_equal(recorded.counts[name], trace.counts[name]) for name in trace.counts)


def test_a_perfect_recording_passes_and_its_spikes_are_counted() -> None:
    graph, trace, recording = make()
    spikes = sum(int(np.count_nonzero(counts)) for counts in trace.counts.values())
    assert check(graph, trace, recording) == spikes


def test_hidden_streams_leave_what_can_be_seen() -> None:
    graph, trace, recording = make()
    hidden = {name: record for name, record in recording.items() if name != "fc1_events"}
    assert hidden_layers(graph, hidden) == ("fc1",) and hidden_layers(graph, recording) == ()
    spikes = sum(int(np.count_nonzero(counts)) for name, counts in trace.counts.items() if name != "fc1")
    assert check(graph, trace, hidden) == spikes
    assert check(graph, trace, {"m_axis": recording["m_axis"]}) == 0
    message = (
        "layer fc1: its events must be visible in the RTL, not hidden; "
        "leave --layer out to compare the scores."
    )
    with pytest.raises(CheckError, match=f"^{re.escape(message)}$"):
        check(graph, trace, hidden, layer="fc1")


def test_wrong_score_is_found_though_streams_are_hidden() -> None:
    graph, trace, recording = make()
    data = recording["m_axis"].data.copy()
    data[4, 0] ^= 1
    with pytest.raises(MismatchError, match=r"^layer fc2, vector 1, time step 0, neuron 1: expected "):
        check(graph, trace, {"m_axis": StreamRecord(recording["m_axis"].cycles, data)})


def test_a_stream_that_ends_early_is_incomplete() -> None:
    graph, trace, recording = make()
    cut = shortened(recording, "fc1_events", len(recording["fc1_events"]) - 1)
    assert complete_vectors(graph, cut) == VECTORS - 1
    with pytest.raises(
        CheckError,
        match=r"^fc1_events: stream must hold 6 inferences and no word more, not 5 and \d+ words\.$",
    ):
        check(graph, trace, cut)


def test_a_word_too_many_is_found() -> None:
    graph, trace, recording = make()
    old = recording["m_axis"]
    longer = StreamRecord(np.append(old.cycles, 99), np.concatenate([old.data, old.data[:1]]))
    with pytest.raises(
        CheckError, match=r"^m_axis: stream must hold 6 inferences and no word more, not 6 and 1 words\.$"
    ):
        check(graph, trace, recording | {"m_axis": longer})


def test_a_deadlock_is_reported_when_what_moved_agrees() -> None:
    graph, trace, recording = make()
    with pytest.raises(CheckError, match=r"^stuck\.$"):
        check(graph, trace, shortened(recording, "m_axis", 3), given_up="stuck.")


def test_a_mismatch_before_a_deadlock_is_reported_first() -> None:
    graph, trace, recording = make()
    recording["m_axis"].data[0, 0] ^= 1
    expected, got = int(trace.scores[0, 0]), int(trace.scores[0, 0]) ^ 1
    message = (
        f"layer fc2, vector 0, time step 0, neuron 0: expected {expected}, got {got}; "
        "rerun with: asn2fpga verify BUILD --vector 0 --layer fc2"
    )
    with pytest.raises(MismatchError, match=f"^{re.escape(message)}$"):
        check(graph, trace, shortened(recording, "m_axis", 3), given_up="stuck.")


def test_tlast_in_the_middle_of_a_message_is_found() -> None:
    graph, trace, recording = make()
    recording["m_axis"].data[4, 1] |= 1
    message = (
        "fc2, vector 1: TLAST must be on word 2 of the output message only, not on [1, 2]; "
        "a DMA transfer would not end."
    )
    with pytest.raises(CheckError, match=f"^{re.escape(message)}$"):
        check(graph, trace, recording)


def test_framing_of_wide_words() -> None:
    graph, trace, recording = make(64)
    assert check(graph, trace, recording) > 0
    recording["m_axis"].data[2, 2] |= 1
    message = (
        "fc2, vector 1: TLAST must be on word 1 of the output message only, not on [0, 1]; "
        "a DMA transfer would not end."
    )
    with pytest.raises(CheckError, match=f"^{re.escape(message)}$"):
        check(graph, trace, recording)
    graph, trace, recording = make(128)
    recording["m_axis"].data[1, 4] &= ~np.uint32(1 << 9)
    with pytest.raises(CheckError, match=r"^fc2: TKEEP must be 0xffff on every word, not 0xfeff\.$"):
        check(graph, trace, recording)


def test_tkeep_must_mark_whole_words() -> None:
    graph, trace, recording = make()
    recording["m_axis"].data[0, 1] &= ~np.uint32(2)
    with pytest.raises(CheckError, match=r"^fc2: TKEEP must be 0xf on every word, not 0xe\.$"):
        check(graph, trace, recording)

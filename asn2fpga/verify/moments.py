"""When each event of a simulation moved: clock cycles in the shape of the counts of a trace."""

from __future__ import annotations

import numpy as np

from asn2fpga.dataflow.lower import lower
from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.edge import Edge, EventFormat
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.trace import Trace
from asn2fpga.kinds.hardware import Stream
from asn2fpga.verify.fast import FastRun
from asn2fpga.verify.map_words import by_step_and_pixel
from asn2fpga.verify.recorded import messages_by_layer
from asn2fpga.verify.recording import StreamRecord
from asn2fpga.verify.vectors import Messages

NEVER = -1
"""The moment of what was not sent."""


def moments(graph: Graph, run: FastRun, trace: Trace) -> dict[str, IntArray]:
    """By layer, (B, T, N) the cycle in which a count moved, from the first input word of its inference on.

    run: of isolated inferences; trace: what it recorded. NEVER where the count is zero. Words of a map that
    only depend on padding may have moved before the input.
    """
    streams, found = lower(graph).events(), {}
    for name, (stream, messages) in messages_by_layer(graph, run.recording).items():
        record, edge = run.recording[stream], graph.edges[name]
        counts = trace.counts[name]
        if streams[name].raster is None:
            cycles = _of_events(streams[name], messages, record, counts.shape)
        else:
            cycles = _of_map(edge, record, len(trace))
        since = cycles - run.first_cycle[: len(trace), None, None]
        found[name] = np.where(counts != 0, np.maximum(since, 0), NEVER)
    return found


def step_ends(graph: Graph, run: FastRun, vectors: int) -> dict[str, IntArray]:
    """By layer that sends events, (B, T) the cycle of each end of step, counted as in `moments`."""
    streams, found = lower(graph).events(), {}
    for name, (stream, messages) in messages_by_layer(graph, run.recording).items():
        form = streams[name].events
        if form is None:
            continue
        cycles = run.recording[stream].cycles[: messages.offsets[vectors]]
        ends = cycles[_is_end(form, messages.words[: messages.offsets[vectors]])]
        found[name] = ends.reshape(vectors, -1) - run.first_cycle[:vectors, None]
    return found


def _is_end(form: EventFormat, words: np.ndarray) -> np.ndarray:
    return (words >> np.uint64(form.width_bits - 1)).astype(bool)


def _of_events(stream: Stream, messages: Messages, record: StreamRecord, shape: tuple[int, ...]) -> IntArray:
    """Cycles by (inference, time step, address) of the words of an event stream."""
    form = stream.events
    assert form is not None
    vectors, steps, _ = shape
    length = int(messages.offsets[vectors])
    words, cycles = messages.words[:length], record.cycles[:length]
    vector = np.repeat(np.arange(vectors), np.diff(messages.offsets[: vectors + 1]))
    ends = _is_end(form, words)
    step = (np.cumsum(ends) - ends) - vector * steps
    found = np.full(shape, NEVER, np.int64)
    ones = np.uint64((1 << form.address_bits) - 1)
    counts = np.uint64((1 << form.count_bits) - 1)
    for place in range(form.events_in_word):
        event = words >> np.uint64(place * form.place_bits)
        here = ~ends & ((event & counts != 0) | (place == 0))
        address = ((event >> np.uint64(form.count_bits)) & ones).astype(np.int64)
        found[vector[here], step[here], address[here]] = cycles[here]
    return found


def _of_map(edge: Edge, record: StreamRecord, vectors: int) -> IntArray:
    """Cycles by (inference, time step, address) of the packed words of a map."""
    cycles = record.cycles[: vectors * edge.words_per_inference]
    in_order = by_step_and_pixel(edge, cycles[:, None]).repeat(edge.lanes, axis=3)[..., : edge.image[0]]
    return in_order.reshape(vectors, edge.steps, -1)

"""A recording as a trace of the network, and the checks a trace cannot express: complete streams, framing."""

from __future__ import annotations

from collections.abc import Container

import numpy as np
import numpy.typing as npt

from asn2fpga.dataflow.lower import lower
from asn2fpga.errors import CheckError
from asn2fpga.graph.edge import EventFormat
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.trace import Trace
from asn2fpga.kinds.hardware import Stream
from asn2fpga.kinds.nodes import answer_of, port_of
from asn2fpga.verify.compare import PLAIN_NAMES, VectorNames, compare
from asn2fpga.verify.early import early_layers
from asn2fpga.verify.map_words import map_counts
from asn2fpga.verify.recording import Recording, StreamRecord
from asn2fpga.verify.vectors import Messages, Words, answers_of, counts_of


def check_recording(
    graph: Graph,
    expected: Trace,
    recording: Recording,
    build: str,
    *,
    layer: str | None = None,
    names: VectorNames = PLAIN_NAMES,
    given_up: str = "",
) -> int:
    """Number of spikes compared, all equal; the scores and the framing of the output too.

    Layers whose stream was not recorded are left out: see hidden_layers.

    What was recorded before a simulation broke off (`given_up` says how) is compared first: a wrong value
    says more than a stream that ends early. Raises MismatchError or CheckError.
    """
    vectors = len(expected.scores)
    hidden = hidden_layers(graph, recording)
    if layer in hidden:
        raise CheckError(
            f"layer {layer}: its events must be visible in the RTL, not hidden; leave --layer out to compare "
            "the scores."
        )
    complete = min(vectors, complete_vectors(graph, recording))
    want = expected.head(complete)
    compare(graph, want, trace_of(graph, recording, complete), build, layer=layer, names=names)
    _check_framing(recording, graph)
    if given_up:
        raise CheckError(given_up)
    _check_complete(graph, recording, vectors)
    return sum(int(np.count_nonzero(counts)) for name, counts in want.counts.items() if name not in hidden)


def hidden_layers(graph: Graph, streams: Container[str]) -> tuple[str, ...]:
    """Layers that send events on a stream which is not among `streams`: RTL of another engine may hide it."""
    return lower(graph).hidden(streams)


def _visible(graph: Graph, recording: Recording) -> dict[str, Stream]:
    """The recorded streams of events, by the layer that sends them."""
    return {name: stream for name, stream in lower(graph).events().items() if stream.name in recording}


def trace_of(graph: Graph, recording: Recording, vectors: int) -> Trace:
    """The first `vectors` inferences of a recording. Raises CheckError if a stream is not well formed."""
    counts = {}
    for name, stream in _visible(graph, recording).items():
        if stream.raster is not None:
            words = recording[stream.name].data[: vectors * stream.raster.words_per_inference]
            counts[name] = map_counts(stream.name, stream.raster, words)
            continue
        steps = graph.edges[name].steps
        messages = _head(_event_messages(stream, steps, recording), vectors)
        counts[name] = counts_of(stream.name, _format(stream), messages, steps)
    answer = answer_of(graph)
    units = recording["m_axis"].data[:, :-1].astype(np.uint64).reshape(-1)
    offsets = np.arange(vectors + 1, dtype=np.int64) * answer.words * answer.port.units
    return Trace.of(answers_of(Messages(units[: offsets[-1]], offsets), answer), counts, answer.exits)


def messages_by_layer(graph: Graph, recording: Recording) -> dict[str, tuple[str, Messages]]:
    """The recorded stream of events, or of a map, of each layer that has one, and its complete messages."""
    return {
        name: (stream.name, _messages(stream, graph.edges[name].steps, recording))
        for name, stream in _visible(graph, recording).items()
    }


def complete_vectors(graph: Graph, recording: Recording) -> int:
    """Inferences of which every stream and the output are there completely."""
    sent = [len(messages) for _, messages in messages_by_layer(graph, recording).values()]
    return min([*sent, len(recording["m_axis"]) // answer_of(graph).words])


def _format(stream: Stream) -> EventFormat:
    assert stream.events is not None
    return stream.events


def _event_messages(stream: Stream, steps: int, recording: Recording) -> Messages:
    """Complete messages of a layer's event stream: each ends with the layer's last end of step."""
    words = recording[stream.name].values()
    ends = np.flatnonzero(_is_end(words, _format(stream)))[steps - 1 :: steps]
    return Messages(words, np.concatenate(([0], ends + 1)).astype(np.int64))


def _messages(stream: Stream, steps: int, recording: Recording) -> Messages:
    """Complete messages of a layer's stream. Of a map the low 32 bits of its words."""
    if stream.raster is None:
        return _event_messages(stream, steps, recording)
    words, per = recording[stream.name], stream.raster.words_per_inference
    offsets = np.arange(len(words) // per + 1, dtype=np.int64) * per
    return Messages(words.data[:, 0].astype(np.uint64), offsets)


def _is_end(words: Words, format_: EventFormat) -> npt.NDArray[np.bool_]:
    return (words >> np.uint64(format_.width_bits - 1)).astype(bool)


def _head(messages: Messages, vectors: int) -> Messages:
    offsets = messages.offsets[: vectors + 1]
    return Messages(messages.words[: offsets[-1]], offsets)


def _check_complete(graph: Graph, recording: Recording, vectors: int) -> None:
    early_ones = early_layers(graph)
    for layer, stream in _visible(graph, recording).items():
        messages = _messages(stream, graph.edges[layer].steps, recording)
        rest = len(messages.words) - int(messages.offsets[-1])
        early = layer in early_ones and _starts_early(recording[stream.name], messages, rest)
        _check_length(stream.name, vectors, len(messages), 0 if early else rest)
    words = answer_of(graph).words
    _check_length("m_axis", vectors, *divmod(len(recording["m_axis"]), words))


def _starts_early(record: StreamRecord, messages: Messages, rest: int) -> bool:
    """Whether the words after the last inference are those with which every inference starts.

    A map whose first rows look at padding alone sends them before the next input comes.
    """
    starts = messages.offsets[:-1]
    if not rest or not len(starts) or (np.diff(messages.offsets) < rest).any():
        return False
    first = record.data[starts[:, None] + np.arange(rest)]
    return bool((first == record.data[messages.offsets[-1] :]).all())


def _check_length(stream: str, vectors: int, found: int, rest: int) -> None:
    if (found, rest) != (vectors, 0):
        raise CheckError(
            f"{stream}: stream must hold {vectors} inferences and no word more, not {found} and {rest} words."
        )


def _check_framing(recording: Recording, graph: Graph) -> None:
    """TLAST on the last word of each answer, and TKEEP on every byte."""
    readout, port = graph.readout.name, port_of(graph.readout)
    words = answer_of(graph).words
    marks = recording["m_axis"].data[:, -1]
    marks = marks[: len(marks) // words * words]
    last = (marks & 1).astype(bool).reshape(-1, words)
    wanted = np.zeros_like(last)
    wanted[:, -1:] = True
    wrong = np.flatnonzero((last != wanted).any(axis=1))
    if wrong.size:
        found = np.flatnonzero(last[wrong[0]]).tolist()
        raise CheckError(
            f"{readout}, vector {wrong[0]}: TLAST must be on word {words - 1} of the output message only, "
            f"not on {found or 'none'}; a DMA transfer would not end."
        )
    keep, every_byte = marks >> 1, (1 << port.bytes) - 1
    if (keep != every_byte).any():
        raise CheckError(
            f"{readout}: TKEEP must be {every_byte:#x} on every word, not {hex(int(keep.min()))}."
        )

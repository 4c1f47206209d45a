"""Test vectors as the words that hardware sees: input and output messages, event streams.

docs/spec/events.md defines the words. Many messages are one flat array of words and the offsets
of the messages in it: message b is `words[offsets[b]:offsets[b + 1]]`. Words of a port, which may be wider,
lie there as units of 32 bits, the lowest first.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from asn2fpga.errors import CheckError, InputError
from asn2fpga.graph.edge import Edge, EventFormat
from asn2fpga.graph.types import Array
from asn2fpga.graph.words import UNIT_BITS, Answer, PortWord
from asn2fpga.kinds.contract import Source
from asn2fpga.verify.map_words import packed_items

END_BIT = 31

Words = npt.NDArray[np.uint64]
Offsets = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Messages:
    """Words of consecutive messages; `offsets` has one element more than there are messages."""

    words: Words
    offsets: Offsets

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, index: int) -> Words:
        """Words of one message (0 <= index < len)."""
        return self.words[self.offsets[index] : self.offsets[index + 1]]


def input_messages(layer: Source, x: Array) -> Messages:
    """One input message a vector: pixels of frames x (B, *shape) or events of counts x (B, T, *shape).

    Raises InputError if the shape of x or its range is not the layer's.
    """
    x, vector_shape = layer.whole(x), layer.whole(np.zeros((1, *layer.sample_shape), np.uint8)).shape[1:]
    if x.ndim != len(vector_shape) + 1 or x.shape[1:] != vector_shape:
        raise InputError(f"{layer.name}: x must have shape (vectors, {_list(vector_shape)}), not {x.shape}.")
    low, high = (int(x.min()), int(x.max())) if x.size else (0, 0)
    largest = max(layer.max_count, layer.precisions - 1)
    if low < 0 or high > largest:
        raise InputError(f"{layer.name}: x must be within 0..{largest}, not {low}..{high}.")
    edge = layer.output(())
    if edge.is_map:
        return _map_messages(edge, x.reshape(len(x), edge.steps, *edge.shape), layer.port)
    if edge.is_frame:
        return _frame_messages(x.reshape(len(x), -1), layer.port)
    return _event_messages(edge.format, x.reshape(len(x), layer.time_steps, -1), END_BIT)


def output_messages(answers: Array, answer: Answer) -> Messages:
    """One message a vector: int32 (B, rows, values) as units, each row padded with zeros to whole words."""
    vectors, rows, values = answers.shape
    units = np.zeros((vectors, rows, answer.row_words * answer.port.units), np.uint64)
    units[:, :, :values] = answers.astype(np.int64).astype(np.uint64) & _ones(UNIT_BITS)
    return Messages(units.reshape(-1), _even_offsets(vectors, units[0].size if vectors else 0))


def answers_of(messages: Messages, answer: Answer) -> npt.NDArray[np.int64]:
    """Inverse of output_messages: (B, rows, values). Raises CheckError if a message does not hold the words
    of an answer, or holds anything behind a row.
    """
    port, row_units = answer.port, answer.row_words * answer.port.units
    lengths = np.diff(messages.offsets)
    wrong = np.flatnonzero(lengths != answer.rows * row_units)
    if wrong.size:
        raise CheckError(
            f"scores, vector {wrong[0]}: message must hold {answer.words} words of {port.bits} bits, "
            f"not {lengths[wrong[0]] / port.units:g}."
        )
    units = messages.words.astype(np.uint32).view(np.int32).reshape(-1, answer.rows, row_units)
    padded = np.flatnonzero(units[:, :, answer.values :].any(axis=(1, 2)))
    if padded.size:
        raise CheckError(f"scores, vector {padded[0]}: what pads the last word must be 0.")
    return units[:, :, : answer.values].astype(np.int64)


def event_messages(format_: EventFormat, counts: Array) -> Messages:
    """Words of an event stream: per time step the non-zero counts (B, T, N) by address, then an end word.

    Each word holds as many events as it can; hardware may spread them over more.
    """
    return _event_messages(format_, counts, format_.width_bits - 1)


def counts_of(
    stream: str, format_: EventFormat, messages: Messages, time_steps: int
) -> npt.NDArray[np.int64]:
    """Inverse of event_messages: counts (B, T, N).

    Raises CheckError, naming `stream` and vector, if ends are missing, an address is outside the
    population or out of order, or a count is zero.
    """
    words, vectors = messages.words, len(messages)
    vector_of = np.repeat(np.arange(vectors), np.diff(messages.offsets))
    ends = (words >> np.uint64(format_.width_bits - 1)).astype(bool)
    _check_ends(stream, messages, ends, vector_of, time_steps)
    step_of = (np.cumsum(ends) - ends) - vector_of * time_steps
    place = np.arange(format_.events_in_word, dtype=np.uint64) * np.uint64(format_.place_bits)
    events = words[:, None] >> place  # of each word
    address = ((events >> np.uint64(format_.count_bits)) & _ones(format_.address_bits)).astype(np.int64)
    count = _signed(events & _ones(format_.count_bits), format_)
    taken = ~ends[:, None] & ((count != 0) | (place == 0))  # a word has an event at least
    word, address, count = np.nonzero(taken)[0], address[taken], count[taken]
    _check_events(stream, format_, (vector_of[word], step_of[word]), address, count)
    counts = np.zeros((vectors, time_steps, format_.neurons), np.int64)
    counts[vector_of[word], step_of[word], address] = count
    return counts


def _frame_messages(pixels: Array, port: PortWord) -> Messages:
    vectors, size = pixels.shape
    padded = np.zeros((vectors, port.words_of(size) * port.items), np.uint8)
    padded[:, :size] = pixels
    units = padded.view("<u4").astype(np.uint64)
    return Messages(units.reshape(-1), _even_offsets(*units.shape))


def _map_messages(edge: Edge, x: Array, port: PortWord) -> Messages:
    """Pixel by pixel, of each its time steps, and of each of these its channels; or step by step."""
    channels, height, width = edge.image
    pixels = edge.by_address(x).reshape(len(x), edge.steps, height * width, channels)
    items = (pixels if edge.by_step else pixels.swapaxes(1, 2)).reshape(len(x), -1)
    padded = np.zeros((len(x), port.words_of(items.shape[1]) * port.items), np.uint8)
    padded[:, : items.shape[1]] = items
    units = packed_items(padded, port.item_bits)
    return Messages(units.reshape(-1), _even_offsets(*units.shape))


def _event_messages(format_: EventFormat, counts: Array, end_bit: int) -> Messages:
    """Every (vector, step) becomes its non-zero counts, in words full but for the last, and an end."""
    fired, events_in_word = counts != 0, format_.events_in_word
    lengths = -(-fired.sum(axis=2) // events_in_word) + 1
    stops = np.cumsum(lengths).reshape(lengths.shape)
    words = np.zeros(int(lengths.sum()), np.uint64)
    words[stops - 1] = np.uint64(1 << end_bit)
    vector, step, address = np.nonzero(fired)
    rank = (np.cumsum(fired, axis=2) - 1)[vector, step, address]
    count = counts[vector, step, address].astype(np.int64).astype(np.uint64) & _ones(format_.count_bits)
    event = address.astype(np.uint64) << np.uint64(format_.count_bits) | count
    word = (stops - lengths)[vector, step] + rank // events_in_word
    for place in range(events_in_word):
        here = rank % events_in_word == place
        words[word[here]] |= event[here] << np.uint64(place * format_.place_bits)
    return Messages(words, np.concatenate(([0], stops[:, -1])).astype(np.int64))


def _even_offsets(messages: int, length: int) -> Offsets:
    return np.arange(messages + 1, dtype=np.int64) * length


def _ones(bits: int) -> np.uint64:
    return np.uint64((1 << bits) - 1)


def _signed(values: Words, format_: EventFormat) -> npt.NDArray[np.int64]:
    plain = values.astype(np.int64)
    if not format_.count_type.signed:
        return plain
    return np.where(plain > format_.count_type.max, plain - (1 << format_.count_bits), plain)


def _check_ends(
    stream: str, messages: Messages, ends: npt.NDArray[np.bool_], vector_of: Array, time_steps: int
) -> None:
    found = np.bincount(vector_of[ends], minlength=len(messages))
    lengths = np.diff(messages.offsets)
    last_is_end = np.zeros(len(messages), bool)
    last_is_end[lengths > 0] = ends[messages.offsets[1:][lengths > 0] - 1]
    wrong = np.flatnonzero((found != time_steps) | ~last_is_end)
    if wrong.size:
        raise CheckError(
            f"{stream}, vector {wrong[0]}: stream must hold {time_steps} end(s) of step, the last one as its "
            f"last word, not {found[wrong[0]]} in {lengths[wrong[0]]} words."
        )


def _check_events(
    stream: str,
    format_: EventFormat,
    time_of: tuple[Array, Array],
    address: npt.NDArray[np.int64],
    count: npt.NDArray[np.int64],
) -> None:
    """time_of: vector and time step of each event."""
    vector_of, step_of = time_of
    first = np.ones(len(address), bool)
    first[1:] = (np.diff(vector_of) != 0) | (np.diff(step_of) != 0)
    previous = np.where(first, -1, np.roll(address, 1))
    wrong = (address >= format_.neurons) | (count == 0) | (address <= previous)
    if wrong.any():
        at = int(np.flatnonzero(wrong)[0])
        raise CheckError(
            f"{stream}, vector {vector_of[at]}: event must have an address above the step's previous one and "
            f"below {format_.neurons} and a count other than 0, not address {address[at]}, count {count[at]}."
        )


def _list(shape: tuple[int, ...]) -> str:
    return ", ".join(map(str, shape))

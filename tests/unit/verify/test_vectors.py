"""Messages and event words against words written by hand, and round trips."""

from __future__ import annotations

import re

import numpy as np
import pytest
from strategies import random_inputs, small_integer_graph

from asn2fpga.errors import CheckError, InputError
from asn2fpga.graph.edge import EventFormat
from asn2fpga.graph.types import FixedType
from asn2fpga.graph.words import Answer, PortWord
from asn2fpga.kinds.sources.events import ReceiveEvents
from asn2fpga.kinds.sources.frames import Encode
from asn2fpga.verify.vectors import (
    Messages,
    answers_of,
    counts_of,
    event_messages,
    input_messages,
    output_messages,
)

U8 = FixedType(8, False)
FORMAT = EventFormat(5, FixedType(2, False))  # end bit 5, address bits 4..2, count bits 1..0


def messages(*words: list[int]) -> Messages:
    lengths = np.cumsum([0, *map(len, words)])
    return Messages(
        np.array([word for message in words for word in message], np.uint64), lengths.astype(np.int64)
    )


def test_frames_are_packed_four_pixels_a_word_and_padded() -> None:
    layer = Encode(name="encode", shape=(2, 3), max_count=255, time_steps=1)
    x = np.array([[[1, 2, 3], [4, 5, 255]], [[0, 0, 0], [0, 0, 9]]], np.uint8)
    result = input_messages(layer, x)
    assert [list(message) for message in result] == [[0x04030201, 0xFF05], [0, 0x0900]]


def test_events_are_sent_in_order_with_bit_31_as_end() -> None:
    layer = ReceiveEvents(name="receive", shape=(5,), max_count=3, time_steps=2)
    x = np.array([[[0, 1, 0, 0, 3], [0, 0, 0, 0, 0]], [[2, 0, 0, 0, 0], [0, 0, 1, 0, 0]]])
    end = 1 << 31
    result = input_messages(layer, x)
    assert [list(message) for message in result] == [[0b101, 0b10011, end, end], [0b10, end, 0b1001, end]]


def test_event_streams_have_their_own_end_bit() -> None:
    counts = np.array([[[0, 1, 0, 0, 3], [0, 0, 0, 0, 0]]])
    assert list(event_messages(FORMAT, counts)[0]) == [0b101, 0b10011, 32, 32]


def test_signed_counts_are_twos_complement() -> None:
    format_ = EventFormat(2, FixedType(3, True))
    counts = np.array([[[-1, 3]]])
    sent = event_messages(format_, counts)
    assert list(sent[0]) == [0b0111, 0b1011, 0b10000]
    assert (counts_of("events", format_, sent, 1) == counts).all()


@pytest.mark.parametrize("encoding", ["frames", "events"])
def test_counts_survive_the_round_trip(encoding: str) -> None:
    graph = small_integer_graph(3, (13, 7, 4), time_steps=3, encoding=encoding)
    x = random_inputs(graph, 20)
    counts = x.reshape(20, -1, 13)
    format_ = EventFormat(13, U8)
    assert (counts_of("s", format_, event_messages(format_, counts), counts.shape[1]) == counts).all()


def test_scores_survive_the_round_trip() -> None:
    scores = np.array([[[1, -1]], [[-(2**31), 2**31 - 1]]])
    answer = Answer(1, 2, PortWord(32, 32))
    sent = output_messages(scores, answer)
    assert list(sent[0]) == [1, 0xFFFF_FFFF]
    assert (answers_of(sent, answer) == scores).all()


@pytest.mark.parametrize(("bits", "units"), [(32, 3), (64, 4), (128, 4)])
def test_scores_fill_whole_words_and_zeros_pad_the_last(bits: int, units: int) -> None:
    scores, answer = np.array([[[1, -1, 2]], [[3, 4, -5]]]), Answer(1, 3, PortWord(bits, 32))
    sent = output_messages(scores, answer)
    assert list(sent[0]) == [1, 0xFFFF_FFFF, 2, 0][:units] and len(sent[1]) == units
    assert (answers_of(sent, answer) == scores).all()


def test_every_row_of_scores_fills_whole_words() -> None:
    scores, answer = np.arange(1, 13).reshape(2, 2, 3), Answer(2, 3, PortWord(64, 32))
    sent = output_messages(scores, answer)
    assert answer.words == 4 and list(sent[1]) == [7, 8, 9, 0, 10, 11, 12, 0]
    assert (answers_of(sent, answer) == scores).all()


def test_anything_but_zeros_behind_the_scores_is_refused() -> None:
    with pytest.raises(CheckError, match=r"^scores, vector 1: what pads the last word must be 0\.$"):
        answers_of(messages([1, 0], [3, 4]), Answer(1, 1, PortWord(64, 32)))


@pytest.mark.parametrize(("bits", "words"), [(32, 2), (64, 1), (128, 1)])
def test_pixels_fill_whole_words(bits: int, words: int) -> None:
    layer = Encode(name="encode", shape=(2, 3), max_count=255, time_steps=1, word_bits=bits)
    assert (layer.input_words, layer.port.units) == (words, bits // 32)
    sent = input_messages(layer, np.arange(1, 13, dtype=np.uint8).reshape(2, 2, 3))
    padding = [0] * (words * bits // 32 - 2)
    assert list(sent[0]) == [0x04_03_02_01, 0x06_05, *padding]
    assert list(sent[1]) == [0x0A_09_08_07, 0x0C_0B, *padding]


def test_no_vectors_are_no_words() -> None:
    empty = event_messages(FORMAT, np.zeros((0, 2, 5), np.int64))
    assert (len(empty), counts_of("s", FORMAT, empty, 2).shape) == (0, (0, 2, 5))


@pytest.mark.parametrize(
    ("words", "found", "length"), [([], 0, 0), ([32], 1, 1), ([32, 32, 32], 3, 3), ([32, 32, 5], 2, 3)]
)
def test_wrong_ends_are_refused(words: list[int], found: int, length: int) -> None:
    message = (
        f"fc1_events, vector 1: stream must hold 2 end(s) of step, the last one as its last word, "
        f"not {found} in {length} words."
    )
    with pytest.raises(CheckError, match=f"^{re.escape(message)}$"):
        counts_of("fc1_events", FORMAT, messages([32, 32], words), 2)


@pytest.mark.parametrize(
    ("event", "address", "count"), [(0b10101, 5, 1), (0b00100, 1, 0), (0b00001, 0, 1), (0b00101, 1, 1)]
)
def test_malformed_events_are_refused(event: int, address: int, count: int) -> None:
    message = (
        "fc1_events, vector 0: event must have an address above the step's previous one and below 5 and a "
        f"count other than 0, not address {address}, count {count}."
    )
    with pytest.raises(CheckError, match=f"^{re.escape(message)}$"):
        counts_of("fc1_events", FORMAT, messages([0b00101, event, 32]), 1)


def test_wrong_number_of_scores_is_refused() -> None:
    message = "scores, vector 1: message must hold 2 words of 32 bits, not 1."
    with pytest.raises(CheckError, match=f"^{re.escape(message)}$"):
        answers_of(messages([1, 2], [3]), Answer(1, 2, PortWord(32, 32)))


def test_wrong_shape_of_x_is_refused() -> None:
    layer = Encode(name="encode", shape=(2, 3), max_count=255, time_steps=1)
    message = "encode: x must have shape (vectors, 2, 3), not (4, 6)."
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        input_messages(layer, np.zeros((4, 6), np.uint8))


def test_pixels_above_the_largest_promised_are_refused() -> None:
    layer = Encode(name="encode", shape=(2,), max_count=16, time_steps=1)
    assert input_messages(layer, np.array([[16, 1]], np.uint8)).words.tolist() == [0x0110]
    message = "encode: x must be within 0..16, not 0..17."
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        input_messages(layer, np.array([[0, 17]], np.uint8))


def test_wrong_range_of_x_is_refused() -> None:
    layer = ReceiveEvents(name="receive", shape=(2,), max_count=3, time_steps=1)
    message = "receive: x must be within 0..3, not 0..4."
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        input_messages(layer, np.array([[[0, 4]]]))

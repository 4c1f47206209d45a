"""The event word: widths, end word, which layers send events."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from asn2fpga.graph.events import end_words, event_format, sends_events
from strategies import small_integer_graph

from asn2fpga.graph.edge import EventFormat
from asn2fpga.graph.types import FixedType
from asn2fpga.verify.vectors import event_messages


@pytest.mark.parametrize(("neurons", "bits"), [(1, 1), (2, 1), (3, 2), (4, 2), (5, 3), (784, 10), (1024, 10)])
def test_address_is_ceil_log2_and_at_least_one_bit(neurons: int, bits: int) -> None:
    assert EventFormat(neurons, FixedType(3, False)).address_bits == bits


def test_end_is_the_top_bit() -> None:
    format_ = EventFormat(784, FixedType(8, False))
    assert (format_.width_bits, format_.end_word) == (19, 1 << 18)


def test_formats_and_ends_of_layers() -> None:
    graph = small_integer_graph(1, (16, 8, 4), levels=4, time_steps=3)
    encode, population, readout = graph.layers
    assert event_format(encode) == EventFormat(16, FixedType(8, False))
    assert event_format(population) == EventFormat(8, FixedType(3, False))
    assert [end_words(encode), end_words(population)] == [1, 3]
    assert [sends_events(layer) for layer in graph.layers] == [True, True, False]
    with pytest.raises(TypeError, match=f"^{readout.name}: DenseReadout sends no events$"):
        event_format(readout)


def test_received_events_end_every_time_step() -> None:
    graph = small_integer_graph(1, (16, 8, 4), encoding="events", time_steps=3, max_count=3)
    assert event_format(graph.layers[0]) == EventFormat(16, FixedType(2, False))
    assert end_words(graph.layers[0]) == 3


def test_the_words_in_the_specification_are_true() -> None:
    text = (Path(__file__).parents[3] / "docs" / "spec" / "events.md").read_text()
    counts = np.array([[[0, 1, 0, 0, 3], [0, 0, 0, 0, 0]]])
    words = event_messages(EventFormat(5, FixedType(2, False)), counts).words
    assert f"\n    {'  '.join(format(int(word), '06b') for word in words)}\n" in text

"""Sizes of the words that go in and out: docs/spec/events.md."""

from __future__ import annotations

from asn2fpga.graph.types import FixedType

INPUT_WORD_BITS = 32  # one beat of the input stream
PIXEL_BITS = 8
PIXELS_PER_WORD = INPUT_WORD_BITS // PIXEL_BITS
SCORE_TYPE = FixedType(32, True)  # one beat of the output stream: the score of a class

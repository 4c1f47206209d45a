"""Counts of maps as packed words, and back."""

from __future__ import annotations

import numpy as np
import pytest

from asn2fpga.graph.edge import Edge
from asn2fpga.graph.types import FixedType
from asn2fpga.verify.map_words import map_counts, map_words


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("bits", [1, 3, 8, 9, 16, 17, 31])
def test_counts_of_any_width_come_back(bits: int, signed: bool) -> None:
    kind = FixedType(bits + signed, signed=signed)
    edge = Edge((5, 2, 3), "events", kind, kind.min, kind.max, time_steps=4, is_map=True, lanes=2)
    random = np.random.default_rng(0)
    counts = random.integers(kind.min, kind.max + 1, (6, 4, 30))
    octets = map_words(edge, counts)
    padded = np.pad(octets, ((0, 0), (0, -octets.shape[1] % 4)))
    words = np.ascontiguousarray(padded).view("<u4").astype(np.uint32)
    assert np.array_equal(map_counts("net", edge, words), counts)

"""Ranges of counts and sums."""

from __future__ import annotations

import numpy as np
import pytest
from asn2fpga.graph.ranges import largest_count, sum_range
from strategies import small_integer_graph

from asn2fpga.kinds.ranges import signed_type


def test_sums_range_over_any_part_of_the_events() -> None:
    low, high = sum_range(np.array([[1, -2, 3], [0, 0, 0], [-1, -1, 0]]), 4)
    assert low.tolist() == [-8, 0, -8]
    assert high.tolist() == [16, 0, 0]


@pytest.mark.parametrize(
    ("low", "high", "text"), [(0, 0, "s2"), (-2, 1, "s2"), (0, 2, "s3"), (-129, 0, "s9")]
)
def test_signed_types_are_narrow_and_of_two_bits_at_least(low: int, high: int, text: str) -> None:
    assert str(signed_type(low, high)) == text


def test_largest_counts() -> None:
    graph = small_integer_graph(0, encoding="events", max_count=4)
    assert largest_count(graph["receive"]) == 7
    assert largest_count(graph["fc1"]) == 4
    with pytest.raises(TypeError, match=r"^fc2: DenseReadout sends no events$"):
        largest_count(graph["fc2"])

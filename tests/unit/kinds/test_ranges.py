"""Ranges of sums, and the types that hold them."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from asn2fpga.errors import UnsupportedError
from asn2fpga.kinds.ranges import checked_type, hull, signed_type, weighted_range


def test_sums_range_over_any_part_of_the_events() -> None:
    low, high = weighted_range(np.array([[1, -2, 3], [0, 0, 0], [-1, -1, 0]]), 0, 4)
    assert low.tolist() == [-8, 0, -8]
    assert high.tolist() == [16, 0, 0]


def test_counts_of_both_signs_reach_further() -> None:
    low, high = weighted_range(np.array([[1, -2, 3], [0, 0, 0], [-1, -1, 0]]), -2, 4)
    assert low.tolist() == [-8 - 8, 0, -8]
    assert high.tolist() == [16 + 4, 0, 4]


@pytest.mark.parametrize(("least", "most"), [(0, 3), (-2, 1), (-3, -1), (2, 3)])
def test_every_partial_sum_is_within_the_range_and_both_ends_are_met(least: int, most: int) -> None:
    weight = np.array([[3, -1, 2], [-2, -2, 0]])
    possible = (0, *range(least, most + 1))  # 0: an event that has not come yet, or never does
    sums = np.array([weight @ counts for counts in itertools.product(possible, repeat=3)])
    low, high = weighted_range(weight, least, most)
    assert (low.tolist(), high.tolist()) == (sums.min(axis=0).tolist(), sums.max(axis=0).tolist())


@pytest.mark.parametrize(
    ("low", "high", "text"), [(0, 0, "s2"), (-2, 1, "s2"), (0, 2, "s3"), (-129, 0, "s9")]
)
def test_signed_types_are_narrow_and_of_two_bits_at_least(low: int, high: int, text: str) -> None:
    assert str(signed_type(low, high)) == text


def test_the_hull_holds_all_channels() -> None:
    assert hull(np.array([-3, 2]), np.array([0, 5])) == (-3, 5)


def test_types_wider_than_the_hardware_takes_name_the_layer() -> None:
    assert str(checked_type("fc1", "the membrane", -(2**47), 2**47 - 1)) == "s48"
    with pytest.raises(UnsupportedError) as error:
        checked_type("fc1", "the membrane", 0, 2**47)
    assert str(error.value) == (
        "fc1: the membrane must fit 48 bits, not 49; "
        "rescale the layer's weights and bias or use fewer time steps."
    )

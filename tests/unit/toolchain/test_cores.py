"""Shares of work for several cores."""

from __future__ import annotations

import pytest

from asn2fpga.toolchain.cores import shares


@pytest.mark.parametrize(
    ("weights", "count", "expected"),
    [
        ([1, 1, 1, 1], 2, [[0, 2], [1, 3]]),
        ([1, 9, 2, 3], 2, [[1], [0, 2, 3]]),
        ([5], 3, [[0]]),
        ([], 2, []),
        ([4, 3, 2, 1], 8, [[0], [1], [2], [3]]),
    ],
)
def test_shares_are_about_equal(weights: list[int], count: int, expected: list[list[int]]) -> None:
    assert shares(weights, count) == expected

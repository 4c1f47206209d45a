"""Sums that are sent as counts."""

from __future__ import annotations

import numpy as np

from asn2fpga.graph.types import FixedType
from asn2fpga.kinds.neurons.relay import Relay

FIVE = FixedType(5, True)
SUMS = np.array([-16, 0]), np.array([15, 3])


def test_counts_are_the_sums_at_every_time_step() -> None:
    acc = np.array([[[3, -4]], [[0, 15]]])
    found = Relay(count_type=FIVE).run(acc, 2)
    np.testing.assert_array_equal(found, np.repeat(acc, 2, axis=1))


def test_a_count_stands_for_what_the_sum_does() -> None:
    edge = Relay(count_type=FIVE, base=-2, frac_bits=1).output((2, 3, 3), 2)
    assert (edge.low, edge.high, edge.base, edge.frac_bits, edge.time_steps) == (-16, 15, -2, 1, 2)


def test_the_type_is_that_of_the_sums() -> None:
    assert Relay(count_type=FIVE).complaints(2, SUMS, FIVE) == ""
    found = Relay(count_type=FixedType(3, True)).complaints(2, SUMS, FIVE)
    assert found == "count_type must be that of the sums, s5, not s3"
    found = Relay(count_type=FIVE).complaints(2, (SUMS[0], np.array([16, 0])), FIVE)
    assert found == "sums must be in -16..15 (s5), not -16..16"

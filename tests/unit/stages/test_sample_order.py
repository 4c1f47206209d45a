"""Samples are used in an order of their own: permuting the rows of a file changes nothing."""

from __future__ import annotations

import numpy as np
import pytest

from asn2fpga.stages.sample_order import sample_order

RANDOM = np.random.default_rng(7)
X = RANDOM.integers(0, 256, (200, 4, 3)).astype(np.uint8)
Y = np.repeat([0, 1, 2], [100, 60, 40])


@pytest.mark.parametrize("labelled", [True, False])
@pytest.mark.parametrize("dtype", [np.uint8, np.int64])
def test_rows_in_another_order_come_in_the_same_order(labelled: bool, dtype: type) -> None:
    shuffled = RANDOM.permutation(len(X))
    first = sample_order(X, Y if labelled else None, seed=1)
    second = sample_order(X[shuffled].astype(dtype), Y[shuffled] if labelled else None, seed=1)
    assert np.array_equal(X[first], X[shuffled][second])
    assert np.array_equal(Y[first], Y[shuffled][second])


def test_equal_rows_may_change_places_but_nothing_else_does() -> None:
    x = np.concatenate([X, X[:20]])
    shuffled = RANDOM.permutation(len(x))
    assert np.array_equal(x[sample_order(x, None, 1)], x[shuffled][sample_order(x[shuffled], None, 1)])


@pytest.mark.parametrize("count", [10, 20, 50, 100])
def test_every_prefix_holds_each_class_by_its_share(count: int) -> None:
    found = np.bincount(Y[sample_order(X, Y, 1)[:count]], minlength=3)
    assert np.abs(found - count * np.array([0.5, 0.3, 0.2])).max() <= 1


def test_the_order_is_that_of_the_seed_and_of_no_file() -> None:
    assert not np.array_equal(sample_order(X, Y, 1), sample_order(X, Y, 2))
    assert not np.array_equal(sample_order(X, None, 1), np.arange(len(X)))


def test_all_rows_are_used_once() -> None:
    assert sorted(sample_order(X, Y, 3)) == list(range(len(X)))

"""The driver takes token ids where the network takes binary events over time: one event a step."""

from __future__ import annotations

import numpy as np
import pytest

from asn2fpga.runtime.driver import InputError, InputFormat

TOKENS, STEPS = 5, 3


def format_of(largest: int = 1) -> InputFormat:
    plain = {"kind": "events", "shape": [TOKENS], "order": [0], "min": 0, "max": largest}
    return InputFormat(plain | {"words": 0, "word_bits": 32, "item_bits": 32, "count_bits": 1}, STEPS)


def test_ids_are_sent_as_their_counts() -> None:
    ids = np.array([[4, 0, 2], [1, 1, 3]])
    found = format_of().check(ids)
    assert found.dtype == np.uint8 and np.array_equal(found, np.eye(TOKENS, dtype=np.uint8)[ids])
    words = format_of().dense(found[0])
    assert words.tolist() == [4 << 1 | 1, 1 << 31, 0 << 1 | 1, 1 << 31, 2 << 1 | 1, 1 << 31]


@pytest.mark.parametrize("value", [-1, TOKENS])
def test_an_id_that_is_no_token_is_refused_with_its_place(value: int) -> None:
    ids = np.zeros((2, STEPS), np.int64)
    ids[1, 2] = value
    with pytest.raises(InputError) as error:
        format_of().check(ids)
    assert str(error.value) == f"x: the token id of inference 1, time step 2 must be 0..4, not {value}."


def test_larger_counts_have_no_ids() -> None:
    with pytest.raises(InputError, match=r"^x: shape must be \(inferences, 3, 5\), not \(2, 3\)\.$"):
        format_of(3).check(np.zeros((2, STEPS), np.int64))

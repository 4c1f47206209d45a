"""The text of the language model: characters and ids, windows, perplexity."""

from __future__ import annotations

import math

import numpy as np
import pytest

from asn2fpga.errors import InputError
from asn2fpga.train.text import ALPHABET, decode, encode, perplexity, plain, python_topics, windows


def test_a_character_is_an_id() -> None:
    assert len(set(ALPHABET)) == len(ALPHABET) <= 64
    assert np.array_equal(encode(ALPHABET.strip()), np.arange(2, len(ALPHABET)))
    assert decode(encode("Hello, World!  It’s\n\n\n\n“x” é")) == 'hello, world! it\'s\n\n"x" '


def test_ids_that_are_no_characters_are_refused() -> None:
    with pytest.raises(InputError) as error:
        decode(np.array([3, len(ALPHABET)]))
    assert str(error.value) == f"ids: token ids must be in 0..{len(ALPHABET) - 1}, not 3..{len(ALPHABET)}."


def test_most_of_the_help_of_python_is_kept() -> None:
    text = python_topics()
    assert len(text) > 300_000 and len(plain(text)) > 0.8 * len(text)


def test_windows_and_what_follows() -> None:
    x, y = windows(np.arange(10, dtype=np.uint8), 4, 3)
    assert x.tolist() == [[0, 1, 2, 3], [3, 4, 5, 6]] and y.tolist() == [4, 7]


def test_perplexity() -> None:
    following = np.array([1, 0, 2])
    assert perplexity(np.zeros((3, 5)), following) == pytest.approx(5)
    assert perplexity(100 * np.eye(5)[following], following) == pytest.approx(1)
    scores = np.log([[0.5, 0.25, 0.25]]) + 1000.0
    assert perplexity(scores, np.array([1])) == pytest.approx(math.exp(-math.log(0.25)))

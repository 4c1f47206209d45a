"""What guessing gives, and which accuracies are no better."""

from __future__ import annotations

import numpy as np
import pytest

from asn2fpga.loader.chance import commonest_share, is_chance

TEN = np.repeat(np.arange(10), 100)


def test_the_commonest_class_is_guessed() -> None:
    assert commonest_share(np.array([0] * 90 + [1] * 10)) == 0.9


@pytest.mark.parametrize(
    ("accuracy", "y", "chance"),
    [
        (0.0, TEN, True),
        (0.1, TEN, True),
        (0.12, TEN, True),
        (0.13, TEN, False),
        (0.9, np.array([0] * 90 + [1] * 10), True),
        (0.99, np.array([0] * 90 + [1] * 10), True),
        (1.0, np.array([0] * 90 + [1] * 10), False),
        (0.8, np.array([0, 0, 1, 2, 3]), False),
        (0.4, np.array([0, 0, 1, 2, 3]), True),
        (1.0, np.array([0, 1]), False),
        (0.5, np.array([0, 1]), True),
        (1.0, np.array([3]), False),
        (0.0, np.array([3]), True),
        (0.97, np.full(100, 3), False),
        (0.0, np.full(100, 3), True),
    ],
)
def test_chance(accuracy: float, y: np.typing.NDArray[np.int64], chance: bool) -> None:
    assert is_chance(accuracy, y) is chance

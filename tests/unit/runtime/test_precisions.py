"""The driver's precision: what goes on the wire, arousal, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from asn2fpga.runtime.arousal import predict_aroused
from asn2fpga.runtime.driver import Accelerator, InputError, InputFormat

SIX = {"kind": "frames", "shape": [2, 3], "min": 0, "max": 15, "words": 2, "word_bits": 32, "order": [0, 1]}
SIX |= {"item_bits": 8, "count_bits": 4}
X = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)


def format_of(precisions: int = 2) -> InputFormat:
    return InputFormat(SIX | ({"precisions": precisions} if precisions > 1 else {}), 4)


def sent(format_: InputFormat, x: npt.NDArray[Any], precision: int = 0) -> list[list[int]]:
    ((units, _),) = format_.frames(format_.check(x), 5, precision)
    return [list(row) for row in units.view(np.uint8).reshape(len(x), -1).tolist()]


def test_the_precision_stands_behind_the_pixels() -> None:
    assert sent(format_of(), X) == [[0, 1, 2, 3, 4, 5, 0, 0], [6, 7, 8, 9, 10, 11, 0, 0]]
    assert sent(format_of(), X, 1)[0] == [0, 1, 2, 3, 4, 5, 1, 0]
    own = np.array([[0, 1, 2, 3, 4, 5, 1], [6, 7, 8, 9, 10, 11, 0]], np.uint8)
    assert [row[6] for row in sent(format_of(), own)] == [1, 0]
    assert sent(format_of(1), X)[0] == [0, 1, 2, 3, 4, 5, 0, 0]


def test_a_precision_that_is_not_there() -> None:
    own = np.array([[0, 1, 2, 3, 4, 5, 2]], np.uint8)
    with pytest.raises(InputError) as caught:
        format_of().check(own)
    assert str(caught.value) == "x: precisions must be within 0..1, not 2..2."


class Board(Accelerator):
    """Scores that depend on the precision; nothing is sent."""

    def __init__(self, precisions: int = 2) -> None:
        self.precisions, self.precision, self.calls = precisions, 0, list[tuple[int, int]]()

    def scores(self, x: Any) -> npt.NDArray[Any]:
        self.calls.append((self.precision, len(x)))
        narrow = np.array([[5, 4], [9, 1], [0, 2]])[: len(x)]
        return np.array([[0, 7]] * len(x)) if self.precision else narrow


def test_what_was_decided_narrowly_is_repeated() -> None:
    board = Board()
    labels, repeated = predict_aroused(board, np.zeros((3, 2), np.uint8), 2)
    assert (labels.tolist(), repeated.tolist()) == ([1, 0, 1], [True, False, False])
    assert (board.calls, board.precision) == ([(0, 3), (1, 1)], 0)
    assert predict_aroused(board, np.zeros((3, 2), np.uint8), 0)[1].sum() == 0


class Streaming(Board):
    """Scores of three time steps, of which the first ones are of other labels."""

    def scores(self, x: Any) -> npt.NDArray[Any]:
        last = super().scores(x)
        return np.stack([last[:, ::-1], np.full_like(last, 3), last], axis=1)


def test_scores_of_every_time_step_count_as_those_of_the_last() -> None:
    board, x = Streaming(), np.zeros((3, 2), np.uint8)
    labels, repeated = predict_aroused(board, x, 2)
    assert (labels.tolist(), repeated.tolist()) == ([1, 0, 1], [True, False, False])
    assert predict_aroused(board, x, 0)[0].tolist() == [0, 0, 1]


def test_arousal_of_one_class() -> None:
    class OneClass(Board):
        def scores(self, x: Any) -> npt.NDArray[Any]:
            return np.array([[3]] * len(x))

    board = OneClass()
    board.set_precision(1)
    message = r"^arousal: the model must have two classes at least, whose scores are compared, not one\.$"
    with pytest.raises(ValueError, match=message):
        predict_aroused(board, np.zeros((3, 2), np.uint8), 2)
    assert board.precision == 1


@pytest.mark.parametrize("precision", [2, -1, True, 0.5])
def test_set_precision_takes_those_there_are(precision: Any) -> None:
    board = Board()
    board.set_precision(1)
    with pytest.raises(InputError) as caught:
        board.set_precision(precision)
    assert str(caught.value) == f"precision: the number must be an integer in 0..1, not {precision!r}."
    assert board.precision == 1


def test_arousal_without_adaptive_neurons() -> None:
    with pytest.raises(InputError) as caught:
        predict_aroused(Board(1), np.zeros((3, 2), np.uint8), 2)
    assert str(caught.value) == (
        "precision: the model must have adaptive neurons of several precisions, not one."
    )

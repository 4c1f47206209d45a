"""One form for what every simulator returns."""

from __future__ import annotations

import numpy as np

from asn2fpga.graph.trace import Trace, concatenate


def trace(start: int, vectors: int) -> Trace:
    numbers = np.arange(start, start + vectors)
    return Trace(np.stack([numbers, -numbers], axis=1), {"fc1": np.repeat(numbers, 6).reshape(vectors, 2, 3)})


def test_head_and_chosen_inferences_keep_all_parts_together() -> None:
    chosen = trace(0, 5).take(np.array([3, 0, 3]))
    assert len(chosen) == 3
    assert chosen.scores[:, 0].tolist() == chosen.counts["fc1"][:, 1, 2].tolist() == [3, 0, 3]
    assert trace(0, 5).head(2).scores[:, 1].tolist() == [0, -1]


def test_parts_become_one_again() -> None:
    whole = concatenate([trace(0, 2), trace(2, 3)])
    assert np.array_equal(whole.scores, trace(0, 5).scores)
    assert np.array_equal(whole.counts["fc1"], trace(0, 5).counts["fc1"])

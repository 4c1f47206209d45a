"""What an integer network computed: the one form in which golden, C++, RTL and board give their results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.types import Array


@dataclass(frozen=True, eq=False)
class Trace:
    """Of B inferences: scores (B, C) int64, and event counts (B, T, N) by name of the layer that sent them.

    T is 1 for a layer that sends a frame. Layers whose events could not be seen are left out. step_scores:
    (B, T, C) if the read-out sends its scores after every time step; `scores` are those of the last one.
    steps_used: (B,) if it may exit early: the time steps after which it answered.
    """

    scores: IntArray
    counts: Mapping[str, Array]
    step_scores: IntArray | None = None
    steps_used: IntArray | None = None

    @classmethod
    def of(cls, answers: IntArray, counts: Mapping[str, Array], exits: bool = False) -> Trace:
        """answers: (B, rows, values), what the read-out sent; exits: its last value are the steps used."""
        if exits:
            return cls(answers[:, 0, :-1], counts, None, answers[:, 0, -1])
        return cls(answers[:, -1], counts, answers if answers.shape[1] > 1 else None)

    @property
    def answers(self) -> IntArray:
        """(B, rows, values) all that the read-out sent."""
        if self.steps_used is not None:
            return np.concatenate([self.scores, self.steps_used[:, None]], axis=1)[:, None]
        return self.scores[:, None, :] if self.step_scores is None else self.step_scores

    @property
    def exits(self) -> bool:
        """Whether the read-out may exit early."""
        return self.steps_used is not None

    def __len__(self) -> int:
        return len(self.scores)

    def take(self, vectors: Array | slice) -> Trace:
        """The inferences at these numbers, in this order."""
        return Trace.of(
            self.answers[vectors],
            {name: counts[vectors] for name, counts in self.counts.items()},
            self.exits,
        )

    def head(self, count: int) -> Trace:
        """The first inferences."""
        return self.take(slice(count))


def concatenate(traces: Sequence[Trace]) -> Trace:
    """Traces of the same layers, one after the other."""
    names = traces[0].counts
    return Trace.of(
        np.concatenate([trace.answers for trace in traces]),
        {name: np.concatenate([trace.counts[name] for trace in traces]) for name in names},
        traces[0].exits,
    )

"""The outcome of a co-simulation without differences, in plain numbers for the report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from asn2fpga.graph.arrays import IntArray
from asn2fpga.verify.first_inference import FirstInference


@dataclass(frozen=True)
class LayerWork:
    """Of the process of a layer that works longest, mean cycles per inference.

    cycles: those in which it neither waits for input nor for room in the stream it writes; and both waits.
    """

    process: str
    cycles: float
    waits_for_input: float
    waits_for_room: float


@dataclass(frozen=True, eq=False)
class CosimResult:
    """All values agreed; a difference is an exception, so `mismatches` is 0 whenever this object exists.

    timed: numbers of the vectors that were alone in the core. latencies: cycles of each from the first input
    word to the last output word. interval_cycles: mean distance of the last output words of inferences back
    to back, nobody stalling. stream_cycles: of stream_rounds times all timed vectors back to back, or a few
    more, from the first input word to the last output word.
    layer_work: by layer, over the inferences that were alone. alone: what each layer adds to their latency,
    mean cycles (see cycles_alone).
    hidden_layers: layers whose events the RTL does not show; only what follows from them was compared.
    first: what moved and who waited in the first inference, of the fast simulation.
    """

    simulator: str
    vectors: int
    spikes_compared: int
    simulated_cycles: int
    build_seconds: float
    run_seconds: float
    timed: IntArray = field(default_factory=lambda: np.zeros(0, np.int64))
    latencies: IntArray = field(default_factory=lambda: np.zeros(0, np.int64))
    interval_cycles: float | None = None
    stream_cycles: int = 0
    stream_rounds: int = 0
    layer_work: Mapping[str, LayerWork] = field(default_factory=dict)
    alone: Mapping[str, float] = field(default_factory=dict)
    mismatches: int = 0
    hidden_layers: tuple[str, ...] = ()
    first: FirstInference | None = None

    @property
    def vectors_per_second(self) -> float:
        """Vectors checked in a second of simulation."""
        return self.vectors / self.run_seconds if self.run_seconds else 0.0

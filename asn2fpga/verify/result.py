"""The outcome of a co-simulation without differences, in plain numbers for the report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from asn2fpga.ir.types import Array


@dataclass(frozen=True)
class Spread:
    """Smallest, mean and largest of some counts."""

    min: int
    mean: float
    max: int

    @classmethod
    def of(cls, values: Array) -> Spread:
        """Spread of at least one value."""
        return cls(int(np.min(values)), float(np.asarray(values, np.float64).mean()), int(np.max(values)))


@dataclass(frozen=True)
class CosimResult:
    """All values agreed; a difference is an exception, so `mismatches` is 0 whenever this object exists.

    latency_cycles: first input word to last output word of an inference that is alone in the core.
    interval_cycles: mean distance of the last output words of consecutive inferences, nobody stalling.
    layer_cycles: mean cycles of an isolated inference in which the first process of a layer (encode,
    integrate_fire, readout) works: it waits neither for events nor for room to write.
    hidden_layers: layers whose events the RTL does not show; only what follows from them was compared.
    """

    simulator: str
    vectors: int
    spikes_compared: int
    simulated_cycles: int
    build_seconds: float
    run_seconds: float
    latency_cycles: Spread | None = None
    interval_cycles: float | None = None
    layer_cycles: Mapping[str, float] = field(default_factory=dict)
    mismatches: int = 0
    hidden_layers: tuple[str, ...] = ()

    @property
    def vectors_per_second(self) -> float:
        """Vectors checked in a second of simulation."""
        return self.vectors / self.run_seconds if self.run_seconds else 0.0

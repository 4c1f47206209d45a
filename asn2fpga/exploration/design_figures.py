"""What is known of a design: predicted, or measured on its RTL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from asn2fpga.figures.amounts import RESOURCES
from asn2fpga.typed import typed


@dataclass(frozen=True)
class DesignFigures:
    """Figures of one design; cycles are means per inference.

    accuracy: 0..1, None without labels; agreement: samples of the same class as the float network. path_ns:
    the slowest path, of the engine's estimate or of the netlist without routing; None where there is no RTL.
    problem: why the design cannot be built, with what to change; empty if it can.
    """

    accuracy: float | None
    agreement: float
    clock_mhz: float
    latency_cycles: float
    interval_cycles: float
    lut: float
    ff: float
    bram36: float
    dsp: float
    uram: float
    energy_uj: float
    path_ns: float | None = None
    problem: str = ""

    @property
    def latency_us(self) -> float:
        """Mean, from the first input word to the last score."""
        return self.latency_cycles / self.clock_mhz

    @property
    def interval_us(self) -> float:
        """Between two inferences that follow each other."""
        return self.interval_cycles / self.clock_mhz

    @property
    def keeps_its_clock(self) -> bool:
        """Whether the slowest path is as short as the clock's period, as far as that is known."""
        return self.path_ns is None or self.path_ns <= 1000 / self.clock_mhz

    def scaled(self, factors: Mapping[str, float]) -> DesignFigures:
        """With cycles, energy and resources times these factors, by name."""
        return replace(self, **{name: getattr(self, name) * factor for name, factor in factors.items()})

    def to_plain(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> DesignFigures:
        """Inverse of to_plain. ValueError for anything else."""
        found: DesignFigures = typed(cls, dict(plain), "figures")
        return found


CORRECTED = ("latency_cycles", "interval_cycles", "energy_uj", *RESOURCES)
"""Figures that are predicted, and then known of the RTL; accuracy is exact from the beginning."""

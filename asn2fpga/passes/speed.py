"""How fast a network with its lanes should be: mean latency and interval, predicted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from asn2fpga.config import Optimise
from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.timing import Demand
from asn2fpga.passes.predict_cycles import answered, predict_busy, predict_ends

SHARPNESS = 8  # of the smooth maximum over layers


@dataclass(frozen=True)
class Speed:
    """Predicted cycles per inference, on average.

    latency: first input word to last score. work: first input word to the end of the last time step, which is
    later for a read-out that may exit early. interval: of the layer that works longest, in each inference;
    on average that is `limiting`. Where much may wait between layers, it comes near the mean of that layer.
    limiting_cycles: that mean. smooth_interval: as it, but smaller also when one of several equally slow
    layers gets faster. busy: mean cycles that the slowest process of each layer works.
    """

    latency: float
    interval: float
    smooth_interval: float
    limiting: str
    limiting_cycles: float
    work: float
    busy: Mapping[str, float]

    def figure(self, optimise: Optimise) -> float:
        """What is to become small."""
        if optimise in ("latency", "area"):
            return self.latency
        if optimise in ("interval", "energy"):
            return self.smooth_interval
        return self.latency * self.smooth_interval


def speed_of(graph: Graph, demands: Mapping[str, Demand], steps_used: IntArray | None = None) -> Speed:
    """The prediction for the inferences that `demands` were counted in.

    steps_used: (B,) of a read-out that may exit early; without, as if none did.
    """
    return speed_from(predict_busy(graph, demands), predict_ends(graph, demands), steps_used)


def speed_from(cycles: Mapping[str, IntArray], ends: IntArray, steps_used: IntArray | None = None) -> Speed:
    """The same of what is predicted. cycles: (B,) by layer, of predict_busy; ends: (B, T) of predict_ends."""
    busy = {name: float(found.mean()) for name, found in cycles.items()}
    slowest = max(busy, key=lambda name: busy[name])
    interval = float(np.max(list(cycles.values()), axis=0).mean())
    latency, work = float(answered(ends, steps_used).mean()), float(ends[:, -1].mean())
    return Speed(latency, interval, smooth_maximum(busy), slowest, busy[slowest], work, busy)


def smooth_maximum(busy: Mapping[str, float]) -> float:
    """The largest, and a little more for others that are nearly as large."""
    largest = max(busy.values())
    smooth: float = sum((mean / largest) ** SHARPNESS for mean in busy.values()) ** (1 / SHARPNESS)
    return smooth * largest

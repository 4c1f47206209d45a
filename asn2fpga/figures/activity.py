"""Events, operations and cycles, of a layer and of the whole network; all per inference, on average."""

from __future__ import annotations

from typing import TypedDict


class ActivityFigures(TypedDict):
    """One layer, counted in the golden model."""

    events_in_per_inference: float | None
    events_out_per_inference: float | None  # None of a layer that sends scores, not events
    synops_per_inference: float | None  # spikes x fan-out; None where pixels arrive, which are no spikes
    accumulates_per_inference: float  # weights added
    dense_macs_per_inference: int  # what a dense layer of the same shape would multiply and add
    skipped_share: float | None  # 0 to 1, of those; None if there are none
    lower_bound_cycles: float


class SimulatedFigures(ActivityFigures):
    """One layer of the RTL simulation; None if the RTL does not show its streams."""

    cycles_per_inference: float | None  # its slowest process neither waits for input nor for room
    slowest_process: str | None
    waits_for_input_cycles: float | None
    waits_for_room_cycles: float | None
    alone_cycles: float | None  # that it adds to the latency: from the last word it got to the last it sent


class TotalFigures(TypedDict):
    """The whole network, counted in the golden model."""

    synops_per_inference: float
    accumulates_per_inference: float
    dense_macs_per_inference: int
    skipped_share: float | None  # 0 to 1, of dense_macs_per_inference
    events_per_inference: float

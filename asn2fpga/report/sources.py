"""How each number of the report was obtained, in one sentence a number."""

from __future__ import annotations

from typing import Any

Plain = dict[str, Any]


def sources(report: Plain, figures: Plain) -> Plain:
    """Report key -> one sentence."""
    cosim, golden = report["cosim"], figures["golden"]
    data = golden.get("data") or "samples"
    samples = golden.get("samples", 0)
    events = cosim["latency_vectors"] or samples
    simulator = cosim["simulator"] or "the RTL simulation"
    return {
        "accuracy": f"Float network and integer golden model on {samples} inferences ({data}).",
        "events": f"Counted in the integer golden model: mean over {events} inferences ({data}).",
        "synops_per_inference": f"Counted in the integer golden model: mean over {samples} inferences ({data}).",
        "csim": "Generated C++ compiled with g++ and compared with the golden model, every value exactly.",
        "cosim": f"RTL simulated with {simulator}; every event of every layer compared with the golden model.",
        "cycles": f"Clock cycles counted in {simulator}: mean over {events} inferences, one at a time, "
        "no stalls from outside.",
        "interval": f"Clock cycles between the ends of inferences back to back, counted in {simulator}.",
        "lower_bound_cycles": "Computed: one group of lanes per cycle for each event, plus one firing pass a time step.",
        "latency_us": f"Cycles at {report['board']['clock_mhz']:g} MHz; the clock is not proven by place and route.",
        "resources": _resources(report["resources"]),
        "energy": report["energy"]["method"],
    }


def _resources(resources: Plain) -> str:
    if resources["source"] is None:
        return "Not obtained."
    return f"Source: {resources['source']}. Not placed and routed: the vendor's tool may pack it differently."

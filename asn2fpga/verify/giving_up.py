"""What is said of a simulation that was given up."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any

from asn2fpga.dataflow.lower import lower
from asn2fpga.graph.graph import Graph
from asn2fpga.passes.time_limits import TimeLimits, time_limits


def limits_of(graph: Graph, streams: Container[str]) -> TimeLimits:
    """The limits for a simulation that sees `streams`."""
    flow = lower(graph)
    if flow.hidden(streams):
        return time_limits(graph, "ports")
    shows_all = all(flow.shows(layer.name, streams) for layer in graph.layers)
    return time_limits(graph, "streams" if shows_all else "events")


def sentence(summary: Mapping[str, Any], vectors: int, limits: TimeLimits) -> str:
    """Which limit it was; which streams hold words nobody takes, which of them are full, and which consumers
    wait for words. Empty if the simulation was not given up.

    A full FIFO whose consumer waits on another stream is too small for this design.
    """
    if not summary["given_up"]:
        return ""
    streams = summary["streams"]
    waiting = [stream["name"] for stream in streams if stream["valid"] and not stream["ready"]]
    full = [stream["name"] for stream in streams if stream["blocked"] and not stream["ready"]]
    starved = [stream["name"] for stream in streams if stream["ready"] and not stream["valid"]]
    filled = f" (full: {', '.join(full)})" if full else ""
    deepen = f"; deepen {', '.join(full)} if its consumer is among these" if full and starved else ""
    return (
        f"cosim: the RTL answered {summary['received']} of {vectors} inferences{_when(summary)}; "
        f"{_why(summary, limits)}; words wait on: {', '.join(waiting) or 'no stream'}{filled}; "
        f"consumers wait on: {', '.join(starved) or 'no stream'}{deepen}."
    )


def _when(summary: Mapping[str, Any]) -> str:
    return f" (cycle {summary['cycles']})" if "cycles" in summary else ""


def _why(summary: Mapping[str, Any], limits: TimeLimits) -> str:
    if summary["given_up"] == "quiet":
        return f"nothing moved for {limits.quiet_cycles:,} cycles"
    return f"words move, but the next answer did not come within {limits.answer_cycles:,} cycles"

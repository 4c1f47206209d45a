"""How each number of the report was obtained, in one sentence a number."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from asn2fpga.figures.every import AllFigures
from asn2fpga.report.board_run import board_texts
from asn2fpga.report.content import Content, ResourcesPart, TimingPart
from asn2fpga.report.energy import energy_texts
from asn2fpga.report.energy_content import EnergyPart
from asn2fpga.report.folding import folding_text
from asn2fpga.report.inputs import inputs_text
from asn2fpga.report.measurements import Measurements
from asn2fpga.report.products import products_text

NOT_OBTAINED = "Not obtained."


def sources(
    report: Content, figures: AllFigures, energy: list[EnergyPart], measured: Measurements
) -> dict[str, str]:
    """Report key -> one sentence; 'Not obtained.' for what was not run."""
    golden, csim, cosim = figures.get("golden", {}), figures.get("csim", {}), report["cosim"]
    samples: int = golden.get("samples", 0)
    compiler: str = csim.get("compiler", "a C++ compiler")
    origin = f"{samples} {inputs_text(report)}"
    clock = report["board"]["clock_mhz"]
    simulated = _if(cosim["simulator"])
    counted = f"{cosim['latency_vectors']} {inputs_text(report)}" if cosim["simulator"] else origin
    return {
        "accuracy": _if(golden)(f"Float network and integer golden model on {origin}."),
        "events": _if(golden)(
            f"Events and accumulates of a layer: counted in the golden model, mean over {counted}."
        ),
        "accumulates_per_inference": _if(golden)(
            f"Weights added, counted in the golden model: mean over {origin}. A dense network multiplies "
            "and adds each weight once a time step (of a frame: once)."
        ),
        "synops_per_inference": _if(golden)(
            f"Spikes of neurons, graded ones by their count, x fan-out: mean over {origin}. "
            "Pixels are no spikes."
        ),
        "csim": _if(csim)(
            f"Generated C++ with the embedded engine's integer types, compiled by {compiler}"
            f"{_independent(csim)}; every value compared with golden, exactly."
        ),
        "cosim": simulated(f"RTL in {cosim['simulator']}; {_compared(cosim['hidden_layers'])}"),
        "cycles": simulated(
            f"Clock cycles in {cosim['simulator']}: mean over {counted}, one at a time, nobody stalling. "
            "Of a layer: those in which its slowest process neither waits for input nor for room."
        ),
        "interval": simulated("Clock cycles from end to end of inferences back to back, nobody stalling."),
        "lower_bound_cycles": "Bound: the work of the layer's busiest resource (input words, weight rows, "
        "comparators, scanner, scores) at one unit a cycle; the build fails if fewer cycles are measured.",
        "folding": folding_text(report["folding"]) or NOT_OBTAINED,
        "products": products_text(report["layers"]) or NOT_OBTAINED,
        "latency_us": simulated(f"Cycles at {clock:g} MHz; {_clock(report['timing'])}"),
        **_timing(report["timing"]),
        "resources": _resources(report["resources"]),
        **board_texts(report),
        **energy_texts(energy, measured),
    }


PLACED = {"vivado": "Vivado", "nextpnr-xilinx": "nextpnr-xilinx"}
"""Tools that place and route, by the source of the resources."""


def _if(obtained: object) -> Callable[[str], str]:
    return lambda text: text if obtained else NOT_OBTAINED


def _resources(resources: ResourcesPart) -> str:
    if resources["source"] is None:
        return NOT_OBTAINED
    placed = PLACED.get(resources["source"])
    if placed:
        return f"Source: {placed}, placed and routed; {resources['scope']}."
    return f"Source: {resources['source']}. Not placed and routed: the vendor's tool may pack it differently."


def _independent(csim: Mapping[str, Any]) -> str:
    """The sample that was compared with Xilinx's types."""
    sample = csim.get("xilinx")
    if sample is None:
        return ""
    return f", and {sample['vectors']} of the vectors with Xilinx's types, compiled by {sample['compiler']}"


def _compared(hidden: list[str] | None) -> str:
    if not hidden:
        return "every event of every layer compared with golden."
    return f"scores compared with golden, events not of {', '.join(hidden)}: this RTL hides them."


def _timing(timing: TimingPart) -> dict[str, str]:
    source = timing["source"]
    return {} if source is None else {"timing": f"{source}, placed and routed: the worst path of the design."}


def _clock(timing: TimingPart) -> str:
    if timing["wns_ns"] is None:
        return "the clock is not proven by place and route."
    outcome = "missed" if timing["wns_ns"] < 0 else "met"
    return f"{timing['source']} {outcome} the clock, with a slack of {timing['wns_ns']:g} ns."

"""The parts of report.json, each made from the figures of the stages; a number not obtained is None."""

from __future__ import annotations

from collections.abc import Mapping

from asn2fpga.figures.activity import ActivityFigures, SimulatedFigures
from asn2fpga.figures.every import AllFigures
from asn2fpga.report.content import (
    AccuracyPart,
    ActivityPart,
    CosimPart,
    CsimPart,
    HlsPart,
    LatencyPart,
    LayerPart,
    ModelPart,
    PackagePart,
    TimingPart,
)

NOT_COUNTED: ActivityPart = {
    "events_in_per_inference": None,
    "events_out_per_inference": None,
    "synops_per_inference": None,
    "accumulates_per_inference": None,
    "dense_macs_per_inference": None,
    "skipped_share": None,
    "cycles_per_inference": None,
    "lower_bound_cycles": None,
    "slowest_process": None,
    "waits_for_input_cycles": None,
    "waits_for_room_cycles": None,
    "alone_cycles": None,
}


def model_part(figures: AllFigures) -> ModelPart:
    """The model."""
    found = figures.get("load", {})
    return {
        "name": found.get("name"),
        "sha256": found.get("sha256"),
        "parameters": found.get("parameters"),
        "time_steps": found.get("time_steps"),
    }


def csim_part(figures: AllFigures) -> CsimPart:
    """The C++ against golden."""
    found = figures.get("csim", {})
    return {
        "vectors": found.get("vectors"),
        "mismatches": found.get("mismatches"),
        "values_compared": found.get("values_compared"),
        "compiler": found.get("compiler"),
        "xilinx": found.get("xilinx"),
    }


def cosim_part(figures: AllFigures, clock_mhz: float) -> CosimPart:
    """The RTL against golden, with what follows from its cycles at that clock."""
    found, latency = figures.get("cosim", {}), _latency(figures)
    return {
        "engine": found.get("engine"),
        "simulator": found.get("simulator"),
        "vectors": found.get("vectors"),
        "mismatches": found.get("mismatches"),
        "spikes_compared": found.get("spikes_compared"),
        "latency_cycles": latency,
        "interval_cycles": found.get("interval_cycles"),
        "interval_bound_cycles": found.get("interval_bound_cycles"),
        "latency_vectors": found.get("latency_vectors"),
        "cocotb": found.get("cocotb"),
        "hidden_layers": found.get("hidden_layers"),
        "latency_us": _microseconds(mean_latency(latency), clock_mhz),
        "after_answer_us": _microseconds(found.get("after_answer_cycles"), clock_mhz),
        "inferences_per_second": _rate(found.get("interval_cycles"), clock_mhz),
    }


def _latency(figures: AllFigures) -> LatencyPart:
    found = figures.get("cosim", {}).get("latency_cycles")
    return {
        "min": found.get("min") if found else None,
        "mean": found.get("mean") if found else None,
        "max": found.get("max") if found else None,
        "simulated": found.get("simulated") if found else None,
        "mean_interval_95": found.get("mean_interval_95") if found else None,
        "mean_all": found.get("mean_all") if found else None,
    }


def mean_latency(latency_cycles: LatencyPart) -> float | None:
    """The mean over all samples where it is known, else over the simulated ones."""
    everything = latency_cycles["mean_all"]
    return latency_cycles["mean"] if everything is None else everything


def _microseconds(cycles: float | None, clock_mhz: float) -> float | None:
    return None if cycles is None else cycles / clock_mhz


def _rate(interval_cycles: float | None, clock_mhz: float) -> float | None:
    return None if not interval_cycles else clock_mhz * 1e6 / interval_cycles


def accuracy_part(figures: AllFigures) -> AccuracyPart:
    """Accuracies, and what they were found on."""
    golden = figures.get("golden", {})
    found = golden.get("accuracy")
    return {
        "samples": found.get("samples") if found else 0,
        "float": found.get("float") if found else None,
        "integer": found.get("integer") if found else None,
        "agreement": golden.get("agreement"),
        "data": golden.get("data"),
        "calibration": golden.get("calibration"),
        "early_exit": golden.get("early_exit"),
        "data_samples": golden.get("samples"),
        "arousal": golden.get("arousal"),
    }


def layer_parts(figures: AllFigures) -> list[LayerPart]:
    """One row per layer: structure from quantise; events, cycles and their bound over the same inferences.

    These are the ones whose cycles were counted in the RTL simulation; before it, all samples of golden.
    """
    simulated = figures.get("cosim", {}).get("layers")
    counted = figures.get("golden", {}).get("layers", {})
    rows = figures.get("quantise", {}).get("layers", [])
    return [{**row, **_activity(simulated or counted, row["name"])} for row in rows]


def _activity(
    found: Mapping[str, SimulatedFigures] | Mapping[str, ActivityFigures], layer: str
) -> ActivityPart:
    return {**NOT_COUNTED, **found[layer]} if layer in found else NOT_COUNTED


def timing_part(figures: AllFigures) -> TimingPart:
    """Timing after placing and routing, by Vivado or nextpnr-xilinx."""
    bitstream = figures.get("bitstream", {})
    found = bitstream.get("timing")
    return {
        "source": f"{bitstream['tool']} {bitstream['version']}" if found else None,
        "wns_ns": found.get("wns_ns") if found else None,
        "whs_ns": found.get("whs_ns") if found else None,
        "period_ns": found.get("period_ns") if found else None,
        "worst_path": found.get("worst_path") if found else None,
        "layer": found.get("layer") if found else None,
    }


def hls_part(figures: AllFigures) -> HlsPart:
    """What the engine tells."""
    found = figures.get("hls", {})
    return {
        "engine": found.get("engine"),
        "loops": found.get("loops"),
        "memories": found.get("memories"),
        "critical_path_ns": found.get("critical_path_ns"),
        "clock_margin": found.get("clock_margin"),
        "netlist_timing": figures.get("synth", {}).get("timing"),
        "lint": found.get("lint"),
    }


def package_part(figures: AllFigures) -> PackagePart:
    """The package."""
    found = figures.get("package", {})
    return {
        "file": found.get("file"),
        "bytes": found.get("bytes"),
        "vectors": found.get("vectors"),
        "bitstream": found.get("bitstream"),
    }

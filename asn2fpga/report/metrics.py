"""report.json: one plain dict made from the figures that the stages left in the manifest.

Every key of the contract is always there; a number that was not obtained is None, and `stages` says why.
"""

from __future__ import annotations

from typing import Any

from asn2fpga import __version__
from asn2fpga.report.complete import missing_stages
from asn2fpga.report.energy import energy_sources
from asn2fpga.report.measurements import NONE, Measurements
from asn2fpga.report.sources import sources
from asn2fpga.report.verdict import verdict

SCHEMA = "asn2fpga.report/1"
STAGE_NAMES = (
    "load",
    "quantise",
    "golden",
    "codegen",
    "csim",
    "hls",
    "cosim",
    "synth",
    "bitstream",
    "package",
)

NOT_RUN = "not run yet; run `asn2fpga build` without --until"
OPERATIONS = (
    "synops_per_inference",
    "accumulates_per_inference",
    "dense_macs_per_inference",
    "skipped_share",
)
ACTIVITY = (
    "events_in_per_inference",
    "events_out_per_inference",
    *OPERATIONS,
    "cycles_per_inference",
    "lower_bound_cycles",
    "slowest_process",
    "waits_for_input_cycles",
    "waits_for_room_cycles",
)
LATENCY = ("min", "mean", "max", "simulated", "mean_interval_95", "mean_all")

Plain = dict[str, Any]

CORE = "the network alone"
WHOLE_DESIGN = "the whole design: accelerator, DMA, interconnect"
TIMING = ("wns_ns", "whs_ns", "period_ns", "worst_path", "layer")


def build_report(manifest: Plain, measured: Measurements = NONE) -> Plain:
    """The report of a manifest (plain values: `request` and `stages`) and of what was measured on a board."""
    stages: Plain = manifest["stages"]
    figures: Plain = {name: stages.get(name, {}).get("figures", {}) for name in STAGE_NAMES}
    board: Plain = manifest["request"]["board"]
    layers = _layers(figures)
    report = {
        "schema": SCHEMA,
        "generator": {"name": "asn2fpga", "version": __version__},
        "model": _pick(figures["load"], "name", "sha256", "parameters", "time_steps"),
        "board": _pick(board, "name", "part", "clock_mhz"),
        "config": manifest["request"]["config"],
        "stages": _stages(stages),
        "complete": not missing_stages(STAGE_NAMES, stages),
        "missing": missing_stages(STAGE_NAMES, stages),
        "warnings": [warning for name in STAGE_NAMES for warning in stages.get(name, {}).get("warnings", [])],
        "csim": _pick(figures["csim"], "vectors", "mismatches", "values_compared", "compiler"),
        "cosim": _cosim(figures["cosim"], board["clock_mhz"]),
        "accuracy": _accuracy(figures["golden"]),
        "layers": layers,
        **_pick(figures["golden"], *OPERATIONS, "events_per_inference"),
        "folding": figures["quantise"].get("folding"),
        "resources": _resources(figures, board["resources"]),
        "timing": _timing(figures["bitstream"]),
        "hls": _pick(figures["hls"], "engine", "loops", "memories", "critical_path_ns", "lint"),
        "quantise": figures["quantise"].get("decisions", {}),
        "package": _pick(figures["package"], "file", "bytes", "vectors", "bitstream"),
        "board_run": stages.get("board_run", {}).get("figures"),
    }
    bitstream = figures["bitstream"] if report["stages"]["bitstream"]["status"] == "passed" else {}
    report["energy_sources"] = energy_sources(report, board["energy"], bitstream, measured)
    report["energy"] = report["energy_sources"][0]
    report["verdict"] = verdict(report)
    report["sources"] = sources(report, figures, measured)
    return report


def _pick(values: Plain, *keys: str) -> Plain:
    return {key: values.get(key) for key in keys}


def _stages(done: Plain) -> Plain:
    """Status, seconds and reason of all ten stages; those not run are skipped, with the reason."""
    failed = next((name for name in STAGE_NAMES if done.get(name, {}).get("status") == "failed"), None)
    reason = f"not run, because stage {failed} failed" if failed else NOT_RUN
    absent = {"status": "skipped", "seconds": 0.0, "reason": reason, "summary": ""}
    keys = ("status", "seconds", "reason", "summary")
    return {name: _pick(done[name], *keys) if name in done else dict(absent) for name in STAGE_NAMES}


def _cosim(figures: Plain, clock_mhz: float) -> Plain:
    cosim = _pick(figures, "engine", "simulator", "vectors", "mismatches", "spikes_compared")
    cosim["latency_cycles"] = _pick(figures.get("latency_cycles") or {}, *LATENCY)
    cosim |= _pick(
        figures,
        *("interval_cycles", "interval_bound_cycles"),
        *("latency_vectors", "cocotb", "hidden_layers"),
    )
    cosim["latency_us"] = _microseconds(mean_latency(cosim["latency_cycles"]), clock_mhz)
    cosim["inferences_per_second"] = _rate(cosim["interval_cycles"], clock_mhz)
    return cosim


def mean_latency(latency_cycles: Plain) -> float | None:
    """The mean over all samples where it is known, else over the simulated ones."""
    everything: float | None = latency_cycles["mean_all"]
    return latency_cycles["mean"] if everything is None else everything


def _microseconds(cycles: float | None, clock_mhz: float) -> float | None:
    return None if cycles is None else cycles / clock_mhz


def _rate(interval_cycles: float | None, clock_mhz: float) -> float | None:
    return None if not interval_cycles else clock_mhz * 1e6 / interval_cycles


def _accuracy(figures: Plain) -> Plain:
    """`samples` have labels; `data` says what all inputs of golden were, `data_samples` how many."""
    accuracy: Plain = figures.get("accuracy") or {"samples": 0}
    rest = _pick(figures, "agreement", "data", "calibration") | {"data_samples": figures.get("samples")}
    return _pick(accuracy, "samples", "float", "integer") | rest


def _layers(figures: Plain) -> list[Plain]:
    """One row a layer: structure from quantise; events, cycles and their bound over the same inferences.

    These are the ones whose cycles were counted in the RTL simulation; before it, all samples of golden.
    """
    activity = figures["cosim"].get("layers") or figures["golden"].get("layers", {})
    rows = figures["quantise"].get("layers", [])
    return [row | _pick(activity.get(row["name"], {}), *ACTIVITY) for row in rows]


def _timing(figures: Plain) -> Plain:
    """Vivado's timing, after placing and routing."""
    timing: Plain = figures.get("timing") or {}
    source = f"{figures['tool']} {figures['version']}" if timing else None
    return {"source": source} | _pick(timing, *TIMING)


def _resources(figures: Plain, available: Plain) -> Plain:
    """Vivado's figures if there are any, else Yosys' count, else the estimate made before code generation."""
    estimate = figures["quantise"].get("estimate", {})
    candidates = (
        {"scope": WHOLE_DESIGN, **figures["bitstream"].get("utilisation", {}), "source": "vivado"},
        {"scope": CORE, **figures["synth"]},
        {"scope": CORE, **estimate, "source": "estimate before code generation"},
    )
    used = next((found for found in candidates if found.get("lut") is not None), {})
    row = {key: used.get(key) for key in ("source", "scope", "lut", "ff", "bram36", "dsp", "uram")}
    if used and row["uram"] is None and not available["uram"]:
        row["uram"] = 0  # Vivado's report has no row for what the device lacks
    return row | {"available": dict(available), "estimate": estimate}

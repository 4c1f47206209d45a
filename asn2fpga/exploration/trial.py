"""What a worker does: figures of a design by prediction, or by building it."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from asn2fpga.board import spec
from asn2fpga.config import Config
from asn2fpga.exploration.design_figures import DesignFigures
from asn2fpga.exploration.kept_network import made_network
from asn2fpga.exploration.shared_state import SharedState, check_state, load_state
from asn2fpga.flow import STAGES
from asn2fpga.golden.simulate import accuracy
from asn2fpga.report.content import Report
from asn2fpga.report.measurements import read_measurements
from asn2fpga.report.metrics import build_report
from asn2fpga.runner import run_build, vars_of
from asn2fpga.stages.board_estimate import BoardEstimate, MadeAndRun, estimate_on, fold_for
from asn2fpga.stages.request import from_plain

PREDICT = f"{__name__}:predict"
MEASURE = f"{__name__}:measure"
STAGES_OF_FIGURES = ("load", "quantise", "golden", "codegen", "hls", "cosim", "synth")
"""Those that figures come from; RTL equals golden, so the C++ is not simulated beside it."""
_one_build = threading.Lock()  # of a process: a build that fails ends the programs of its process


def predict(given: Mapping[str, Any]) -> dict[str, Any]:
    """Figures of a design without RTL. given: folder and digest of the state, board and configuration."""
    state = load_state(Path(given["folder"]), given["digest"])
    config = Config(**given["config"])
    board = spec.from_plain(given["board"]).at(config.clock_mhz)
    made = made_network(config, state)
    found = estimate_on(config, board, made, fold_for(config, board, made))
    return predicted_figures(state, made, found).to_plain()


def predicted_figures(state: SharedState, made: MadeAndRun, found: BoardEstimate) -> DesignFigures:
    """Figures of an estimate."""
    assert found.used is not None and found.latency_cycles is not None
    assert found.interval_cycles is not None and found.energy_uj is not None
    y = state.samples.y
    return DesignFigures(
        accuracy=None if y is None else accuracy(made.scores, y),
        agreement=float(np.mean(made.scores.argmax(axis=1) == state.classes)),
        clock_mhz=found.clock_mhz,
        latency_cycles=found.latency_cycles,
        interval_cycles=found.interval_cycles,
        energy_uj=found.energy_uj,
        problem=found.problem,
        **{name: float(value) for name, value in found.used.items()},  # type: ignore[arg-type]
    )


def measure(given: Mapping[str, Any]) -> dict[str, Any]:
    """Build a design to its resources, and read its figures.

    given: folder and digest of the state, folder of the build, and its request.
    """
    check_state(Path(given["folder"]), given["digest"])
    out, request = Path(given["out"]), from_plain(given["request"], 1)
    stages = [stage for stage in STAGES if stage.name in STAGES_OF_FIGURES]
    with _one_build:
        manifest = vars_of(run_build(request, out, stages, overwrite=True))
    return measured_figures(build_report(manifest, read_measurements(out, manifest))).to_plain()


def measured_figures(report: Report) -> DesignFigures:
    """Figures of a build whose RTL was simulated and counted."""
    cosim, used, hls = report["cosim"], report["resources"], report["hls"]
    latency, interval = cosim["latency_cycles"]["mean"], cosim["interval_cycles"]
    energy, agreement = report["energy"]["uj_per_inference"], report["accuracy"]["agreement"]
    assert latency is not None and interval is not None and energy is not None and agreement is not None
    netlist = hls["netlist_timing"]
    paths = (hls["critical_path_ns"], None if netlist is None else netlist["critical_path_ns"])
    return DesignFigures(
        accuracy=report["accuracy"]["integer"],
        agreement=agreement,
        clock_mhz=report["board"]["clock_mhz"],
        latency_cycles=latency,
        interval_cycles=interval,
        lut=float(used["lut"] or 0),
        ff=float(used["ff"] or 0),
        bram36=float(used["bram36"] or 0),
        dsp=float(used["dsp"] or 0),
        uram=float(used["uram"] or 0),
        energy_uj=energy,
        path_ns=max((path for path in paths if path is not None), default=None),
    )

"""Figures of a whole build, as the stages leave them in the manifest."""

from __future__ import annotations

import dataclasses
import io
from typing import Any

from rich.console import Console

from asn2fpga.board.spec import find_board
from asn2fpga.config import Config
from asn2fpga.report.metrics import STAGE_NAMES
from asn2fpga.report.terminal import show_report

Plain = dict[str, Any]

LAYERS = [
    {
        "name": "encode",
        "kind": "Encode",
        "source": "pixels",
        "neurons": 784,
        "inputs": None,
        "lanes": None,
        "weight_bits": None,
        "acc_bits": None,
    },
    {
        "name": "fc1",
        "kind": "DensePopulation",
        "source": "net.<1>",
        "neurons": 128,
        "inputs": 784,
        "lanes": 16,
        "weight_bits": 8,
        "acc_bits": 21,
    },
    {
        "name": "fc2",
        "kind": "DenseReadout",
        "source": "net.3",
        "neurons": 10,
        "inputs": 128,
        "lanes": 10,
        "weight_bits": 8,
        "acc_bits": 17,
    },
]
GOLDEN_LAYERS = {
    "encode": {
        "events_in_per_inference": 100.0,
        "events_out_per_inference": 100.0,
        "lower_bound_cycles": 296.0,
    },
    "fc1": {"events_in_per_inference": 100.0, "events_out_per_inference": 60.5, "lower_bound_cycles": 808.0},
    "fc2": {"events_in_per_inference": 60.5, "events_out_per_inference": None, "lower_bound_cycles": 70.5},
}
CYCLES = {"encode": 300.0, "fc1": 815.25, "fc2": 80.0}
FIGURES: dict[str, Plain] = {
    "load": {"name": "mnist", "sha256": "ab" * 32, "parameters": 101_771, "time_steps": 1},
    "quantise": {
        "layers": LAYERS,
        "decisions": {"calibration_samples": 256},
        "estimate": {"lut": 4000, "ff": 3000, "bram36": 30.5, "dsp": 26, "uram": 0},
    },
    "golden": {
        "data": "data",
        "samples": 10_000,
        "accuracy": {"samples": 10_000, "float": 0.9562, "integer": 0.9555},
        "agreement": 0.99,
        "layers": GOLDEN_LAYERS,
        "synops_per_inference": 13405.0,
        "accumulates_per_inference": 13405.0,
        "events_per_inference": 160.5,
    },
    "codegen": {"files": 16},
    "csim": {"vectors": 1000, "mismatches": 0, "values_compared": 202_000, "compiler": "g++"},
    "hls": {
        "engine": "llvm",
        "loops": [
            {
                "process": "fc1_integrate_fire",
                "location": "kernels/integrate_fire.h:41",
                "pipelined": True,
                "initiation_interval": 1,
                "depth": 5,
                "limited_by": "",
            }
        ],
        "memories": [],
        "critical_path_ns": 7.25,
    },
    "cosim": {
        "engine": "llvm",
        "simulator": "verilator",
        "vectors": 1000,
        "mismatches": 0,
        "spikes_compared": 161_000,
        "latency_cycles": {"min": 700, "mean": 1200.0, "max": 1900},
        "latency_vectors": 100,
        "interval_cycles": 830.0,
        "interval_bound_cycles": 808.0,
        "layers": {
            name: {**row, "cycles_per_inference": CYCLES[name]} for name, row in GOLDEN_LAYERS.items()
        },
        "cocotb": {
            "simulator": "cocotb, verilator",
            "vectors": 100,
            "mismatches": 0,
            "spikes_compared": 16_000,
        },
    },
    "synth": {
        "source": "Yosys 0.70 synth_xilinx",
        "lut": 3900,
        "ff": 2900,
        "bram36": 29.5,
        "dsp": 26,
        "uram": 0,
    },
    "bitstream": {"command": "sh vivado/run.sh"},
    "package": {},
}


def entry(name: str, **changes: Any) -> Plain:
    figures = FIGURES[name]
    return {
        "status": "passed",
        "seconds": 1.5,
        "reason": "",
        "summary": f"{name} is done",
        "figures": figures,
        **changes,
    }


def manifest(until: str = "package", **changes: Plain) -> Plain:
    """The manifest of a whole build, up to a stage; `changes` replace entries."""
    names = STAGE_NAMES[: STAGE_NAMES.index(until) + 1]
    board = dataclasses.asdict(find_board("pynq-z2"))
    stages = {name: changes.get(name, entry(name)) for name in names}
    return {"request": {"board": board, "config": dataclasses.asdict(Config())}, "stages": stages}


def shown(report: Plain) -> str:
    """What the terminal shows."""
    output = io.StringIO()
    show_report(report, Console(file=output, width=200))
    return output.getvalue()

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
        "parallel_pixels": None,
        "weight_bits": None,
        "acc_bits": None,
        "product_slices": None,
        "lanes_per_slice": None,
        "map_order": None,
        "form": None,
    },
    {
        "name": "fc1",
        "kind": "Dense, Graded",
        "source": "net.<1>",
        "neurons": 128,
        "inputs": 784,
        "lanes": 16,
        "parallel_pixels": None,
        "weight_bits": 8,
        "acc_bits": 21,
        "product_slices": 8,
        "lanes_per_slice": 2,
        "map_order": None,
        "form": None,
    },
    {
        "name": "fc2",
        "kind": "Dense, Integrator",
        "source": "net.3",
        "neurons": 10,
        "inputs": 128,
        "lanes": 10,
        "parallel_pixels": None,
        "weight_bits": 8,
        "acc_bits": 17,
        "product_slices": 0,
        "lanes_per_slice": None,
        "map_order": None,
        "form": None,
    },
]


def layer_row(events_in: float, events_out: float | None, synops: float | None, bound: float) -> Plain:
    """What golden counts of a layer; fan-outs are those of LAYERS."""
    return {
        "events_in_per_inference": events_in,
        "events_out_per_inference": events_out,
        "synops_per_inference": synops,
        "accumulates_per_inference": 0.0,
        "dense_macs_per_inference": 0,
        "skipped_share": None,
        "lower_bound_cycles": bound,
    }


def operations(accumulates: float, dense: int) -> Plain:
    """Operations of a layer, executed and of a dense one."""
    return {
        "accumulates_per_inference": accumulates,
        "dense_macs_per_inference": dense,
        "skipped_share": 1 - accumulates / dense,
    }


GOLDEN_LAYERS = {
    "encode": layer_row(100.0, 100.0, None, 296.0),
    "fc1": layer_row(100.0, 60.5, None, 808.0) | operations(12_800.0, 100_352),
    "fc2": layer_row(60.5, None, 605.0, 70.5) | operations(605.0, 1_280),
}
CYCLES = {"encode": 300.0, "fc1": 815.25, "fc2": 80.0}
ALONE = {"encode": 302.5, "fc1": 880.0, "fc2": 27.5}
PROCESSES = {"encode": "encode_encode", "fc1": "fc1_integrate_fire", "fc2": "fc2_readout"}
FIGURES: dict[str, Plain] = {
    "load": {"name": "mnist", "sha256": "ab" * 32, "parameters": 101_771, "time_steps": 1},
    "quantise": {
        "layers": LAYERS,
        "decisions": {
            "calibration_samples": 256,
            "weights": [{"layer": "fc1", "bits": 8}, {"layer": "fc2", "bits": 8}],
        },
        "estimate": {"lut": 4000, "ff": 3000, "bram36": 30.5, "dsp": 26, "uram": 0},
        "folding": {
            "optimise": "balance",
            "target_fps": None,
            "budget": 0.8,
            "data": "calibration",
            "predicted_latency_cycles": 1205.0,
            "predicted_interval_cycles": 826.5,
            "limiting_layer": "fc1",
            "input_word_bits": 64,
            "output_word_bits": 32,
            "two_events_in_a_cycle": ["encode"],
            "next_step": {
                "lanes": 18,
                "pixels": 1,
                "refused": "it would bring nothing",
                "latency_cycles": -100.0,
                "interval_cycles": -99.6,
                "lut": 250.0,
                "ff": 20.2,
                "bram36": 0.0,
                "dsp": 2.0,
            },
        },
    },
    "golden": {
        "data": "data",
        "samples": 10_000,
        "accuracy": {"samples": 10_000, "float": 0.9562, "integer": 0.9555},
        "agreement": 0.99,
        "layers": GOLDEN_LAYERS,
        "synops_per_inference": 605.0,
        **operations(13_405.0, 101_632),
        "events_per_inference": 160.5,
    },
    "codegen": {"files": 16},
    "csim": {
        "vectors": 10_000,
        "mismatches": 0,
        "values_compared": 2_020_000,
        "compiler": "clang of ziglang",
        "xilinx": {"vectors": 20, "values_compared": 4040, "compiler": "g++"},
    },
    "hls": {
        "engine": "llvm",
        "loops": [
            {
                "process": "fc1_integrate_fire",
                "location": "kernels/population.h:41",
                "pipelined": True,
                "initiation_interval": 1,
                "depth": 5,
                "limited_by": "",
            }
        ],
        "memories": [],
        "critical_path_ns": 7.25,
        "clock_margin": 0.2,
    },
    "cosim": {
        "engine": "llvm",
        "simulator": "verilator",
        "vectors": 1000,
        "mismatches": 0,
        "spikes_compared": 161_000,
        "latency_cycles": {
            "min": 700,
            "mean": 1210.0,
            "max": 1900,
            "simulated": 100,
            "mean_interval_95": [1190.0, 1230.0],
            "mean_all": 1200.0,
        },
        "after_answer_cycles": None,
        "latency_vectors": 100,
        "interval_cycles": 830.0,
        "interval_bound_cycles": 808.0,
        "layers": {
            name: {
                **row,
                "cycles_per_inference": CYCLES[name],
                "slowest_process": PROCESSES[name],
                "waits_for_input_cycles": 10.5,
                "waits_for_room_cycles": 0.0,
                "alone_cycles": ALONE[name],
            }
            for name, row in GOLDEN_LAYERS.items()
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
        "timing": {"critical_path_ns": 7.5, "lines": ["dense.h:29", "thresholds.h:33"]},
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
    show_report(report, Console(file=output, width=260))
    return output.getvalue()

"""The keys of report.json that others rely on, and where a report breaks them."""

from __future__ import annotations

from typing import Any

from asn2fpga.report.metrics import STAGE_NAMES

Plain = dict[str, Any]

NUMBER, TEXT, ANY = (int, float), (str,), (object,)
CONTRACT: Plain = {
    "schema": TEXT,
    "model": {"name": TEXT, "sha256": TEXT, "parameters": NUMBER, "time_steps": NUMBER},
    "board": {"name": TEXT, "part": TEXT, "clock_mhz": NUMBER},
    "stages": {name: {"status": TEXT, "seconds": NUMBER, "reason": TEXT} for name in STAGE_NAMES},
    "csim": {"vectors": NUMBER, "mismatches": NUMBER, "xilinx": ANY},
    "cosim": {
        "engine": TEXT,
        "simulator": TEXT,
        "vectors": NUMBER,
        "mismatches": NUMBER,
        "spikes_compared": NUMBER,
        "latency_cycles": {"min": NUMBER, "mean": NUMBER, "max": NUMBER},
        "interval_cycles": NUMBER,
    },
    "accuracy": {"samples": NUMBER, "float": NUMBER, "integer": NUMBER},
    "layers": [
        {
            "name": TEXT,
            "kind": TEXT,
            "lanes": ANY,
            "parallel_pixels": ANY,
            "weight_bits": ANY,
            "acc_bits": ANY,
            "product_slices": ANY,
            "lanes_per_slice": ANY,
            "map_order": ANY,
            "form": ANY,
            "events_in_per_inference": NUMBER,
            "cycles_per_inference": NUMBER,
            "lower_bound_cycles": NUMBER,
        }
    ],
    "synops_per_inference": NUMBER,
    "resources": {
        "source": TEXT,
        "lut": NUMBER,
        "ff": NUMBER,
        "bram36": NUMBER,
        "dsp": NUMBER,
        "uram": NUMBER,
        "available": {"lut": NUMBER, "ff": NUMBER, "bram36": NUMBER, "dsp": NUMBER, "uram": NUMBER},
    },
    "energy": {"source": TEXT, "scope": TEXT, "uj_per_inference": NUMBER, "method": TEXT},
}


def violations(value: Any, contract: Any, path: str, optional: bool) -> list[str]:
    """Where `value` is not as the contract says; with `optional`, None stands for any number or text."""
    if isinstance(contract, dict):
        missing = [f"{path}.{key} is missing" for key in contract if key not in value]
        present = [key for key in contract if key in value]
        inner = [violations(value[key], contract[key], f"{path}.{key}", optional) for key in present]
        return missing + [line for lines in inner for line in lines]
    if isinstance(contract, list):
        inner = [violations(item, contract[0], f"{path}[{i}]", optional) for i, item in enumerate(value)]
        return [line for lines in inner for line in lines]
    if (optional and value is None) or isinstance(value, contract):
        return []
    return [f"{path} is {value!r}"]

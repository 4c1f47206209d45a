"""Integer networks that were made and run, kept for every trial that differs in lanes or clock alone."""

from __future__ import annotations

import dataclasses
import io
import json
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from asn2fpga.config import Config
from asn2fpga.errors import InputError
from asn2fpga.exploration.shared_state import SharedState
from asn2fpga.files import as_written
from asn2fpga.graph import serial
from asn2fpga.graph.arrays import as_integer
from asn2fpga.graph.types import Array
from asn2fpga.kinds.registry import all_kinds
from asn2fpga.stages.board_estimate import MadeAndRun, make_and_run
from asn2fpga.stages.quantise import FOLDING_SAMPLES
from asn2fpga.toolchain.kept import Kept
from asn2fpga.workers.once import made_once
from asn2fpga.workers.version import source_digest

OF_HARDWARE = (
    *("engine", "lanes", "pixels", "form", "map_order", "optimise", "budget", "target_fps", "clock_mhz"),
    *("vectors", "cocotb_vectors", "seed"),
)
"""What an integer network without lanes does not depend on; it does on every other choice, beside the model
and its samples.
"""


@cache
def kept_networks() -> Kept:
    """Where they lie, in the folder that all workers share."""
    return Kept("explore", f"{source_digest()} {np.__version__} {sys.version}")


def made_network(config: Config, state: SharedState) -> MadeAndRun:
    """The integer network, without lanes; made by one worker for all."""
    key = kept_networks().key(state.digest, json.dumps(_choices(config), sort_keys=True))
    typical = (state.samples.x if state.calibration is None else state.calibration)[:FOLDING_SAMPLES]

    def make() -> bytes:
        return _to_bytes(make_and_run(config, state.graph, state.calibration, state.samples, state.labels))

    content = made_once(kept_networks(), key, make)
    try:
        return _from_bytes(content, typical)
    except InputError:  # a damaged file
        content = make()
        kept_networks().put(key, content)
        return _from_bytes(content, typical)


def _choices(config: Config) -> dict[str, Any]:
    """What the network is made with."""
    return {name: value for name, value in dataclasses.asdict(config).items() if name not in OF_HARDWARE}


def _to_bytes(made: MadeAndRun) -> bytes:
    plain, tensors = serial.to_plain(made.graph)
    about = json.dumps({"graph": plain, "totals": made.totals}).encode()
    arrays = {f"graph/{name}": array for name, array in tensors.items()}
    arrays |= {f"counts/{name}": array for name, array in made.counts.items()}
    arrays |= {"about": np.frombuffer(about, np.uint8), "scores": made.scores}
    if made.steps_used is not None:
        arrays["steps_used"] = made.steps_used
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def _from_bytes(content: bytes, typical: Array) -> MadeAndRun:
    """Inverse of _to_bytes. InputError if the content is damaged."""
    where = Path("kept network")
    with as_written(where), np.load(io.BytesIO(content), allow_pickle=False) as archive:
        arrays = {name: archive[name] for name in archive.files}
        about = json.loads(arrays["about"].tobytes())
        graph = serial.from_plain(about["graph"], _below("graph/", arrays), all_kinds(), str(where))
        scores, counts = as_integer(arrays["scores"]), _below("counts/", arrays)
        used = arrays.get("steps_used")
        steps_used = None if used is None else as_integer(used)
        return MadeAndRun(graph, typical, scores, counts, about["totals"], steps_used)


def _below(start: str, arrays: Mapping[str, Array]) -> dict[str, Array]:
    return {name.removeprefix(start): array for name, array in arrays.items() if name.startswith(start)}

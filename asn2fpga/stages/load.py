"""Stage load: the model file becomes the real-valued graph; the samples are read and checked against it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from asn2fpga.ir import rules
from asn2fpga.ir.graph import Graph
from asn2fpga.ir.layers import Input, Linear
from asn2fpga.ir.types import Array
from asn2fpga.loader.data_file import Data, load_data
from asn2fpga.passes.prepare import prepare
from asn2fpga.stages.base import Build, Request, Result, Stage
from asn2fpga.stages.folder import digest_file, load_arrays, load_graph, save_arrays, save_graph
from asn2fpga.stages.samples import random_samples

RANDOM_SAMPLES = 256


def _options(request: Request) -> Mapping[str, Any]:
    return {
        "model": digest_if_file(request.model),
        "data": None if request.data is None else digest_if_file(request.data),
        "factory": request.factory,
        "unsafe_pickle": request.unsafe_pickle,
        "seed": request.config.seed,
    }


def digest_if_file(path: Any) -> str:
    """Digest of a readable file, else nothing: the loader says what is wrong with it."""
    try:
        return digest_file(path)
    except OSError:
        return ""


def _run(build: Build) -> Result:
    from asn2fpga.loader import load_model

    request = build.request
    build.say(f"reading {request.model}")
    loaded = load_model(request.model, factory=request.factory, unsafe_pickle=request.unsafe_pickle)
    rules.check(loaded.graph)
    graph = prepare(loaded.graph)
    rules.check(graph)
    (layer,) = graph.of_type(Input)
    samples, data = _samples(request, layer, classes_of(graph), loaded.calibration)
    arrays = {"x": samples.x} if samples.y is None else {"x": samples.x, "y": samples.y}
    products = (
        *save_graph(build.folder.state / "real", graph),
        save_arrays(build.folder.state / "samples.npz", arrays),
        save_arrays(build.folder.state / "calibration.npz", _calibration(loaded.calibration)),
    )
    figures = {
        "name": graph.name,
        "sha256": loaded.sha256,
        "parameters": loaded.parameters,
        "time_steps": layer.time_steps,
        "input_shape": list(layer.shape),
        "encoding": layer.encoding,
        "data": data,
    }
    return Result(_summary(graph, layer, samples, data), figures, products, warnings=loaded.warnings)


def classes_of(graph: Graph) -> int:
    """Number of outputs of a prepared real-valued graph."""
    return int(graph.of_type(Linear)[-1].weight.shape[0])


def read_state(build: Build) -> tuple[Graph, Data, Array | None]:
    """What the stage left: the prepared real-valued graph, the samples, the calibration data if any."""
    arrays = load_arrays(build.folder.state / "samples.npz")
    calibration = load_arrays(build.folder.state / "calibration.npz").get("x")
    y = arrays.get("y")
    samples = Data(arrays["x"], None if y is None else y.astype(np.int64))
    return load_graph(build.folder.state / "real"), samples, calibration


def _samples(request: Request, layer: Input, classes: int, calibration: Array | None) -> tuple[Data, str]:
    """The samples and what they are: `data`, `calibration` or `random`."""
    if request.data is not None:
        return load_data(request.data, layer, classes), "data"
    if calibration is not None and len(calibration):
        return Data(calibration, None), "calibration"
    return Data(random_samples(layer, RANDOM_SAMPLES, request.config.seed), None), "random"


def _calibration(calibration: Array | None) -> dict[str, Array]:
    return {} if calibration is None else {"x": calibration}


def _summary(graph: Graph, layer: Input, samples: Data, data: str) -> str:
    sizes = [int(np.prod(layer.shape)), *(int(linear.weight.shape[0]) for linear in graph.of_type(Linear))]
    steps = f"{layer.time_steps} time step{'s' if layer.time_steps > 1 else ''}"
    return f"{graph.name}: {'-'.join(map(str, sizes))}, {steps}; {len(samples.x)} samples ({data})"


STAGE = Stage("load", "loading the model", (), _options, _run)

"""Stage load: the model file becomes the real-valued graph; the samples are read and checked against it."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from asn2fpga.config import Forms, PerLayer
from asn2fpga.errors import InputError, did_you_mean
from asn2fpga.figures.load import Inputs, LoadFigures
from asn2fpga.graph import rules
from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.types import Array
from asn2fpga.importing import is_code
from asn2fpga.kinds.sources.input import Input, input_of
from asn2fpga.loader import LoadedModel
from asn2fpga.loader.calibration import refuse_all_zero
from asn2fpga.loader.data_file import Data, load_data
from asn2fpga.loader.input_facts import data_warnings
from asn2fpga.passes.merged_notes import merged_notes
from asn2fpga.passes.prepare import prepare
from asn2fpga.quantise.network import network_of
from asn2fpga.stages.base import Build, Request, Result, Stage
from asn2fpga.stages.folder import digest_file, load_arrays, load_graph, save_arrays, save_graph
from asn2fpga.stages.sample_order import sample_order
from asn2fpga.stages.samples import random_samples
from asn2fpga.warning import BuildWarning

RANDOM_SAMPLES = 256
RANDOM_INPUTS = BuildWarning(
    "random_inputs",
    "--data",
    f"there are no samples, so activity, latency and energy are those of {RANDOM_SAMPLES} random inputs",
    "give --data FILE.npz, or calibration data when saving the model",
)


def _options(request: Request) -> Mapping[str, Any]:
    return {
        "model": _changes(request.model),
        "data": None if request.data is None else digest_if_file(request.data),
        "importing": request.importing.to_plain(),
        "weights": None if request.importing.weights is None else digest_if_file(request.importing.weights),
        "seed": request.config.seed,
    }


def _changes(model: Path) -> str:
    """What tells whether a model is another one; code is asked anew each time: it may read any file."""
    return str(time.time_ns()) if is_code(model) else digest_if_file(model)


def digest_if_file(path: Any) -> str:
    """Digest of a readable file, else nothing: the loader says what is wrong with it."""
    try:
        return digest_file(path)
    except OSError:
        return ""


@dataclass(frozen=True, eq=False)
class ReadModel:
    """A model and its samples, as every later stage sees them.

    graph: the prepared real-valued network; merged: sentences about what preparing it changed. data: what the
    samples are.
    """

    loaded: LoadedModel
    graph: Graph
    merged: tuple[str, ...]
    samples: Data
    data: Inputs

    @property
    def warnings(self) -> tuple[BuildWarning, ...]:
        """What looks wrong in the model or in its samples."""
        return _warnings(self.loaded, self.samples, self.data)


def read_request(request: Request) -> ReadModel:
    """Read model and samples, check them against each other and against what is asked. InputError."""
    from asn2fpga.loader import load_model

    loaded = load_model(request.model, request.importing)
    rules.check(loaded.graph)
    graph = prepare(loaded.graph)
    rules.check(graph)
    network = network_of(graph)
    check_layers("weight_bits", request.config.weight_bits, [synapse.name for synapse in network.synapses])
    check_layers("lanes", request.config.lanes, [population.name for population in network.populations])
    loaded = _in_order(loaded, request.config.seed)
    samples, data = _samples(request, input_of(graph), graph.classes, loaded)
    return ReadModel(loaded, graph, tuple(merged_notes(loaded.graph, graph)), samples, data)


def _run(build: Build) -> Result:
    build.say(f"reading {build.request.model}")
    read = read_request(build.request)
    loaded, graph, merged, samples, data = read.loaded, read.graph, read.merged, read.samples, read.data
    layer = input_of(graph)
    arrays = {"x": samples.x} if samples.y is None else {"x": samples.x, "y": samples.y}
    products = (
        *save_graph(build.folder.state / "real", graph),
        save_arrays(build.folder.state / "samples.npz", arrays),
        save_arrays(build.folder.state / "calibration.npz", calibration_arrays(loaded)),
    )
    figures: LoadFigures = {
        "name": graph.name,
        "sha256": loaded.sha256,
        "parameters": loaded.parameters,
        "time_steps": layer.time_steps,
        "input_shape": list(layer.shape),
        "encoding": layer.encoding,
        "data": data,
        "trained_accuracy": loaded.trained_accuracy,
        "notes": [*loaded.notes, *merged],
    }
    summary = "; ".join((_summary(graph, layer, samples, data), *loaded.notes, *merged))
    return Result(summary, figures, products, warnings=read.warnings)


def _warnings(loaded: LoadedModel, samples: Data, data: Inputs) -> tuple[BuildWarning, ...]:
    """Those of the model, and what is odd about the user's samples; one of a kind is enough."""
    layer = input_of(loaded.graph)
    random = (RANDOM_INPUTS,) if data == "random" else ()
    if data == "calibration" or (random and layer.encoding == "events"):
        return (*loaded.warnings, *random)
    where = "--data" if data == "data" else "random inputs"
    found = data_warnings(loaded.graph, loaded.facts, samples.x, where, loaded.calibration)
    known = {warning.code for warning in loaded.warnings}
    return (*loaded.warnings, *random, *(warning for warning in found if warning.code not in known))


def check_layers(
    option: str, values: PerLayer | Forms | None, known: Sequence[str], what: str = "layers with weights"
) -> None:
    """InputError if a per-layer option names a layer that is none of the `known` ones, or there are none of
    `what` it is about.
    """
    if values is not None and not known:
        raise InputError(f"{option}: the network must have {what}, not none; leave it out.")
    for name in values if isinstance(values, Mapping) else ():
        if name not in known:
            hint = did_you_mean(name, known)
            raise InputError(f"{option}: the layer must be one of {', '.join(known)}, not '{name}'{hint}")


def read_state(build: Build) -> tuple[Graph, Data, Array | None]:
    """What the stage left: the prepared real-valued graph, the samples, the calibration data if any."""
    arrays = load_arrays(build.folder.state / "samples.npz")
    calibration = load_arrays(build.folder.state / "calibration.npz").get("x")
    y = arrays.get("y")
    samples = Data(arrays["x"], None if y is None else y.astype(np.int64))
    return load_graph(build.folder.state / "real"), samples, calibration


def read_labels(build: Build) -> IntArray | None:
    """The classes of the calibration data, if they are known."""
    y = load_arrays(build.folder.state / "calibration.npz").get("y")
    return None if y is None else y.astype(np.int64)


def _samples(request: Request, layer: Input, classes: int, loaded: LoadedModel) -> tuple[Data, Inputs]:
    """The samples in the order of use, and what they are."""
    if request.data is not None:
        data = load_data(request.data, layer, classes)
        refuse_all_zero(data.x, f"{request.data}: x")
        return in_order(data, request.config.seed), "data"
    if loaded.calibration is not None:
        return Data(loaded.calibration, loaded.labels), "calibration"
    return Data(random_samples(layer, RANDOM_SAMPLES, request.config.seed), None), "random"


def in_order(data: Data, seed: int) -> Data:
    """The same samples, so that the first ones are a stratified sample, whatever their order was."""
    order = sample_order(data.x, data.y, seed)
    return Data(data.x[order], None if data.y is None else data.y[order])


def _in_order(loaded: LoadedModel, seed: int) -> LoadedModel:
    """The model with its calibration data in their order of use."""
    if loaded.calibration is None:
        return loaded
    ordered = in_order(Data(loaded.calibration, loaded.labels), seed)
    return dataclasses.replace(loaded, calibration=ordered.x, labels=ordered.y)


def calibration_arrays(loaded: LoadedModel) -> dict[str, Array]:
    """Calibration data as x, and their classes as y; without what the model does not hold."""
    arrays = {"x": loaded.calibration, "y": loaded.labels}
    return {name: array for name, array in arrays.items() if array is not None}


def _summary(graph: Graph, layer: Input, samples: Data, data: Inputs) -> str:
    sizes = [int(np.prod(layer.shape)), *(graph.edges[p.value].size for p in network_of(graph).populations)]
    steps = f"{layer.time_steps} time step{'s' if layer.time_steps > 1 else ''}"
    return f"{graph.name}: {'-'.join(map(str, sizes))}, {steps}; {len(samples.x)} samples ({data})"


STAGE = Stage("load", "loading the model", (), _options, _run)

"""`load_model`: any file the user has to a checked real-valued graph; its content says what it is."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import Tensor, nn

from asn2fpga.errors import InputError
from asn2fpga.ir.graph import Graph
from asn2fpga.ir.layers import BatchNorm, Linear, Neuron
from asn2fpga.ir.types import Array
from asn2fpga.loader.factory import build_module, load_state
from asn2fpga.loader.model_file import is_model_file, read_model
from asn2fpga.loader.save import read_module, to_calibration
from asn2fpga.loader.torch_file import SUPPORTED, read_bytes, unpickle
from asn2fpga.warning import BuildWarning


@dataclass(frozen=True, eq=False)
class LoadedModel:
    """A model as every later stage sees it.

    graph: real-valued layers. sha256: of the file's bytes. parameters: trained numbers in the graph.
    calibration: uint8 frames (samples, *shape) or event counts (samples, time, *shape).
    warnings: what was odd about the file, though it could be read.
    """

    graph: Graph
    calibration: Array | None
    sha256: str
    parameters: int
    warnings: tuple[BuildWarning, ...] = ()


def load_model(path: str | Path, *, factory: str | None = None, unsafe_pickle: bool = False) -> LoadedModel:
    """Read a model file, or a state_dict for the module that `factory` (package.module:function) builds.

    A pickled nn.Module is read only with `unsafe_pickle`: loading it can run any code.
    Raises InputError or UnsupportedError, one sentence starting with the path or the module's place.
    """
    path = Path(path)
    data = read_bytes(path)
    content = unpickle(path, data, unsafe_pickle)
    graph, calibration = _to_graph(content, path, factory)
    return LoadedModel(graph, calibration, hashlib.sha256(data).hexdigest(), count_parameters(graph))


def count_parameters(graph: Graph) -> int:
    """Weights, biases, BatchNorm's gains and shifts, and one alpha for every ASN and NASN layer."""
    linear = sum(layer.weight.size + layer.bias.size for layer in graph.of_type(Linear))
    batchnorm = sum(layer.gain.size + layer.shift.size for layer in graph.of_type(BatchNorm))
    alphas = sum(layer.semantics.model != "ilif" for layer in graph.of_type(Neuron))
    return linear + batchnorm + alphas


def _to_graph(content: Any, path: Path, factory: str | None) -> tuple[Graph, Array | None]:
    if is_model_file(content):
        if factory is not None:
            raise InputError(
                f"{path}: --model must be left out, not be {factory}; "
                "a file of asn2fpga.save holds its network."
            )
        return read_model(content, path)
    if isinstance(content, nn.Module):
        return read_module(content, path.stem), None
    if not _is_state_dict(content):
        raise InputError(f"{path}: the model must be {SUPPORTED}, not a file of {type(content).__name__}.")
    if factory is None:
        raise InputError(
            f"{path}: a state_dict must come with --model package.module:factory, not alone; "
            "it holds weights, but not the network they belong to."
        )
    module, options = build_module(factory)
    load_state(module, content, str(path))
    calibration = options.pop("calibration", None)
    graph = read_module(module, path.stem, **options)
    return graph, to_calibration(calibration, graph)


def _is_state_dict(content: Any) -> bool:
    return (
        isinstance(content, Mapping)
        and len(content) > 0
        and all(isinstance(key, str) for key in content)
        and all(isinstance(value, Tensor) for value in content.values())
    )

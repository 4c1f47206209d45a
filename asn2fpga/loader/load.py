"""`load_model`: any file the user has to a checked real-valued graph; its content says what it is."""

from __future__ import annotations

import hashlib
import io
import pickle
import warnings
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from asn2fpga.errors import InputError, UnsupportedError
from asn2fpga.ir.graph import Graph
from asn2fpga.ir.layers import BatchNorm, Linear, Neuron
from asn2fpga.ir.types import Array
from asn2fpga.loader.factory import build_module, current_directory_on_path, load_state
from asn2fpga.loader.model_file import is_model_file, read_model
from asn2fpga.loader.save import read_module, to_calibration

HDF5_MAGIC = b"\x89HDF\r\n\x1a\n"
LEGACY_TORCH_MAGIC = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
SUPPORTED = "a file written by asn2fpga.save, or a state_dict with --model package.module:factory"


@dataclass(frozen=True, eq=False)
class LoadedModel:
    """A model as every later stage sees it.

    graph: real-valued layers. sha256: of the file's bytes. parameters: trained numbers in the graph.
    calibration: uint8 frames (samples, *shape) or event counts (samples, time, *shape).
    """

    graph: Graph
    calibration: Array | None
    sha256: str
    parameters: int


def load_model(path: str | Path, *, factory: str | None = None, unsafe_pickle: bool = False) -> LoadedModel:
    """Read a model file, or a state_dict for the module that `factory` (package.module:function) builds.

    A pickled nn.Module is read only with `unsafe_pickle`: loading it can run any code.
    Raises InputError or UnsupportedError, one sentence starting with the path or the module's place.
    """
    path = Path(path)
    data = _read(path)
    content = _unpickle(path, data, unsafe_pickle)
    graph, calibration = _to_graph(content, path, factory)
    return LoadedModel(graph, calibration, hashlib.sha256(data).hexdigest(), count_parameters(graph))


def count_parameters(graph: Graph) -> int:
    """Weights, biases, BatchNorm's gains and shifts, and one alpha for every ASN and NASN layer."""
    linear = sum(layer.weight.size + layer.bias.size for layer in graph.of_type(Linear))
    batchnorm = sum(layer.gain.size + layer.shift.size for layer in graph.of_type(BatchNorm))
    alphas = sum(layer.semantics.model != "ilif" for layer in graph.of_type(Neuron))
    return linear + batchnorm + alphas


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise InputError(f"{path}: the model file must exist; there is no such file.") from error
    except OSError as error:
        raise InputError(f"{path}: the model file must be readable, not '{error.strerror}'.") from error


def _unpickle(path: Path, data: bytes, unsafe_pickle: bool) -> Any:
    if data.startswith(HDF5_MAGIC) or path.suffix.lower() == ".nir":
        raise UnsupportedError(
            f"{path}: the model must be {SUPPORTED}, not a NIR graph; NIR is not supported yet."
        )
    if not data.startswith(LEGACY_TORCH_MAGIC) and not zipfile.is_zipfile(io.BytesIO(data)):
        raise InputError(f"{path}: the model must be {SUPPORTED}, not another kind of file.")
    return _unpickle_trusting(path, data) if unsafe_pickle else _unpickle_weights(path, data)


def _unpickle_weights(path: Path, data: bytes) -> Any:
    try:
        return _torch_load(data, weights_only=True)
    except pickle.UnpicklingError as error:
        raise InputError(
            f"{path}: the file must hold only tensors and plain values, not pickled Python objects, "
            "because loading those can run code; write it with asn2fpga.save, "
            "or add --unsafe-pickle if you trust where it comes from."
        ) from error
    except Exception as error:  # damaged or hostile bytes: torch raises almost anything
        raise InputError(f"{path}: the model must be {SUPPORTED}, not a damaged file.") from error


def _unpickle_trusting(path: Path, data: bytes) -> Any:
    """Runs whatever the file says; classes are imported as Python does, and from the current directory."""
    try:
        with current_directory_on_path():
            return _torch_load(data, weights_only=False)
    except Exception as error:  # the code of the file: anything can happen
        reason = (str(error).splitlines() or [""])[0]
        raise InputError(
            f"{path}: the pickled model must be loadable, not fail with {type(error).__name__}: {reason}"
        ) from error


def _torch_load(data: bytes, weights_only: bool) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return torch.load(io.BytesIO(data), map_location="cpu", weights_only=weights_only)


def _to_graph(content: Any, path: Path, factory: str | None) -> tuple[Graph, Array | None]:
    if is_model_file(content):
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

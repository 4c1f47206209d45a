"""Our model file: a dict of plain types and tensors that torch.load reads with weights_only=True.

    {"format": "asn2fpga.model/6", "graph": {...}, "tensors": {name: tensor},
     "calibration": {"x": tensor, "y": tensor}, "about": {...}}

`graph` is what `graph.serial.to_plain` writes, `about` what `loader.about` does. Files of asn2fpga.model/2
to /5 know fewer fields of neurons, which then have their defaults; those of asn2fpga.model/1 also have no
labels and no `about`. A file is untrusted data: everything is checked on reading.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from asn2fpga.errors import InputError
from asn2fpga.files import replacing
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.serial import from_plain, to_plain
from asn2fpga.graph.types import Array
from asn2fpga.kinds.registry import all_kinds
from asn2fpga.kinds.sources.input import Input, input_of
from asn2fpga.loader import about as about_file
from asn2fpga.loader.about import NOTHING, About
from asn2fpga.loader.check_graph import check_graph
from asn2fpga.loader.data_file import Labels, check_labels, check_shape
from asn2fpga.loader.description import InputDescription

FORMAT = "asn2fpga.model/6"
EARLIER = ("asn2fpga.model/1", "asn2fpga.model/2", "asn2fpga.model/3", "asn2fpga.model/4", "asn2fpga.model/5")
MAX_ELEMENTS = 1 << 28
KEYS = ("format", "graph", "tensors", "calibration", "about")


@dataclass(frozen=True, eq=False)
class Origin:
    """The module that a graph was read from. output: which of the results of forward gives the scores."""

    module: nn.Module
    description: InputDescription
    output: int


@dataclass(frozen=True, eq=False)
class ModelContent:
    """Everything in a model file. calibration: uint8 raw inputs; labels: a class for each of them.

    origin: the module it was read from, which is in no file.
    """

    graph: Graph
    calibration: Array | None = None
    labels: Labels | None = None
    about: About = NOTHING
    origin: Origin | None = None


def model_bytes(model: ModelContent) -> bytes:
    """The file of a checked model."""
    plain, tensors = to_plain(model.graph)
    samples = {"x": model.calibration, "y": model.labels}
    content = {
        "format": FORMAT,
        "graph": plain,
        "tensors": {name: torch.from_numpy(array.copy()) for name, array in tensors.items()},
        "calibration": {k: torch.from_numpy(v.copy()) for k, v in samples.items() if v is not None},
        "about": about_file.to_plain(model.about),
    }
    buffer = io.BytesIO()  # writing a file itself, torch hides what the system says
    torch.save(content, buffer)
    return buffer.getvalue()


def write_model(path: Path, model: ModelContent) -> None:
    """Write a checked model; the file appears whole or not at all. InputError if it cannot be written."""
    try:
        data = model_bytes(model)
        with replacing(path) as stream:
            stream.write(data)
    except OSError as error:
        raise InputError(f"{path}: the model file must be writable, not '{error.strerror}'.") from error


def is_model_file(content: object) -> bool:
    """Whether a loaded file says it is ours, of whatever version."""
    return isinstance(content, dict) and str(content.get("format", "")).startswith("asn2fpga.model/")


def read_model(content: dict[str, Any], path: Path) -> ModelContent:
    """What a loaded file holds. Raises InputError starting with the path."""
    if content["format"] not in (FORMAT, *EARLIER):
        raise InputError(
            f"{path}: the format must be {FORMAT}, not {str(content['format'])[:40]}; "
            "it was written by another version of asn2fpga."
        )
    earlier = content["format"] != FORMAT
    keys = KEYS[:-1] if content["format"] == EARLIER[0] else KEYS
    missing = [key for key in keys if key not in content]
    if missing:
        raise InputError(
            f"{path}: a model file must hold {', '.join(keys)}; this one lacks {', '.join(missing)}."
        )
    tensors = _arrays(content["tensors"], f"{path}: tensors")
    calibration = _arrays(content["calibration"], f"{path}: calibration")
    graph = from_plain(content["graph"], tensors, all_kinds(), str(path), earlier=earlier)
    about = about_file.from_plain(content["about"], str(path)) if "about" in keys else NOTHING
    try:
        check_graph(graph)
        return ModelContent(graph, *_samples(calibration, graph), about)
    except InputError as error:
        raise type(error)(f"{path}: {error}") from error


def _samples(arrays: dict[str, Array], graph: Graph) -> tuple[Array | None, Labels | None]:
    x, y = arrays.get("x"), arrays.get("y")
    if x is None:
        return None, None
    x = check_calibration(x, input_of(graph))
    return x, None if y is None else check_labels(y, len(x), graph.classes, "calibration: y")


def _arrays(tensors: object, where: str) -> dict[str, Array]:
    if not isinstance(tensors, dict):
        raise InputError(f"{where} must be a dict of tensors, not {type(tensors).__name__}.")
    return {str(name): _array(tensor, f"{where}: {str(name)[:60]!r}") for name, tensor in tensors.items()}


def _array(tensor: object, where: str) -> Array:
    """A tensor as numpy array: dense, contiguous (no giant made of one number), of a plain type."""
    if not isinstance(tensor, torch.Tensor):
        raise InputError(f"{where} must be a tensor, not {type(tensor).__name__}.")
    dense = tensor.layout == torch.strided and tensor.device.type == "cpu" and not tensor.is_quantized
    if not dense or not tensor.is_contiguous() or tensor.numel() > MAX_ELEMENTS:
        raise InputError(f"{where} must be a dense, contiguous tensor of at most {MAX_ELEMENTS} elements.")
    if tensor.dtype not in (torch.float64, torch.int64, torch.uint8):
        raise InputError(
            f"{where} must be float64, int64 or uint8, not {str(tensor.dtype).removeprefix('torch.')}."
        )
    array: Array = tensor.detach().resolve_conj().resolve_neg().numpy()
    return array


def check_calibration(x: Array, layer: Input) -> Array:
    """Calibration data that fits the network's input: uint8, (samples, *shape) or (samples, time, *shape)."""
    if x.dtype != np.uint8:
        raise InputError(f"calibration: x must be uint8, not {x.dtype}; give the raw pixels or counts.")
    check_shape(x, layer, "calibration: x")
    if x.max() > layer.max_count:
        raise InputError(f"calibration: x must be at most {layer.max_count} (max_count), not {x.max()}.")
    return x

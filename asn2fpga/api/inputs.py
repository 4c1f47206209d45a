"""What `asn2fpga.build` and `estimate` are given, as files: a module becomes a model file, arrays an .npz."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from asn2fpga.errors import InputError
from asn2fpga.graph.types import Array

if TYPE_CHECKING:
    from torch import nn

    from asn2fpga.loader.summary import ModelSummary

Samples: TypeAlias = "str | Path | Array | tuple[Any, Any] | Mapping[str, Any]"
"""A file.npz; x alone; (x, y); or {"x": x, "y": y}. Arrays are of numpy or torch."""

Model: TypeAlias = "nn.Module | ModelSummary | str | Path"
"""What `asn2fpga build` takes as MODEL, a trained module, or what `asn2fpga.save` returned."""

MODEL_FILE = "inputs/{name}.pt"
DATA_FILE = "inputs/data.npz"
OF_MODULES = ("example_input", "calibration", "labels")
DESCRIBING = ("encoding", "input_scale", "max_count", "time_steps", "time_axis", "output", "read_out")


@dataclass(frozen=True)
class Inputs:
    """Paths of model and data; `files`: what is to be written there first, by paths in the out folder."""

    model: Path
    data: Path | None
    files: Mapping[str, bytes] = field(default_factory=dict)


def is_module(model: object) -> bool:
    """Whether it is a torch module, without importing torch."""
    import sys

    torch = sys.modules.get("torch")
    return torch is not None and isinstance(model, torch.nn.Module)


def model_path(model: object) -> Path:
    """The file of a model that is no module. InputError for anything that names none."""
    found = getattr(model, "path", model)
    if not isinstance(found, str | Path):
        raise InputError(
            "model: it must be a torch.nn.Module, the path of a model file, or what asn2fpga.save returned, "
            f"not {type(model).__name__}."
        )
    return Path(found)


def arrays_of(data: object) -> dict[str, Array]:
    """x, and y if it is there, as numpy arrays. InputError for anything else."""
    if isinstance(data, tuple | list):
        if len(data) != 2:
            raise InputError(f"data: it must be (x, y), not {len(data)} values.")
        data = {"x": data[0], "y": data[1]}
    if not isinstance(data, Mapping):
        data = {"x": data}
    if "x" not in data:
        raise InputError(f"data: it must hold x, not only {', '.join(map(str, data)) or 'nothing'}.")
    given = {name: _array(data[name], name) for name in ("x", "y") if data.get(name) is not None}
    return given


def _array(value: Any, name: str) -> Array:
    """A numpy array of a numpy array, a tensor or a list of numbers."""
    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    found: Array = np.asarray(value)
    if found.dtype == object:
        raise InputError(f"data: {name} must be an array of numbers, not {type(value).__name__}.")
    return found


def npz_bytes(arrays: Mapping[str, Array]) -> bytes:
    """An archive; the same arrays give the same bytes."""
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def take_inputs(model: Model, data: Samples | None, out: Path, options: dict[str, Any]) -> Inputs:
    """Where model and data lie, or will lie in `out`. Takes what describes a module out of `options`."""
    files: dict[str, bytes] = {}
    where: Path | None
    if data is None or isinstance(data, str | Path):
        where = None if data is None else Path(data)
    else:
        files[DATA_FILE] = npz_bytes(arrays_of(data))
        where = out / DATA_FILE
    if not is_module(model):
        for name in OF_MODULES:
            if options.pop(name, None) is not None:
                raise InputError(f"{name}: the option is for modules; the model file {model} has its own.")
        return Inputs(model_path(model), where, files)
    name = MODEL_FILE.format(name=file_name(model))
    files[name] = module_bytes(model, Path(name).stem, data, options)
    return Inputs(out / name, where, files)


def file_name(module: Any) -> str:
    """What a module is called: as its class."""
    return type(module).__name__.lower().lstrip("_") or "model"


def module_bytes(module: Any, name: str, data: Samples | None, options: dict[str, Any]) -> bytes:
    """The model file of a module. Without example_input the first sample of data is one, as floats."""
    from asn2fpga.loader.model_file import model_bytes
    from asn2fpga.loader.save import convert

    said = {key: options.pop(key) for key in DESCRIBING if options.get(key) is not None}
    calibration, labels = options.pop("calibration", None), options.pop("labels", None)
    example = options.pop("example_input", None)
    if isinstance(calibration, tuple | list | Mapping):
        found = arrays_of(calibration)
        calibration, labels = found["x"], found.get("y", labels)
    if example is None:
        example = _example(data if calibration is None else calibration, said)
    return model_bytes(convert(module, name, example, calibration, labels=labels, **said))


def _example(data: Any, said: Mapping[str, Any]) -> Any:
    """One input as the module takes it: scaled, and of events with the axis of time first."""
    import torch

    if data is None or isinstance(data, str | Path):
        from asn2fpga.loader.data_file import read_arrays

        found = {} if data is None else read_arrays(data)
    else:
        found = arrays_of(data)
    if "x" not in found or not len(found["x"]):
        raise InputError(
            "build: example_input must be given for a module, or data, whose first sample is one."
        )
    one = torch.from_numpy(np.ascontiguousarray(found["x"][:1])).float()
    scale = said.get("input_scale")
    if isinstance(scale, int | float):
        one = one * scale
    return one.swapaxes(0, 1) if said.get("encoding") == "events" and one.dim() > 2 else one

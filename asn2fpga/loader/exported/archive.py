"""The archive of torch.export.save: a graph as JSON, and its tensors as raw bytes.

`torch.export.load` evaluates expressions of the file and falls back to unpickling anything; here nothing of
it runs. Written against torch/export/pt2_archive/_package.py and torch/_export/serde/schema.py of torch 2.8
to 2.13, schema version 8.
"""

from __future__ import annotations

import io
import json
import pickle
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from asn2fpga.errors import InputError, UnsupportedError
from asn2fpga.loader.archive import check_unpacked_size
from asn2fpga.loader.torch_file import unwanted_pickle

SCHEMA = 8
MAX_ELEMENTS = 1 << 28
EARLIER = "serialized_exported_program.json"
REMEDY = "write it with torch.export.save"
DTYPES = {  # torch._export.serde.schema.ScalarType
    1: torch.uint8,
    2: torch.int8,
    3: torch.int16,
    4: torch.int32,
    5: torch.int64,
    6: torch.float16,
    7: torch.float32,
    8: torch.float64,
    12: torch.bool,
    13: torch.bfloat16,
}


@dataclass(frozen=True, eq=False)
class Content:
    """program: the JSON of the only model in the file; tensors: weights, buffers and constants by name."""

    program: Mapping[str, Any]
    tensors: Mapping[str, Tensor]


def is_exported(data: bytes) -> bool:
    """Whether a file is one of torch.export.save, of whatever version."""
    return any(name == EARLIER or _is_model(name) for name in _names(data))


def read_exported(path: Path, data: bytes, unsafe_pickle: bool) -> Content:
    """The content of such a file, as it says: nothing of the graph is checked yet. InputError,
    UnsupportedError.
    """
    check_unpacked_size(path, io.BytesIO(data), REMEDY)
    names = _names(data)
    models = [name for name in names if _is_model(name)]
    if not models:
        raise UnsupportedError(
            f"{path}: an exported program must be written by torch 2.8 or later, not by an earlier one; "
            "export it again, or build the code: my_model.py:Net --weights FILE."
        )
    if len(models) > 1:
        raise UnsupportedError(
            f"{path}: the file must hold one program, not {len(models)}; export them apart."
        )
    if any("/data/aotinductor/" in name for name in names):
        raise UnsupportedError(
            f"{path}: the program must be exported, not compiled by AOTInductor; {REMEDY}."
        )
    archive = zipfile.ZipFile(io.BytesIO(data))
    root, _, name = models[0].removesuffix(".json").rpartition("models/")
    program = _json(path, archive, models[0])
    version = program.get("schema_version")
    if not isinstance(version, dict) or version.get("major") != SCHEMA:
        raise UnsupportedError(
            f"{path}: the program must have schema version {SCHEMA}, not another one; export it with "
            "torch 2.8 to 2.13."
        )
    tensors: dict[str, Tensor] = {}
    for kind in ("weights", "constants"):
        config = f"{root}data/{kind}/{name}_{kind}_config.json"
        if config in names:
            entries = _json(path, archive, config).get("config")
            reader = _Tensors(path, archive, f"{root}data/{kind}/", unsafe_pickle)
            tensors |= {str(key): reader.read(str(key), entry) for key, entry in _items(path, entries)}
    return Content(program, tensors)


def _names(data: bytes) -> list[str]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return archive.namelist()
    except Exception:  # damaged or hostile bytes: zipfile raises almost anything
        return []


def _is_model(name: str) -> bool:
    return "/models/" in f"/{name}" and name.endswith(".json")


def _json(path: Path, archive: zipfile.ZipFile, name: str) -> dict[str, Any]:
    try:
        found = json.loads(archive.read(name))
    except Exception as error:  # damaged or hostile bytes: zipfile and json raise almost anything
        raise damaged(path, name) from error
    if not isinstance(found, dict):
        raise damaged(path, name)
    return found


def _items(path: Path, entries: object) -> list[tuple[object, object]]:
    if not isinstance(entries, dict):
        raise damaged(path, "its tensors")
    return list(entries.items())


@dataclass(frozen=True, eq=False)
class _Tensors:
    path: Path
    archive: zipfile.ZipFile
    folder: str
    unsafe_pickle: bool

    def read(self, name: str, entry: object) -> Tensor:
        """One tensor of the folder; `entry` says where it is and of what form."""
        if not isinstance(entry, dict) or not isinstance(entry.get("path_name"), str):
            raise damaged(self.path, name)
        file = entry["path_name"]
        try:
            content = self.archive.read(self.folder + file)
        except Exception as error:  # damaged or hostile bytes: zipfile raises almost anything
            raise damaged(self.path, name) from error
        if not file.startswith(("weight_", "tensor_")):
            raise UnsupportedError(
                f"{self.path}: {_shown(name)} must be a tensor, not another object; build the code: "
                "my_model.py:Net --weights FILE."
            )
        return self._pickled(name, content) if entry.get("use_pickle") else self._raw(name, content, entry)

    def _pickled(self, name: str, content: bytes) -> Tensor:
        try:
            found = torch.load(io.BytesIO(content), map_location="cpu", weights_only=not self.unsafe_pickle)
        except pickle.UnpicklingError as error:
            raise unwanted_pickle(self.path) from error
        except Exception as error:  # damaged or hostile bytes: torch raises almost anything
            raise damaged(self.path, name) from error
        if not isinstance(found, Tensor) or found.layout != torch.strided or found.is_quantized:
            raise UnsupportedError(f"{self.path}: {_shown(name)} must be a dense tensor.")
        return found.detach().contiguous()

    def _raw(self, name: str, content: bytes, entry: Mapping[str, Any]) -> Tensor:
        """A contiguous tensor of the bytes of its storage."""
        try:
            meta = entry["tensor_meta"]
            dtype = DTYPES[meta["dtype"]]
            sizes = tuple(_number(size) for size in meta["sizes"])
            strides = tuple(_number(stride) for stride in meta["strides"])
            offset = _number(meta["storage_offset"])
            if 0 in sizes:
                return torch.zeros(sizes, dtype=dtype)
            flat = torch.from_numpy(np.frombuffer(content, np.uint8).copy()).view(dtype)
            last = offset + sum((size - 1) * stride for size, stride in zip(sizes, strides, strict=True))
            elements = int(np.prod(sizes, dtype=object))
            if elements > min(MAX_ELEMENTS, flat.numel()) or last >= flat.numel():
                raise damaged(self.path, name)
            return flat.as_strided(sizes, strides, offset).contiguous()
        except (KeyError, TypeError, ValueError, RuntimeError, OverflowError) as error:
            raise damaged(self.path, name) from error


def _number(value: Any) -> int:
    number = value["as_int"]
    if isinstance(number, bool) or not isinstance(number, int) or number < 0:
        raise ValueError(number)
    return number


def damaged(path: Path, what: str) -> InputError:
    """The file contradicts itself, or its format."""
    return InputError(f"{path}: the exported program must be whole, not damaged at {_shown(what)}; {REMEDY}.")


def _shown(name: str) -> str:
    return repr(name[:60])

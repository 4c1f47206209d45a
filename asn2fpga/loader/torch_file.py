"""Reading torch files. Without `unsafe_pickle` nothing in them can run; with it, anything can."""

from __future__ import annotations

import io
import pickle
import warnings
import zipfile
from pathlib import Path
from typing import Any

import torch

from asn2fpga.errors import InputError
from asn2fpga.files import check_regular
from asn2fpga.loader.archive import changed_part, check_unpacked_size
from asn2fpga.loader.factory import current_directory_on_path
from asn2fpga.loader.inert import inert_classes

PICKLE_MAGIC = b"\x80"
LEGACY_TORCH_MAGIC = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
SUPPORTED = (
    "a file written by asn2fpga.save, a NIR graph, a program of torch.export.save, or weights for a module "
    "(my_model.py:Net --weights FILE)"
)


def read_bytes(path: Path) -> bytes:
    """The whole file. Raises InputError if it is missing or unreadable."""
    check_regular(path, str(path))
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise InputError(f"{path}: the model file must exist; there is no such file.") from error
    except OSError as error:
        raise InputError(f"{path}: the model file must be readable, not '{error.strerror}'.") from error


def unpickle(path: Path, data: bytes, unsafe_pickle: bool) -> Any:
    """What a torch file holds. Raises InputError for other files, damaged ones, and unwanted pickles."""
    check_unpacked_size(path, io.BytesIO(data), "write it with asn2fpga.save or torch.save")
    if not data.startswith(PICKLE_MAGIC) and not _is_torch_archive(data):
        raise InputError(f"{path}: the model must be {SUPPORTED}, not another kind of file.")
    changed = changed_part(data)
    if changed:
        raise InputError(
            f"{path}: the file must be as it was written, not changed: {changed[:80]!r} does not have its "
            "checksum; copy it again."
        )
    if unsafe_pickle:
        return _unpickle_trusting(path, data)
    if data.startswith(PICKLE_MAGIC) and not data.startswith(LEGACY_TORCH_MAGIC):
        raise unwanted_pickle(path)
    return _unpickle_weights(path, data)


def _is_torch_archive(data: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return any(name.endswith("/data.pkl") for name in archive.namelist())
    except Exception:  # damaged or hostile bytes: zipfile raises almost anything
        return False


def _unpickle_weights(path: Path, data: bytes) -> Any:
    """The file's tensors and plain values; objects of foreign classes come as loader.inert makes them."""
    try:
        with inert_classes(data):
            return _torch_load(data, weights_only=True)
    except pickle.UnpicklingError as error:
        raise (_damaged(path) if "Unsupported operand" in str(error) else unwanted_pickle(path)) from error
    except Exception as error:  # damaged or hostile bytes: torch raises almost anything
        raise _damaged(path) from error


def _unpickle_trusting(path: Path, data: bytes) -> Any:
    """Runs whatever the file says; classes are imported as Python does, and from the current directory."""
    try:
        with current_directory_on_path():
            return _torch_load(data, weights_only=False)
    except Exception as error:  # the code of the file: anything can happen
        reason = (str(error).splitlines() or [""])[0]
        raise InputError(
            f"{path}: cannot load the pickled model: {type(error).__name__}: {reason}"
        ) from error


def _torch_load(data: bytes, weights_only: bool) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return torch.load(io.BytesIO(data), map_location="cpu", weights_only=weights_only)


def unwanted_pickle(path: Path) -> InputError:
    """The file holds objects where weights are wanted."""
    return InputError(
        f"{path}: the file must be plain weights, not pickled Python objects, "
        "because loading those can run code; write it with asn2fpga.save, "
        "or add --unsafe-pickle if you trust where it comes from."
    )


def _damaged(path: Path) -> InputError:
    return InputError(f"{path}: the model must be {SUPPORTED}, not a damaged file.")

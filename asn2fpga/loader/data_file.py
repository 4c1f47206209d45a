"""Files of samples: .npz archives of plain arrays `x` and `y`; never unpickled, always checked."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from asn2fpga.errors import InputError
from asn2fpga.files import check_regular
from asn2fpga.graph.limits import MAX_COUNT
from asn2fpga.graph.types import Array
from asn2fpga.kinds.sources.input import Input
from asn2fpga.loader.archive import check_unpacked_size
from asn2fpga.loader.tokens import counts_of

Labels = npt.NDArray[np.int64]
Taken = TypeVar("Taken")


@dataclass(frozen=True, eq=False)
class Data:
    """x: frames (samples, *shape) or event counts (samples, time, *shape); y: (samples,) classes, or None."""

    x: Array
    y: Labels | None


def load_data(path: str | Path, input_layer: Input, classes: int) -> Data:
    """`x` and, if present, `y` of an .npz file. Raises InputError naming file and array if they do not fit.

    Frames must be uint8; events any integers in 0..max_count, or bools; y integers in 0..classes-1.
    """
    arrays = read_arrays(path)
    _require("x", arrays, path)
    x = check_x(arrays["x"], input_layer, f"{path}: x")
    y = arrays.get("y")
    return Data(x, None if y is None else check_labels(y, len(x), classes, f"{path}: y"))


def read_arrays(path: str | Path) -> dict[str, Array]:
    """Every array of an .npz file, by name. InputError for anything else, arrays of objects included."""
    return _read(path, lambda archive: {name: archive[name] for name in archive.files})


def check_holds_x(path: str | Path) -> None:
    """InputError unless it is an archive with an array `x`: what can be said before anything is built."""
    _require("x", _read(path, lambda archive: tuple(archive.files)), path)


OF_OBJECTS = "Object arrays cannot be loaded"  # how numpy begins to say that it would have to unpickle


def _read(path: str | Path, take: Callable[[Any], Taken]) -> Taken:
    """What `take` makes of the opened archive."""
    check_regular(Path(path), str(path))
    try:
        with Path(path).open("rb") as file:
            check_unpacked_size(path, file, "write it without compression: numpy.savez(path, x=x, y=y)")
            archive = np.load(file, allow_pickle=False)
            if isinstance(archive, np.ndarray):
                raise ValueError("a single array")
            return take(archive)
    except InputError:
        raise
    except FileNotFoundError as error:
        raise InputError(f"{path}: the data file must exist; there is no such file.") from error
    except OSError as error:
        raise InputError(f"{path}: the data file must be readable, not '{error.strerror}'.") from error
    except Exception as error:  # damaged or hostile bytes: numpy and zipfile raise almost anything
        if str(error).startswith(OF_OBJECTS):
            raise InputError(
                f"{path}: its arrays must hold numbers, not objects, as numpy makes of samples of different "
                "numbers of time steps; bring all samples to one number: pad them with zeros, or cut them."
            ) from error
        raise InputError(
            f"{path}: the data file must be an .npz archive of plain arrays, not another kind of file; "
            "write it with numpy.savez(path, x=x, y=y)."
        ) from error


def _require(name: str, names: Iterable[str], path: str | Path) -> None:
    if name not in names:
        found = ", ".join(names) or "nothing"
        raise InputError(f"{path}: the data file must hold an array '{name}', not only {found}.")


def sample_shape(layer: Input) -> tuple[int, ...]:
    """Shape of one sample: the frame's, or time steps first for events."""
    return layer.shape if layer.encoding == "frames" else (layer.time_steps, *layer.shape)


def check_shape(x: Array, layer: Input, where: str) -> None:
    """Refuse samples of another shape, and those whose first axis may be samples or time: none is guessed."""
    shape = sample_shape(layer)
    if x.shape[1:] != shape or x.ndim != len(shape) + 1 or len(x) == 0:
        expected = f"(samples, {', '.join(map(str, shape))})"
        raise InputError(f"{where} must have shape {expected}, not {x.shape}{_axes_hint(x, layer)}.")
    if layer.encoding == "events" and len(x) == layer.time_steps > 1:
        raise InputError(
            f"{where} must not have as many samples as time steps, {len(x)}: is its first axis samples, as "
            "in files, or time, as in torch? Give another number of samples, with the axis of samples first."
        )


def _axes_hint(x: Array, layer: Input) -> str:
    """What to do about axes that are those of torch, or about frames of another form; else empty."""
    if len(x) == 0:
        return "; there is no sample in it" if x.shape[1:] == sample_shape(layer) else ""
    leading = len(sample_shape(layer)) - len(layer.shape) + 1
    if len(layer.shape) > 1 and x.shape[leading:] == (*layer.shape[1:], layer.shape[0]):
        return (
            "; its channels stand last, where the network has them first: "
            f"give numpy.moveaxis(x, -1, {leading})"
        )
    if layer.encoding != "events":
        return _flat_hint(x, layer)
    if layer.time_steps > 1 and x.shape[1:] == (*layer.shape, layer.time_steps):
        return "; its last axis is time, which files have behind the samples: give numpy.moveaxis(x, -1, 1)"
    if x.ndim == len(layer.shape) + 2 and len(x) == layer.time_steps and x.shape[2:] == layer.shape:
        return "; its first axis is time, as in torch, where files have samples: give x.swapaxes(0, 1)"
    return "; one sample is given as x[None]" if x.shape == sample_shape(layer) else ""


def _flat_hint(x: Array, layer: Input) -> str:
    """How frames of the right number of pixels get the right shape; empty for any other number."""
    if len(x) == 0 or x[0].size != math.prod(layer.shape):
        return ""
    return f"; give x.reshape(-1, {', '.join(map(str, layer.shape))}) if the order of the pixels is the same"


def _pixels_hint(x: Array) -> str:
    if np.issubdtype(x.dtype, np.integer) and x.min() >= 0 and x.max() <= MAX_COUNT:
        return "give x.astype(numpy.uint8)"
    return "do not scale or normalise it"


def check_x(x: Array, layer: Input, where: str) -> Array:
    """Samples that fit the input of the network, as integers; refuse others. `where` starts the message.

    Token ids become counts.
    """
    x = counts_of(x, layer, where)
    check_shape(x, layer, where)
    if layer.encoding == "events" and x.dtype == np.bool_:
        x = x.astype(np.uint8)
    if layer.encoding == "frames" and x.dtype != np.uint8:
        raise InputError(f"{where} must be uint8 (raw pixels), not {x.dtype}; {_pixels_hint(x)}.")
    if not np.issubdtype(x.dtype, np.integer):
        raise InputError(f"{where} must hold integers (event counts), not {x.dtype}.")
    low, high = int(x.min()), int(x.max())
    if low < 0 or high > layer.max_count:
        raise InputError(f"{where} must be in 0..{layer.max_count}, not {low}..{high}.")
    return x


def check_labels(y: Array, samples: int, classes: int, where: str) -> Labels:
    """`y` as int64; refuse anything but one class 0..classes-1 per sample. `where` starts the message."""
    if y.shape != (samples,):
        raise InputError(f"{where} must have shape ({samples},), one class for every sample, not {y.shape}.")
    if not np.issubdtype(y.dtype, np.integer):
        raise InputError(f"{where} must hold integers (classes), not {y.dtype}.")
    low, high = int(y.min()), int(y.max())
    if low < 0 or high >= classes:
        raise InputError(
            f"{where} must be in 0..{classes - 1}, not {low}..{high}; there are {classes} classes."
        )
    return y.astype(np.int64)

"""The samples of a build: what --data holds, else the model's calibration data, else random inputs."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from asn2fpga.errors import InputError
from asn2fpga.ir.layers import Encode, Input, ReceiveEvents
from asn2fpga.ir.types import Array, Shape

Labels = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Samples:
    """x: frames (B, *shape) uint8 or event counts (B, T, *shape); y: (B,) classes or None."""

    x: Array
    y: Labels | None


def sample_shape(layer: Input | Encode | ReceiveEvents) -> Shape:
    """Shape of one sample: the frame's, or time steps first for events."""
    events = isinstance(layer, ReceiveEvents) or (isinstance(layer, Input) and layer.encoding == "events")
    return (layer.time_steps, *layer.shape) if events else layer.shape


def max_count(layer: Input | Encode | ReceiveEvents) -> int:
    """Largest value of a sample's element."""
    return layer.max_count if isinstance(layer, Input) else layer.count_type.max


def read_samples(path: Path, layer: Input, classes: int) -> Samples:
    """`x` and, if present, `y` of an .npz file; InputError naming file and array if they do not fit the network."""
    arrays = _read(path)
    if "x" not in arrays:
        raise InputError(f"--data {path}: the file must hold an array 'x', not only {_names(arrays)}.")
    x = arrays["x"]
    _check_x(path, x, layer)
    return Samples(x, _labels(path, arrays["y"], len(x), classes) if "y" in arrays else None)


def random_samples(layer: Input | Encode | ReceiveEvents, count: int, seed: int, first: int = 0) -> Array:
    """Samples `first`..`first + count - 1` of an endless random sequence; sample k depends on seed and k alone.

    Sample 0 is all zero, sample 1 all maximal; the others have a random share of non-zero elements.
    """
    shape, largest = sample_shape(layer), max_count(layer)
    dtype = np.uint8 if largest <= 255 else np.int64
    x = np.zeros((count, *shape), dtype)
    for row in range(count):
        index = first + row
        if index == 1:
            x[row] = largest
        if index > 1:
            random = np.random.default_rng([seed, index])
            fired = random.random(shape) < random.random()
            x[row] = np.where(fired, random.integers(1, largest + 1, shape), 0)
    return x


def vectors(samples: Samples, layer: Encode | ReceiveEvents, count: int, seed: int, first: int = 0) -> Array:
    """Test vectors `first`..`first + count - 1`: the samples in order, after them random ones."""
    taken = samples.x[first : first + count]
    missing = count - len(taken)
    start = max(0, first - len(samples.x))
    if missing == 0:
        return taken
    return np.concatenate([taken, random_samples(layer, missing, seed, start).astype(taken.dtype)])


def _read(path: Path) -> dict[str, Array]:
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except OSError as error:
        raise InputError(
            f"--data {path}: the file must be readable, not '{error.strerror or 'damaged'}'."
        ) from error
    except (ValueError, EOFError, TypeError, zipfile.BadZipFile, zlib.error) as error:
        raise InputError(
            f"--data {path}: the file must be an .npz file of plain arrays, not another kind of file; "
            "write it with numpy.savez(path, x=x, y=y)."
        ) from error


def _names(arrays: Mapping[str, Array]) -> str:
    return ", ".join(f"'{name}'" for name in arrays) or "nothing"


def _check_x(path: Path, x: Array, layer: Input) -> None:
    shape = sample_shape(layer)
    expected = f"(samples, {', '.join(map(str, shape))})"
    if x.shape[1:] != shape or x.ndim != len(shape) + 1 or len(x) == 0:
        raise InputError(f"--data {path}: x must have shape {expected}, not {x.shape}; reshape it.")
    if layer.encoding == "frames" and x.dtype != np.uint8:
        raise InputError(
            f"--data {path}: x must be uint8 pixels, not {x.dtype}; do not scale or normalise it."
        )
    if not np.issubdtype(x.dtype, np.integer):
        raise InputError(f"--data {path}: x must hold integer event counts, not {x.dtype}.")
    low, high = int(x.min()), int(x.max())
    if low < 0 or high > layer.max_count:
        raise InputError(f"--data {path}: x must be within 0..{layer.max_count}, not {low}..{high}.")


def _labels(path: Path, y: Array, samples: int, classes: int) -> Labels:
    if y.shape != (samples,):
        raise InputError(f"--data {path}: y must have shape ({samples},), one class a sample, not {y.shape}.")
    if not np.issubdtype(y.dtype, np.integer):
        raise InputError(f"--data {path}: y must hold integer classes, not {y.dtype}.")
    low, high = int(y.min()), int(y.max())
    if low < 0 or high >= classes:
        raise InputError(
            f"--data {path}: y must be within 0..{classes - 1}, not {low}..{high}; the network has {classes} outputs."
        )
    return y.astype(np.int64)

"""Files of the IDX format, gzipped: the images and labels of MNIST and its relatives, as numpy arrays."""

from __future__ import annotations

import gzip
import math
import zlib
from pathlib import Path

import numpy as np
import numpy.typing as npt

from asn2fpga.errors import InputError

UINT8 = 0x08  # the type of the elements in the magic number
MAX_ELEMENTS = 1 << 28


def read_idx(path: Path, axes: int) -> npt.NDArray[np.uint8]:
    """The uint8 array of that many axes. InputError if the file cannot be read, or holds anything else.

    Header: two zero bytes, the type, the number of axes; then each axis as 32 bits, big-endian.
    """
    header = 4 + 4 * axes
    data = _unzipped(path, header + MAX_ELEMENTS)
    if len(data) < header or data[:4] != bytes((0, 0, UINT8, axes)):
        raise InputError(
            f"{path}: the file must be an IDX file of uint8 with {axes} axes, which starts with "
            f"{bytes((0, 0, UINT8, axes)).hex()}, not with {data[:4].hex() or 'nothing'}."
        )
    shape = tuple(int(size) for size in np.frombuffer(data, ">u4", axes, 4))
    elements = len(data) - header
    if math.prod(shape) != elements or not elements:
        raise InputError(
            f"{path}: the file must hold {' x '.join(map(str, shape))} bytes after its header, as it says "
            f"there, not {elements}."
        )
    return np.frombuffer(data, np.uint8, offset=header).reshape(shape).copy()


def _unzipped(path: Path, limit: int) -> bytes:
    """At most `limit` bytes: files that claim more are refused by their size."""
    try:
        with gzip.open(path) as file:
            return file.read(limit + 1)
    except FileNotFoundError:
        raise InputError(f"{path}: the file must exist; there is no such file.") from None
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise InputError(f"{path}: the file must be a whole gzip file; {error}.") from error
    except OSError as error:
        raise InputError(f"{path}: the file must be readable, not '{error.strerror}'.") from error

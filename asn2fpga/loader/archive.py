"""Archives of others are measured before they are unpacked: a small file can hold more than a memory."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import BinaryIO

from asn2fpga.errors import InputError

RATIO = 100
FREE_BYTES = 64 << 20  # what any archive may unpack to


def check_unpacked_size(path: str | Path, stream: BinaryIO, remedy: str) -> None:
    """InputError with `remedy` if the zip archive says that it unpacks to far more than it is.

    The sizes it states are binding: zipfile and torch read no further. `stream` is left at its start; what is
    no zip archive is not checked.
    """
    size = stream.seek(0, 2)
    try:
        with zipfile.ZipFile(stream) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except Exception:  # of damaged or hostile bytes almost any; the reader says what is wrong
        unpacked = 0
    stream.seek(0)
    if unpacked > max(FREE_BYTES, RATIO * size):
        raise InputError(
            f"{path}: the file must unpack to at most {RATIO} times its size, not from {size:,} to "
            f"{unpacked:,} bytes; {remedy}."
        )

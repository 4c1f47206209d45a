"""Archives of others: their size is measured before they are unpacked, their checksums are compared.

A small file can hold more than a memory.
"""

from __future__ import annotations

import io
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


def changed_part(data: bytes) -> str:
    """The first part of a torch archive whose bytes are not those of its checksum, or nothing.

    A checksum of 0 is none: what torch.save writes where it was told to compute none. Files that are no
    archive have none either.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return next((part.filename for part in archive.infolist() if _is_changed(archive, part)), "")
    except Exception:  # of damaged or hostile bytes almost any; the reader says what is wrong
        return ""


def _is_changed(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    if not part.CRC:
        return False
    try:
        archive.read(part)
    except zipfile.BadZipFile as error:
        return "CRC" in str(error)
    return False

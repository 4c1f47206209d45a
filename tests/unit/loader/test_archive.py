"""Small files that would fill a memory are refused before they are unpacked."""

from __future__ import annotations

import re
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

import asn2fpga
from asn2fpga.errors import InputError
from asn2fpga.loader.archive import FREE_BYTES
from asn2fpga.loader.data_file import read_arrays

GIBIBYTE = 1 << 30


def bomb(path: Path, member: str, head: bytes, size: int = GIBIBYTE) -> None:
    """An archive with one member of `size` zeros behind `head`."""
    chunk = bytes(1 << 20)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("archive/data.pkl", b"\x80\x02}q\x00.")
        with archive.open(member, "w", force_zip64=True) as stream:
            stream.write(head)
            for _ in range(size >> 20):
                stream.write(chunk)


def npy_head(size: int) -> bytes:
    text = f"{{'descr': '|u1', 'fortran_order': False, 'shape': ({size},), }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode()


@pytest.mark.parametrize(
    ("name", "member", "read", "remedy"),
    [
        ("d.npz", "x.npy", read_arrays, "write it without compression: numpy.savez(path, x=x, y=y)"),
        ("m.pt", "archive/data/0", asn2fpga.load_model, "write it with asn2fpga.save or torch.save"),
    ],
)
def test_a_small_file_that_unpacks_to_a_gibibyte(
    tmp_path: Path, name: str, member: str, read: Callable[[Path], object], remedy: str
) -> None:
    path = tmp_path / name
    bomb(path, member, npy_head(GIBIBYTE))
    size = path.stat().st_size
    assert size < 5_500_000
    tracemalloc.start()
    message = (
        rf"^{re.escape(str(path))}: the file must unpack to at most 100 times its size, "
        rf"not from {size:,} to [\d,]+ bytes; {re.escape(remedy)}\.$"
    )
    with pytest.raises(InputError, match=message):
        read(path)
    assert tracemalloc.get_traced_memory()[1] < 4 * size
    tracemalloc.stop()


def test_zeros_that_fit_every_memory_may_be_packed_well(tmp_path: Path) -> None:
    x = np.zeros((FREE_BYTES >> 1,), np.uint8)
    np.savez_compressed(tmp_path / "d.npz", x=x)
    assert read_arrays(tmp_path / "d.npz")["x"].size == x.size


def test_a_shape_that_is_not_there(tmp_path: Path) -> None:
    bomb(tmp_path / "d.npz", "x.npy", npy_head(1 << 50), size=1 << 20)
    with pytest.raises(InputError, match=r"must be an \.npz archive of plain arrays"):
        read_arrays(tmp_path / "d.npz")


def test_a_large_file_that_is_not_packed(tmp_path: Path) -> None:
    torch.save({"w": torch.zeros(FREE_BYTES >> 2)}, tmp_path / "m.pt")
    with pytest.raises(InputError, match="a state_dict must come with"):
        asn2fpga.load_model(tmp_path / "m.pt")

"""IDX files: what is read, and every header or file that is refused."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from asn2fpga.errors import InputError
from asn2fpga.train.idx import read_idx

IMAGES = np.arange(2 * 3 * 4, dtype=np.uint8).reshape(2, 3, 4)
HEADER = bytes.fromhex("00000803000000020000000300000004")
WHOLE = gzip.compress(HEADER + IMAGES.tobytes())


def test_images(tmp_path: Path) -> None:
    path = tmp_path / "images.gz"
    path.write_bytes(WHOLE)
    found = read_idx(path, 3)
    np.testing.assert_array_equal(found, IMAGES)
    assert found.dtype == np.uint8 and found.flags.writeable


WRONG: dict[str, tuple[bytes, str]] = {
    "empty": (
        gzip.compress(b""),
        "the file must be an IDX file of uint8 with 3 axes, which starts with 00000803, not with nothing.",
    ),
    "labels": (
        gzip.compress(bytes.fromhex("00000801000000020101") + bytes(20)),
        "the file must be an IDX file of uint8 with 3 axes, which starts with 00000803, not with 00000801.",
    ),
    "another type": (
        gzip.compress(bytes.fromhex("00000d03") + HEADER[4:] + IMAGES.tobytes()),
        "the file must be an IDX file of uint8 with 3 axes, which starts with 00000803, not with 00000d03.",
    ),
    "too short": (
        gzip.compress(HEADER + bytes(23)),
        "the file must hold 2 x 3 x 4 bytes after its header, as it says there, not 23.",
    ),
    "too long": (
        gzip.compress(HEADER + bytes(25)),
        "the file must hold 2 x 3 x 4 bytes after its header, as it says there, not 25.",
    ),
    "no images": (
        gzip.compress(bytes.fromhex("00000803000000000000000300000004")),
        "the file must hold 0 x 3 x 4 bytes after its header, as it says there, not 0.",
    ),
    "cut off": (
        WHOLE[:-12],
        "the file must be a whole gzip file; Compressed file ended before the end-of-stream marker was "
        "reached.",
    ),
    "no gzip": (b"images", "the file must be a whole gzip file; Not a gzipped file (b'im')."),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_files_are_refused(case: str, tmp_path: Path) -> None:
    content, message = WRONG[case]
    path = tmp_path / "images.gz"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_idx(path, 3)
    assert str(caught.value) == f"{path}: {message}"


def test_the_file_must_exist(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_idx(tmp_path / "none.gz", 3)
    assert str(caught.value) == f"{tmp_path}/none.gz: the file must exist; there is no such file."


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_idx(tmp_path, 3)
    assert str(caught.value) == f"{tmp_path}: the file must be readable, not 'Is a directory'."

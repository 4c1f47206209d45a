"""Files of samples: what is read, and one sentence for everything that does not fit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from asn2fpga.errors import InputError
from asn2fpga.kinds.sources.input import Input
from asn2fpga.loader.data_file import load_data, read_arrays

FRAMES = Input(name="pixels", shape=(2, 3), encoding="frames", time_steps=4, max_count=200)
EVENTS = Input(name="events", shape=(3,), encoding="events", time_steps=2, max_count=7)
X = np.arange(24, dtype=np.uint8).reshape(4, 2, 3)
Y = np.array([0, 1, 2, 1], np.uint8)


def write(path: Path, **arrays: Any) -> Path:
    np.savez(path, **arrays)
    return path


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(InputError) as caught:
        act()
    return str(caught.value)


def test_frames_with_labels(tmp_path: Path) -> None:
    data = load_data(write(tmp_path / "d.npz", x=X, y=Y), FRAMES, 3)
    np.testing.assert_array_equal(data.x, X)
    assert data.y is not None and data.y.dtype == np.int64 and data.y.tolist() == [0, 1, 2, 1]


def test_labels_are_optional(tmp_path: Path) -> None:
    assert load_data(write(tmp_path / "d.npz", x=X), FRAMES, 3).y is None


def test_events_of_any_integer_type(tmp_path: Path) -> None:
    x = np.array([[[0, 7, 1], [0, 0, 2]]], np.int32)
    np.testing.assert_array_equal(load_data(write(tmp_path / "d.npz", x=x), EVENTS, 3).x, x)


WRONG: dict[str, tuple[Input, dict[str, Any], str]] = {
    "no x": (FRAMES, {"images": X, "y": Y}, ": the data file must hold an array 'x', not only images, y."),
    "nothing": (FRAMES, {}, ": the data file must hold an array 'x', not only nothing."),
    "shape": (FRAMES, {"x": X[:, 0]}, ": x must have shape (samples, 2, 3), not (4, 3)."),
    "no samples": (
        FRAMES,
        {"x": X[:0]},
        ": x must have shape (samples, 2, 3), not (0, 2, 3); there is no sample in it.",
    ),
    "flat": (
        FRAMES,
        {"x": X.reshape(4, 6)},
        ": x must have shape (samples, 2, 3), not (4, 6); give x.reshape(-1, 2, 3) if the order of the "
        "pixels is the same.",
    ),
    "integers beyond pixels": (
        FRAMES,
        {"x": X.astype(np.int32) + 256},
        ": x must be uint8 (raw pixels), not int32; do not scale or normalise it.",
    ),
    "time": (EVENTS, {"x": np.zeros((4, 3), int)}, ": x must have shape (samples, 2, 3), not (4, 3)."),
    "scaled pixels": (
        FRAMES,
        {"x": X / 255},
        ": x must be uint8 (raw pixels), not float64; do not scale or normalise it.",
    ),
    "wide pixels": (
        FRAMES,
        {"x": X.astype(np.int64)},
        ": x must be uint8 (raw pixels), not int64; give x.astype(numpy.uint8).",
    ),
    "real counts": (
        EVENTS,
        {"x": np.zeros((4, 2, 3))},
        ": x must hold integers (event counts), not float64.",
    ),
    "pixels out of range": (FRAMES, {"x": X + np.uint8(180)}, ": x must be in 0..200, not 180..203."),
    "negative counts": (EVENTS, {"x": np.full((4, 2, 3), -1)}, ": x must be in 0..7, not -1..-1."),
    "labels' shape": (
        FRAMES,
        {"x": X, "y": Y[:3]},
        ": y must have shape (4,), one class for every sample, not (3,).",
    ),
    "labels' type": (FRAMES, {"x": X, "y": Y / 1}, ": y must hold integers (classes), not float64."),
    "labels out of range": (
        FRAMES,
        {"x": X, "y": Y + np.uint8(1)},
        ": y must be in 0..2, not 1..3; there are 3 classes.",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_arrays_that_do_not_fit(case: str, tmp_path: Path) -> None:
    layer, arrays, message = WRONG[case]
    path = write(tmp_path / "d.npz", **arrays)
    assert refusal(lambda: load_data(path, layer, 3)) == f"{path}{message}"


NOT_AN_ARCHIVE = (
    "the data file must be an .npz archive of plain arrays, not another kind of file; "
    "write it with numpy.savez(path, x=x, y=y)."
)

OF_OBJECTS = (
    "its arrays must hold numbers, not objects, as numpy makes of samples of different numbers of time "
    "steps; bring all samples to one number: pad them with zeros, or cut them."
)


def test_objects_are_not_unpickled(tmp_path: Path) -> None:
    path = write(tmp_path / "d.npz", x=np.array([{"a": 1}], dtype=object))
    assert refusal(lambda: load_data(path, FRAMES, 3)) == f"{path}: {OF_OBJECTS}"


def test_single_array(tmp_path: Path) -> None:
    path = tmp_path / "x.npy"
    np.save(path, X)
    assert refusal(lambda: load_data(path, FRAMES, 3)) == f"{path}: {NOT_AN_ARCHIVE}"


@pytest.mark.parametrize("data", [b"", b"text", b"PK\x03\x04 cut off"])
def test_other_files(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "d.npz"
    path.write_bytes(data)
    assert refusal(lambda: load_data(path, FRAMES, 3)) == f"{path}: {NOT_AN_ARCHIVE}"


def test_damaged_archive(tmp_path: Path) -> None:
    path = tmp_path / "d.npz"
    np.savez_compressed(path, x=np.random.default_rng(0).integers(0, 200, (99, 2, 3), dtype=np.uint8))
    data = bytearray(path.read_bytes())
    data[200:300] = bytes(100)
    path.write_bytes(data)
    assert refusal(lambda: load_data(path, FRAMES, 3)) == f"{path}: {NOT_AN_ARCHIVE}"


def test_missing_file(tmp_path: Path) -> None:
    path = tmp_path / "none.npz"
    assert (
        refusal(lambda: load_data(path, FRAMES, 3))
        == f"{path}: the data file must exist; there is no such file."
    )


def test_folder(tmp_path: Path) -> None:
    assert refusal(lambda: load_data(tmp_path, FRAMES, 3)) == (
        f"{tmp_path}: the data file must be readable, not 'Is a directory'."
    )


def test_samples_of_different_numbers_of_time_steps_are_refused(tmp_path: Path) -> None:
    x = np.empty(2, object)
    x[0], x[1] = np.zeros((5, 6), np.uint8), np.zeros((4, 6), np.uint8)
    np.savez(tmp_path / "ragged.npz", x=x, y=np.zeros(2, np.int64))
    path = tmp_path / "ragged.npz"
    assert refusal(lambda: read_arrays(path)) == f"{path}: {OF_OBJECTS}"

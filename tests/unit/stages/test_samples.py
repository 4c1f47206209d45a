from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from asn2fpga.errors import InputError
from asn2fpga.ir.layers import Encode, Input, ReceiveEvents
from asn2fpga.ir.types import FixedType
from asn2fpga.stages.samples import Samples, random_samples, read_samples, vectors

FRAMES = Input(name="pixels", shape=(2, 3), encoding="frames", time_steps=4)
EVENTS = Input(name="spikes", shape=(5,), encoding="events", time_steps=2, max_count=3)
ENCODE = Encode(name="encode", shape=(2, 3), count_type=FixedType(8, False), time_steps=4)
RECEIVE = ReceiveEvents(name="spikes", shape=(5,), count_type=FixedType(2, False), time_steps=2)


def write(path: Path, **arrays: np.ndarray) -> Path:
    np.savez(path, **arrays)
    return path


def test_frames_with_labels(tmp_path: Path) -> None:
    x = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)
    samples = read_samples(write(tmp_path / "d.npz", x=x, y=np.array([1, 0], np.uint8)), FRAMES, 2)
    assert (samples.x == x).all()
    assert samples.y is not None and samples.y.dtype == np.int64 and samples.y.tolist() == [1, 0]


def test_events_without_labels(tmp_path: Path) -> None:
    x = np.full((3, 2, 5), 3, np.int16)
    samples = read_samples(write(tmp_path / "d.npz", x=x), EVENTS, 2)
    assert samples.y is None and samples.x.shape == (3, 2, 5)


X = np.zeros((2, 2, 3), np.uint8)
BAD: list[tuple[Input, dict[str, np.ndarray], str]] = [
    (FRAMES, {"y": np.zeros(2)}, "the file must hold an array 'x', not only 'y'."),
    (FRAMES, {}, "the file must hold an array 'x', not only nothing."),
    (FRAMES, {"x": np.zeros((2, 6), np.uint8)}, "x must have shape (samples, 2, 3), not (2, 6); reshape it."),
    (
        FRAMES,
        {"x": np.zeros((0, 2, 3), np.uint8)},
        "x must have shape (samples, 2, 3), not (0, 2, 3); reshape it.",
    ),
    (FRAMES, {"x": np.uint8(3)}, "x must have shape (samples, 2, 3), not (); reshape it."),
    (FRAMES, {"x": X / 255}, "x must be uint8 pixels, not float64; do not scale or normalise it."),
    (EVENTS, {"x": np.zeros((2, 2, 5))}, "x must hold integer event counts, not float64."),
    (EVENTS, {"x": np.full((2, 2, 5), 4)}, "x must be within 0..3, not 4..4."),
    (EVENTS, {"x": np.full((2, 2, 5), -1)}, "x must be within 0..3, not -1..-1."),
    (FRAMES, {"x": X, "y": np.zeros(3, int)}, "y must have shape (2,), one class a sample, not (3,)."),
    (FRAMES, {"x": X, "y": np.zeros(2)}, "y must hold integer classes, not float64."),
    (FRAMES, {"x": X, "y": np.array([0, 9])}, "y must be within 0..8, not 0..9; the network has 9 outputs."),
    (
        FRAMES,
        {"x": X, "y": np.array([0, -1])},
        "y must be within 0..8, not -1..0; the network has 9 outputs.",
    ),
]


@pytest.mark.parametrize(("layer", "arrays", "message"), BAD, ids=[message for *_, message in BAD])
def test_refused(tmp_path: Path, layer: Input, arrays: dict[str, np.ndarray], message: str) -> None:
    path = write(tmp_path / "d.npz", **arrays)
    with pytest.raises(InputError, match=f"^{re.escape(f'--data {path}: {message}')}$"):
        read_samples(path, layer, 9)


def test_missing_file_refused(tmp_path: Path) -> None:
    path = tmp_path / "none.npz"
    message = f"--data {path}: the file must be readable, not 'No such file or directory'."
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        read_samples(path, FRAMES, 9)


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04broken", b"\x93NUMPY"])
def test_other_file_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "d.npz"
    path.write_bytes(content)
    message = (
        f"--data {path}: the file must be an .npz file of plain arrays, not another kind of file; "
        "write it with numpy.savez(path, x=x, y=y)."
    )
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        read_samples(path, FRAMES, 9)


def test_single_array_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "d.npy", X)
    with pytest.raises(InputError, match="must be an .npz file of plain arrays"):
        read_samples(tmp_path / "d.npy", FRAMES, 9)


def test_pickled_array_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "d.npz", x=np.array([{}], dtype=object))
    with pytest.raises(InputError, match="must be an .npz file of plain arrays"):
        read_samples(path, FRAMES, 9)


def test_random_sample_depends_on_its_index_alone() -> None:
    whole = random_samples(ENCODE, 6, seed=1)
    assert (random_samples(ENCODE, 2, seed=1, first=3) == whole[3:5]).all()
    assert (random_samples(ENCODE, 6, seed=2)[2:] != whole[2:]).any()
    assert not whole[0].any() and (whole[1] == 255).all()


def test_random_events_stay_in_range() -> None:
    x = random_samples(RECEIVE, 50, seed=1)
    assert x.shape == (50, 2, 5) and x.min() == 0 and x.max() == 3


def test_vectors_are_the_samples_then_random_ones() -> None:
    samples = Samples(np.full((2, 2, 3), 7, np.uint8), None)
    whole = vectors(samples, ENCODE, 5, seed=1)
    assert (whole[:2] == 7).all()
    assert (whole[2:] == random_samples(ENCODE, 3, seed=1)).all()
    for first in range(4):
        assert (vectors(samples, ENCODE, 2, 1, first) == whole[first : first + 2]).all()

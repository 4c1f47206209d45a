"""Axes of events: files have samples first, torch has time first; neither is taken for the other."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from asn2fpga.errors import InputError
from asn2fpga.kinds.sources.input import Input
from asn2fpga.loader.calibration import to_calibration
from asn2fpga.loader.data_file import load_data

EVENTS = Input(name="events", shape=(3,), encoding="events", time_steps=4, max_count=7)
IMAGES = Input(name="events", shape=(2, 3), encoding="events", time_steps=4, max_count=7)
ONE_STEP = Input(name="events", shape=(3,), encoding="events", time_steps=1, max_count=7)
FRAMES = Input(name="pixels", shape=(4, 3), encoding="frames", time_steps=4, max_count=7)
COLOURS = Input(name="pixels", shape=(3, 4, 5), encoding="frames", time_steps=1, max_count=255)
LAST = "; its channels stand last, where the network has them first: give numpy.moveaxis(x, -1, {})"
SWAP = "; its first axis is time, as in torch, where files have samples: give x.swapaxes(0, 1)"
REFUSED = [
    (EVENTS, (4, 9, 3), f" must have shape (samples, 4, 3), not (4, 9, 3){SWAP}."),
    (IMAGES, (4, 9, 2, 3), f" must have shape (samples, 4, 2, 3), not (4, 9, 2, 3){SWAP}."),
    (EVENTS, (4, 3), " must have shape (samples, 4, 3), not (4, 3); one sample is given as x[None]."),
    (EVENTS, (5, 9, 3), " must have shape (samples, 4, 3), not (5, 9, 3)."),
    (EVENTS, (0, 4, 3), " must have shape (samples, 4, 3), not (0, 4, 3); there is no sample in it."),
    (COLOURS, (9, 4, 5, 3), f" must have shape (samples, 3, 4, 5), not (9, 4, 5, 3){LAST.format(1)}."),
    (IMAGES, (9, 4, 3, 2), f" must have shape (samples, 4, 2, 3), not (9, 4, 3, 2){LAST.format(2)}."),
    (FRAMES, (4, 9, 3), " must have shape (samples, 4, 3), not (4, 9, 3)."),
    (
        EVENTS,
        (4, 4, 3),
        " must not have as many samples as time steps, 4: is its first axis samples, as in files, or time, "
        "as in torch? Give another number of samples, with the axis of samples first.",
    ),
]


def ones(shape: tuple[int, ...]) -> np.ndarray:
    return np.ones(shape, np.uint8)


@pytest.mark.parametrize(("layer", "shape", "message"), REFUSED, ids=[str(shape) for _, shape, _ in REFUSED])
def test_axes_that_do_not_fit(tmp_path: Path, layer: Input, shape: tuple[int, ...], message: str) -> None:
    path = tmp_path / "d.npz"
    np.savez(path, x=ones(shape))
    with pytest.raises(InputError, match=f"^{re.escape(f'{path}: x{message}')}$"):
        load_data(path, layer, 3)
    with pytest.raises(InputError, match=f"^{re.escape(f'calibration: x{message}')}$"):
        to_calibration(ones(shape), layer)


@pytest.mark.parametrize(
    ("layer", "shape"), [(EVENTS, (9, 4, 3)), (EVENTS, (1, 4, 3)), (ONE_STEP, (1, 1, 3)), (FRAMES, (4, 4, 3))]
)
def test_axes_that_can_be_read_in_one_way(tmp_path: Path, layer: Input, shape: tuple[int, ...]) -> None:
    path = tmp_path / "d.npz"
    np.savez(path, x=ones(shape))
    assert load_data(path, layer, 3).x.shape == shape
    calibration = to_calibration(ones(shape), layer)
    assert calibration is not None and calibration.shape == shape


def test_events_as_bool(tmp_path: Path) -> None:
    x = np.random.default_rng(1).random((9, 4, 3)) < 0.5
    path = tmp_path / "d.npz"
    np.savez(path, x=x)
    for found in (load_data(path, EVENTS, 3).x, to_calibration(x, EVENTS)):
        assert found is not None and found.dtype == np.uint8
        np.testing.assert_array_equal(found, x)


def test_frames_as_bool_are_no_pixels(tmp_path: Path) -> None:
    path = tmp_path / "d.npz"
    np.savez(path, x=np.ones((5, 4, 3), bool))
    with pytest.raises(InputError, match=r"x must be uint8 \(raw pixels\), not bool"):
        load_data(path, FRAMES, 3)

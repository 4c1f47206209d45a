"""The data of train-example: digits, .npz files with and without a test set, and what is refused."""

from __future__ import annotations

import dataclasses
import gzip
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from asn2fpga.errors import InputError
from asn2fpga.train import installed
from asn2fpga.train.datasets import load_digits, load_fashion, load_training_data
from asn2fpga.train.options import TrainOptions
from asn2fpga.train.train import train_example

X = np.arange(20 * 4, dtype=np.uint8).reshape(20, 2, 2)
Y = np.arange(20) % 3


def options(tmp_path: Path, test: dict[str, Any] | None = None, **arrays: Any) -> TrainOptions:
    np.savez(tmp_path / "data.npz", **arrays)
    if test is not None:
        np.savez(tmp_path / "test.npz", **test)
    return TrainOptions(
        "mnist",
        tmp_path / "model.pt",
        data=tmp_path / "data.npz",
        test_data=None if test is None else tmp_path / "test.npz",
        hidden=(4,),
        epochs=1,
    )


def test_digits() -> None:
    data = load_digits()
    assert data.x_train.shape == (1437, 8, 8) and data.x_test.shape == (360, 8, 8)
    assert data.x_train.dtype == np.uint8 and data.x_train.max() == data.max_count == 16
    assert data.classes == 10 and np.bincount(data.y_test).min() > 20


def test_every_tenth_sample_is_kept_for_the_test(tmp_path: Path) -> None:
    data = load_training_data(options(tmp_path, x=X, y=Y))
    np.testing.assert_array_equal(data.x_test, X[[0, 10]])
    assert len(data.x_train) == len(data.y_train) == 18
    assert data.classes == 3 and data.max_count == 255


def test_a_test_file(tmp_path: Path) -> None:
    data = load_training_data(options(tmp_path, {"x": X[:5], "y": Y[:5]}, x=X, y=Y))
    np.testing.assert_array_equal(data.x_train, X)
    np.testing.assert_array_equal(data.x_test, X[:5])


def test_both_sets_in_one_file(tmp_path: Path) -> None:
    data = load_training_data(options(tmp_path, x_train=X, y_train=Y, x_test=X[:3], y_test=Y[:3]))
    assert (len(data.x_train), len(data.x_test)) == (20, 3)


def test_images_of_any_shape_can_be_trained(tmp_path: Path) -> None:
    result = train_example(options(tmp_path, x=X.reshape(20, 4), y=Y))
    assert result.path.is_file() and result.test_samples == 2


def test_only_the_first_samples(tmp_path: Path) -> None:
    chosen = dataclasses.replace(options(tmp_path, x=X, y=Y), train_samples=5, test_samples=1)
    data = load_training_data(chosen)
    np.testing.assert_array_equal(data.x_train, X[[1, 2, 3, 4, 5]])
    np.testing.assert_array_equal(data.y_test, Y[:1])


def write_idx(path: Path, values: Any) -> None:
    header = bytes((0, 0, 8, values.ndim)) + np.array(values.shape, ">u4").tobytes()
    path.write_bytes(gzip.compress(header + values.tobytes()))


def write_fashion(folder: Path, labels: int = 20) -> Path:
    for name, count in (("train", 20), ("t10k", 5)):
        write_idx(folder / f"{name}-images-idx3-ubyte.gz", X[:count])
        write_idx(folder / f"{name}-labels-idx1-ubyte.gz", Y[: min(count, labels)].astype(np.uint8))
    return folder


def test_fashion_as_debian_installs_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installed, "FASHION", write_fashion(tmp_path))
    data = load_training_data(TrainOptions("fashion", tmp_path / "m.pt"))
    np.testing.assert_array_equal(data.x_train, X)
    np.testing.assert_array_equal(data.x_test, X[:5])
    np.testing.assert_array_equal(data.y_train, Y)
    assert (data.classes, data.max_count) == (10, 255)


def test_fashion_must_be_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installed, "FASHION", tmp_path / "nowhere")
    with pytest.raises(InputError) as caught:
        load_training_data(TrainOptions("fashion", tmp_path / "m.pt"))
    assert str(caught.value) == (
        "train-example: fashion must be given a file, not none; --data FILE.npz with x (uint8) and y "
        "(classes), or apt-get install dataset-fashion-mnist."
    )


def test_fashion_has_a_label_for_every_image(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        load_fashion(write_fashion(tmp_path, labels=7))
    assert str(caught.value) == (
        f"{tmp_path}/train-labels-idx1-ubyte.gz must have shape (20,), one class for every sample, not (7,)."
    )


WRONG: dict[str, tuple[dict[str, Any], dict[str, Any] | None, str]] = {
    "no x": ({"y": Y}, None, "data.npz: the data file must hold an array 'x', not only y."),
    "no y": ({"x": X}, None, "data.npz: the data file must hold an array 'y', not only x."),
    "no test set": (
        {"x_train": X, "y_train": Y},
        None,
        "data.npz: the data file must hold an array 'x_test', not only x_train, y_train.",
    ),
    "scaled images": (
        {"x": X / 255, "y": Y},
        None,
        "data.npz: x must be uint8 images (samples, ...), not float64 of shape (20, 2, 2).",
    ),
    "no images": (
        {"x": X[:0], "y": Y[:0]},
        None,
        "data.npz: x must be uint8 images (samples, ...), not uint8 of shape (0, 2, 2).",
    ),
    "few images": (
        {"x": X[:9], "y": Y[:9]},
        None,
        "data.npz: there must be at least 10 samples, not 9; or give a test set.",
    ),
    "labels": (
        {"x": X, "y": Y[:7]},
        None,
        "data.npz: y must have shape (20,), one class for every sample, not (7,).",
    ),
    "negative labels": (
        {"x": X, "y": Y - 1},
        None,
        "data.npz: y must hold classes in 0..1023, not -1..1.",
    ),
    "another shape": (
        {"x": X, "y": Y},
        {"x": X.reshape(20, 4), "y": Y},
        "test.npz: x must have shape (samples, 2, 2) as in data.npz, not (20, 4).",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_files_are_refused(case: str, tmp_path: Path) -> None:
    arrays, test, message = WRONG[case]
    with pytest.raises(InputError) as caught:
        load_training_data(options(tmp_path, test, **arrays))
    assert str(caught.value).replace(f"{tmp_path}/", "") == message

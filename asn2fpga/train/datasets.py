"""The data sets of `train-example`: scikit-learn's digits, Debian's Fashion-MNIST, images of a file, text."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from asn2fpga.errors import InputError
from asn2fpga.graph.types import Array
from asn2fpga.loader.data_file import check_labels, read_arrays
from asn2fpga.train import installed
from asn2fpga.train.idx import read_idx
from asn2fpga.train.installed import check_given
from asn2fpga.train.options import TrainOptions
from asn2fpga.train.text import ALPHABET, encode, python_topics, windows

Images = npt.NDArray[np.uint8]
Labels = npt.NDArray[np.int64]
MAX_CLASSES = 1024
FASHION_CLASSES = 10
TEXT_STRIDE = 13  # characters from sample to sample
DIGITS_MAX = 16  # pixels of scikit-learn's digits are 0..16; they are used unscaled


@dataclass(frozen=True, eq=False)
class TrainingData:
    """x_*: (samples, *shape) uint8 in 0..max_count, of text ids (samples, time); y_*: (samples,) in
    0..classes-1.
    """

    x_train: Images
    y_train: Labels
    x_test: Images
    y_test: Labels
    classes: int
    max_count: int


def load_training_data(options: TrainOptions) -> TrainingData:
    """The samples to train and to test with. Raises InputError if the files do not hold them."""
    data = _all_data(options)
    train, test = options.train_samples, options.test_samples
    return dataclasses.replace(
        data,
        x_train=data.x_train[:train],
        y_train=data.y_train[:train],
        x_test=data.x_test[:test],
        y_test=data.y_test[:test],
    )


def _all_data(options: TrainOptions) -> TrainingData:
    if options.dataset == "digits":
        return load_digits()
    if options.dataset == "text":
        return load_text(options.steps)
    if options.data is None:
        check_given(options.dataset, options.data)
        return load_fashion(installed.FASHION)
    arrays = read_arrays(options.data)
    if "x_train" in arrays:
        x, y = _pair(arrays, "x_train", "y_train", options.data)
        x_test, y_test = _pair(arrays, "x_test", "y_test", options.data)
        return _data(x, y, x_test, y_test, 255)
    x, y = _pair(arrays, "x", "y", options.data)
    if options.test_data is None:
        return _split(x, y, 10, 255, str(options.data))
    x_test, y_test = _pair(read_arrays(options.test_data), "x", "y", options.test_data)
    if x_test.shape[1:] != x.shape[1:]:
        raise InputError(
            f"{options.test_data}: x must have shape (samples, {', '.join(map(str, x.shape[1:]))}) "
            f"as in {options.data}, not {x_test.shape}."
        )
    return _data(x, y, x_test, y_test, 255)


def load_digits() -> TrainingData:
    """The 1,797 digits of scikit-learn: (8, 8) pixels in 0..16, every fifth is kept for the test."""
    from sklearn import datasets

    digits = datasets.load_digits()
    return _split(digits.images.astype(np.uint8), digits.target.astype(np.int64), 5, DIGITS_MAX, "digits")


def load_text(time_steps: int) -> TrainingData:
    """Python's help as token ids (samples, time), to guess the character after: the last tenth for the test.

    Training samples overlap, test samples do not.
    """
    ids = encode(python_topics())
    split = len(ids) * 9 // 10
    x, y = windows(ids[:split], time_steps, TEXT_STRIDE)
    x_test, y_test = windows(ids[split:], time_steps, time_steps)
    return TrainingData(x, y, x_test, y_test, len(ALPHABET), len(ALPHABET) - 1)


def load_fashion(folder: Path) -> TrainingData:
    """Fashion-MNIST: 60,000 and 10,000 images (28, 28) of 10 classes, from its four IDX files."""
    (x, y), (x_test, y_test) = (_idx_pair(folder, name) for name in ("train", "t10k"))
    return TrainingData(x, y, x_test, y_test, FASHION_CLASSES, 255)


def _idx_pair(folder: Path, name: str) -> tuple[Images, Labels]:
    x = read_idx(folder / f"{name}-images-idx3-ubyte.gz", 3)
    path = folder / f"{name}-labels-idx1-ubyte.gz"
    return x, check_labels(read_idx(path, 1), len(x), FASHION_CLASSES, str(path))


def _split(x: Images, y: Labels, every: int, max_count: int, where: str) -> TrainingData:
    if len(x) < every:
        raise InputError(
            f"{where}: there must be at least {every} samples, not {len(x)}; or give a test set."
        )
    test = np.arange(len(x)) % every == 0
    return _data(x[~test], y[~test], x[test], y[test], max_count)


def _data(x: Images, y: Labels, x_test: Images, y_test: Labels, max_count: int) -> TrainingData:
    classes = 1 + int(max(y.max(), y_test.max()))
    return TrainingData(x, y, x_test, y_test, classes, max_count)


def _pair(arrays: Mapping[str, Array], x_name: str, y_name: str, path: Path) -> tuple[Images, Labels]:
    for name in (x_name, y_name):
        if name not in arrays:
            found = ", ".join(arrays) or "nothing"
            raise InputError(f"{path}: the data file must hold an array '{name}', not only {found}.")
    x = arrays[x_name]
    if x.dtype != np.uint8 or x.ndim < 2 or x.size == 0:
        raise InputError(
            f"{path}: {x_name} must be uint8 images (samples, ...), not {x.dtype} of shape {x.shape}."
        )
    y = arrays[y_name]
    if np.issubdtype(y.dtype, np.integer) and y.size and not 0 <= int(y.min()) <= int(y.max()) < MAX_CLASSES:
        raise InputError(
            f"{path}: {y_name} must hold classes in 0..{MAX_CLASSES - 1}, not {int(y.min())}..{int(y.max())}."
        )
    return x.astype(np.uint8), check_labels(y, len(x), MAX_CLASSES, f"{path}: {y_name}")

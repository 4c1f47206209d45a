"""`train_example`: a network of graded neurons, trained and saved as a model file."""

from __future__ import annotations

import dataclasses
import os
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from asn2fpga.errors import InputError
from asn2fpga.loader.save import save_silently
from asn2fpga.train.aware.aware import quantise_aware
from asn2fpga.train.datasets import TrainingData, load_training_data
from asn2fpga.train.loop import Phase, Samples, TrainProgress, accuracy, one_thread, scores, train_phase
from asn2fpga.train.networks.counts import densities
from asn2fpga.train.networks.example import ExampleNetwork
from asn2fpga.train.networks.table import NETWORKS, NetworkKind
from asn2fpga.train.options import TrainOptions, check_options
from asn2fpga.train.text import perplexity

CALIBRATION_SAMPLES = 256
CALIBRATION_TEXTS = 64  # of many characters each
MOST_CHECKED = 10_000  # training samples that the training accuracy is measured on
AWARE_RATE = 0.2  # of the learning rate: with the weights of the build
EVENT_COUNT = 1  # the largest count of an input of events in a time step

__all__ = ["TrainProgress", "TrainResult", "train_example"]


@dataclass(frozen=True)
class TrainResult:
    """What was trained. Accuracies: shares 0..1 of the float network in eval mode, None of a network that is
    not trained; alphas: one per layer, of those that are learned.

    densities: the share of counts that are not zero, 0..1, of what each layer sends, on the test samples.
    test_perplexity: of a language model, on the characters after the test samples.
    """

    path: Path
    train_accuracy: float | None
    test_accuracy: float | None
    train_samples: int
    test_samples: int
    parameters: int
    alphas: tuple[float, ...]
    densities: Mapping[str, float]
    seconds: float
    test_perplexity: float | None = None


@dataclass(frozen=True, eq=False)
class Prepared:
    """The samples as the network takes them. max_count: the largest integer in them. trained: whether the
    scores of the network are those of their classes.
    """

    train: Samples
    test: Samples
    classes: int
    max_count: int
    trained: bool

    @property
    def shape(self) -> tuple[int, ...]:
        """Of a sample, or with events of a time step."""
        return tuple(self.train.x.shape[2 if self.train.events else 1 :])

    @property
    def description(self) -> dict[str, Any]:
        """What `asn2fpga.save` must know of them."""
        encoding = "tokens" if self.train.tokens else "events" if self.train.events else None
        return {"max_count": self.max_count, "encoding": encoding}


def train_example(
    options: TrainOptions, progress: Callable[[TrainProgress], None] | None = None
) -> TrainResult:
    """Train, test, and write the model file `options.out` with 256 training images for calibration.

    The same options and seed give the same network (on the same machine and torch).
    Raises InputError for bad options or data, before any training.
    """
    options = check_options(options)
    for name, path in (("--out", options.out), ("--test-out", options.test_out)):
        if path is not None:
            _check_file(name, path)
    started = time.perf_counter()
    kind = NETWORKS[options.network]
    samples = _prepared(load_training_data(options), kind, options)
    with torch.random.fork_rng(devices=[]), one_thread():
        torch.manual_seed(options.seed)
        network = _trained(kind, samples, options, progress or _ignore)
        _save(network, samples, options)
        return _result(network, samples, options, time.perf_counter() - started)


def _trained(
    kind: NetworkKind, samples: Prepared, options: TrainOptions, progress: Callable[[TrainProgress], None]
) -> ExampleNetwork:
    """All epochs, first in float, then with the weights of the build where bits are asked for."""
    first, more = options.epochs or 1, (options.aware_epochs or 1) if options.weight_bits else 0
    rate = options.learning_rate or 1e-3
    network = kind.make(samples.shape, samples.classes, samples.max_count, options)
    if not kind.trained:
        return network
    train_phase(network, samples.train, options, Phase(first, rate, 0, first + more), progress)
    if options.weight_bits is not None:
        example = samples.train.batch(torch.arange(1))
        network = quantise_aware(network, options.weight_bits, example, **samples.description)
        phase = Phase(more, AWARE_RATE * rate, first, first + more)
        train_phase(network, samples.train, options, phase, progress)
    return network


def _check_file(option: str, path: Path) -> None:
    if not path.parent.is_dir():
        raise InputError(f"{option} {path}: the folder must exist; there is no {path.parent}.")
    if path.is_dir():
        raise InputError(f"{option} {path}: the name must be that of a file, not of a folder.")
    if not os.access(path if path.exists() else path.parent, os.W_OK) or not _takes_files(path.parent):
        raise InputError(f"{option} {path}: the file must be writable, and it is not; choose another folder.")


def _takes_files(folder: Path) -> bool:
    """Whether a file can be made there: permissions do not tell of file systems that hold no files."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _prepared(data: TrainingData, kind: NetworkKind, options: TrainOptions) -> Prepared:
    train, test = (
        Samples(
            torch.from_numpy(kind.prepare(x, data.max_count, options)),
            torch.from_numpy(y),
            kind.events,
            kind.tokens,
        )
        for x, y in ((data.x_train, data.y_train), (data.x_test, data.y_test))
    )
    graded = kind.tokens or kind.counts
    max_count = EVENT_COUNT if kind.events and not graded else data.max_count
    return Prepared(train, test, data.classes, max_count, kind.trained)


def _save(network: ExampleNetwork, samples: Prepared, options: TrainOptions) -> None:
    """The model file, and the test samples where they are asked for."""
    train, test = samples.train, samples.test
    count = CALIBRATION_TEXTS if train.tokens else CALIBRATION_SAMPLES
    save_silently(
        network,
        options.out,
        train.batch(torch.arange(1)),
        train.x[:count],
        labels=train.y[:count] if samples.trained else None,
        **samples.description,
    )
    if options.test_out is not None:
        with options.test_out.open("wb") as file:
            if samples.trained:
                np.savez_compressed(file, x=test.x.numpy(), y=test.y.numpy())
            else:
                np.savez_compressed(file, x=test.x.numpy())


def _result(network: ExampleNetwork, samples: Prepared, options: TrainOptions, seconds: float) -> TrainResult:
    train, test = samples.train, samples.test
    checked = dataclasses.replace(train, x=train.x[:MOST_CHECKED], y=train.y[:MOST_CHECKED])
    return TrainResult(
        options.out,
        accuracy(network, checked) if samples.trained else None,
        accuracy(network, test) if samples.trained else None,
        len(train.x),
        len(test.x),
        sum(parameter.numel() for parameter in network.parameters()),
        tuple(
            float(value.detach()) for name, value in network.named_parameters() if _is_learned(name, value)
        ),
        densities(network, network.count_points(), [x for x, _ in test.batches()]),
        seconds,
        perplexity(scores(network, test).numpy(), test.y.numpy()) if test.tokens else None,
    )


def _is_learned(name: str, value: torch.Tensor) -> bool:
    """Whether it is an alpha, and not fixed."""
    return name.endswith(".alpha") and value.requires_grad


def _ignore(progress: TrainProgress) -> None:
    """Show nothing."""

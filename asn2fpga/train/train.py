"""`train_example`: a dense network of graded neurons, trained and saved as a model file."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from asn2fpga.errors import InputError
from asn2fpga.loader.save import save_silently
from asn2fpga.train.datasets import TrainingData, load_training_data
from asn2fpga.train.network import DenseNetwork, accuracy
from asn2fpga.train.options import TrainOptions, check_options

CALIBRATION_SAMPLES = 256


@dataclass(frozen=True)
class TrainProgress:
    """Reported after every batch: `step` of `steps` of the whole training; mean loss of this epoch."""

    epoch: int
    epochs: int
    step: int
    steps: int
    loss: float


@dataclass(frozen=True)
class TrainResult:
    """What was trained. Accuracies: shares 0..1 of the float network in eval mode; alphas: one per layer."""

    path: Path
    train_accuracy: float
    test_accuracy: float
    train_samples: int
    test_samples: int
    parameters: int
    alphas: tuple[float, ...]
    seconds: float


def train_example(
    options: TrainOptions, progress: Callable[[TrainProgress], None] | None = None
) -> TrainResult:
    """Train, test, and write the model file `options.out` with 256 training images for calibration.

    The same options and seed give the same network (on the same machine and torch).
    Raises InputError for bad options or data, before any training.
    """
    options = check_options(options)
    if not options.out.parent.is_dir():
        raise InputError(f"--out {options.out}: the folder must exist; there is no {options.out.parent}.")
    if options.out.is_dir():
        raise InputError(f"--out {options.out}: the name must be that of a file, not of a folder.")
    started = time.perf_counter()
    data = load_training_data(options)
    with torch.random.fork_rng(devices=[]), _one_thread():
        torch.manual_seed(options.seed)
        network = DenseNetwork(data.x_train.shape[1:], data.classes, data.max_count, options)
        _train(network, data, options, progress or _ignore)
    x = torch.from_numpy(data.x_train)
    known = data.x_train[:CALIBRATION_SAMPLES], data.y_train[:CALIBRATION_SAMPLES]
    save_silently(network, options.out, x[:1], known[0], labels=known[1], max_count=data.max_count)
    return TrainResult(
        options.out,
        accuracy(network, x, torch.from_numpy(data.y_train)),
        accuracy(network, torch.from_numpy(data.x_test), torch.from_numpy(data.y_test)),
        len(data.x_train),
        len(data.x_test),
        sum(parameter.numel() for parameter in network.parameters()),
        tuple(float(value.detach()) for name, value in network.named_parameters() if name.endswith(".alpha")),
        time.perf_counter() - started,
    )


@contextmanager
def _one_thread() -> Iterator[None]:
    """Networks this small train fastest so, above all on a busy machine; and always to the same numbers."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def _ignore(progress: TrainProgress) -> None:
    """Show nothing."""


def _train(
    network: nn.Module, data: TrainingData, options: TrainOptions, progress: Callable[[TrainProgress], None]
) -> None:
    """Adam with cosine learning rate, cross-entropy on the scores; reports after every batch."""
    x, y = torch.from_numpy(data.x_train), torch.from_numpy(data.y_train)
    steps_per_epoch = -(-len(x) // options.batch_size)
    epochs = options.epochs or 1
    steps = epochs * steps_per_epoch
    groups = _parameter_groups(network, options.weight_decay)
    optimiser = torch.optim.Adam(groups, lr=options.learning_rate or 1e-3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    network.train()
    for epoch in range(epochs):
        total = 0.0
        for index, rows in enumerate(torch.split(torch.randperm(len(x)), options.batch_size), 1):
            total += _step(network, x[rows], y[rows], optimiser)
            schedule.step()
            step = epoch * steps_per_epoch + index
            progress(TrainProgress(epoch + 1, epochs, step, steps, total / index))


def _step(network: nn.Module, x: Tensor, y: Tensor, optimiser: torch.optim.Optimizer) -> float:
    loss = nn.functional.cross_entropy(network(x), y)
    optimiser.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]  # torch declares no types for it
    optimiser.step()
    return float(loss.detach())


def _parameter_groups(network: nn.Module, weight_decay: float) -> list[dict[str, object]]:
    """Weight decay on matrices only: not on biases, alphas and BatchNorm."""
    matrices = [parameter for parameter in network.parameters() if parameter.dim() > 1]
    others = [parameter for parameter in network.parameters() if parameter.dim() <= 1]
    return [{"params": matrices, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0.0}]

"""The training loop: Adam, cross-entropy on the scores, a penalty on counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from asn2fpga.train.networks.counts import measured_counts
from asn2fpga.train.networks.example import ExampleNetwork
from asn2fpga.train.options import TrainOptions

BATCH = 500  # samples of a forward without gradients


@dataclass(frozen=True)
class TrainProgress:
    """Reported after every batch: `step` of `steps` of the whole training; mean loss of this epoch."""

    epoch: int
    epochs: int
    step: int
    steps: int
    loss: float


@dataclass(frozen=True, eq=False)
class Samples:
    """x: (samples, *shape) uint8, with `events` (samples, time, *shape), of tokens their ids (samples, time);
    y: (samples,) classes.
    """

    x: Tensor
    y: Tensor
    events: bool
    tokens: bool = False

    def batch(self, rows: Tensor) -> Tensor:
        """These samples as a network takes them: events have time first, ids are of torch's type for them."""
        x = self.x[rows].transpose(0, 1) if self.events else self.x[rows]
        return x.long() if self.tokens else x

    def batches(self) -> Iterator[tuple[Tensor, Tensor]]:
        """All of them in order."""
        for rows in torch.split(torch.arange(len(self.x)), BATCH):
            yield self.batch(rows), self.y[rows]


@dataclass(frozen=True)
class Phase:
    """Some epochs of a training. first, of: where its epochs stand among all."""

    epochs: int
    learning_rate: float
    first: int
    of: int


@contextmanager
def one_thread() -> Iterator[None]:
    """Networks this small train fastest so, above all on a busy machine; and always to the same numbers."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def train_phase(
    network: ExampleNetwork,
    samples: Samples,
    options: TrainOptions,
    phase: Phase,
    progress: Callable[[TrainProgress], None],
) -> None:
    """Adam with cosine learning rate; reports after every batch."""
    steps_per_epoch = -(-len(samples.x) // options.batch_size)
    groups = _parameter_groups(network, options.weight_decay)
    optimiser = torch.optim.Adam(groups, lr=phase.learning_rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, phase.epochs * steps_per_epoch)
    network.train()
    for epoch in range(phase.first, phase.first + phase.epochs):
        total = 0.0
        order = torch.split(torch.randperm(len(samples.x)), options.batch_size)
        for index, rows in enumerate(order, 1):
            loss = _loss(network, samples.batch(rows), samples.y[rows], options.count_penalty)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]  # torch declares no types for it
            optimiser.step()
            schedule.step()
            total += float(loss.detach())
            step = epoch * steps_per_epoch + index
            progress(TrainProgress(epoch + 1, phase.of, step, phase.of * steps_per_epoch, total / index))


def _loss(network: ExampleNetwork, x: Tensor, y: Tensor, count_penalty: float) -> Tensor:
    """The network's own, and `count_penalty` times the mean count."""
    if count_penalty == 0:
        return network.loss(x, y)
    with measured_counts(network.count_points()) as meter:
        return network.loss(x, y) + count_penalty * meter.mean


def _parameter_groups(network: nn.Module, weight_decay: float) -> list[dict[str, object]]:
    """Weight decay on matrices only: not on biases, alphas and BatchNorm."""
    matrices = [parameter for parameter in network.parameters() if parameter.dim() > 1]
    others = [parameter for parameter in network.parameters() if parameter.dim() <= 1]
    return [{"params": matrices, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0.0}]


def scores(network: nn.Module, samples: Samples) -> Tensor:
    """(samples, classes) in eval mode."""
    network.eval()
    with torch.no_grad():
        return torch.cat([network(x) for x, _ in samples.batches()])


def accuracy(network: nn.Module, samples: Samples) -> float:
    """Share of samples whose highest score is the right class, in eval mode."""
    network.eval()
    with torch.no_grad():
        right = sum(int((network(x).argmax(1) == y).sum()) for x, y in samples.batches())
    return right / len(samples.y)

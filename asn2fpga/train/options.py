"""What the user chooses for `train-example`."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from asn2fpga.errors import InputError
from asn2fpga.nn.check import check_integer, check_number, check_positive

Dataset = Literal["digits", "mnist", "fashion"]
NeuronKind = Literal["asn", "nasn", "ilif"]


@dataclass(frozen=True)
class TrainOptions:
    """Options of one training; the defaults train in a minute or two on two cores.

    data: .npz with x (samples, ...) uint8 and y (samples,) for mnist and fashion; digits needs none.
    test_data: the same, to test on; otherwise every tenth sample (digits: every fifth) is kept for the test,
      unless the file holds x_train, y_train, x_test, y_test.
    hidden: neurons of each hidden layer. levels: D. alpha: where it starts.
    None means a default: hidden, epochs and learning_rate by data set (DEFAULTS), beta by neuron (0.5; I-LIF
      0.25).
    """

    dataset: Dataset
    out: Path
    data: Path | None = None
    test_data: Path | None = None
    hidden: tuple[int, ...] | None = None
    neuron: NeuronKind = "nasn"
    levels: int = 4
    time_steps: int = 1
    beta: float | None = None
    alpha: float = 0.0
    learn_alpha: bool = True
    integer_alpha: bool = True
    batchnorm: bool = False
    epochs: int | None = None
    batch_size: int = 64
    learning_rate: float | None = None
    weight_decay: float = 1e-4
    seed: int = 0


@dataclass(frozen=True)
class Defaults:
    """What suits a data set."""

    hidden: tuple[int, ...]
    epochs: int
    learning_rate: float


DEFAULTS: dict[str, Defaults] = {
    "digits": Defaults((32,), 60, 1e-2),
    "mnist": Defaults((128,), 30, 5e-3),
    "fashion": Defaults((128,), 30, 5e-3),
}


def check_options(options: TrainOptions) -> TrainOptions:
    """`options` with every default filled in. InputError for a value out of range."""
    check_dataset(options)
    defaults = DEFAULTS[options.dataset]
    return check_training(
        dataclasses.replace(
            options,
            hidden=defaults.hidden if options.hidden is None else options.hidden,
            epochs=defaults.epochs if options.epochs is None else options.epochs,
            learning_rate=defaults.learning_rate if options.learning_rate is None else options.learning_rate,
        )
    )


def check_dataset(options: TrainOptions) -> None:
    """Data set and neuron must be known, a file given where one is needed."""
    where = "train-example"
    if options.dataset not in ("digits", "mnist", "fashion"):
        raise InputError(f"{where}: the data set must be digits, mnist or fashion, not {options.dataset!r}.")
    if options.neuron not in ("asn", "nasn", "ilif"):
        raise InputError(f"{where}: the neuron must be asn, nasn or ilif, not {options.neuron!r}.")
    if options.dataset == "digits" and options.data is not None:
        raise InputError(
            f"{where}: digits come with scikit-learn and must not be given data, not {options.data}."
        )
    if options.dataset != "digits" and options.data is None:
        raise InputError(
            f"{where}: {options.dataset} must be given a file, not none; "
            "--data FILE.npz with x (uint8) and y (classes)."
        )


def check_training(options: TrainOptions) -> TrainOptions:
    """`options` itself if sizes and rates are in range (the neuron checks its own parameters)."""
    where = "train-example"
    if not options.hidden:
        raise InputError(
            f"{where}: the network must have at least one hidden layer, not none; e.g. --hidden 128."
        )
    for neurons in options.hidden:
        check_integer(where, "a hidden size", neurons, 1, 65536)
    check_integer(where, "epochs", options.epochs, 1, 10000)
    check_integer(where, "batch_size", options.batch_size, 1, 65536)
    check_integer(where, "seed", options.seed, 0, 2**32 - 1)
    check_positive(where, "learning_rate", options.learning_rate)
    check_number(where, "weight_decay", options.weight_decay, 0, 1)
    return options

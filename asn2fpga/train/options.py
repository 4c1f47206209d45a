"""What the user chooses for `train-example`."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from asn2fpga.errors import InputError
from asn2fpga.nn.check import check_integer, check_number, check_positive
from asn2fpga.train.installed import check_given

Dataset = Literal["digits", "mnist", "fashion", "text"]
NeuronKind = Literal["asn", "nasn", "ilif", "lif"]
NetworkName = Literal[
    "dense",
    "lenet",
    "vgg",
    "residual",
    "separable",
    "spikingformer",
    "spike-driven",
    "qkformer",
    "adaptive",
    "early-exit",
    "egru",
    "sigma-delta",
    "sigma-delta-maps",
    "events",
    "language",
    "dotie",
]
WHERE = "train-example"
INCLUDED = {"digits": "digits come with scikit-learn", "text": "text comes with Python"}


@dataclass(frozen=True)
class TrainOptions:
    """Options of one training.

    data: .npz with x (samples, ...) uint8 and y (samples,) for mnist and fashion; digits and text need none,
      and fashion none where Debian's package is installed.
    test_data: the same, to test on; otherwise every tenth sample (digits: every fifth) is kept for the test,
      unless the file holds x_train, y_train, x_test, y_test.
    test_out: .npz to write the test samples to, as the network takes them. train_samples, test_samples: use
      the first so many.
    hidden: neurons of each hidden layer; of a transformer for images features of a token, and between the two
      layers of each block. levels: D. alpha: where it starts.
    count_penalty: how much of the loss a mean count of 1 is. weight_bits: fine-tune with weights of so many
      bits, for aware_epochs more epochs.
    None means a default: by data set and network (DEFAULTS), beta by neuron (0.5; I-LIF 0.25).
    """

    dataset: Dataset
    out: Path
    data: Path | None = None
    test_data: Path | None = None
    test_out: Path | None = None
    train_samples: int | None = None
    test_samples: int | None = None
    network: NetworkName = "dense"
    hidden: tuple[int, ...] | None = None
    neuron: NeuronKind = "nasn"
    levels: int = 4
    time_steps: int | None = None
    beta: float | None = None
    alpha: float = 0.0
    learn_alpha: bool = True
    integer_alpha: bool = True
    batchnorm: bool | None = None
    count_penalty: float = 0.0
    weight_bits: int | None = None
    epochs: int | None = None
    aware_epochs: int | None = None
    batch_size: int = 64
    learning_rate: float | None = None
    weight_decay: float = 1e-4
    seed: int = 0

    @property
    def steps(self) -> int:
        """T, 1 unless it was chosen."""
        return 1 if self.time_steps is None else self.time_steps


@dataclass(frozen=True)
class Defaults:
    """What suits a network. hidden: () for those that have no hidden layers to choose."""

    hidden: tuple[int, ...]
    epochs: int
    learning_rate: float
    batchnorm: bool = False
    time_steps: int = 1
    aware_epochs: int = 3


_OF_NEURONS = ("neuron", "beta", "alpha", "learn_alpha", "integer_alpha")
NOT_READ: dict[str, tuple[str, ...]] = {
    "adaptive": (*_OF_NEURONS, "levels"),
    "egru": (*_OF_NEURONS, "levels"),
    "sigma-delta": _OF_NEURONS,
    "sigma-delta-maps": _OF_NEURONS,
    "dotie": (*_OF_NEURONS, "levels"),
}
"""By network with neurons of its own, the options that say nothing about them."""
FLAGS = {"learn_alpha": "--fixed-alpha", "integer_alpha": "--real-alpha"}

DEFAULTS: dict[str, Defaults] = {
    "digits": Defaults((32,), 60, 1e-2, aware_epochs=15),
    "mnist": Defaults((128,), 30, 5e-3),
    "fashion": Defaults((128,), 30, 5e-3),
    "lenet": Defaults((64,), 12, 3e-3, batchnorm=True),
    "vgg": Defaults((), 6, 2e-3, batchnorm=True, aware_epochs=2),
    "residual": Defaults((), 8, 3e-3, batchnorm=True),
    "separable": Defaults((), 8, 3e-3, batchnorm=True),
    "spikingformer": Defaults((64, 128, 128), 8, 2e-3, batchnorm=True),
    "spike-driven": Defaults((64, 128, 128), 8, 2e-3, batchnorm=True),
    "qkformer": Defaults((64, 128, 128), 8, 2e-3, batchnorm=True),
    "adaptive": Defaults((128, 64), 8, 1e-3, time_steps=32),
    "early-exit": Defaults((), 6, 3e-3, batchnorm=True, time_steps=4),
    "egru": Defaults((64,), 25, 1e-2, time_steps=28),
    "sigma-delta": Defaults((64, 32), 15, 5e-3, time_steps=16),
    "sigma-delta-maps": Defaults((), 15, 5e-3, time_steps=16),
    "events": Defaults((), 6, 3e-3, batchnorm=True, time_steps=12),
    "language": Defaults((), 2, 4e-3, batchnorm=True, time_steps=32),
    "dotie": Defaults((), 1, 3e-3, time_steps=12),
}
"""By data set for dense networks, by network for the others."""


def check_options(options: TrainOptions) -> TrainOptions:
    """`options` with every default filled in. InputError for a value out of range."""
    check_dataset(options)
    defaults = DEFAULTS[options.dataset if options.network == "dense" else options.network]
    if options.hidden and not defaults.hidden:
        raise InputError(
            f"{WHERE}: the network {options.network} has no hidden layers to choose; leave --hidden out."
        )
    _check_neurons(options)
    return check_training(dataclasses.replace(options, **_missing(options, defaults)))


def _check_neurons(options: TrainOptions) -> None:
    """What is said about neurons must be about those that the network has."""
    for name in NOT_READ.get(options.network, ()):
        if getattr(options, name) != getattr(TrainOptions, name):
            flag = FLAGS.get(name, f"--{name}")
            raise InputError(
                f"{WHERE}: the network {options.network} has neurons of its own; leave {flag} out."
            )
    if options.network == "early-exit" and options.time_steps == 1:
        raise InputError(
            f"{WHERE}: the network early-exit must have at least 2 time steps, not 1; with one there is "
            "nothing to end early."
        )


def _missing(options: TrainOptions, defaults: Defaults) -> dict[str, Any]:
    """The defaults of what was not chosen."""
    chosen = dataclasses.asdict(options)
    return {name: value for name, value in vars(defaults).items() if chosen[name] is None}


def check_dataset(options: TrainOptions) -> None:
    """Data set, network and neuron must be known."""
    _check_name("data set", options.dataset, get_args(Dataset))
    _check_name("network", options.network, get_args(NetworkName))
    _check_name("neuron", options.neuron, get_args(NeuronKind))
    if options.dataset in INCLUDED and options.data is not None:
        raise InputError(
            f"{WHERE}: {INCLUDED[options.dataset]} and must not be given data, not {options.data}."
        )
    if (options.dataset == "text") != (options.network == "language"):
        raise InputError(
            f"{WHERE}: the data set text is for the network language, and that for nothing else, not "
            f"{options.dataset} for {options.network}; train-example text --network language."
        )
    check_given(options.dataset, options.data)


def _check_name(what: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        names = f"{', '.join(known[:-1])} or {known[-1]}"
        raise InputError(f"{WHERE}: the {what} must be {names}, not {value!r}.")


def check_training(options: TrainOptions) -> TrainOptions:
    """`options` itself if sizes and rates are in range (the neuron checks its own parameters)."""
    if not options.hidden and options.network == "dense":
        raise InputError(
            f"{WHERE}: the network must have at least one hidden layer, not none; e.g. --hidden 128."
        )
    for neurons in options.hidden or ():
        check_integer(WHERE, "a hidden size", neurons, 1, 65536)
    check_integer(WHERE, "epochs", options.epochs, 1, 10000)
    check_integer(WHERE, "aware_epochs", options.aware_epochs, 1, 10000)
    check_integer(WHERE, "batch_size", options.batch_size, 1, 65536)
    check_integer(WHERE, "seed", options.seed, 0, 2**32 - 1)
    if options.weight_bits is not None:
        check_integer(WHERE, "weight_bits", options.weight_bits, 2, 8)
    for name in ("train_samples", "test_samples"):
        if getattr(options, name) is not None:
            check_integer(WHERE, name, getattr(options, name), 1, 10**7)
    check_positive(WHERE, "learning_rate", options.learning_rate)
    check_number(WHERE, "weight_decay", options.weight_decay, 0, 1)
    check_number(WHERE, "count_penalty", options.count_penalty, 0, 1000)
    return options

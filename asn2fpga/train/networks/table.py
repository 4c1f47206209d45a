"""The networks by name: how each is made, and what it makes of images."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from asn2fpga.errors import InputError
from asn2fpga.train.drifting import to_changes
from asn2fpga.train.moving_sensor import to_events
from asn2fpga.train.networks.adaptive import AdaptiveNetwork
from asn2fpga.train.networks.dense import DenseNetwork
from asn2fpga.train.networks.dotie import Dotie
from asn2fpga.train.networks.early_exit import EarlyExit
from asn2fpga.train.networks.egru import GatedNetwork
from asn2fpga.train.networks.events import EventNetwork
from asn2fpga.train.networks.example import ExampleNetwork
from asn2fpga.train.networks.language import LanguageNetwork
from asn2fpga.train.networks.lenet import LeNet
from asn2fpga.train.networks.residual import Residual
from asn2fpga.train.networks.separable import Separable
from asn2fpga.train.networks.sigma_delta import SigmaDeltaNetwork
from asn2fpga.train.networks.sigma_delta_maps import SigmaDeltaMaps
from asn2fpga.train.networks.spikingformer import QKFormer, SpikeDriven, Spikingformer
from asn2fpga.train.networks.vgg import VGG
from asn2fpga.train.options import TrainOptions

Images = npt.NDArray[np.uint8]
POOLED = 8  # by how much the pools of VGG divide the size of an image
SMALLEST = 8


@dataclass(frozen=True)
class NetworkKind:
    """make: (shape of a sample or, with events, of a time step, classes, max_count, options) -> network.

    prepare: (samples, ..) uint8 images in 0..max_count -> what the module reads, (samples, *shape), with
    events (samples, time, *shape).
    tokens: what is read are ids, one in each time step. counts: events have the values of pixels.
    trained: whether there is anything to train, and the scores are those of classes.
    """

    make: Callable[[tuple[int, ...], int, int, TrainOptions], ExampleNetwork]
    prepare: Callable[[Images, int, TrainOptions], Images]
    events: bool = False
    tokens: bool = False
    counts: bool = False
    trained: bool = True


def unchanged(images: Images, max_count: int, options: TrainOptions) -> Images:
    """Images of any shape."""
    return images


def one_channel(images: Images, max_count: int, options: TrainOptions) -> Images:
    """(samples, height, width) -> (samples, 1, height, width)."""
    return _maps(images, options)[:, None]


def padded(images: Images, max_count: int, options: TrainOptions) -> Images:
    """One channel, with rows and columns of zeros around it up to a multiple of POOLED."""
    height, width = _maps(images, options).shape[1:]
    rows, columns = -height % POOLED, -width % POOLED
    around = ((0, 0), (rows // 2, rows - rows // 2), (columns // 2, columns - columns // 2))
    return np.pad(images, around)[:, None]


def as_events(images: Images, max_count: int, options: TrainOptions) -> Images:
    """(samples, time, 2, height + 6, width + 6) events of a moving sensor."""
    return to_events(_maps(images, options), options.steps, max_count)


def as_activity(images: Images, max_count: int, options: TrainOptions) -> Images:
    """(samples, time, 1, height + 6, width + 6): events of either polarity."""
    events = as_events(images, max_count, options)
    return events[:, :, :1] | events[:, :, 1:]


def as_rows(images: Images, max_count: int, options: TrainOptions) -> Images:
    """(samples, time, width): a row at each time step."""
    rows = _maps(images, options).shape[1]
    if rows != options.steps:
        raise InputError(
            f"train-example: the network egru reads a row at each time step; --time-steps must be {rows}, "
            f"not {options.steps}."
        )
    return images


def as_changes(images: Images, max_count: int, options: TrainOptions) -> Images:
    """(samples, time, 2 * height * width): what pixels of a drifting image gain and lose."""
    return to_changes(_maps(images, options), options.steps)


def as_maps_of_changes(images: Images, max_count: int, options: TrainOptions) -> Images:
    """(samples, time, 2, height, width): the same as two channels."""
    shape = _maps(images, options).shape[1:]
    return as_changes(images, max_count, options).reshape(len(images), options.steps, 2, *shape)


def _maps(images: Images, options: TrainOptions) -> Images:
    if images.ndim != 3 or min(images.shape[1:]) < SMALLEST:
        raise InputError(
            f"train-example: the network {options.network} must get images (samples, height, width) of at "
            f"least {SMALLEST} x {SMALLEST} pixels, not {images.shape}; use --network dense."
        )
    return images


NETWORKS: dict[str, NetworkKind] = {
    "dense": NetworkKind(DenseNetwork, unchanged),
    "lenet": NetworkKind(LeNet, one_channel),
    "vgg": NetworkKind(VGG, padded),
    "residual": NetworkKind(Residual, one_channel),
    "separable": NetworkKind(Separable, one_channel),
    "spikingformer": NetworkKind(Spikingformer, one_channel),
    "spike-driven": NetworkKind(SpikeDriven, one_channel),
    "qkformer": NetworkKind(QKFormer, one_channel),
    "adaptive": NetworkKind(AdaptiveNetwork, unchanged),
    "early-exit": NetworkKind(EarlyExit, one_channel),
    "egru": NetworkKind(GatedNetwork, as_rows, events=True, counts=True),
    "sigma-delta": NetworkKind(SigmaDeltaNetwork, as_changes, events=True, counts=True),
    "sigma-delta-maps": NetworkKind(SigmaDeltaMaps, as_maps_of_changes, events=True, counts=True),
    "events": NetworkKind(EventNetwork, as_events, events=True),
    "language": NetworkKind(LanguageNetwork, unchanged, events=True, tokens=True),
    "dotie": NetworkKind(Dotie, as_activity, events=True, trained=False),
}

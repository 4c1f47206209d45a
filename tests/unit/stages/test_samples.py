from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from asn2fpga.kinds.sources.events import ReceiveEvents
from asn2fpga.kinds.sources.frames import Encode
from asn2fpga.stages.samples import Range, crossing, random_samples, vectors

ENCODE = Encode(name="encode", shape=(2, 3), max_count=255, time_steps=4)
RECEIVE = ReceiveEvents(name="spikes", shape=(5,), max_count=3, time_steps=2)


def test_random_sample_depends_on_its_index_alone() -> None:
    whole = random_samples(ENCODE, 6, seed=1)
    assert (random_samples(ENCODE, 2, seed=1, first=3) == whole[3:5]).all()
    assert (random_samples(ENCODE, 6, seed=2)[2:] != whole[2:]).any()
    assert not whole[0].any() and (whole[1] == 255).all()


def test_random_events_stay_in_range() -> None:
    x = random_samples(RECEIVE, 50, seed=1)
    assert x.shape == (50, 2, 5) and x.min() == 0 and x.max() == 3


def test_random_samples_reach_the_largest_count_and_not_what_its_bits_could_hold() -> None:
    for layer in (dataclasses.replace(ENCODE, max_count=16), dataclasses.replace(RECEIVE, max_count=5)):
        x = random_samples(layer, 50, seed=1)
        assert x.max() == (x[1]).min() == layer.max_count < layer.count_type.max


def test_vectors_are_the_samples_then_random_ones() -> None:
    samples = np.full((2, 2, 3), 7, np.uint8)
    whole = vectors(samples, ENCODE, 5, seed=1)
    assert (whole[:2] == 7).all()
    assert (whole[2:] == random_samples(ENCODE, 3, seed=1)).all()
    for first in range(4):
        assert (vectors(samples, ENCODE, 2, 1, first) == whole[first : first + 2]).all()


@pytest.mark.parametrize(
    ("wanted", "samples", "part"),
    [
        ((0, 1000), 500, (490, 20)),
        ((0, 1000), 1000, (980, 20)),
        ((0, 1000), 3, (0, 20)),
        ((0, 1000), 995, (980, 20)),
        ((600, 100), 500, (600, 20)),
        ((490, 100), 500, (490, 20)),
        ((7, 1), 500, (7, 1)),
        ((0, 5), 3, (0, 5)),
    ],
)
def test_a_part_has_samples_and_random_vectors_where_both_are_wanted(
    wanted: Range, samples: int, part: Range
) -> None:
    assert crossing(wanted, samples, 20) == part

"""What a population sums up: its parts, and the projections that they become."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from asn2fpga.errors import UnsupportedError
from asn2fpga.graph.arrays import IntArray, RealArray
from asn2fpga.kinds.maps.population import MapProjection
from asn2fpga.kinds.maps.synapse import MapSynapse
from asn2fpga.kinds.neurons.convert import Drive
from asn2fpga.kinds.population import Projection
from asn2fpga.kinds.synapses.contract import EventSynapse, Synapse
from asn2fpga.quantise.network import Trained


@dataclass(frozen=True, eq=False)
class Part:
    """One projection to be: where it comes from, and what its sums mean.

    exponent: one unit of its sums is worth unit * 2^exponent. offset, bias: what is added to the sums, in
    that unit and as a real number. low, high: (N,) range of the sums of a time step. factor: what else they
    are multiplied by; trained: whether the synapses were, else sums come as they are.
    """

    source: str
    name: str
    synapse: Synapse
    exponent: int
    delay: int
    offset: IntArray
    bias: RealArray
    low: IntArray
    high: IntArray
    factor: float = 1.0
    trained: bool = True


@dataclass(frozen=True, eq=False)
class Sums:
    """What a population sums up: its projections with their shifts, and the real value of the sums."""

    parts: tuple[Part, ...]
    shifts: tuple[int, ...]
    exponent: int
    drive: Drive


def place_of(population: Trained) -> str:
    """The module in the model that messages name: of its synapses, if there are some."""
    return population.weighted[0].synapses.source if population.weighted else population.name


def projections_of(population: Trained, sums: Sums) -> Iterator[Projection]:
    """The projections of a population that is no map."""
    for part, shift in zip(sums.parts, sums.shifts, strict=True):
        if not isinstance(part.synapse, EventSynapse):
            raise UnsupportedError(
                f"{place_of(population)}: scores must come from a Linear layer, not from a convolution; "
                "end the network with Flatten and Linear."
            )
        yield Projection(name=part.name, synapse=part.synapse, shift=shift, steps_late=part.delay)


def map_projections_of(population: Trained, sums: Sums) -> Iterator[MapProjection]:
    """The projections of a population that is a map."""
    for part, shift in zip(sums.parts, sums.shifts, strict=True):
        if not isinstance(part.synapse, MapSynapse):
            raise UnsupportedError(
                f"{place_of(population)}: what is added to a convolution must come from maps, not from "
                f"{part.name}; give it channels and pixels as the convolution has."
            )
        yield MapProjection(name=part.name, synapse=part.synapse, shift=shift, trained=part.trained)

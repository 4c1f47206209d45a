"""Units of sums: what one unit of an accumulator is worth, where several projections add to it.

Synapses that add to one accumulator, directly or through currents, have scales that are powers of two apart:
d_k[i] = d[i] * 2^exponent_k. Then the sums are exact, whatever their order. docs/spec/numerics.md, "Several
projections".
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from asn2fpga.graph.arrays import RealArray
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.types import Array
from asn2fpga.kinds.trained import TrainedSynapse
from asn2fpga.quantise.network import Network, Trained
from asn2fpga.quantise.weights import QuantisedWeights, round_scale, with_scale

MOST_DOUBLINGS = 20  # between the finest and the coarsest synapses of a sum


@dataclass(frozen=True, eq=False)
class Alignment:
    """Of one synapse: the unit d (N,) that it shares with others, and the exponent of its own scale."""

    unit: RealArray
    exponent: int


@dataclass(frozen=True, eq=False)
class Aligned:
    """Integers of every synapse, by name, and how their scales are related."""

    weights: Mapping[str, QuantisedWeights]
    alignments: Mapping[str, Alignment]


def stages(network: Network) -> Iterator[tuple[Trained, ...]]:
    """Populations whose sums must have one unit: a current goes from one to the other, or synapses are
    shared.
    """
    found: list[list[Trained]] = []
    for population in network.populations:
        sources = {
            network.population_of(branch.current).name for branch in population.branches if branch.current
        }
        shared = {branch.synapses.name for branch in population.weighted}
        joined = [stage for stage in found if any(_is_joined(member, sources, shared) for member in stage)]
        found = [stage for stage in found if stage not in joined]
        found.append([*(member for stage in joined for member in stage), population])
    for stage in found:
        yield tuple(stage)


def _is_joined(member: Trained, sources: set[str], shared: set[str]) -> bool:
    return member.name in sources or any(branch.synapses.name in shared for branch in member.weighted)


def align(network: Network, weights: Mapping[str, QuantisedWeights], edges: Mapping[str, Edge]) -> Aligned:
    """The same weights where synapses stand alone; elsewhere rounded again, to scales powers of two apart."""
    aligned = dict(weights)
    alignments = {name: Alignment(found.scale, 0) for name, found in weights.items()}
    for stage in stages(network):
        for name, found in align_stage(network, stage, synapses_of(stage), weights, edges).items():
            aligned[name], alignments[name] = found
    return Aligned(aligned, alignments)


def stands_alone(network: Network, synapse: TrainedSynapse) -> bool:
    """Whether no other synapses have to have scales that go with those of these."""
    (stage,) = (found for found in map(synapses_of, stages(network)) if synapse.name in found)
    return len(stage) == 1


def synapses_of(stage: tuple[Trained, ...]) -> dict[str, TrainedSynapse]:
    """The synapses of a stage by name, each once."""
    return {branch.synapses.name: branch.synapses for member in stage for branch in member.weighted}


def align_stage(
    network: Network,
    stage: tuple[Trained, ...],
    synapses: Mapping[str, TrainedSynapse],
    weights: Mapping[str, QuantisedWeights],
    edges: Mapping[str, Edge],
) -> dict[str, tuple[QuantisedWeights, Alignment]]:
    """`align` of one of `stages`, whose trained weights are those of `synapses`; {} if these stand alone."""
    if len(synapses) < 2:
        return {}
    scales = [
        Scale(
            _in_counts(network, synapse, weights[name].scale, edges),
            np.asarray(synapse.rows.any(axis=1)),
            synapse.follows_other_scales,
        )
        for name, synapse in synapses.items()
    ]
    unit, exponents = common_unit(scales)
    if network.readout in stage:  # scores of all classes are compared
        unit = np.full_like(unit, unit.max())
    aligned = {}
    for (name, synapse), exponent in zip(synapses.items(), exponents, strict=True):
        exponent += _frac_bits(network, synapse, edges)
        scale = np.ldexp(unit, exponent)
        aligned[name] = with_scale(synapse.rows, scale, weights[name]), Alignment(unit, exponent)
    return aligned


def _frac_bits(network: Network, synapse: TrainedSynapse, edges: Mapping[str, Edge]) -> int:
    """The finest fraction of what synapses read."""
    branch = next(b for b in network.owner[synapse.name].weighted if b.synapses.name == synapse.name)
    return max(edges[origin.node].frac_bits for origin in branch.origins)


def _in_counts(
    network: Network, synapse: TrainedSynapse, scale: RealArray, edges: Mapping[str, Edge]
) -> RealArray:
    """What one weight unit is worth in one count."""
    return np.ldexp(scale, -_frac_bits(network, synapse, edges))


@dataclass(frozen=True, eq=False)
class Scale:
    """The scale (N,) that synapses would have alone; used: (N,) where they have weights.

    follows: it takes any scale that is no smaller without much loss.
    """

    own: RealArray
    used: Array
    follows: bool


def common_unit(scales: Sequence[Scale]) -> tuple[RealArray, list[int]]:
    """Unit d (N,) and an exponent for each of `scales`, so that d * 2^exponent is no smaller than the scale.

    Exponents follow the median of the ratios over the channels that have weights, of those scales that do not
    follow others; these are made to fit then. The smallest exponent is 0.
    """
    leading = [scale for scale in scales if not scale.follows] or list(scales)
    middle = {id(scale): _median(scale) for scale in leading}
    lowest = min(middle.values())
    exponents = {id(scale): min(MOST_DOUBLINGS, round(middle[id(scale)] - lowest)) for scale in leading}
    needed = np.stack([np.ldexp(scale.own, -exponents[id(scale)]) for scale in leading])
    masked = np.where(np.stack([scale.used for scale in leading]), needed, 0.0)
    unit = round_up_scale(np.where(masked.any(axis=0), masked.max(axis=0), needed.max(axis=0)))
    for scale in scales:
        if id(scale) not in exponents:
            ratio = np.where(scale.used, scale.own / unit, 0.0).max()
            exponents[id(scale)] = math.ceil(math.log2(ratio)) if ratio > 0 else 0
    first = min(exponents.values())
    return np.ldexp(unit, first), [exponents[id(scale)] - first for scale in scales]


def _median(scale: Scale) -> float:
    logs = np.log2(scale.own)
    return float(np.median(logs[scale.used] if scale.used.any() else logs))


def round_up_scale(scale: RealArray) -> RealArray:
    """Rounded to a few significant bits as all scales are, but never below."""
    rounded = round_scale(scale)
    larger: RealArray = np.where(rounded < scale, round_scale(scale * (1 + 2.0**-15)), rounded)
    return larger

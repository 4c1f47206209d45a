"""Units of sums: what one unit of an accumulator is worth, where several projections add to it.

Synapses that add to one accumulator, directly or through currents, have scales that are powers of two apart:
d_k[i] = d[i] * 2^exponent_k. Then the sums are exact, whatever their order. docs/spec/numerics.md, "Several
projections".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from asn2fpga.graph.arrays import RealArray
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.types import Array
from asn2fpga.kinds.trained import TrainedSynapse
from asn2fpga.quantise.network import Network, Trained
from asn2fpga.quantise.scheme import Scheme
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
    """Populations whose sums must have one unit: a current goes from one to the other, or synapses are shared."""
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


def align(
    network: Network, weights: Mapping[str, QuantisedWeights], edges: Mapping[str, Edge], scheme: Scheme
) -> Aligned:
    """The same weights where synapses stand alone; elsewhere rounded again, to scales powers of two apart."""
    aligned = dict(weights)
    alignments = {name: Alignment(found.scale, 0) for name, found in weights.items()}
    for stage in stages(network):
        synapses = list(dict.fromkeys(branch.synapses for member in stage for branch in member.weighted))
        if len(synapses) < 2:
            continue
        own = [_in_counts(network, synapse, weights[synapse.name].scale, edges) for synapse in synapses]
        unit, exponents = common_unit(own, [np.asarray(synapse.rows.any(axis=1)) for synapse in synapses])
        for synapse, exponent in zip(synapses, exponents, strict=True):
            found = weights[synapse.name]
            exponent += _frac_bits(network, synapse, edges)
            scale = np.ldexp(unit, exponent)
            aligned[synapse.name] = with_scale(synapse.rows, scale, found)
            alignments[synapse.name] = Alignment(unit, exponent)
    return Aligned(aligned, alignments)


def _frac_bits(network: Network, synapse: TrainedSynapse, edges: Mapping[str, Edge]) -> int:
    """The finest fraction of what synapses read."""
    branch = next(b for b in network.owner[synapse.name].weighted if b.synapses is synapse)
    return max(edges[origin.node].frac_bits for origin in branch.origins)


def _in_counts(
    network: Network, synapse: TrainedSynapse, scale: RealArray, edges: Mapping[str, Edge]
) -> RealArray:
    """What one weight unit is worth in one count."""
    return np.ldexp(scale, -_frac_bits(network, synapse, edges))


def common_unit(scales: Sequence[RealArray], used: Sequence[Array]) -> tuple[RealArray, list[int]]:
    """Unit d (N,) and an exponent for each of `scales` (N,), so that d * 2^exponent is no smaller than the scale.

    Exponents follow the median of the ratios over the channels that have weights; the smallest is 0.
    """
    logs = [np.log2(np.broadcast_to(scale, scales[0].shape)) for scale in scales]
    middle = [
        float(np.median(log[mask] if mask.any() else log)) for log, mask in zip(logs, used, strict=True)
    ]
    lowest = min(middle)
    exponents = [min(MOST_DOUBLINGS, round(value - lowest)) for value in middle]
    needed = np.stack([np.ldexp(scale, -exponent) for scale, exponent in zip(scales, exponents, strict=True)])
    masked = np.where(np.stack(used), needed, 0.0)
    unit = np.where(masked.any(axis=0), masked.max(axis=0), needed.max(axis=0))
    return round_up_scale(unit), exponents


def round_up_scale(scale: RealArray) -> RealArray:
    """Rounded to a few significant bits as all scales are, but never below."""
    rounded = round_scale(scale)
    larger: RealArray = np.where(rounded < scale, round_scale(scale * (1 + 2.0**-15)), rounded)
    return larger

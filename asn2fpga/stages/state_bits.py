"""`--state-frac-bits auto`: the fewest fraction bits of membranes that keep the spikes of real numbers."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

from asn2fpga.golden.simulate import simulate
from asn2fpga.golden.spikes import spikes_of
from asn2fpga.graph.arrays import RealArray
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.types import Array
from asn2fpga.kinds.neurons.convert import STATE_FRAC_BITS_MAX
from asn2fpga.quantise.apply import Decided
from asn2fpga.quantise.scheme import Scheme
from asn2fpga.reference import float_model

LIMIT = 1e-4
"""Share of the spikes that may differ from those of real-valued membranes with the same integer weights."""
SAMPLES = 256


@dataclass(frozen=True)
class StateSearch:
    """What was tried: fraction bits and the share of spikes that differ, up to the ones that are taken."""

    trials: tuple[tuple[int, float], ...]

    @property
    def bits(self) -> int:
        """The fewest with a share within LIMIT, else those with the smallest share."""
        within = [bits for bits, share in self.trials if share <= LIMIT]
        return min(within) if within else min(self.trials, key=lambda trial: (trial[1], trial[0]))[0]

    @property
    def text(self) -> str:
        """For the summary of the stage."""
        shares = dict(self.trials)
        taken = f"{1e6 * shares[self.bits]:.0f} spikes in a million differ from those of real numbers"
        fewer = shares.get(self.bits - 1)
        return f"membranes: {self.bits} fraction bits, {taken}" + (
            "" if fewer is None else f" (one bit less: {1e6 * fewer:.0f})"
        )


def search_state_bits(decided: Decided, scheme: Scheme, x: Array) -> StateSearch | None:
    """Try fraction bits from few to many on samples x (B, ..); None for a network without membranes."""
    derived = decided.build(scheme)
    if not derived.decisions.states:
        return None
    x = x[:SAMPLES]
    real = float_model.simulate(derived.reference, x).spikes
    trials: list[tuple[int, float]] = []
    for bits in range(STATE_FRAC_BITS_MAX + 1):
        graph = decided.build(dataclasses.replace(scheme, state_frac_bits=bits)).graph
        trials.append((bits, _differing(decided, graph, x, real)))
        if trials[-1][1] <= LIMIT:
            break
    return StateSearch(tuple(trials))


def _differing(decided: Decided, graph: Graph, x: Array, real: Mapping[str, RealArray]) -> float:
    """The share of spikes that differ."""
    counts = simulate(graph, x).counts
    differing = total = 0
    for population in decided.network.spiking:
        assert population.neuron is not None
        ours = spikes_of(graph, population.name, counts[population.name])
        differing += int((ours != real[population.neuron.name]).sum())
        total += ours.size
    return differing / total

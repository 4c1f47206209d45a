"""The integer read-out: scales of the classes are powers of two apart, so that scores can be compared."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from asn2fpga.errors import InputError, UnsupportedError
from asn2fpga.graph.arrays import IntArray, RealArray, as_real
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.types import FixedType
from asn2fpga.kinds.neurons.contract import ReadoutNeurons
from asn2fpga.kinds.neurons.convert import Drive
from asn2fpga.kinds.neurons.integrator import Integrator
from asn2fpga.kinds.neurons.rationals import round_half_even
from asn2fpga.kinds.neurons.running_integrator import RunningIntegrator
from asn2fpga.kinds.population import Population
from asn2fpga.kinds.ranges import checked_type, hull
from asn2fpga.kinds.trained import TrainedSynapse
from asn2fpga.quantise.network import Trained
from asn2fpga.quantise.scheme import Scheme
from asn2fpga.quantise.sums import Sums, projections_of
from asn2fpga.quantise.weights import QuantisedWeights, ScaleRule, quantise_weights, with_scale

SCORE_BITS = 32


@dataclass(frozen=True)
class Readout:
    """The integer layer, the real value of one unit of score, and the real bias (C,) it stands for."""

    layer: Population
    score_scale: float
    bias: RealArray


@dataclass(frozen=True)
class Scores:
    """What a read-out computes: score = bias + (sum << shift), in units of real value `unit`.

    rounded: the trained bias alone, in units. score_range: of every score and bias; acc_range: of every sum.
    """

    unit: Fraction
    shift: IntArray
    rounded: list[int]
    bias: list[int]
    score_range: tuple[int, int]
    acc_range: tuple[int, int]

    @property
    def width_bits(self) -> int:
        """Bits of a score, two's complement."""
        return FixedType.for_range(min(self.score_range[0], -1), self.score_range[1]).width_bits


def quantise_readout(
    synapse: TrainedSynapse, rule: ScaleRule, samples: RealArray | None, edge: Edge
) -> QuantisedWeights:
    """Integers for the only synapses of a read-out; see docs/spec/numerics.md, "Weights".

    One scale for all classes, but half of it, a quarter, .. for a class whose own scale is not larger than
    that, as far as the scores then fit 32 bits.
    """
    weight = synapse.rows
    common = quantise_weights(weight, replace(rule, per_channel=False), samples)
    own = quantise_weights(weight, rule, samples)
    halvings = np.frexp(common.scale / own.scale)[1] - 1
    used = weight.any(axis=1)
    halvings[~used] = halvings[used].max(initial=0)
    for most in range(int(halvings.max()), 0, -1):
        scale = np.ldexp(common.scale, -np.clip(halvings, 0, most))
        finer = with_scale(weight, scale, rule)
        if scores_of(drive_of(synapse, finer, edge), edge.steps).width_bits <= SCORE_BITS:
            return finer
    return common


def drive_of(synapse: TrainedSynapse, weights: QuantisedWeights, edge: Edge) -> Drive:
    """What the sums of synapses mean that stand alone, fed with counts (fraction and lowest level
    included).
    """
    integer = synapse.integer(weights.weight, weights.bits, edge)
    low, high = integer.sum_range(edge)
    return Drive(
        layer=synapse.name,
        scale=np.ldexp(weights.scale, -edge.frac_bits),
        offset=edge.base * synapse.sums_of_weights(weights.weight),
        bias=as_real(synapse.bias),
        sums=(low, high),
        acc_type=FixedType(2, True),
    )


def build_readout(population: Trained, sums: Sums, steps: int, scheme: Scheme) -> Readout:
    """The last population. Its scores are sums over the time steps that it receives.

    After a frame that is one, whatever the network's time steps are: all steps would give the same.
    scheme: with `stream` or `early_exit` the sums so far count after each of them; refused where there is but
    one.
    """
    check_steps(population.name, steps, scheme)
    scores = scores_of(sums.drive, steps)
    if scores.width_bits > SCORE_BITS:
        raise UnsupportedError(
            f"{population.name}: scores must fit {SCORE_BITS} bits, not {scores.width_bits}; "
            "use fewer time steps, fewer weight bits or a smaller bias."
        )
    neuron: ReadoutNeurons = Integrator(bias=np.array(scores.bias, dtype=np.int64), shift=scores.shift)
    if scheme.every_step:
        neuron = RunningIntegrator(bias=_step_biases(scores, sums.drive, steps), shift=scores.shift)
    acc_type = checked_type(population.name, "the accumulator", *scores.acc_range)
    layer = readout_population(population, sums, neuron, acc_type, steps)
    return Readout(layer, float(scores.unit), real_bias(scores, steps))


def check_steps(name: str, steps: int, scheme: Scheme) -> None:
    """InputError if scores of every time step are asked of a read-out that has one."""
    if steps > 1 or not scheme.every_step:
        return
    option = "--early-exit" if scheme.early_exit else "--stream"
    raise InputError(
        f"{name}: {option} needs scores after several time steps, not after {steps}; leave {option} out, or "
        "give the network an input over time (RepeatTime, or events)."
    )


def _step_biases(scores: Scores, drive: Drive, steps: int) -> IntArray:
    """(T, C) the biases of the sums so far: the part of the trained one, halves upwards, and the offsets."""
    offset = np.array(_shifted(drive.offset, scores.shift), np.int64)
    parts = [[(2 * (step + 1) * b + steps) // (2 * steps) for b in scores.rounded] for step in range(steps)]
    return np.array(parts, np.int64) + (np.arange(steps)[:, None] + 1) * offset


def readout_population(
    population: Trained, sums: Sums, neuron: ReadoutNeurons, acc_type: FixedType, steps: int
) -> Population:
    """The last population with these neurons."""
    return Population(
        name=population.name,
        inputs=tuple(part.source for part in sums.parts),
        source=population.weighted[0].synapses.source if population.weighted else population.name,
        projections=tuple(projections_of(population, sums)),
        neuron=neuron,
        acc_type=acc_type,
        time_steps=steps,
    )


def real_bias(scores: Scores, steps: int) -> RealArray:
    """The real bias (C,) that the integers of a read-out stand for; scores of any width."""
    return np.array([float(b * scores.unit / steps) for b in scores.rounded])


def scores_of(drive: Drive, steps: int) -> Scores:
    """The scores of a read-out with these sums in each of so many time steps."""
    unit = Fraction(float(drive.scale.min()))
    shift = np.frexp(drive.scale / drive.scale.min())[1].astype(np.int64) - 1
    rounded = [round_half_even(steps * Fraction(b) / unit) for b in drive.bias.tolist()]
    offsets = _shifted(steps * drive.offset, shift)
    bias = [b + offset for b, offset in zip(rounded, offsets, strict=True)]
    low, high = (steps * bound for bound in drive.sums)
    lowest = min(b + sums for b, sums in zip(bias, _shifted(low, shift), strict=True))
    highest = max(b + sums for b, sums in zip(bias, _shifted(high, shift), strict=True))
    return Scores(unit, shift, rounded, bias, (lowest, highest), hull(low, high))


def _shifted(values: IntArray, shift: IntArray) -> list[int]:
    """values << shift, however wide."""
    return [value << left for value, left in zip(values.tolist(), shift.tolist(), strict=True)]

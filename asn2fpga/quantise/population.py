"""One integer population from a Linear layer, its integer weights and its neuron."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from asn2fpga.graph.arrays import IntArray, RealArray, as_real
from asn2fpga.graph.layers import DensePopulation, Linear, Neuron
from asn2fpga.graph.neuron import IntegerNeuron, NeuronSemantics
from asn2fpga.graph.ranges import signed_type, sum_range
from asn2fpga.graph.types import FixedType
from asn2fpga.quantise.alpha import Levels, levels_of
from asn2fpga.quantise.ranges import checked_type
from asn2fpga.quantise.scheme import Scheme
from asn2fpga.quantise.source import Producer
from asn2fpga.quantise.state import leak_of, membrane_of, membrane_types, state_frac_bits, threshold_unit
from asn2fpga.quantise.thresholds import stateless_thresholds
from asn2fpga.quantise.weights import QuantisedWeights


@dataclass(frozen=True)
class Synapses:
    """The exact real value behind a sum: u[i] = scale[i] * (acc[i] + offset[i]) + bias[i]."""

    layer: str
    scale: RealArray
    offset: IntArray
    bias: RealArray
    acc_range: tuple[IntArray, IntArray]
    acc_type: FixedType


def synapses_of(linear: Linear, weights: QuantisedWeights, producer: Producer) -> Synapses:
    """What the weights mean when fed with the producer's counts (fraction and lowest level included)."""
    low, high = sum_range(weights.weight, producer.max_count)
    return Synapses(
        layer=linear.name,
        scale=np.ldexp(weights.scale, -producer.frac_bits),
        offset=producer.base * weights.weight.sum(axis=1),
        bias=as_real(linear.bias),
        acc_range=(low, high),
        acc_type=checked_type(linear.name, "the accumulator", int(low.min()), int(high.max())),
    )


def build_population(
    linear: Linear, neuron: Neuron, weights: QuantisedWeights, producer: Producer, scheme: Scheme
) -> tuple[DensePopulation, Producer]:
    """The population and its events. It keeps no membrane if there is one time step or beta is 0."""
    semantics = neuron.semantics
    levels = levels_of(semantics, scheme.alpha_frac_bits)
    synapses = synapses_of(linear, weights, producer)
    events = Producer.of_population(linear.name, levels, producer.time_steps)
    if producer.time_steps == 1 or semantics.beta == 0:
        integers = _stateless(semantics, levels, synapses, events.count_type)
    else:
        integers = _stateful(semantics, levels, synapses, events, scheme.state_frac_bits)
    population = DensePopulation(
        name=linear.name,
        inputs=(producer.name,),
        source=linear.source,
        weight=weights.weight,
        weight_bits=weights.bits,
        input_count_type=producer.count_type,
        acc_type=synapses.acc_type,
        neuron=integers,
        time_steps=producer.time_steps,
        static_input=producer.static,
    )
    return population, events


def _stateless(
    semantics: NeuronSemantics, levels: Levels, synapses: Synapses, count_type: FixedType
) -> IntegerNeuron:
    acc_range = int(synapses.acc_range[0].min()), int(synapses.acc_range[1].max())
    thresholds = stateless_thresholds(
        semantics, levels, synapses.scale, synapses.bias, synapses.offset, acc_range
    )
    return IntegerNeuron(
        thresholds=thresholds,
        level_values=levels.values,
        count_type=count_type,
        stateful=False,
        threshold_type=signed_type(int(thresholds.min()), int(thresholds.max())),
        potential_type=synapses.acc_type,
    )


def _stateful(
    semantics: NeuronSemantics, levels: Levels, synapses: Synapses, events: Producer, asked: int | None
) -> IntegerNeuron:
    leak = leak_of(semantics.beta)
    frac_bits = asked
    if frac_bits is None:
        largest = float(synapses.scale.max())
        frac_bits = state_frac_bits(semantics.threshold, largest, leak, threshold_unit(levels))
    membrane = membrane_of(
        synapses.layer, semantics, levels, synapses.scale, synapses.bias, synapses.offset, frac_bits
    )
    types = membrane_types(synapses.layer, membrane, synapses.acc_range, events.time_steps)
    return IntegerNeuron(
        thresholds=membrane.thresholds,
        level_values=levels.values,
        count_type=events.count_type,
        stateful=True,
        state_frac_bits=frac_bits,
        bias=membrane.bias,
        reset_step=membrane.reset_step,
        base=levels.base,
        leak_multiplier=leak.multiplier,
        leak_shift=leak.shift,
        threshold_type=signed_type(int(membrane.thresholds.min()), int(membrane.thresholds.max())),
        state_type=types.state,
        potential_type=types.potential,
    )

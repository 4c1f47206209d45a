"""The first integer layer, and what every layer needs to know of the events it receives."""

from __future__ import annotations

from dataclasses import dataclass

from asn2fpga.graph.layers import Encode, ReceiveEvents
from asn2fpga.graph.types import FixedType
from asn2fpga.quantise.alpha import Levels, levels_of
from asn2fpga.quantise.chain import Chain


@dataclass(frozen=True)
class Producer:
    """Events of a layer: the real value of count c is (base + c) / 2^frac_bits.

    max_count: largest count that can arrive. static: one frame an inference instead of one step a time step.
    """

    name: str
    count_type: FixedType
    max_count: int
    base: int
    frac_bits: int
    time_steps: int
    static: bool

    @classmethod
    def of_source(cls, layer: Encode | ReceiveEvents) -> Producer:
        """Counts from outside: hardware can meet any value of their type, whatever is promised."""
        return cls(
            name=layer.name,
            count_type=layer.count_type,
            max_count=layer.count_type.max,
            base=0,
            frac_bits=0,
            time_steps=layer.time_steps,
            static=isinstance(layer, Encode),
        )

    @classmethod
    def of_population(cls, name: str, levels: Levels, time_steps: int) -> Producer:
        """Counts of a neuron population."""
        largest = levels.values[-1]
        return cls(
            name=name,
            count_type=FixedType.for_range(0, largest),
            max_count=largest,
            base=levels.base,
            frac_bits=levels.frac_bits,
            time_steps=time_steps,
            static=False,
        )


def producer_of_readout(chain: Chain, alpha_frac_bits: int) -> Producer:
    """Events that the last layer of a chain of snapped alphas receives."""
    source = Producer.of_source(build_source(chain))
    if not chain.populations:
        return source
    linear, neuron = chain.populations[-1]
    return Producer.of_population(
        linear.name, levels_of(neuron.semantics, alpha_frac_bits), source.time_steps
    )


def build_source(chain: Chain) -> Encode | ReceiveEvents:
    """`encode` for frames, `receive` for events, renamed if the model has a layer of that name."""
    source = chain.input
    taken = {linear.name for linear in chain.linears}
    kind = Encode if source.encoding == "frames" else ReceiveEvents
    return kind(
        name=_free_name("encode" if source.encoding == "frames" else "receive", taken),
        source=source.source or source.name,
        shape=source.shape,
        max_count=source.max_count,
        time_steps=source.time_steps,
    )


def _free_name(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_input"
    return name

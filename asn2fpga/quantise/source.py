"""The first integer layer, and what every layer needs to know of the events it receives."""

from __future__ import annotations

from dataclasses import dataclass

from asn2fpga.ir.layers import Encode, Input, ReceiveEvents
from asn2fpga.ir.types import FixedType
from asn2fpga.quantise.alpha import Levels
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
        """Counts from outside: any value of their type is taken to be possible."""
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


def build_source(chain: Chain) -> Encode | ReceiveEvents:
    """`encode` for frames, `receive` for events, renamed if the model has a layer of that name."""
    source = chain.input
    taken = {linear.name for linear in chain.linears}
    kind = Encode if source.encoding == "frames" else ReceiveEvents
    return kind(
        name=_free_name("encode" if source.encoding == "frames" else "receive", taken),
        source=source.source or source.name,
        shape=source.shape,
        count_type=_count_type(source),
        time_steps=source.time_steps,
    )


def _count_type(source: Input) -> FixedType:
    return FixedType(8, False) if source.encoding == "frames" else FixedType.for_range(0, source.max_count)


def _free_name(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_input"
    return name

"""The word that carries one event between layers: { end:1 | address:A | count:C }, count in the low bits.

See docs/spec/events.md. An end word (end of a time step) has only its end bit set.
"""

from __future__ import annotations

from dataclasses import dataclass

from asn2fpga.graph.layers import DensePopulation, Encode, Layer, ReceiveEvents
from asn2fpga.graph.types import FixedType

EVENT_LAYERS = (Encode, ReceiveEvents, DensePopulation)


@dataclass(frozen=True)
class EventFormat:
    """Events of a population of `neurons` whose counts are of `count_type`."""

    neurons: int
    count_type: FixedType

    @property
    def address_bits(self) -> int:
        """Width of the address: ceil(log2(neurons)), at least 1."""
        return max(1, (self.neurons - 1).bit_length())

    @property
    def count_bits(self) -> int:
        """Width of the count."""
        return self.count_type.width_bits

    @property
    def width_bits(self) -> int:
        """Width of the whole word on a stream between layers."""
        return 1 + self.address_bits + self.count_bits

    @property
    def end_word(self) -> int:
        """The word that ends a time step."""
        return 1 << (self.width_bits - 1)


def event_format(layer: Layer) -> EventFormat:
    """Format of the events that `layer` sends. Only Encode, ReceiveEvents and DensePopulation send events."""
    if isinstance(layer, DensePopulation):
        return EventFormat(layer.weight.shape[0], layer.neuron.count_type)
    if isinstance(layer, (Encode, ReceiveEvents)):
        neurons = 1
        for extent in layer.shape:
            neurons *= extent
        return EventFormat(neurons, layer.count_type)
    raise TypeError(f"{layer.name}: {type(layer).__name__} sends no events")


def end_words(layer: Layer) -> int:
    """Ends of step that `layer` sends an inference: one for a frame, else one a time step."""
    if isinstance(layer, (DensePopulation, ReceiveEvents)):
        return layer.time_steps
    return 1


def sends_events(layer: Layer) -> bool:
    """Whether `layer` has an event stream."""
    return isinstance(layer, EVENT_LAYERS)

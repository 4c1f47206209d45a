"""Small pieces the layer blocks share: index types, event types, FIFOs and the network's own ports."""

from __future__ import annotations

from asn2fpga.codegen.blocks import Constant, Port, Stream, TypeName
from asn2fpga.errors import UnsupportedError
from asn2fpga.graph.events import EventFormat, event_format
from asn2fpga.graph.layers import DensePopulation, DenseReadout, Layer
from asn2fpga.graph.types import FixedType
from asn2fpga.passes.packed_words import MAX_WORD_BITS, widest_word_bits

EVENTS_DEPTH = 32
AXIS = {name: Port(name, "asn::AxisStream") for name in ("s_axis", "m_axis")}


def integer(name: str, value: int) -> Constant:
    """An integer constant of a config struct."""
    return Constant("int", name, str(value))


def boolean(name: str, value: bool) -> Constant:
    """A truth value of a config struct."""
    return Constant("bool", name, "true" if value else "false")


def index_type(name: str, maximum: int) -> TypeName:
    """Narrowest unsigned type that counts 0..maximum."""
    return TypeName(FixedType.for_range(0, maximum).hls_name, name, f"0..{maximum}")


def value_type(name: str, fixed: FixedType) -> TypeName:
    """A value of type `fixed`."""
    return TypeName(fixed.hls_name, name, f"{fixed.min}..{fixed.max}")


def event_type(name: str, format_: EventFormat) -> TypeName:
    """The event word of a stream."""
    text = f"asn::Event<{format_.address_bits}, {format_.count_bits}>"
    return TypeName(text, name, "address bits, count bits")


def events_stream() -> tuple[TypeName, ...]:
    """The stream type of a layer's output events."""
    return (TypeName("hls::stream<output_event::word_t>", "events_t"),)


def packed_stream(name: str, lanes: int, fixed: FixedType) -> TypeName:
    """The stream type of packed words between the two processes of a layer."""
    width = lanes * fixed.width_bits
    comment = f"{lanes} lanes of {fixed.width_bits} bits"
    return TypeName(f"hls::stream<ap_uint<{width}> >", name, comment)


def widest_word(layer: DensePopulation | DenseReadout) -> int:
    """Width of the layer's widest packed word. Raises UnsupportedError above MAX_WORD_BITS."""
    width = widest_word_bits(layer, layer.lanes)
    if width > MAX_WORD_BITS:
        raise UnsupportedError(
            f"{layer.name}: a packed word must have at most {MAX_WORD_BITS} bits, not {width}; "
            f"use fewer lanes than {layer.lanes}."
        )
    return width


def events_fifo(layer: Layer) -> Stream:
    """The FIFO of a layer's output events: a power of two that holds a small population, at most 32 words."""
    words = event_format(layer).neurons + 1
    depth = min(EVENTS_DEPTH, 1 << (words - 1).bit_length())
    return Stream(f"{layer.name}_events", f"{layer.name}_config::events_t", depth)


def packed_fifo(layer: Layer, suffix: str, words: int) -> Stream:
    """The FIFO between the two processes of a layer: room for `words` packed words, two at least."""
    return Stream(f"{layer.name}_{suffix}", f"{layer.name}_config::{suffix}_t", max(2, words))


def input_events(source: Layer | None) -> tuple[TypeName, Port]:
    """Type and port of the events that a layer reads from `source`."""
    assert source is not None, "only the first layer has no source, and it reads no events"
    config = f"{source.name}_config"
    port = Port(f"{source.name}_events", f"{config}::events_t")
    return TypeName(f"{config}::output_event", "input_event"), port


def group_count(layer: DensePopulation | DenseReadout) -> int:
    """Number of groups of `lanes` outputs: ceil(outputs / lanes)."""
    return -(-int(layer.weight.shape[0]) // layer.lanes)

"""Each integer layer as a block of C++: which kernels it instantiates, and with which constants and types."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from asn2fpga.codegen.blocks import LayerBlock, Port, Process
from asn2fpga.codegen.population import dense_population
from asn2fpga.codegen.readout import dense_readout
from asn2fpga.codegen.words import AXIS, event_type, events_fifo, events_stream, index_type, integer
from asn2fpga.errors import UnsupportedError
from asn2fpga.graph.events import event_format
from asn2fpga.graph.layers import DensePopulation, DenseReadout, Encode, Layer, ReceiveEvents
from asn2fpga.graph.words import PIXEL_BITS, PIXELS_PER_WORD

MAX_EVENT_BITS = 31
AXIS_BITS = 32


def encode(layer: Encode, source: Layer | None) -> LayerBlock:
    """Frames of uint8 pixels to events. Refuses counts of more than 8 bits."""
    format_ = event_format(layer)
    if format_.count_bits > PIXEL_BITS:
        raise UnsupportedError(
            f"{layer.name}: pixels must be at most u{PIXEL_BITS}, not {layer.count_type}; "
            "rescale the frames to 0..255."
        )
    words = -(-format_.neurons // PIXELS_PER_WORD)
    return LayerBlock(
        name=layer.name,
        title="frames to events",
        source=layer.source,
        notes=(f"{_shape(layer.shape)} pixels {layer.count_type}, one end an inference",),
        constants=(integer("pixels", format_.neurons), integer("words", words)),
        types=(
            event_type("output_event", format_),
            index_type("word_index_t", words),
            *events_stream(),
        ),
        processes=(_input_process(layer, "encode"),),
        streams=(events_fifo(layer),),
        word_bits=AXIS_BITS,
    )


def receive_events(layer: ReceiveEvents, source: Layer | None) -> LayerBlock:
    """Events from outside. Refuses events that do not fit into 31 bits."""
    format_ = event_format(layer)
    if format_.address_bits + format_.count_bits > MAX_EVENT_BITS:
        raise UnsupportedError(
            f"{layer.name}: address and count must fit into {MAX_EVENT_BITS} bits, not need "
            f"{format_.address_bits} + {format_.count_bits}; use fewer inputs or smaller counts."
        )
    return LayerBlock(
        name=layer.name,
        title="events from outside",
        source=layer.source,
        notes=(f"{_shape(layer.shape)} counts {layer.count_type}, {layer.time_steps} time step(s)",),
        constants=(integer("time_steps", layer.time_steps),),
        types=(event_type("output_event", format_), *events_stream()),
        processes=(_input_process(layer, "receive", "receive_events"),),
        streams=(events_fifo(layer),),
        word_bits=AXIS_BITS,
    )


# The kernels of each layer class; a new class is one line here and one function.
BLOCKS: Mapping[type[Layer], Callable[[Any, Layer | None], LayerBlock]] = {
    Encode: encode,
    ReceiveEvents: receive_events,
    DensePopulation: dense_population,
    DenseReadout: dense_readout,
}


def layer_block(layer: Layer, source: Layer | None) -> LayerBlock:
    """Block of one layer that reads `source` (None for the first). Refuses layers without kernels."""
    kind = type(layer)
    if kind not in BLOCKS:
        known = ", ".join(cls.__name__ for cls in BLOCKS)
        raise UnsupportedError(f"{layer.name}: layer must be one of {known}, not {kind.__name__}.")
    return BLOCKS[kind](layer, source)


def _input_process(layer: Layer, suffix: str, kernel: str = "") -> Process:
    config = f"{layer.name}_config"
    sink = Port(f"{layer.name}_events", f"{config}::events_t")
    return Process(f"{layer.name}_{suffix}", kernel or suffix, config, AXIS["s_axis"], sink)


def _shape(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape))

"""DenseReadout as C++: readout (synapses, all time steps), then send_scores (one int32 a class)."""

from __future__ import annotations

from asn2fpga.codegen.blocks import LayerBlock, Port, Process, TypeName
from asn2fpga.codegen.population import weight_rom
from asn2fpga.codegen.roms import Rom, rom
from asn2fpga.codegen.words import (
    AXIS,
    group_count,
    index_type,
    input_events,
    integer,
    packed_fifo,
    packed_stream,
    value_type,
    widest_word,
)
from asn2fpga.graph.layers import DenseReadout, Layer
from asn2fpga.graph.types import FixedType

SCORE_BITS = 32
SHIFT_BITS = 5


def dense_readout(layer: DenseReadout, source: Layer | None) -> LayerBlock:
    """Blocks of the last layer."""
    classes, inputs = layer.weight.shape
    groups = group_count(layer)
    return LayerBlock(
        name=layer.name,
        title="dense read-out",
        source=layer.source,
        notes=(
            f"{inputs} inputs {layer.input_count_type} -> {classes} scores, {layer.time_steps} time step(s)",
            f"weights s{layer.weight_bits}, sums {layer.acc_type}",
            f"{layer.lanes} lanes, {groups} groups",
        ),
        constants=(
            integer("time_steps", layer.time_steps),
            integer("classes", classes),
            integer("lanes", layer.lanes),
            integer("groups", groups),
        ),
        types=_types(layer, source, groups),
        processes=_processes(layer, source),
        streams=(packed_fifo(layer, "scores", groups),),
        word_bits=widest_word(layer),
        roms=_roms(layer),
    )


def _types(layer: DenseReadout, source: Layer | None, groups: int) -> tuple[TypeName, ...]:
    classes, inputs = layer.weight.shape
    return (
        input_events(source)[0],
        value_type("weight_t", FixedType(layer.weight_bits, True)),
        value_type("acc_t", layer.acc_type),
        index_type("group_index_t", groups - 1),
        index_type("row_index_t", inputs * groups - 1),
        index_type("lane_index_t", layer.lanes - 1),
        index_type("class_index_t", classes),
        packed_stream("scores_t", layer.lanes, layer.acc_type),
        TypeName(f"{layer.name}_weights", "weights"),
        TypeName(f"{layer.name}_biases", "biases"),
        TypeName(f"{layer.name}_shifts" if layer.is_shifted else "asn::Unshifted", "shifts"),
    )


def _roms(layer: DenseReadout) -> tuple[Rom, ...]:
    always = (
        weight_rom(layer),
        rom(f"{layer.name}_biases", "one int32 a class", layer.bias.reshape(-1, 1), SCORE_BITS),
    )
    if not layer.is_shifted:
        return always
    shifts = rom(f"{layer.name}_shifts", "one left shift a class", layer.shift.reshape(-1, 1), SHIFT_BITS)
    return (*always, shifts)


def _processes(layer: DenseReadout, source: Layer | None) -> tuple[Process, ...]:
    config = f"{layer.name}_config"
    scores = Port(f"{layer.name}_scores", f"{config}::scores_t")
    return (
        Process(f"{layer.name}_readout", "readout", config, input_events(source)[1], scores),
        Process(f"{layer.name}_send_scores", "send_scores", config, scores, AXIS["m_axis"]),
    )

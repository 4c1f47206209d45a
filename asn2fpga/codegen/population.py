"""DensePopulation as C++: integrate_fire (synapses and neurons), then compress (counts to events)."""

from __future__ import annotations

import dataclasses

import numpy as np

from asn2fpga.codegen.blocks import Constant, LayerBlock, Port, Process, TypeName
from asn2fpga.codegen.roms import Rom, group_lanes, level_rom, rom
from asn2fpga.codegen.words import (
    boolean,
    event_type,
    events_fifo,
    events_stream,
    group_count,
    index_type,
    input_events,
    integer,
    packed_fifo,
    packed_stream,
    value_type,
    widest_word,
)
from asn2fpga.errors import UnsupportedError
from asn2fpga.graph.events import event_format
from asn2fpga.graph.layers import DensePopulation, DenseReadout, Layer
from asn2fpga.graph.types import Array, FixedType
from asn2fpga.passes.packed_words import threshold_type, value_type_of

MAX_WAITING_STEPS = 8


def dense_population(layer: DensePopulation, source: Layer | None) -> LayerBlock:
    """Blocks of synapses and neurons. Refuses signed counts."""
    if layer.neuron.count_type.signed:
        raise UnsupportedError(
            f"{layer.name}: counts must be unsigned, not of type {layer.neuron.count_type}; "
            "level values start at 0 and increase."
        )
    return LayerBlock(
        name=layer.name,
        title="dense synapses and neurons",
        source=layer.source,
        notes=_notes(layer),
        constants=_constants(layer),
        types=_types(layer, source),
        processes=_processes(layer, source),
        streams=(packed_fifo(layer, "counts", _waiting_words(layer)), events_fifo(layer)),
        word_bits=widest_word(layer),
        roms=_roms(layer),
        level_values=layer.neuron.level_values,
    )


def weight_rom(layer: DensePopulation | DenseReadout) -> Rom:
    """Weights (N, M), one row an input and group: row = input * groups + group; padding lanes are zero."""
    lanes = layer.lanes
    grouped = np.moveaxis(group_lanes(layer.weight, lanes), -1, 0)  # (inputs, groups, lanes)
    inputs, groups, _ = grouped.shape
    comment = f"{inputs} inputs x {groups} groups of {lanes} weights"
    made = rom(f"{layer.name}_weights", comment, grouped.reshape(inputs * groups, lanes), layer.weight_bits)
    return dataclasses.replace(made, in_luts=layer.weight_memory == "lut")


def _waiting_words(layer: DensePopulation) -> int:
    """Words that may wait for compress: a time step; more of a frame, whose steps are fired in a row."""
    steps = min(layer.time_steps, MAX_WAITING_STEPS) if layer.static_input else 1
    return group_count(layer) * steps


def _notes(layer: DensePopulation) -> tuple[str, ...]:
    neurons, inputs = layer.weight.shape
    neuron = layer.neuron
    state = f", membranes {neuron.state_type}" if neuron.stateful else ""
    return (
        f"{inputs} inputs {layer.input_count_type} -> {neurons} neurons {neuron.count_type}, "
        f"{layer.time_steps} time step(s)" + (", frame integrated once" if layer.static_input else ""),
        f"weights s{layer.weight_bits}, sums {layer.acc_type}, thresholds {neuron.threshold_type}{state}",
        f"{layer.lanes} lanes, {group_count(layer)} groups",
    )


def _constants(layer: DensePopulation) -> tuple[Constant, ...]:
    neuron = layer.neuron
    always = (
        integer("time_steps", layer.time_steps),
        boolean("static_input", layer.static_input),
        integer("lanes", layer.lanes),
        integer("groups", group_count(layer)),
        integer("levels", len(neuron.level_values) - 1),
    )
    if not neuron.stateful:
        return always
    return (
        *always,
        integer("state_frac_bits", neuron.state_frac_bits),
        integer("base", neuron.base),
        integer("leak_multiplier", neuron.leak_multiplier),
        integer("leak_shift", neuron.leak_shift),
    )


def _types(layer: DensePopulation, source: Layer | None) -> tuple[TypeName, ...]:
    groups = group_count(layer)
    neuron = layer.neuron
    always = (
        input_events(source)[0],
        event_type("output_event", event_format(layer)),
        value_type("weight_t", FixedType(layer.weight_bits, True)),
        value_type("acc_t", layer.acc_type),
        value_type("threshold_t", threshold_type(layer, layer.lanes)),
        value_type("count_t", neuron.count_type),
        index_type("group_index_t", groups - 1),
        index_type("group_count_t", groups),
        index_type("row_index_t", layer.weight.shape[1] * groups - 1),
        packed_stream("counts_t", layer.lanes, neuron.count_type),
        *events_stream(),
        TypeName(f"{layer.name}_weights", "weights"),
        TypeName(f"{layer.name}_thresholds", "thresholds"),
    )
    return always + _state_types(layer) if neuron.stateful else always


def _state_types(layer: DensePopulation) -> tuple[TypeName, ...]:
    neuron = layer.neuron
    assert neuron.state_type is not None and neuron.bias is not None and neuron.reset_step is not None
    return (
        value_type("potential_t", neuron.potential_type),
        value_type("state_t", neuron.state_type),
        value_type("bias_t", value_type_of(neuron.bias)),
        value_type("reset_t", value_type_of(neuron.reset_step)),
        TypeName(f"{layer.name}_biases", "biases"),
        TypeName(f"{layer.name}_reset_steps", "reset_steps"),
    )


def _roms(layer: DensePopulation) -> tuple[Rom, ...]:
    neuron, lanes = layer.neuron, layer.lanes
    fixed = threshold_type(layer, layer.lanes)
    thresholds = group_lanes(np.maximum(neuron.thresholds, fixed.min), lanes, padding=fixed.max)
    always = (
        weight_rom(layer),
        level_rom(
            f"{layer.name}_thresholds",
            f"{neuron.thresholds.shape[1]} levels of {lanes} lanes",
            thresholds,
            fixed.width_bits,
        ),
    )
    if not neuron.stateful:
        return always
    assert neuron.bias is not None and neuron.reset_step is not None
    return (
        *always,
        _lane_rom(f"{layer.name}_biases", neuron.bias, lanes),
        _lane_rom(f"{layer.name}_reset_steps", neuron.reset_step, lanes),
    )


def _lane_rom(name: str, values: Array, lanes: int) -> Rom:
    return rom(name, f"{lanes} lanes", group_lanes(values, lanes), value_type_of(values).width_bits)


def _processes(layer: DensePopulation, source: Layer | None) -> tuple[Process, ...]:
    config = f"{layer.name}_config"
    kernel = f"integrate_fire_{'stateful' if layer.neuron.stateful else 'stateless'}"
    counts = Port(f"{layer.name}_counts", f"{config}::counts_t")
    events = Port(f"{layer.name}_events", f"{config}::events_t")
    return (
        Process(f"{layer.name}_integrate_fire", kernel, config, input_events(source)[1], counts),
        Process(f"{layer.name}_compress", "compress", config, counts, events),
    )

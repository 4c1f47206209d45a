"""What the layers become in an hls4ml project: config structs, and calls of hw/hls4ml/nnet_asn2fpga.h."""

from __future__ import annotations

import math
from typing import Any

from hls4ml.backends.template import FunctionCallTemplate, LayerConfigTemplate

from asn2fpga.graph.types import FixedType
from asn2fpga.hls4ml.integers import neurons_for, sent_type
from asn2fpga.hls4ml.layers import DERIVED, SpikingNeurons, TimeReduced, TimeRepeated, fixed_of
from asn2fpga.kinds.hardware import Config
from asn2fpga.kinds.neurons import graded_hardware
from asn2fpga.kinds.roms import Rom

HEADER = "nnet_utils/nnet_asn2fpga.h"


class NeuronsConfig(LayerConfigTemplate):  # type: ignore[misc]  # hls4ml is not typed
    """Constants of one neuron, since all of a layer are alike."""

    def __init__(self) -> None:
        super().__init__(SpikingNeurons)

    def format(self, node: Any) -> str:
        """The config structs, and their ROMs before them."""
        semantics, steps = node.get_attr("semantics"), node.get_attr("time_steps")
        read = fixed_of(node.name, node.reads())
        asked = node.get_attr("state_frac_bits")
        neuron = neurons_for(node.name, semantics, read, steps, None if asked == DERIVED else asked)
        sent, units = sent_type(node.name, semantics)
        name = f"asn{node.index}"
        roms = graded_hardware.roms(neuron, name, 1, 1)
        config = graded_hardware.config(neuron, name, 1, 1)
        own = {
            "n_neurons": math.prod(node.get_output_variable().shape) // steps,
            "time_steps": steps,
            "in_bits": read.bits,
            "out_bits": sent.bits,
        }
        lines = [f"    static const unsigned {key} = {value};" for key, value in own.items()]
        lines += [
            f"    static const bool stateful = {str(neuron.stateful).lower()};",
            f"    static const int base = {neuron.base};",
            f"    static const int sent_step = {units};",
            f"    typedef {_integer(read.type)} acc_t;",
            f"    typedef {config.name} neuron;",
        ]
        text = [*map(_rom, roms), _config(config), _struct(f"config{node.index}", lines)]
        return "\n".join(text)


class RepeatedConfig(LayerConfigTemplate):  # type: ignore[misc]  # hls4ml is not typed
    """Sizes."""

    def __init__(self) -> None:
        super().__init__(TimeRepeated)

    def format(self, node: Any) -> str:
        """The config struct."""
        steps, *shape = node.get_output_variable().shape
        return _struct(
            f"config{node.index}",
            [
                f"    static const unsigned n_values = {math.prod(shape)};",
                f"    static const unsigned time_steps = {steps};",
            ],
        )


class ReducedConfig(LayerConfigTemplate):  # type: ignore[misc]  # hls4ml is not typed
    """Sizes and types."""

    def __init__(self) -> None:
        super().__init__(TimeReduced)

    def format(self, node: Any) -> str:
        """The config struct."""
        read = fixed_of(node.name, node.reads())
        sent = node.sent(read)
        steps, *shape = node.get_input_variable().shape
        return _struct(
            f"config{node.index}",
            [
                f"    static const unsigned n_values = {math.prod(shape)};",
                f"    static const unsigned time_steps = {steps};",
                f"    static const unsigned in_bits = {read.bits};",
                f"    static const unsigned out_bits = {sent.bits};",
                f"    typedef {_integer(read.type)} value_t;",
                f"    typedef {_integer(sent.type)} sum_t;",
            ],
        )


FUNCTIONS = {SpikingNeurons: "asn_neurons", TimeRepeated: "asn_repeat_time", TimeReduced: "asn_sum_time"}


class Calls(FunctionCallTemplate):  # type: ignore[misc]  # hls4ml is not typed
    """nnet::asn_neurons<input_t, output_t, config>(input, output);"""

    def __init__(self) -> None:
        super().__init__(tuple(FUNCTIONS), include_header=[HEADER])

    def format(self, node: Any) -> str:
        """The call."""
        params = self._default_function_params(node)
        function = next(name for kind, name in FUNCTIONS.items() if node.class_name == kind.__name__)
        types = f"{params['input_t']}, {params['output_t']}, {params['config']}"
        return f"nnet::{function}<{types}>({params['input']}, {params['output']});"


TEMPLATES = (NeuronsConfig, RepeatedConfig, ReducedConfig, Calls)


def _integer(type_: FixedType) -> str:
    return f"ap_{'int' if type_.signed else 'uint'}<{type_.width_bits}>"


def _struct(name: str, lines: list[str], base: str = "") -> str:
    head = f"struct {name} : {base} {{" if base else f"struct {name} {{"
    return "\n".join([head, *lines, "};", ""])


def _rom(rom: Rom) -> str:
    """A function of constants: few words, since all neurons share them."""
    slices = [f"{{{', '.join(f'{int(word)}ULL' for word in row)}}}" for row in rom.words]
    rows = rom.words.shape[1]
    lines = [
        "    static HLS_INLINE unsigned long long word(int slice, int row) {",
        f"        static const unsigned long long words[{len(slices)}][{rows}] = {{{', '.join(slices)}}};",
        "        return words[slice][row];",
        "    }",
    ]
    return _struct(rom.name, lines)


def _config(config: Config) -> str:
    lines = [f"    static const {one.kind} {one.name} = {one.value};" for one in config.constants]
    lines += [f"    typedef {one.type} {one.name};" for one in config.types]
    values = config.level_values
    lines.append("    static HLS_INLINE int level_value(int level) {")
    lines += [f"        if (level == {at}) return {value};" for at, value in enumerate(values) if at]
    lines += [f"        return {values[0]};", "    }"]
    return _struct(config.name, lines, config.base)

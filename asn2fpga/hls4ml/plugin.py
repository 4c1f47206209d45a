"""Everything that hls4ml must know of us, put where hls4ml looks for it."""

from __future__ import annotations

from typing import Any

import hls4ml.model.layers
import hls4ml.utils.torch
from hls4ml.backends.backend import get_backend
from hls4ml.converters.pytorch_to_hls import register_pytorch_layer_handler
from hls4ml.model.flow import update_flow
from hls4ml.model.optimizer import OptimizerPass, register_pass
from hls4ml.model.types import UnspecifiedPrecisionType

from asn2fpga.hls4ml.handlers import HANDLERS, Tracer
from asn2fpga.hls4ml.layers import LAYERS, TimeReduced, TimeRepeated, is_over_time, keep_axes
from asn2fpga.hls4ml.templates import TEMPLATES
from asn2fpga.resources import hardware_dir

BACKENDS = ("Vivado", "Vitis")
SOURCES = {  # by file in hw: the folder in the firmware of a project
    **{f"hls/{name}": "." for name in ("sums.h", "lanes.h", "choice.h", "pairs.h", "engine.h")},
    **{f"hls/neurons/{name}": "nnet_utils" for name in ("membrane.h", "stateless.h", "thresholds.h")},
    "hls4ml/nnet_asn2fpga.h": "nnet_utils",
}
PASS, BEFORE = "asn2fpga_types_over_time", "infer_precision_types"
DENSE, EARLY = "asn2fpga_dense_over_time", "parse_qonnx"  # a flow that runs before all others


class TypesOverTime(OptimizerPass):  # type: ignore[misc]  # hls4ml is not typed
    """Types of repeated and summed values, once those that they are made of are known."""

    def match(self, node: Any) -> bool:
        """Whether the type is missing, and can be said."""
        is_ours = node.class_name in (TimeRepeated.__name__, TimeReduced.__name__)
        if not is_ours or isinstance(node.reads(), UnspecifiedPrecisionType):
            return False
        return isinstance(node.get_output_variable().type.precision, UnspecifiedPrecisionType)

    def transform(self, model: Any, node: Any) -> bool:
        """Whether the graph has changed."""
        node.get_output_variable().type.precision = node.precision()
        return True


class DenseOverTime(OptimizerPass):  # type: ignore[misc]  # hls4ml is not typed
    """Linear layers on (time, values), as convolutions of width 1 along time."""

    def match(self, node: Any) -> bool:
        """Whether it is one."""
        return node.class_name == "Dense" and len(node.get_input_variable().shape) == 2 and is_over_time(node)

    def transform(self, model: Any, node: Any) -> bool:
        """Whether the graph has changed."""
        steps, inputs = node.get_input_variable().shape
        attributes = {
            "data_format": "channels_last",
            "in_width": steps,
            "out_width": steps,
            "n_chan": inputs,
            "n_filt": node.get_attr("n_out"),
            "filt_width": 1,
            "stride_width": 1,
            "pad_left": 0,
            "pad_right": 0,
            "weight_data": node.get_attr("weight_data").T[None].copy(),
            "bias_data": node.get_attr("bias_data"),
        }
        found = model.make_node("Conv1D", node.name, attributes, node.inputs.copy())
        keep_axes(found)
        model.replace_node(node, found)
        return True


def register_all() -> list[str]:
    """Register handlers, layers, templates and sources; the names of the layers."""
    for name, handler in HANDLERS.items():
        register_pytorch_layer_handler(name, handler)
    hls4ml.utils.torch.CustomFXTracer = Tracer
    for kind in LAYERS:
        hls4ml.model.layers.register_layer(kind.__name__, kind)
    for name in BACKENDS:
        backend = get_backend(name)
        for template in TEMPLATES:
            backend.register_template(template)
        for file, folder in SOURCES.items():
            backend.register_source(hardware_dir() / file, folder)
    register_pass(PASS, TypesOverTime)
    register_pass(DENSE, DenseOverTime)
    update_flow(EARLY, [DENSE])
    update_flow("convert", [PASS, BEFORE], [BEFORE])  # ours first: types are inferred layer by layer
    return [kind.__name__ for kind in LAYERS]

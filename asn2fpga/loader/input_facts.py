"""What is known of the module's input: do example, data and `input_scale` fit each other?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from torch import Tensor

from asn2fpga.errors import InputError
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.scale_text import show_scale
from asn2fpga.graph.types import Array
from asn2fpga.kinds.nodes import real_nodes
from asn2fpga.kinds.sources.input import Input, input_of
from asn2fpga.warning import BuildWarning

FAR = 16  # times: the largest value of the data and of the example differ by less in sound cases


@dataclass(frozen=True)
class InputFacts:
    """scale_stated: a person gave `input_scale`. example_max: the largest magnitude in the example that was
    given, None if none was or if it is all zero: that says nothing."""

    scale_stated: bool = True
    example_max: float | None = None


UNKNOWN = InputFacts()


def input_facts(example: Tensor | None, input_scale: float | None) -> InputFacts:
    """What `save`'s arguments say."""
    largest = 0.0 if example is None else float(example.detach().abs().max())
    return InputFacts(input_scale is not None, largest if largest > 0 else None)


def refuse_forgotten_scale(example: Tensor | None, x: Array | None, layer: Input, facts: InputFacts) -> None:
    """InputError for an example of real numbers within 0..1 beside raw integers, if nobody gave a scale."""
    if example is None or x is None or facts.scale_stated or facts.example_max is None:
        return
    low, high, largest = float(example.min()), float(example.max()), int(x.max())
    if not example.is_floating_point() or low < 0 or high > 1 or largest <= 1:
        return
    if layer.encoding == "events" and bool((example == example.round()).all()):
        return  # a count of 0 or 1 is no scaled number
    full = _full_scale(largest)
    raise InputError(
        f"save: example_input must be on the scale of the calibration data, not within {low:g}..{high:g} "
        f"beside integers up to {largest}; give input_scale=1/{full} if they are divided outside of the "
        f"module, or divide in the module (x / {full}) and give a raw example, or input_scale=1."
    )


def data_warnings(
    graph: Graph, facts: InputFacts, x: Array, where: str, calibration: Array | None = None
) -> tuple[BuildWarning, ...]:
    """What is odd about the samples `x`, called `where`, beside the example and the calibration samples."""
    layer = input_of(graph)
    found = (
        _constant(x, where),
        _inverted(layer, x) or _far_from_example(layer, facts, x, where) or _unknown(graph, layer, facts, x),
        None if calibration is None else _far_from_calibration(x, where, calibration),
    )
    return tuple(warning for warning in found if warning is not None)


def _constant(x: Array, where: str) -> BuildWarning | None:
    if x.min() == x.max():
        return BuildWarning(
            "constant_data",
            where,
            f"every value is {int(x.max())}",
            "no figure means anything; give real samples",
        )
    if len(x) > 1 and bool(np.equal(x, x[:1]).all()):
        return BuildWarning(
            "constant_data", where, f"all {len(x)} samples are the same", "give samples that differ"
        )
    return None


def _inverted(layer: Input, x: Array) -> BuildWarning | None:
    if layer.scale <= 1 or x.max() <= 1:
        return None
    return BuildWarning(
        "input_scale",
        "input_scale",
        f"the network sees values up to {float(x.max()) * layer.scale:g} for integers up to {int(x.max())}, "
        f"because the integer 1 is worth {layer.scale:g}",
        f"was 1/{layer.scale:g} meant?",
    )


def _far_from_example(layer: Input, facts: InputFacts, x: Array, where: str) -> BuildWarning | None:
    if facts.example_max is None:
        return None
    seen = float(x.max()) * layer.scale
    if facts.example_max / FAR < seen < facts.example_max * FAR:
        return None
    return BuildWarning(
        "input_scale",
        where,
        f"the network sees values up to {seen:g} ({int(x.max())} times the input scale "
        f"{show_scale(layer.scale)}), but the example that it was saved with has values up to "
        f"{facts.example_max:g}",
        "check input_scale; it is the value that the module sees for the integer 1",
    )


def _unknown(graph: Graph, layer: Input, facts: InputFacts, x: Array) -> BuildWarning | None:
    """Nobody said how integers become real numbers, and the module itself does not scale them."""
    silent = not facts.scale_stated and facts.example_max is None and layer.encoding == "frames"
    if not silent or x.max() <= 1 or _scales_itself(graph, float(x.max())):
        return None
    full = _full_scale(int(x.max()))
    return BuildWarning(
        "input_scale_unknown",
        "input_scale",
        f"nothing says what the network was trained on, so it sees the raw integers up to {int(x.max())}",
        f"if it was trained on x / {full}, every figure is wrong: say so with input_scale "
        f"(--input-scale 1/{full}), or say 1 if this is right",
    )


def _full_scale(largest: int) -> int:
    """What data up to `largest` was probably divided by: 255 for images of bytes."""
    return 255 if largest > 100 else largest


def _scales_itself(graph: Graph, largest: float) -> bool:
    """Whether the module brings integers up to `largest` near 1 before its first Linear."""
    scales = False
    for node in real_nodes(graph)[1:]:
        if node.affine is None and node.output_factor == 1.0 and not node.is_renaming:
            break
        if node.affine is not None or node.output_factor != 1.0:
            scales = True
            largest *= node.output_factor if node.affine is None else float(np.abs(node.affine[0]).max())
    return scales and largest <= FAR


def _far_from_calibration(x: Array, where: str, calibration: Array) -> BuildWarning | None:
    largest, known = int(x.max()), int(calibration.max())
    if known / FAR < largest < known * FAR:
        return None
    return BuildWarning(
        "data_range",
        where,
        f"values reach {largest}, those of the calibration samples in the model file {known}",
        "the two must be raw integers of one kind",
    )

"""Modules of asn2fpga.nn in a torch model to layers of hls4ml's graph."""

from __future__ import annotations

from typing import Any

from hls4ml.utils.torch import CustomFXTracer

from asn2fpga.errors import UnsupportedError
from asn2fpga.loader.semantics import CONVENTIONS, neuron_semantics
from asn2fpga.nn import EGRU, AdaptiveNeuron, Lookup, RepeatTime, TimeMean, TimeSum

ALONE: dict[type, str] = {
    AdaptiveNeuron: "adaptive neurons",
    Lookup: "tables",
    EGRU: "event-based gated recurrent units",
}

Parsed = tuple[dict[str, Any], list[Any]]
"""The attributes of a layer, and the shape of what it gives with a None for the batch."""


def parse_neurons(
    operation: str, name: str, inputs: list[str], shapes: list[Any], node: Any, module: Any, *_: Any
) -> Parsed:
    """Neurons. UnsupportedError for those of a layer that differ from each other."""
    try:
        semantics = neuron_semantics(module)
    except UnsupportedError as error:
        raise UnsupportedError(f"{name}: {error}") from error
    if semantics.betas is not None or semantics.thresholds is not None:
        raise UnsupportedError(
            f"{name}: the neurons of a layer must have one beta and one threshold, not one for each; put "
            "what differs into the weights before them."
        )
    layer = _layer("SpikingNeurons", name, inputs) | {
        "semantics": semantics,
        "time_steps": module.time_steps,
        "n_in": _size(shapes[0]),
    }
    return layer, shapes[0]


def refuse(
    operation: str, name: str, inputs: list[str], shapes: list[Any], node: Any, module: Any, *_: Any
) -> Parsed:
    """Neurons that hls4ml's layers cannot be: UnsupportedError."""
    raise UnsupportedError(
        f"{name}: {ALONE[type(module)]} are built by asn2fpga alone, not in hls4ml; use ASN, NASN, ILIF or "
        "LIF there."
    )


def parse_repeat(
    operation: str, name: str, inputs: list[str], shapes: list[Any], node: Any, module: Any, *_: Any
) -> Parsed:
    """RepeatTime."""
    layer = _layer("TimeRepeated", name, inputs) | {"time_steps": module.time_steps}
    return layer, [shapes[0][0], module.time_steps, *shapes[0][1:]]


def parse_reduction(
    operation: str, name: str, inputs: list[str], shapes: list[Any], node: Any, module: Any, *_: Any
) -> Parsed:
    """TimeMean and TimeSum."""
    layer = _layer("TimeReduced", name, inputs) | {"mean": isinstance(module, TimeMean)}
    return layer, [shapes[0][0], *shapes[0][2:]]


def _layer(kind: str, name: str, inputs: list[str]) -> dict[str, Any]:
    return {"class_name": kind, "name": name, "inputs": inputs}


def _size(shape: list[Any]) -> int:
    size = 1
    for axis in shape[1:]:
        size *= int(axis)
    return size


HANDLERS = {
    **{kind.__name__: parse_neurons for kind in CONVENTIONS},
    **{kind.__name__: refuse for kind in ALONE},
    RepeatTime.__name__: parse_repeat,
    TimeMean.__name__: parse_reduction,
    TimeSum.__name__: parse_reduction,
}
LEAVES = (*CONVENTIONS, *ALONE, RepeatTime, TimeMean, TimeSum)


class Tracer(CustomFXTracer):  # type: ignore[misc]  # hls4ml is not typed
    """hls4ml's own, which stops at our modules too."""

    def is_leaf_module(self, m: Any, module_qualified_name: str) -> bool:
        return isinstance(m, LEAVES) or bool(super().is_leaf_module(m, module_qualified_name))

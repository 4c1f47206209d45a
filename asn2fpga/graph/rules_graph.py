"""Rules of every layer: its name, its place and what it reads."""

from __future__ import annotations

import re

from asn2fpga.graph.layers import INTEGER_LAYERS, DenseReadout, Encode, Input, Layer, Output, ReceiveEvents
from asn2fpga.graph.rule import Context, Rule

_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_SOURCES = (Input, Encode, ReceiveEvents)
_ENDS = (Output, DenseReadout)


def names_are_identifiers(context: Context, layer: Layer) -> str:
    """Names of the graph and of layers are C identifiers (letters, digits, `_`) that start with a letter."""
    for name in (context.graph.name, layer.name):
        if not _IDENTIFIER.fullmatch(name):
            return f"the name must be letters, digits and '_', a letter first, not {name!r}"
    return ""


def names_are_unique(context: Context, layer: Layer) -> str:
    """No two layers have one name."""
    twice = layer.name in (other.name for other in context.graph.layers[: context.position])
    return f"the name must be unique, not {layer.name!r} again" if twice else ""


def inputs_come_before(context: Context, layer: Layer) -> str:
    """A layer reads layers before it."""
    before = {other.name for other in context.graph.layers[: context.position]}
    unknown = [name for name in layer.inputs if name not in before]
    return f"inputs must be layers before it, not {unknown[0]!r}" if unknown else ""


def chain_has_two_ends(context: Context, layer: Layer) -> str:
    """The first layer, and only it, is a source; the last, and only it, gives the scores."""
    last = len(context.graph.layers) - 1
    if isinstance(layer, _SOURCES) != (context.position == 0):
        return f"the first layer, and no other, must be a source, not {type(layer).__name__}"
    if isinstance(layer, _ENDS) != (context.position == last):
        return f"the last layer, and no other, must give the scores, not {type(layer).__name__}"
    return ""


def reads_the_layer_before(context: Context, layer: Layer) -> str:
    """A layer reads exactly the one before it, a source none."""
    expected = (context.graph.layers[context.position - 1].name,) if context.position else ()
    return "" if layer.inputs == expected else f"inputs must be {list(expected)}, not {list(layer.inputs)}"


def one_level(context: Context, layer: Layer) -> str:
    """Layers are all real-valued or all integer."""
    integer = isinstance(context.graph.layers[0], INTEGER_LAYERS)
    if isinstance(layer, INTEGER_LAYERS) == integer:
        return ""
    level = "integer" if integer else "real-valued"
    return f"the layer must be {level} as the first one, not {type(layer).__name__}"


GRAPH_RULES: tuple[Rule, ...] = (
    names_are_identifiers,
    names_are_unique,
    inputs_come_before,
    chain_has_two_ends,
    reads_the_layer_before,
    one_level,
)

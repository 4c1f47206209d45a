"""No layer class without rules, an inferred type, a golden operation and an entry in the specification."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

from asn2fpga.golden.ops import OPS
from asn2fpga.graph.layers import INTEGER_LAYERS, LAYERS, REAL_LAYERS
from asn2fpga.graph.neuron import IntegerNeuron
from asn2fpga.graph.shapes import INFERENCES

from asn2fpga.graph.rules import RULES
from asn2fpga.kinds.neurons.semantics import NeuronSemantics

SPEC = Path(__file__).parents[2] / "docs" / "spec" / "graph.md"


def documented() -> dict[str, list[str]]:
    """Class name -> fields, in the order of the tables in graph.md."""
    classes: dict[str, list[str]] = {}
    fields: list[str] = []
    for line in SPEC.read_text().splitlines():
        if head := re.fullmatch(r"### `(\w+)`", line):
            fields = classes.setdefault(head[1], [])
        elif row := re.match(r"\| `(\w+)` \|", line):
            fields.append(row[1])
    return classes


def own_fields(kind: type) -> list[str]:
    return [
        field.name
        for field in dataclasses.fields(kind)
        if field.name not in ("name", "inputs", "source") or kind.__name__ == "Layer"
    ]


def test_every_layer_has_rules_and_a_type() -> None:
    assert set(RULES) == set(INFERENCES) == set(LAYERS)
    assert LAYERS == REAL_LAYERS + INTEGER_LAYERS


def test_every_integer_layer_has_a_golden_operation() -> None:
    assert set(OPS) == set(INTEGER_LAYERS)


def test_the_specification_lists_exactly_the_layers_and_their_fields() -> None:
    kinds: tuple[type, ...] = (*LAYERS, NeuronSemantics, IntegerNeuron)
    assert documented() == {kind.__name__: own_fields(kind) for kind in kinds}

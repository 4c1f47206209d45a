"""What every graph obeys: small rules of one sentence each, checked layer by layer in order."""

from __future__ import annotations

from collections.abc import Mapping

from asn2fpga.errors import RuleError
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.layers import LAYERS, Layer
from asn2fpga.graph.rule import Context, Rule
from asn2fpga.graph.rules_graph import GRAPH_RULES
from asn2fpga.graph.rules_integer import INTEGER_RULES
from asn2fpga.graph.rules_real import REAL_RULES
from asn2fpga.graph.shapes import INFERENCES
from asn2fpga.graph.text import INDENT, layer_lines
from asn2fpga.graph.types import TensorType

RULES: dict[type[Layer], tuple[Rule, ...]] = {
    kind: (*GRAPH_RULES, *(REAL_RULES | INTEGER_RULES)[kind]) for kind in LAYERS
}


def check(graph: Graph) -> None:
    """Raise RuleError for the first layer that breaks rules: the printed graph with each message under it."""
    if not graph.layers:
        raise RuleError(f"{graph.name}: the graph must have layers, not none.")
    types: dict[str, TensorType] = {}
    for position, layer in enumerate(graph.layers):
        context = Context(graph, position, types)
        complaints = broken_rules(context, layer)
        if complaints:
            raise RuleError(diagnostic(graph, layer, complaints))
        types[layer.name] = INFERENCES[type(layer)](layer, tuple(types[name] for name in layer.inputs))


def broken_rules(context: Context, layer: Layer) -> dict[str, str]:
    """Rule name -> complaint. Rules behind a broken one may rely on it, so the first ends the list."""
    for rule in RULES[type(layer)]:
        complaint = rule(context, layer)
        if complaint:
            return {rule.__name__: complaint}
    return {}


def diagnostic(graph: Graph, broken: Layer, complaints: Mapping[str, str]) -> str:
    """One sentence, then the printed graph with the complaints under the broken layer."""
    first = next(iter(complaints.values()))
    lines = [f"{broken.name}: {first}.", "", f"graph {graph.name}"]
    for layer in graph.layers:
        lines += ["", *layer_lines(layer)]
        if layer is broken:
            lines += [f"{INDENT}^ {rule}: {complaint}" for rule, complaint in complaints.items()]
    return "\n".join(lines)

"""The nodes of a graph as what they can be asked."""

from __future__ import annotations

from asn2fpga.graph.graph import Graph
from asn2fpga.graph.node import Node
from asn2fpga.graph.words import Answer, PortWidths, PortWord
from asn2fpga.kinds.contract import Foldable, IntegerNode
from asn2fpga.kinds.trained import RealNode, TrainedSynapse


def integer_nodes(graph: Graph) -> tuple[IntegerNode, ...]:
    """All nodes of an integer graph, in order; TypeError if one is real-valued."""
    found = graph.of_type(IntegerNode)  # type: ignore[type-abstract]  # none is made of it
    if len(found) < len(graph.layers):
        node = next(node for node in graph.layers if not isinstance(node, IntegerNode))
        raise TypeError(f"{node.name}: {type(node).__name__} is no layer of hardware")
    return found


def integer_node(graph: Graph, name: str) -> IntegerNode:
    """One node of an integer graph."""
    node = graph[name]
    if not isinstance(node, IntegerNode):
        raise TypeError(f"{name}: {type(node).__name__} is no layer of hardware")
    return node


def real_nodes(graph: Graph) -> tuple[RealNode, ...]:
    """All nodes of a real-valued graph, in order; TypeError if one is integer."""
    return tuple(map(as_real_node, graph.layers))


def as_real_node(node: Node) -> RealNode:
    """A node of a real-valued graph; TypeError if it is integer."""
    if not isinstance(node, RealNode):
        raise TypeError(f"{node.name}: {type(node).__name__} is no step of a trained network")
    return node


def foldable_nodes(graph: Graph) -> tuple[Foldable, ...]:
    """The nodes that have lanes, in order."""
    return graph.of_type(Foldable)  # type: ignore[type-abstract]  # none is made of it


def trained_synapses(graph: Graph) -> tuple[TrainedSynapse, ...]:
    """The nodes of a real-valued graph that have weights, in order."""
    return tuple(node for node in graph.layers if isinstance(node, TrainedSynapse))


def fires(node: Node) -> bool:
    """Whether a node is a population of trained neurons."""
    return isinstance(node, RealNode) and node.fires


def is_sum(node: Node) -> bool:
    """Whether a node of a trained network adds all its inputs."""
    return isinstance(node, RealNode) and node.is_sum


def pools_currents(graph: Graph, node: RealNode) -> bool:
    """Whether it takes the largest, or the mean, of sums in a window, not of events."""
    return node.pools in ("largest", "mean") and graph.edges[node.inputs[0]].carries == "currents"


def port_of(node: Node) -> PortWord:
    """The words of the port that a source or a read-out has; TypeError if it is not one of hardware."""
    port = node.port if isinstance(node, IntegerNode) else None
    if port is None:
        raise TypeError(f"{node.name}: {type(node).__name__} has no port")
    return port


def answer_of(graph: Graph) -> Answer:
    """What the read-out of an integer graph sends per inference."""
    node = integer_node(graph, graph.readout.name)
    if node.answer is None:
        raise TypeError(f"{node.name}: {type(node).__name__} sends no scores")
    return node.answer


def port_widths(graph: Graph) -> PortWidths:
    """Of both ports of an integer graph: what code, wrapper, driver, DMA and simulations go by."""
    return PortWidths(port_of(graph.source).bits, port_of(graph.readout).bits)


def senders(graph: Graph) -> tuple[IntegerNode, ...]:
    """The nodes of an integer graph that send events, in order."""
    return tuple(node for node in integer_nodes(graph) if graph.edges[node.name].carries == "events")

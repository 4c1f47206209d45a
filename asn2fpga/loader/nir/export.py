"""`to_nir`: a network of ours as a NIR graph that other tools read, with all of it in the metadata.

Every layer becomes the NIR primitive that computes the same, or comes nearest to it; the notes say where it
does not. Importing the file gives the very same network again: loader/nir/exported.py.
"""

from __future__ import annotations

import io
import itertools
import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import nir
import numpy as np

from asn2fpga.errors import UnsupportedError
from asn2fpga.graph.arrays import as_real
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.node import Node
from asn2fpga.graph.serial import to_plain
from asn2fpga.graph.types import Array, Shape
from asn2fpga.kinds.maps.window import Window
from asn2fpga.kinds.neurons.neuron import Neuron
from asn2fpga.kinds.nodes import is_sum
from asn2fpga.kinds.operators.batchnorm import BatchNorm
from asn2fpga.kinds.operators.delay import Delay
from asn2fpga.kinds.operators.flatten import Flatten
from asn2fpga.kinds.operators.output import Output
from asn2fpga.kinds.operators.pool import AvgPool
from asn2fpga.kinds.operators.scale import Scale
from asn2fpga.kinds.sources.input import Input
from asn2fpga.kinds.synapses.conv import Conv
from asn2fpga.kinds.synapses.dense import Linear
from asn2fpga.kinds.synapses.diagonal import Diagonal
from asn2fpga.loader.nir.discretise import DEFAULT_DT
from asn2fpga.loader.nir.export_neurons import lost_of, membrane_node, neuron_node
from asn2fpga.loader.nir.primitives import FORMAT, OWN, WEIGHTS

Chain = Mapping[str, nir.NIRNode]
"""NIR nodes in a row, by what is added to the layer's name; "" is the last one."""


@dataclass(frozen=True, eq=False)
class Exported:
    """graph: as the package nir holds it. notes: what others do not see in it, a sentence each."""

    graph: nir.NIRGraph
    notes: tuple[str, ...]

    @property
    def data(self) -> bytes:
        """The file."""
        stream = io.BytesIO()
        nir.write(stream, self.graph)
        return stream.getvalue()


def to_nir(graph: Graph) -> Exported:
    """A real-valued graph; UnsupportedError naming the layer that no NIR primitive comes near to."""
    walk = _Walk(graph)
    for node in graph.layers:
        walk.take(node)
    made = nir.NIRGraph(walk.nodes, walk.edges(), type_check=False, metadata={OWN: _own(graph, walk.nodes)})
    return Exported(made, tuple(walk.notes))


def _own(graph: Graph, nodes: Mapping[str, nir.NIRNode]) -> dict[str, Any]:
    """The whole network; weights that NIR nodes hold are in these alone."""
    plain, tensors = to_plain(graph)
    kept = {name: array for name, array in tensors.items() if not _is_in(nodes, name, array)}
    return {"format": FORMAT, "network": json.dumps(plain), "dt": DEFAULT_DT, **kept}


def _is_in(nodes: Mapping[str, nir.NIRNode], tensor: str, array: Array) -> bool:
    """Whether the NIR node of a layer holds its tensor `layer.field`; kernels of one axis have no row."""
    layer, _, field = tensor.rpartition(".")
    held = getattr(nodes.get(layer), field, None) if field in WEIGHTS else None
    if held is not None and held.ndim == 3 and array.ndim == 4:
        held = held[:, :, None]
    return held is not None and np.array_equal(held, array)


class _Walk:
    """NIR nodes so far. tails: by layer, the last of its NIR nodes; heads: the first."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.nodes: dict[str, nir.NIRNode] = {}
        self.pairs: list[tuple[str, str]] = []
        self.heads: dict[str, str] = {}
        self.notes: list[str] = []

    def take(self, node: Node) -> None:
        if self.is_passed(node):
            return
        writer = WRITERS.get(type(node))
        if writer is None:
            raise UnsupportedError(
                f"{node.place}: NIR has nothing like {type(node).__name__}; networks with it cannot be "
                "exported."
            )
        chain = writer(self, node)
        names = [f"{node.name}_{label}" if label else node.name for label in chain]
        self.nodes |= dict(zip(names, chain.values(), strict=True))
        self.pairs += itertools.pairwise(names)
        self.heads[node.name] = names[0]

    def is_passed(self, node: Node) -> bool:
        """Whether edges say what it does: a sum, and what comes back a time step later."""
        return is_sum(node) or (self.is_late(node) and node.delay(0) == 1)

    def is_late(self, node: Node) -> bool:
        """Whether it reads what comes later in the network."""
        order = [layer.name for layer in self.graph.layers]
        return any(order.index(name) > order.index(node.name) for name in node.inputs)

    def edges(self) -> list[tuple[str, str]]:
        found = [
            (source, self.heads[node.name])
            for node in self.graph.layers
            if node.name in self.heads
            for source in self.sources(node)
        ]
        return [*found, *self.pairs]

    def sources(self, node: Node) -> list[str]:
        """The NIR nodes whose sum a layer reads."""
        found: list[str] = []
        for name in node.inputs:
            read = self.graph[name]
            found += self.sources(read) if self.is_passed(read) else [name]
        twice = [name for name, count in Counter(found).items() if count > 1]
        if twice:
            raise UnsupportedError(f"{node.place}: NIR adds nothing twice, as is done here to {twice[0]}.")
        return found

    def shape_read(self, node: Node) -> Shape:
        return self.graph.edges[node.inputs[0]].shape

    def note(self, node: Node, what: str) -> None:
        self.notes.append(f"{node.place}: other tools do not see {what}")


# ---- one function for each kind ----------------------------------------------------------------------------


def _input(walk: _Walk, node: Input) -> Chain:
    if node.scale != 1.0:
        walk.note(node, "the value of an input of 1")
    return {"": nir.Input({"input": np.array(node.shape)})}


def _output(walk: _Walk, node: Output) -> Chain:
    shape = walk.shape_read(node)
    end = nir.Output({"output": np.array(shape)})
    return {"": end} if node.beta is None else {"membranes": membrane_node(node.beta, shape), "": end}


def _linear(walk: _Walk, node: Linear) -> Chain:
    return _flat(walk.shape_read(node)) | {"": nir.Affine(as_real(node.weight), as_real(node.bias))}


def _flat(shape: Shape) -> dict[str, nir.NIRNode]:
    """What synapses do to a map by themselves."""
    return {"flatten": _flattened(shape)} if len(shape) > 1 else {}


def _flattened(shape: Shape) -> nir.NIRNode:
    return nir.Flatten({"input": np.array(shape)}, 0, -1)


def _diagonal(walk: _Walk, node: Diagonal) -> Chain:
    shape = walk.shape_read(node)
    return _flat(shape) | {"": nir.Affine(np.diag(as_real(node.weight)), as_real(node.bias))}


def _batchnorm(walk: _Walk, node: BatchNorm) -> Chain:
    shape, gain, shift = walk.shape_read(node), as_real(node.gain), as_real(node.shift)
    if len(shape) == 1:
        return {"": nir.Affine(np.diag(gain), shift) if shift.any() else nir.Scale(gain)}
    if len(shape) != 3 or gain.ndim > 1:
        raise UnsupportedError(f"{node.place}: NIR has no gain and shift for each pixel.")
    weight = gain.reshape(-1, 1, 1, 1)
    return {"": nir.Conv2d(shape[1:], weight, (1, 1), (0, 0), (1, 1), len(gain), shift)}


def _scale(walk: _Walk, node: Scale) -> Chain:
    return {"": nir.Scale(np.full(walk.shape_read(node), node.factor))}


def _flatten(walk: _Walk, node: Flatten) -> Chain:
    return {"": _flattened(walk.shape_read(node))}


def _delay(walk: _Walk, node: Delay) -> Chain:
    return {"": nir.Delay(node.time_steps_late.reshape(node.shape) * DEFAULT_DT)}


def _neuron(walk: _Walk, node: Neuron) -> Chain:
    if node.semantics.model in ("adaptive", "lookup", "gated"):
        raise UnsupportedError(
            f"{node.place}: {node.semantics.model} neurons have no NIR primitive that is near to them; use "
            "LIF to export."
        )
    if node.semantics.sends_change:
        raise UnsupportedError(
            f"{node.place}: sigma-delta neurons have no NIR primitive that is near to them; use LIF to "
            "export."
        )
    lost = ", ".join(lost_of(node.semantics))
    if lost:
        walk.note(node, lost)
    return {"": neuron_node(node.semantics, walk.graph.edges[node.name].shape)}


def _conv(walk: _Walk, node: Conv) -> Chain:
    padding = _padding(node, node.window)
    if node.beyond is not None:
        walk.note(node, "what stands beyond the map instead of zeros")
    shape, weight, bias = walk.shape_read(node), as_real(node.weight), as_real(node.bias)
    window = node.window
    if len(shape) == 2:
        numbers = (window.stride[1], padding[1], window.dilation[1])
        return {"": nir.Conv1d(shape[1], weight[:, :, 0], *numbers, node.groups, bias)}
    return {"": nir.Conv2d(shape[1:], weight, window.stride, padding, window.dilation, node.groups, bias)}


def _pool(walk: _Walk, node: AvgPool) -> Chain:
    if len(walk.shape_read(node)) != 3:
        raise UnsupportedError(f"{node.place}: NIR has no pool of maps with one axis.")
    if node.window.shared:
        raise UnsupportedError(f"{node.place}: NIR has no pool whose windows differ in size.")
    padding = np.array(_padding(node, node.window))
    if any(padding) and not node.count_include_pad:
        walk.note(node, "that padding does not count in its means")
    numbers = (np.array(node.window.kernel), np.array(node.window.stride), padding)
    if node.factor == 1.0 / node.window.taps:
        return {"": nir.AvgPool2d(*numbers)}
    if node.factor == 1.0:
        return {"": nir.SumPool2d(*numbers)}
    shape = walk.graph.edges[node.name].shape
    return {"sum": nir.SumPool2d(*numbers), "": nir.Scale(np.full(shape, node.factor))}


def _padding(node: Node, window: Window) -> tuple[int, int]:
    above, left, below, right = window.padding
    if (above, left) != (below, right) or window.ceil_mode:
        raise UnsupportedError(f"{node.place}: NIR has no padding that differs between the sides of a map.")
    return above, left


WRITERS: Mapping[type[Node], Callable[[_Walk, Any], Chain]] = {
    Input: _input,
    Output: _output,
    Linear: _linear,
    Diagonal: _diagonal,
    BatchNorm: _batchnorm,
    Scale: _scale,
    Flatten: _flatten,
    Delay: _delay,
    Neuron: _neuron,
    Conv: _conv,
    AvgPool: _pool,
}

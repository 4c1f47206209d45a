"""The graph under construction while a model is read: layers so far, unique names, the place in the model."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from asn2fpga.graph.graph import Graph
from asn2fpga.graph.node import Node
from asn2fpga.kinds.nodes import as_real_node, fires
from asn2fpga.loader.names import layer_name, to_identifier
from asn2fpga.warning import BuildWarning

if TYPE_CHECKING:
    from asn2fpga.loader.call import Call
    from asn2fpga.loader.spread import Spread
    from asn2fpga.loader.views.matmul import Pending
    from asn2fpga.loader.views.view import View

MODEL = "model"  # how messages call the outermost module


def shown(path: str) -> str:
    """How messages call the module at `path`: as the user's code does, or as the graph does if it is a mere
    number there (`0` of a Sequential is layer_0)."""
    return to_identifier(path) if path[:1].isdigit() else path


@dataclass(frozen=True)
class Value:
    """A tensor inside the model: the layer it comes from and what its axes mean.

    Axes: (batch, *shape); with `time_steps` (time, batch, *shape), or (time*batch, *shape) if `merged`, or
    (batch, *shape) if it is `one_step` of a time loop in forward that stands for all of them. batch_first:
    (batch, time, *shape) instead, or (batch*time, *shape).
    `reduced`: how the time axis was removed; then nothing may follow that depends on it.
    `readout`: the module whose membranes give the scores, with their `leak`; then only an activation follows.
    `final`: the activation at the end that was left out; then nothing may follow at all.
    `ids`: of the token ids that enter; then the layer is the counts that they stand for.
    `view`: of a tensor whose axes were rearranged, where its elements stand; then the flags say nothing of
    its axes. `pending`: of a product of two tensors that is part of an attention, whose layer is yet to come.
    `spread`: of the mean of a map with more pixels than its layer sends; a Linear layer must follow.
    `grouped`: features stand in groups of so many, (batch, groups, size); their means or sums must follow.
    """

    layer: str
    time_steps: int | None = None
    merged: bool = False
    one_step: bool = False
    batch_first: bool = False
    reduced: Literal["sum", "mean", "last", "max"] | None = None
    readout: str | None = None
    leak: float | None = None
    final: str | None = None
    ids: bool = False
    view: View | None = None
    pending: Pending | None = None
    grouped: int | None = None
    spread: Spread | None = None

    @property
    def leading_axes(self) -> int:
        """Number of axes before `shape`."""
        return 1 if self.time_steps is None or self.merged or self.one_step else 2


@dataclass
class GraphBuilder:
    """Collects layers in the order of execution; every new layer gets a unique identifier.

    chosen: of these, Linear layers that only choose elements of what gated units send. cut: layers of which
    `channels` made parts.
    """

    layers: list[Node] = field(default_factory=list)
    chosen: list[str] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)
    warnings: list[BuildWarning] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    _taken: set[str] = field(default_factory=set)

    def add(self, kind: type[Node], path: str, inputs: tuple[str, ...], **fields: Any) -> str:
        """Append a layer of class `kind` named after the module at `path`; returns its name."""
        name = layer_name(path, self._taken)
        self._append(kind(name=name, inputs=inputs, source=path, **fields))
        return name

    def add_operation(
        self, kind: type[Node], path: str, inputs: tuple[str, ...], *, label: str = "", **fields: Any
    ) -> str:
        """Append a layer for an operation in the forward of the module at `path`; returns its name."""
        label = label or kind.__name__.lower()
        name = layer_name(label if path == MODEL else f"{path}.{label}", self._taken)
        self._append(kind(name=name, inputs=inputs, source=path, **fields))
        return name

    def add_end(self, kind: type[Node], name: str, inputs: tuple[str, ...], **fields: Any) -> str:
        """Append the input or the output layer; `name` is reserved for it."""
        self._append(kind(name=name, inputs=inputs, source=name, **fields))
        return name

    def _append(self, layer: Node) -> None:
        self._taken.add(layer.name.lower())
        self.layers.append(layer)

    def place(self, name: str) -> str:
        """How messages call the layer `name`."""
        return self._by_name[name].place

    def fires(self, name: str) -> bool:
        """Whether the layer `name` is one of neurons."""
        return fires(self._by_name[name])

    def connect(self, name: str, source: str) -> None:
        """Let the layer `name`, which was added without inputs, read a later layer."""
        self.layers = [
            dataclasses.replace(layer, inputs=(source,)) if layer.name == name else layer
            for layer in self.layers
        ]

    def depends_on_neurons(self, name: str) -> bool:
        """Whether the layer `name` is one of neurons, or computed from one that is."""
        known, seen, pending = self._by_name, set[str](), [name]
        while pending:
            layer = known[pending.pop()]
            if fires(layer):
                return True
            pending += [source for source in layer.inputs if source not in seen]
            seen.update(layer.inputs)
        return False

    def channels(self, name: str, first: int, count: int) -> str | None:
        """A layer of so many channels of the layer `name` alone, or of its elements; None if there is none.

        What sends all of them is left out at the end unless something reads it.
        """
        layer = self._by_name[name]
        found = as_real_node(layer).of_channels(first, count)
        source = layer.inputs
        if found is not None and as_real_node(layer).acts_by_channel:
            own = self.channels(layer.inputs[0], first, count)
            found, source = (None, source) if own is None else (found, (own,))
        if found is None:
            return None
        cut = self.free_name(f"{name}_{first}")
        self._append(dataclasses.replace(found, name=cut, inputs=source))
        self.cut.append(name)
        return cut

    @property
    def _by_name(self) -> dict[str, Node]:
        return {layer.name: layer for layer in self.layers}

    def free_name(self, path: str) -> str:
        """An identifier made of `path` that no layer has, reserved from now on."""
        name = layer_name(path, self._taken)
        self._taken.add(name.lower())
        return name

    def graph(self, name: str) -> Graph:
        """What was collected, without layers of which only parts are read."""
        for cut in reversed(self.cut):
            if not any(cut in layer.inputs for layer in self.layers):
                self.layers = [layer for layer in self.layers if layer.name != cut]
        return Graph(name, tuple(self.layers))


Lowering = Callable[[GraphBuilder, "Call"], Value]
"""Takes one step of a traced model into the graph."""

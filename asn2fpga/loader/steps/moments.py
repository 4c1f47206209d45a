"""What each step of an unrolled time loop computes, and when.

A value that depends on a time step has a `Moment`: a key, which is the same for what the loop computes the
same way at another step, and the step. All other values are whole: constants, static ones, and sequences of
all steps.
"""

from __future__ import annotations

import hashlib
import operator
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, fx, nn

from asn2fpga.loader.foreign.table import foreign_neuron
from asn2fpga.loader.steps.sequences import Sequences
from asn2fpga.loader.time_axis import has_time_last

ADDITIONS = (operator.add, operator.iadd, torch.add, "add", "add_")


@dataclass(frozen=True)
class Moment:
    """key: what is computed; step: when, from 0."""

    key: int
    step: int


@dataclass(frozen=True)
class Total:
    """The sum of what has this key over the steps 0..last."""

    key: int
    last: int


@dataclass
class Moments:
    """moments: of nodes that belong to one time step; whole: keys of all others; totals: of those that are
    sums over the first steps.

    calls: of each module of neurons that takes one step at a time, its calls in order.
    """

    moments: dict[fx.Node, Moment] = field(default_factory=dict)
    whole: dict[fx.Node, int] = field(default_factory=dict)
    totals: dict[fx.Node, Total] = field(default_factory=dict)
    calls: dict[str, list[fx.Node]] = field(default_factory=dict)


class Analysis:
    """Walks through a trace once, in the order of execution.

    results: what each node gave on the example. batch_axis: of the input, if it has a time axis beside it.
    """

    def __init__(
        self, root: nn.Module, graph: fx.Graph, results: Mapping[fx.Node, Any], batch_axis: int | None
    ) -> None:
        self.found = Moments()
        self._root = root
        self._results = results
        self._batch_axis = batch_axis
        self._keys: dict[Any, int] = {}
        self._sequences = Sequences(results)
        for node in graph.nodes:
            if node.op != "output":
                self._visit(node)

    def _visit(self, node: fx.Node) -> None:
        if node.op == "placeholder":
            self.found.whole[node] = self._key("input")
            if self._batch_axis == 0:
                self._sequences.begin(node)
            return
        self._sequences.follow(node)
        if node.op == "get_attr":
            self.found.whole[node] = self._key(self._constant(node))
            return
        if self._is_call_of_neurons(node):
            calls = self.found.calls.setdefault(str(node.target), [])
            self.found.moments[node] = Moment(self._key("neurons", node.target), len(calls))
            calls.append(node)
            return
        step = self._picked(node)
        if step is not None:
            sequence = self.found.whole[node.all_input_nodes[0]]
            self.found.moments[node] = Moment(self._key("step of", sequence), step)
            return
        total = self._total(node)
        if total is not None:
            self.found.totals[node] = total
        self._compute(node)

    def _compute(self, node: fx.Node) -> None:
        """Any other node: of one time step if one of its inputs is, and it does not bring all together."""
        steps = [self.found.moments[read].step for read in node.all_input_nodes if read in self.found.moments]
        if steps and node.target is not torch.stack:
            now = max(steps)
            key = self._key(node.op, node.target, *self._arguments(node, now))
            self.found.moments[node] = Moment(key, now)
        else:
            self.found.whole[node] = self._key(node.op, node.target, *self._arguments(node, 0))
            if steps and stacked_axis(node, self._results[node]) == 1:
                self._sequences.begin(node)

    def _is_call_of_neurons(self, node: fx.Node) -> bool:
        if node.op != "call_module":
            return False
        module = self._root.get_submodule(str(node.target))
        known = foreign_neuron(module)
        return known is not None and not known.is_sequence(module)

    def _picked(self, node: fx.Node) -> int | None:
        """The step t of a sequence's x[t], of x[:, t] if the batch stands first, of x[..., t] if time stands
        last; else None.
        """
        if node.target is not operator.getitem or node.args[0] in self.found.moments:
            return None
        source, index = node.args
        value = self._results.get(source) if isinstance(source, fx.Node) else None
        if not isinstance(value, Tensor):
            return None
        axis = self._time_axis(source)
        indices = _of_each_axis(index if isinstance(index, tuple) else (index,), value.dim())
        if axis is None or len(indices) <= axis:
            return None
        picked, size = indices[axis], value.shape[axis]
        others = [rest for position, rest in enumerate(indices) if position != axis]
        if isinstance(picked, bool) or not isinstance(picked, int) or not all(map(_is_all, others)):
            return None
        return picked % size if size > 1 and -size <= picked < size else None

    def _time_axis(self, source: Any) -> int | None:
        """Of a whole value: the first one, but the second of an input with the batch in front, the last of
        one that is turned so, and that of a stack.
        """
        if has_time_last(source):
            tensor: Tensor = self._results[source]
            return tensor.dim() - 1
        if source.target is torch.stack:
            return stacked_axis(source, self._results[source])
        if source in self._sequences:
            return 1
        if source.op != "placeholder":
            return 0
        return None if self._batch_axis is None else 1 - self._batch_axis

    def _total(self, node: fx.Node) -> Total | None:
        """Whether the node adds the value of one more step to those of the steps before."""
        if node.target not in ADDITIONS or len(node.args) != 2 or node.kwargs:
            return None
        for before, now in (node.args, node.args[::-1]):
            moment = self.found.moments.get(now) if isinstance(now, fx.Node) else None
            if moment is not None and now not in self.found.totals and self._ends(before, moment):
                return Total(moment.key, moment.step)
        return None

    def _ends(self, before: Any, moment: Moment) -> bool:
        """Whether `before` is the sum of all steps before the moment."""
        if moment.step == 0:
            return self._is_zero(before)
        if not isinstance(before, fx.Node):
            return False
        sum_before = self.found.totals.get(before)
        if sum_before is not None:
            return sum_before == Total(moment.key, moment.step - 1)
        return moment.step == 1 and self.found.moments.get(before) == Moment(moment.key, 0)

    def _is_zero(self, value: Any) -> bool:
        if isinstance(value, fx.Node):
            value = self._results.get(value) if value.op == "get_attr" else None
        if isinstance(value, Tensor):
            return not bool(value.any())
        return not isinstance(value, bool) and isinstance(value, int | float) and value == 0

    def _arguments(self, node: fx.Node, now: int) -> tuple[Any, Any]:
        """The arguments as plain values that are equal where the same is computed at another step."""
        return self._plain(node.args, now), self._plain(node.kwargs, now)

    def _plain(self, value: Any, now: int) -> Any:
        if isinstance(value, fx.Node):
            moment = self.found.moments.get(value)
            return ("at", moment.key, moment.step - now) if moment else ("whole", self.found.whole[value])
        if isinstance(value, tuple | list):
            return tuple(self._plain(item, now) for item in value)
        if isinstance(value, slice):
            return ("slice", *(self._plain(end, now) for end in (value.start, value.stop, value.step)))
        if isinstance(value, Mapping):
            return tuple((name, self._plain(item, now)) for name, item in value.items())
        return (type(value).__name__, repr(value))

    def _constant(self, node: fx.Node) -> Any:
        value = self._results.get(node)
        if not isinstance(value, Tensor):
            return ("constant", node.name)
        data = value.detach().cpu().contiguous()
        digest = hashlib.sha256(data.reshape(-1).view(torch.uint8).numpy().tobytes()).digest()
        return ("tensor", str(data.dtype), tuple(data.shape), digest)

    def _key(self, *what: Any) -> int:
        return self._keys.setdefault(what, len(self._keys))


def stacked_axis(node: fx.Node, result: Any) -> int:
    """Along which axis of its result a torch.stack puts tensors side by side."""
    axis: Any = node.args[1] if len(node.args) > 1 else node.kwargs.get("dim", 0)
    return int(axis) % int(result.dim())


def _of_each_axis(indices: tuple[Any, ...], axes: int) -> tuple[Any, ...]:
    """The same with slices in place of an ellipsis in front."""
    if indices[0] is not Ellipsis:
        return indices
    return (*(slice(None),) * (axes - len(indices) + 1), *indices[1:])


def _is_all(index: Any) -> bool:
    return index is Ellipsis or index == slice(None)

"""Values (batch, ..., time) in a trace become their time steps, one by one, as a loop would compute them.

What forward does with such a value is done with each step instead: layers that a wrapper calls once per step
are so already, operations on each step alone are repeated, neurons that take the whole sequence become calls
of one step each, and sums over the last axis sums over steps. Every step is compared with what forward gave
on the example. Then it is a time loop like any other, whose steps are proven to be the same.
"""

from __future__ import annotations

import dataclasses
import operator
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, fx, nn

from asn2fpga.errors import UnsupportedError
from asn2fpga.loader.builder import MODEL, shown
from asn2fpga.loader.foreign.table import reads_time_last
from asn2fpga.loader.steps.moments import stacked_axis
from asn2fpga.loader.steps.place import line_of, place_of
from asn2fpga.loader.time_axis import has_time_last
from asn2fpga.loader.time_last import arguments
from asn2fpga.loader.time_last.modules import module_of_step

CLOSE = 1e-5


@dataclasses.dataclass(frozen=True, eq=False)
class Traced:
    """What is known of a trace: as in `SymbolicTrace`."""

    root: nn.Module
    graph: fx.Graph
    results: dict[fx.Node, Any]


def in_steps(root: nn.Module, graph: fx.Graph, results: dict[fx.Node, Any]) -> bool:
    """Take a trace apart whose input was turned to have time last; whether that was needed.

    It is not where forward takes single steps x[..., t], or brings time to the front. Raises UnsupportedError
    naming the line that does not work on each time step alone.
    """
    turned = next((node for node in graph.nodes if has_time_last(node)), None)
    if turned is None or not _keeps_time_last(root, graph, results, turned):
        return False
    Unrolling(Traced(root, graph, results), turned).run()
    return True


def _keeps_time_last(root: nn.Module, graph: fx.Graph, results: dict[fx.Node, Any], turned: fx.Node) -> bool:
    """Whether anything but the input has time as its last axis."""
    if any(node.target not in (operator.getitem, *arguments.REORDERING) for node in turned.users):
        return True
    for node in graph.nodes:
        if node.op == "call_module" and reads_time_last(root.get_submodule(str(node.target))):
            return True
        if _is_stack_of(node, results, results[turned].shape[-1]):
            return True
    return False


def _is_stack_of(node: fx.Node, results: dict[fx.Node, Any], steps: int) -> bool:
    """Whether it puts so many tensors side by side along a new last axis."""
    if node.target is not torch.stack or results[node].dim() < 3:
        return False
    listed: Any = node.args[0] if node.args else node.kwargs["tensors"]
    return len(listed) == steps and stacked_axis(node, results[node]) == results[node].dim() - 1


class Unrolling:
    """steps: of each value with time last, its steps as nodes of the graph."""

    def __init__(self, trace: Traced, turned: fx.Node) -> None:
        self._trace, self._turned = trace, turned
        self._count: int = trace.results[turned].shape[-1]
        self._steps: dict[fx.Node, list[fx.Node]] = {}
        self._latest: dict[fx.Node, int] = {}
        self._made = 0

    def run(self) -> None:
        """Change the graph."""
        for node in list(self._trace.graph.nodes):
            if node is self._turned:
                self._enter(node)
            elif node.op == "output":
                self._leave(node)
            elif any(read in self._steps for read in node.all_input_nodes):
                self._visit(node)
            elif _is_stack_of(node, self._trace.results, self._count) and self._is_of_steps(node):
                self._steps[node] = list(node.args[0] if node.args else node.kwargs["tensors"])
            else:
                self._note(node)
        for node in reversed(self._trace.graph.nodes):
            if node.op in ("call_function", "call_method", "call_module") and not node.users:
                self._trace.graph.erase_node(node)

    def _enter(self, turned: fx.Node) -> None:
        (source,) = turned.all_input_nodes
        self._steps[turned] = self._each(turned, operator.getitem, lambda step: (source, step))

    def _leave(self, output: fx.Node) -> None:
        """Results that have time last: all steps, with time in front."""

        def gathered(read: fx.Node) -> fx.Node:
            return self._stacked(output, self._steps[read], 0) if read in self._steps else read

        output.args = fx.node.map_arg(output.args, gathered)

    def _note(self, node: fx.Node) -> None:
        """Which step is the last one that it depends on."""
        found = [self._latest[read] for read in node.all_input_nodes if read in self._latest]
        if found:
            self._latest[node] = max(found)

    def _is_of_steps(self, node: fx.Node) -> bool:
        listed: Any = node.args[0] if node.args else node.kwargs["tensors"]
        return [self._latest.get(one) for one in listed] == list(range(self._count))

    # ---- operations ----------------------------------------------------------------------------------------

    def _visit(self, node: fx.Node) -> None:
        source = next(read for read in node.all_input_nodes if read in self._steps)
        dims = self._trace.results[source].dim()
        if node.op == "call_module":
            self._steps[node] = self._called(node)
        elif node.target is operator.getitem:
            self._pick(node, source, dims)
        elif node.target in arguments.REORDERING:
            self._reorder(node, source, dims)
        elif node.target in arguments.REDUCING and not isinstance(self._second(node), fx.Node):
            self._reduce(node, source, dims)
        else:
            self._steps[node] = self._computed(node, dims)

    def _second(self, node: fx.Node) -> Any:
        return node.args[1] if len(node.args) > 1 else None

    def _called(self, node: fx.Node) -> list[fx.Node]:
        """A module, in place of which another one takes each step."""
        own = self._trace.root.get_submodule(str(node.target))
        module = module_of_step(own)
        if module is None:
            raise self._refuse(node, f"{type(own).__name__} reads time, the last axis, as if it were another")
        target = str(node.target) if module is own else self._added(str(node.target), module)
        return self._each(node, target, lambda step: self._arguments(node.args, step))

    def _added(self, path: str, module: nn.Module) -> str:
        """The path of a module that stands for a call of another one."""
        inner = path.removeprefix(f"{MODEL}.")
        while f"{MODEL}@{self._made}" in dict(self._trace.root.named_children()):
            self._made += 1
        parent: nn.Module = nn.Module()
        self._trace.root.add_module(f"{MODEL}@{self._made}", parent)
        *outer, last = inner.split(".")
        for name in outer:
            parent.add_module(name, nn.Module())
            parent = parent.get_submodule(name)
        parent.add_module(last, module)
        return f"{MODEL}@{self._made}.{inner}"

    def _pick(self, node: fx.Node, source: fx.Node, dims: int) -> None:
        parts = arguments.parted_index(node.args[1], dims)
        if parts is None:
            raise self._refuse(node, "x[...] must take whole axes, slices, or one time step")
        of_step, time = parts
        whole = all(isinstance(one, slice) and one == slice(None) for one in of_step)
        steps = self._steps[source]
        if not whole:
            steps = self._each(
                node, operator.getitem, lambda step: (self._steps[source][step], of_step), check=False
            )
        if type(time) is int:
            node.replace_all_uses_with(steps[time])
        elif isinstance(time, slice) and time == slice(None):
            self._steps[node] = steps
        else:
            raise self._refuse(node, "x[...] must take all time steps, or one of them")

    def _reorder(self, node: fx.Node, source: fx.Node, dims: int) -> None:
        order = arguments.order_of(node, dims)
        steps, rest = self._steps[source], tuple(axis for axis in order if axis != dims - 1)
        if rest != tuple(range(dims - 1)):
            steps = self._each(node, "permute", lambda step: (self._steps[source][step], *rest), check=False)
        at = order.index(dims - 1)
        if at == dims - 1:
            self._steps[node] = steps
        else:
            node.replace_all_uses_with(self._stacked(node, steps, at))

    def _reduce(self, node: fx.Node, source: fx.Node, dims: int) -> None:
        axes = arguments.axes_of(node)
        listed = [axes] if isinstance(axes, int) else list(axes or range(dims))
        inner = tuple(axis % dims for axis in listed if axis % dims != dims - 1)
        keeps = bool(node.kwargs.get("keepdim")) or node.args[2:3] == (True,)
        if len(inner) == len(listed):
            self._steps[node] = self._computed(node, dims)
            return
        if keeps or (inner and node.target in (torch.max, "max")):
            raise self._refuse(node, "time, the last axis, must be reduced alone and go")
        steps = self._steps[source]
        if inner:
            steps = self._each(
                node, node.target, lambda step: (self._steps[source][step], inner), check=False
            )
        with self._trace.graph.inserting_before(node):
            found = self._stacked(node, steps, 0)
            _, others = arguments.over(node, 0)
            node.replace_all_uses_with(self._emit(node, node.target, (found, 0), others))

    def _computed(self, node: fx.Node, dims: int) -> list[fx.Node]:
        """Any operation that works on each time step alone."""
        given, keywords = self._of_step(node, dims)
        found = self._each(
            node,
            node.target,
            lambda step: self._arguments(given, step),
            lambda step: self._keywords(keywords, step),
        )
        return found

    def _of_step(self, node: fx.Node, dims: int) -> tuple[Any, Any]:
        """Its arguments, with axes and sizes of one step."""
        if node.target in arguments.RESHAPING and len(node.args) > 1:
            sizes = arguments.sizes_of(node)
            if self._trace.results[node].shape[-1] != self._count or len(sizes) < 2:
                raise self._refuse(node, "a reshape must leave time as the last axis")
            return (node.args[0], *sizes[:-1]), {}
        if node.target in arguments.FLATTENING:
            start, end = (axis % dims for axis in arguments.ends_of(node))
            if end == dims - 1:
                raise self._refuse(node, "flatten must leave time as the last axis, flatten(1, -2)")
            return (node.args[0], start, end), {}
        axes = arguments.axes_of(node)
        if node.target in arguments.OVER_AXES | arguments.REDUCING and isinstance(axes, int | tuple | list):
            many = dims + (node.target in (torch.unsqueeze, "unsqueeze"))
            listed = [axes] if isinstance(axes, int) else axes
            if any(axis % many == many - 1 for axis in listed):
                raise self._refuse(node, "it must leave time as the last axis")
            counted = tuple(axis % many for axis in listed)
            return arguments.over(node, counted[0] if isinstance(axes, int) else counted)
        return node.args, node.kwargs

    def _keywords(self, keywords: Any, step: int) -> dict[str, Any]:
        return {name: self._arguments((value,), step)[0] for name, value in keywords.items()}

    def _arguments(self, given: Any, step: int) -> tuple[Any, ...]:
        """With steps in place of what has time last."""
        found: Any = fx.node.map_arg(given, lambda read: self._at(read, step))
        return tuple(found)

    def _at(self, read: fx.Node, step: int) -> fx.Node:
        if read in self._steps:
            return self._steps[read][step]
        value = self._trace.results.get(read)
        if read.op != "get_attr" or not isinstance(value, Tensor):
            return read
        return self._constant(read, value, step)

    def _constant(self, read: fx.Node, value: Tensor, step: int) -> fx.Node:
        constant = arguments.constant_of_step(value, step)
        if constant is value:
            return read
        name = f"{read.target}@{step if value.shape[-1] > 1 else 0}".replace(".", "_")
        known = [node for node in self._trace.graph.nodes if node.op == "get_attr" and node.target == name]
        if known:
            first: fx.Node = known[0]
            return first
        setattr(self._trace.root, name, constant)
        with self._trace.graph.inserting_before(next(iter(self._trace.graph.nodes))):
            found = self._trace.graph.get_attr(name)
        self._trace.results[found] = constant
        return found

    # ---- new nodes -----------------------------------------------------------------------------------------

    def _each(
        self,
        node: fx.Node,
        target: Any,
        given: Callable[[int], tuple[Any, ...]],
        keywords: Callable[[int], dict[str, Any]] = lambda step: {},
        check: bool = True,
    ) -> list[fx.Node]:
        """The same of each step, in place of a node; compared with what that gave."""
        found = []
        with self._trace.graph.inserting_before(node):
            for step in range(self._count):
                one = self._emit(node, target, given(step), keywords(step))
                if check and not self._is_step_of(node, one, step):
                    raise self._refuse(node, "it does not work on each time step, of the last axis, alone")
                self._latest[one] = step
                found.append(one)
        return found

    def _is_step_of(self, node: fx.Node, one: fx.Node, step: int) -> bool:
        whole, value = self._trace.results[node], self._trace.results[one]
        if not isinstance(whole, Tensor) or not isinstance(value, Tensor) or whole.dim() != value.dim() + 1:
            return False
        if whole.shape != (*value.shape, self._count):
            return False
        return bool(torch.allclose(whole[..., step].double(), value.double(), rtol=CLOSE, atol=CLOSE))

    def _stacked(self, node: fx.Node, steps: list[fx.Node], axis: int) -> fx.Node:
        with self._trace.graph.inserting_before(node):
            return self._emit(node, torch.stack, (list(steps), axis), {})

    def _emit(self, like: fx.Node, target: Any, args: tuple[Any, ...], keywords: dict[str, Any]) -> fx.Node:
        """One more node, on the results so far."""
        graph, results = self._trace.graph, self._trace.results
        given, named = fx.node.map_arg((args, keywords), lambda read: results[read])
        if like.op == "call_module" and isinstance(target, str):
            made = graph.call_module(target, args, keywords)
            result = self._trace.root.get_submodule(target)(*given, **named)
        elif isinstance(target, str):
            made = graph.call_method(target, args, keywords)
            result = getattr(given[0], target)(*given[1:], **named)
        else:
            made = graph.call_function(target, args, keywords)
            result = target(*given, **named)
        results[made] = result
        made.meta.update({key: like.meta[key] for key in ("line", "nn_module_stack") if key in like.meta})
        if isinstance(result, Tensor):
            made.meta["shape"] = tuple(result.shape)
        return made

    def _refuse(self, node: fx.Node, reason: str) -> UnsupportedError:
        return UnsupportedError(
            f"{shown(place_of(node))}: {reason}{line_of(node)}; bring time to the front first, "
            "x.movedim(-1, 0)."
        )

"""A torch module to the real-valued graph: torch.fx trace, then every step through a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, fx, nn

from asn2fpga.errors import UnsupportedError
from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.operators.output import Output
from asn2fpga.kinds.sources.input import Input
from asn2fpga.loader.builder import MODEL, GraphBuilder, Value, shown
from asn2fpga.loader.call import Call
from asn2fpga.loader.description import InputDescription
from asn2fpga.loader.names import to_identifier
from asn2fpga.loader.output_activation import refuse_after_the_end
from asn2fpga.loader.supported import find_lowering
from asn2fpga.loader.symbolic_trace import place_of, symbolic_trace
from asn2fpga.loader.wrappers import eval_copy
from asn2fpga.warning import BuildWarning


@dataclass(frozen=True, eq=False)
class Traced:
    """A module as a graph. warnings: what looks wrong in it; notes: what was left out without harm."""

    graph: Graph
    warnings: tuple[BuildWarning, ...]
    notes: tuple[str, ...]


def trace(module: nn.Module, description: InputDescription, name: str) -> Traced:
    """The graph of `module` in eval mode; the module is not changed. Raises UnsupportedError, InputError."""
    module = eval_copy(module)
    x = description.random_input()
    found = symbolic_trace(module, x.clone())
    lowerer = _Lowerer(found.root, found.graph, description)
    with torch.no_grad():
        traced = lowerer.run(x.clone())
        if not found.is_whole or not torch.equal(traced, module(x.clone())):
            raise UnsupportedError(
                f"{MODEL}: forward must compute the same whenever it runs, not something else; "
                "do not change tensors in place, and do not use random numbers."
            )
    builder = lowerer.builder
    graph_name = to_identifier(name, fallback="network")
    return Traced(builder.graph(graph_name), tuple(builder.warnings), tuple(builder.notes))


class _Lowerer(fx.Interpreter):
    """Walks the traced model once, running it on the example and building the graph beside."""

    def __init__(self, root: nn.Module, graph: fx.Graph, description: InputDescription) -> None:
        super().__init__(root, graph=graph)
        self.extra_traceback = False
        self.builder = GraphBuilder()
        self.values: dict[fx.Node, Value] = {}
        self.description = description

    def run_node(self, n: fx.Node) -> Any:
        if n.op == "placeholder":
            return self._enter(n)
        if n.op == "output":
            return self._leave(n)
        if n.op == "get_attr" or not any(node in self.values for node in n.all_input_nodes):
            return super().run_node(n)
        call = self._call(n)
        refuse_after_the_end(call)
        self.values[n] = find_lowering(call)(self.builder, call)
        return call.result

    def _enter(self, node: fx.Node) -> Any:
        description = self.description
        time_axis = description.time_steps if description.has_time_axis else None
        tensor: Tensor = super().run_node(node)
        name = self.builder.add_end(
            Input,
            "pixels" if description.encoding == "frames" else "events",
            (),
            shape=tuple(tensor.shape[2 if time_axis else 1 :]),
            encoding=description.encoding,
            time_steps=description.time_steps,
            max_count=description.max_count,
            scale=description.scale,
        )
        self.values[node] = Value(name, time_axis)
        return tensor

    def _leave(self, node: fx.Node) -> Any:
        result = node.args[0]
        if not isinstance(result, fx.Node) or result not in self.values:
            raise UnsupportedError(
                f"{MODEL}: forward must return one tensor computed from its input; return only the scores."
            )
        value = self.values[result]
        if value.time_steps is not None and value.time_steps > 1:
            raise UnsupportedError(
                f"{MODEL}: the output must have no time axis; end the model with TimeMean or TimeSum."
            )
        self.builder.add_end(Output, "output", (value.layer,), reduce=value.reduced or "mean")
        return super().run_node(node)

    def _call(self, node: fx.Node) -> Call:
        args, keywords = self.fetch_args_kwargs_from_env(node)
        ours = [source for source in node.all_input_nodes if source in self.values]
        place = place_of(node)
        module = self.fetch_attr(str(node.target)) if node.op == "call_module" else None
        label = _label(node) if module is None else type(module).__name__
        if len(ours) > 1:
            raise UnsupportedError(
                f"{shown(place)}: {label} must read one layer, not {len(ours)}; branches are not built yet."
            )
        if ours[0] not in (*node.args, *node.kwargs.values(), *_listed(node)):
            raise UnsupportedError(
                f"{shown(place)}: {label} must read a tensor, not a list or dict with one."
            )
        x = self.env[ours[0]]
        others = tuple(a for a in args if a is not x)
        keywords = {key: value for key, value in keywords.items() if value is not x}
        run = super().run_node
        return Call(
            place,
            label,
            node,
            self.values[ours[0]],
            x,
            others,
            keywords,
            lambda: run(node),
            module,
            x_is_first=bool(args) and args[0] is x,
        )


def _listed(node: fx.Node) -> tuple[Any, ...]:
    """What torch.stack and torch.cat get in their list."""
    return (
        tuple(node.args[0])
        if node.target in (torch.stack, torch.cat) and isinstance(node.args[0], tuple | list)
        else ()
    )


def _label(node: fx.Node) -> str:
    """What messages call a function or method."""
    return str(node.args[1]) if node.target is getattr else getattr(node.target, "__name__", str(node.target))

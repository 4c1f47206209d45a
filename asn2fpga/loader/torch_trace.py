"""A torch module to the real-valued graph: torch.fx trace, then every step through a table."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, fx, nn

from asn2fpga.errors import UnsupportedError
from asn2fpga.ir.graph import Graph
from asn2fpga.ir.layers import Input, Output
from asn2fpga.loader.builder import MODEL, GraphBuilder, Value, shown
from asn2fpga.loader.call import Call
from asn2fpga.loader.description import InputDescription
from asn2fpga.loader.names import to_identifier
from asn2fpga.loader.symbolic_trace import place_of, supported, symbolic_trace
from asn2fpga.loader.torch_functions import FUNCTIONS, METHODS
from asn2fpga.loader.torch_modules import MODULES, Lowering
from asn2fpga.warning import BuildWarning


@dataclass(frozen=True, eq=False)
class Traced:
    """A module as a graph. warnings: what looks wrong in it; notes: what was left out without harm."""

    graph: Graph
    warnings: tuple[BuildWarning, ...]
    notes: tuple[str, ...]


def trace(module: nn.Module, description: InputDescription, name: str) -> Traced:
    """The graph of `module` in eval mode; the module is not changed. Raises UnsupportedError, InputError."""
    module = copy.deepcopy(module).eval().cpu()
    root, graph = symbolic_trace(module)
    lowerer = _Lowerer(root, graph, description)
    x = description.random_input()
    with torch.no_grad():
        traced = lowerer.run(x.clone())
        if not torch.equal(traced, module(x.clone())):
            raise UnsupportedError(
                f"{MODEL}: forward must compute the same when it is traced by torch.fx, not something else; "
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
        lowering = self._find(n, call)
        if lowering is not None:
            self.values[n] = lowering(self.builder, call)
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
        if len(ours) > 1 or ours[0] not in (*node.args, *node.kwargs.values()):
            raise UnsupportedError(
                f"{shown(place)}: {_label(node)} must read one layer, not {len(ours)}; branches are not "
                f"built yet."
            )
        x = self.env[ours[0]]
        others = tuple(a for a in args if a is not x)
        keywords = {key: value for key, value in keywords.items() if value is not x}
        module = self.fetch_attr(str(node.target)) if node.op == "call_module" else None
        label = _label(node) if module is None else type(module).__name__
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

    def _find(self, node: fx.Node, call: Call) -> Lowering | None:
        """What lowers the call; None where its result is not a tensor (x.shape, x.size(0))."""
        if call.module is not None:
            if type(call.module) in MODULES:
                return MODULES[type(call.module)]
            kind = type(call.module)
            raise UnsupportedError(
                f"{call.where}: module {kind.__module__}.{kind.__qualname__} is not supported; {supported()}"
            )
        table: dict[Any, Lowering] = METHODS if node.op == "call_method" else FUNCTIONS
        if node.target in table:
            return table[node.target]
        if not isinstance(call.result, Tensor):
            return None
        raise UnsupportedError(f"{call.where}: {call.label} is not supported; {supported()}")


def _label(node: fx.Node) -> str:
    """What messages call a function or method."""
    return getattr(node.target, "__name__", str(node.target))

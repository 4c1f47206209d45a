"""A torch module to the real-valued graph: torch.fx trace, then every step through a table."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

import torch
from torch import Tensor, fx, nn

from asn2fpga.errors import InputError, UnsupportedError
from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.operators.flatten import Flatten
from asn2fpga.kinds.operators.output import Output
from asn2fpga.kinds.sources.input import Input
from asn2fpga.loader.branches import join_sums
from asn2fpga.loader.builder import MODEL, GraphBuilder, Value, shown
from asn2fpga.loader.call import Call, Operand
from asn2fpga.loader.description import InputDescription
from asn2fpga.loader.names import to_identifier
from asn2fpga.loader.output_activation import refuse_after_a_readout, refuse_after_the_end
from asn2fpga.loader.repeat import LIST_FUNCTIONS
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
        if not found.is_whole or not torch.equal(traced, _run(module, x.clone())):
            raise UnsupportedError(
                f"{MODEL}: forward must compute the same whenever it runs; "
                "do not change tensors in place, and do not use random numbers."
            )
    builder = lowerer.builder
    join_sums(builder)
    graph_name = to_identifier(name, fallback="network")
    return Traced(builder.graph(graph_name), tuple(builder.warnings), tuple(builder.notes))


def _run(module: nn.Module, x: Tensor) -> Tensor:
    try:
        result: Tensor = module(x)
    except Exception as error:  # code of the model: anything can happen
        kind, text = type(error).__name__, (str(error).splitlines() or [""])[0]
        raise InputError(
            f"{MODEL}: forward fails on an input of shape {tuple(x.shape)}: {kind}: {text}"
        ) from error
    return result


class _Lowerer(fx.Interpreter):
    """Walks the traced model once, running it on the example and building the graph beside."""

    def __init__(self, root: nn.Module, graph: fx.Graph, description: InputDescription) -> None:
        super().__init__(root, graph=graph)
        self.extra_traceback = False
        self.builder = GraphBuilder()
        self.values: dict[fx.Node, Value] = {}
        self.description = description
        self.out_of_time: list[Call] = []

    def run_node(self, n: fx.Node) -> Any:
        if n.op == "placeholder":
            return self._enter(n)
        if n.op == "output":
            return self._leave(n)
        if n.op == "get_attr" or not any(node in self.values for node in n.all_input_nodes):
            return super().run_node(n)
        call = self._call(n)
        each = [dataclasses.replace(call, operands=(operand,)) for operand in call.operands]
        for one in each:
            refuse_after_the_end(one)
        lowering = find_lowering(call)
        for one in each:
            refuse_after_a_readout(one, lowering)
        self.values[n] = lowering(self.builder, call)
        if self._is_out_of_time(call, self.values[n]):
            self.out_of_time.append(call)
        return call.result

    def _is_out_of_time(self, call: Call, value: Value) -> bool:
        """Whether neurons or a reduction over time see another number of time steps than the network has."""
        is_new = all(operand.value.layer != value.layer for operand in call.operands)
        fires = is_new and self.builder.fires(value.layer)
        reduces = value.reduced is not None and call.value.reduced is None
        return (fires or reduces) and (call.value.time_steps or 1) != self.description.time_steps

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
        for call in self.out_of_time:
            steps, seen = self.description.time_steps, call.value.time_steps or 1
            raise call.refuse(
                f"{call.label} must see the T = {steps} time steps of the network, not {seen}; "
                f"repeat its input over time first, x.unsqueeze(0).repeat({steps}, 1, ...)."
            )
        self.builder.add_end(
            Output, "output", (self._flat(value, result),), reduce=value.reduced or "mean", beta=value.leak
        )
        return super().run_node(node)

    def _flat(self, value: Value, result: fx.Node) -> str:
        """The layer of the scores, with one axis: a map is sent channel by channel, as torch flattens it."""
        shape = tuple(self.env[result].shape[value.leading_axes :])
        if len(shape) < 2:
            return value.layer
        axes = ", ".join(map(str, shape))
        self.builder.notes.append(
            f"{MODEL}: the output of shape ({axes}) is sent as {math.prod(shape)} scores, "
            "in the order of torch.flatten(x, 1)"
        )
        return self.builder.add_operation(Flatten, MODEL, (value.layer,))

    def _call(self, node: fx.Node) -> Call:
        args, keywords = self.fetch_args_kwargs_from_env(node)
        module = self.fetch_attr(str(node.target)) if node.op == "call_module" else None
        label = _label(node) if module is None else type(module).__name__
        listed = _listed(node)
        ours = [given for given in (*node.args, *node.kwargs.values(), *listed) if self._is_ours(given)]
        where = shown(place_of(node))
        if not set(ours) >= {given for given in node.all_input_nodes if self._is_ours(given)}:
            raise UnsupportedError(f"{where}: {label} must read a tensor, not a list or dict with one.")
        if not all(self._is_ours(given) for given in listed):
            raise UnsupportedError(f"{where}: {label} must read layers alone, not a constant beside them.")
        run = super().run_node
        return Call(
            place=place_of(node),
            label=label,
            node=node,
            operands=tuple(Operand(self.values[given], self.env[given]) for given in ours),
            arguments=tuple(
                value
                for given, value in zip(node.args, args, strict=True)
                if not self._is_ours(given) and given is not listed
            ),
            keywords={
                name: value
                for name, value in keywords.items()
                if not self._is_ours(node.kwargs[name]) and node.kwargs[name] is not listed
            },
            compute=lambda: run(node),
            module=module,
            x_is_first=bool(args) and self._is_ours(node.args[0]),
        )

    def _is_ours(self, given: object) -> TypeGuard[fx.Node]:
        """Whether an argument is a tensor computed from the input."""
        return isinstance(given, fx.Node) and given in self.values


def _listed(node: fx.Node) -> Sequence[Any]:
    """What torch.stack and torch.cat get in their list: the very object in the node's arguments."""
    given = node.args[0] if node.args else node.kwargs.get("tensors")
    return given if node.target in LIST_FUNCTIONS and isinstance(given, tuple | list) else ()


def _label(node: fx.Node) -> str:
    """What messages call a function or method."""
    return str(node.args[1]) if node.target is getattr else getattr(node.target, "__name__", str(node.target))

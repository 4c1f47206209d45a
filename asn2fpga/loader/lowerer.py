"""Walks a traced forward once, running it on the example and building the graph beside."""

from __future__ import annotations

import dataclasses
import math
import operator
from collections.abc import Sequence
from typing import Any, TypeGuard

import torch
from torch import Tensor, fx, nn

from asn2fpga.errors import UnsupportedError
from asn2fpga.kinds.operators.delay import Delay
from asn2fpga.kinds.operators.flatten import Flatten
from asn2fpga.kinds.operators.output import Output
from asn2fpga.kinds.sources.input import Input
from asn2fpga.loader.builder import MODEL, GraphBuilder, Value, shown
from asn2fpga.loader.call import Call, Operand
from asn2fpga.loader.description import InputDescription
from asn2fpga.loader.foreign.lower import lower_membrane, lower_spikes
from asn2fpga.loader.output_activation import refuse_after_a_readout, refuse_after_the_end
from asn2fpga.loader.probed.lower_region import lower_region
from asn2fpga.loader.probed.region import find_regions
from asn2fpga.loader.repeat import LIST_FUNCTIONS
from asn2fpga.loader.steps.moments import stacked_axis
from asn2fpga.loader.steps.place import place_of
from asn2fpga.loader.steps.plan import Plan, plan_of
from asn2fpga.loader.supported import find_lowering
from asn2fpga.loader.symbolic_trace import SymbolicTrace
from asn2fpga.loader.time_axis import has_time_last
from asn2fpga.loader.tokens import lower_tokens
from asn2fpga.loader.views.lower import lower_view
from asn2fpga.loader.weighted_functions import as_module


class Lowerer(fx.Interpreter):
    """output: the node that gives the scores. Where forward has a time loop, one step of it is lowered.

    called: the module that is being lowered, if it is one.
    """

    def __init__(self, trace: SymbolicTrace, output: Any, description: InputDescription) -> None:
        super().__init__(trace.root, graph=trace.graph)
        self.extra_traceback = False
        self.builder = GraphBuilder()
        self.values: dict[fx.Node, Value] = {}
        self.description = description
        self.out_of_time: list[Call] = []
        self.called: nn.Module | None = None
        self._output: Any = output
        self._plan: Plan = plan_of(trace, output, description.time_steps)
        self._regions = {region.end: region for region in find_regions(trace)}
        self._inner = {node for region in self._regions.values() for node in region.inner}
        self._calls: dict[fx.Node, Call] = {}
        self._delays: dict[tuple[fx.Node, int], str] = {}

    def run_node(self, n: fx.Node) -> Any:
        if n.op == "placeholder":
            return self._enter(n)
        if n.op == "output":
            self._leave()
            return super().run_node(n)
        if n in self._plan.delayed:
            result = super().run_node(n)
            self.values[n] = self._delayed(n, result)
            return result
        if n.op == "get_attr" or n not in self._plan.nodes:
            return super().run_node(n)
        if n in self._plan.gathered:
            return self._gather(n)
        if not any(node in self.values for node in n.all_input_nodes):
            return super().run_node(n)
        call = self._call(n)
        self.called = call.module
        self.values[n] = self._lower(n, call)
        self.called = None
        if self._is_out_of_time(call, self.values[n]):
            self.out_of_time.append(call)
        return call.result

    def _lower(self, node: fx.Node, call: Call) -> Value:
        if node in self._plan.calls:
            self._refuse_view(call.value)
            self._calls[node] = call
            read = self._plan.results.get(node, {0})
            return lower_spikes(self.builder, call, self._plan.time_steps) if 0 in read else call.value
        if any(operand.value.ids for operand in call.operands):
            return lower_tokens(self.builder, call)
        source: Any = node.args[0] if node.args else None
        if source in self._plan.calls and node.target is operator.getitem:
            return self._result_of(source, node.args[1])
        if source in self.values and isinstance(self.env.get(source), tuple) and _is_first_part(node):
            return call.value
        if node in self._inner:
            return call.value
        if node in self._plan.picked:
            return dataclasses.replace(self._sequence(node, call), one_step=True, batch_first=False)
        return lower_view(self.builder, as_module(call), lambda inner: self._lower_plain(node, inner))

    def _lower_plain(self, node: fx.Node, call: Call) -> Value:
        """A call on tensors that are not rearranged."""
        if node in self._regions:
            return lower_region(self.builder, call, self._regions[node])
        each = [dataclasses.replace(call, operands=(operand,)) for operand in call.operands]
        for one in each:
            refuse_after_the_end(one)
        lowering = find_lowering(call)
        for one in each:
            refuse_after_a_readout(one, lowering)
        return lowering(self.builder, call)

    def _refuse_view(self, value: Value) -> None:
        """What is done here goes by the axes as they were."""
        if value.view is not None:
            raise value.view.refusal
        if value.pending is not None:
            raise value.pending.refusal
        if value.spread is not None:
            raise value.spread.refusal

    # ---- time loops ----------------------------------------------------------------------------------------

    def _result_of(self, source: Any, index: Any) -> Value:
        """Spikes or membranes, of those that a call of neurons returns."""
        if index == 0:
            return self.values[source]
        return lower_membrane(self.builder, self._calls[source], self._plan.time_steps)

    def _sequence(self, node: fx.Node, call: Call) -> Value:
        """What a step of it is taken of; the input is what it was before time became its last axis."""
        source = node.all_input_nodes[0]
        if has_time_last(source):
            return self.values[source.all_input_nodes[0]]
        self._refuse_view(call.value)
        return call.value

    def _gather(self, node: fx.Node) -> Any:
        """A sequence of what all steps gave, or the sum of it."""
        value = self.values[self._plan.gathered[node]]
        self._refuse_view(value)
        if node in self._plan.totals:
            value = dataclasses.replace(value, reduced="sum", time_steps=None)
        elif self._plan.time_steps == 1:
            value = dataclasses.replace(value, time_steps=1)
        result = super().run_node(node)
        is_second = node.target is torch.stack and stacked_axis(node, result) == 1
        self.values[node] = dataclasses.replace(value, one_step=False, batch_first=is_second)
        return result

    def _delayed(self, node: fx.Node, result: Any) -> Value:
        """What neurons sent some steps before, whose layer comes later."""
        call, steps = self._plan.delayed[node]
        tensor: Tensor = result[0] if isinstance(result, tuple) else result
        if (call, steps) not in self._delays:
            shape = tuple(tensor.shape[1:])
            self._delays[call, steps] = self.builder.add_operation(
                Delay, place_of(call), (), label="previous", shape=shape, steps=steps
            )
        return Value(self._delays[call, steps], time_steps=self._plan.time_steps, one_step=True)

    # ---- the ends ------------------------------------------------------------------------------------------

    def _is_out_of_time(self, call: Call, value: Value) -> bool:
        """Whether neurons or a reduction over time see another number of time steps than the network has."""
        is_new = all(operand.value.layer != value.layer for operand in call.operands)
        fires = is_new and self.builder.fires(value.layer)
        reduces = value.reduced is not None and call.value.reduced is None
        seen = value if value.one_step else call.value
        return (fires or reduces) and (seen.time_steps or 1) != self.description.time_steps

    def _enter(self, node: fx.Node) -> Any:
        description = self.description
        is_tokens = description.encoding == "tokens"
        time_axis = description.time_steps if description.has_time_axis else None
        tensor: Tensor = super().run_node(node)
        name = self.builder.add_end(
            Input,
            "pixels" if description.encoding == "frames" else "events",
            (),
            shape=(description.max_count + 1,) if is_tokens else tuple(tensor.shape[2 if time_axis else 1 :]),
            encoding=description.input_encoding,
            time_steps=description.time_steps,
            max_count=1 if is_tokens else description.max_count,
            scale=description.scale,
        )
        is_batch_first = description.batch_axis == 0
        self.values[node] = Value(name, time_axis, batch_first=is_batch_first, ids=is_tokens)
        return tensor

    def _leave(self) -> None:
        for (sent, _), delay in self._delays.items():
            self.builder.connect(delay, self.values[sent].layer)
        if self._output not in self.values:
            raise UnsupportedError(
                f"{MODEL}: forward must return one tensor computed from its input; return only the scores."
            )
        self._refuse_view(self.values[self._output])
        value = self._over_time(self.values[self._output])
        for call in self.out_of_time:
            steps, seen = self.description.time_steps, call.value.time_steps or 1
            raise call.refuse(
                f"{call.label} must see the T = {steps} time steps of the network, not {seen}; "
                f"repeat its input over time first, x.unsqueeze(0).repeat({steps}, 1, ...)."
            )
        self.builder.add_end(
            Output, "output", (self._flat(value),), reduce=value.reduced or "mean", beta=value.leak
        )

    def _over_time(self, value: Value) -> Value:
        """What the scores are of what is returned: of a sequence of spikes their number."""
        steps, asked = value.time_steps or 1, self.description.read_out
        if steps == 1:
            return value
        if value.one_step:
            return dataclasses.replace(value, reduced="last")
        if asked is not None:
            return dataclasses.replace(value, reduced=asked)
        if self.builder.fires(value.layer):
            self.builder.notes.append(
                f"{MODEL}: forward returns the spikes of all {steps} time steps; the scores are their numbers"
            )
            return dataclasses.replace(value, reduced="sum")
        raise UnsupportedError(
            f"{MODEL}: the output must have no time axis; end the model with TimeMean or TimeSum, or say "
            "what the scores are: --read-out sum, mean, last or max."
        )

    def _flat(self, value: Value) -> str:
        """The layer of the scores, with one axis: a map is sent channel by channel, as torch flattens it."""
        tensor: Tensor = self.env[self._output]
        leading = 2 if (self.values[self._output].leading_axes == 2) else 1
        shape = tuple(tensor.shape[leading:])
        if len(shape) < 2:
            return value.layer
        axes = ", ".join(map(str, shape))
        self.builder.notes.append(
            f"{MODEL}: the output of shape ({axes}) is sent as {math.prod(shape)} scores, "
            "in the order of torch.flatten(x, 1)"
        )
        return self.builder.add_operation(Flatten, MODEL, (value.layer,))

    # ---- calls ---------------------------------------------------------------------------------------------

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


def _is_first_part(node: fx.Node) -> bool:
    """Whether it takes the values of torch.max(x, 0), which returns them with their indices."""
    return node.args[1:] in ((0,), ("values",)) and node.target in (operator.getitem, getattr)


def _listed(node: fx.Node) -> Sequence[Any]:
    """What torch.stack and torch.cat get in their list: the very object in the node's arguments."""
    given = node.args[0] if node.args else node.kwargs.get("tensors")
    return given if node.target in LIST_FUNCTIONS and isinstance(given, tuple | list) else ()


def _label(node: fx.Node) -> str:
    """What messages call a function or method."""
    return str(node.args[1]) if node.target is getattr else getattr(node.target, "__name__", str(node.target))

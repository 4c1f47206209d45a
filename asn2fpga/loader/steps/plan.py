"""Which nodes of an unrolled time loop stand for all of them: those of its last step, after a proof that all
steps are the same.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import torch
from torch import fx, nn
from torch.nn.modules.batchnorm import _BatchNorm

from asn2fpga.errors import UnsupportedError
from asn2fpga.loader.builder import shown
from asn2fpga.loader.foreign.neuron import ForeignNeuron
from asn2fpga.loader.foreign.table import foreign_neuron
from asn2fpga.loader.steps.early import same_with_zeros
from asn2fpga.loader.steps.moments import Moments, stacked_axis
from asn2fpga.loader.steps.place import line_of, place_of
from asn2fpga.loader.symbolic_trace import SymbolicTrace

TRANSPOSED = "; a layer between transposes must leave (batch, time, ...) behind it"
MADE_OF_ZEROS = (torch.zeros_like, torch.zeros, "new_zeros")
"""Functions and methods whose result is 0, whatever they are given."""


@dataclass
class Plan:
    """nodes: those that become layers. time_steps: T.

    delayed: nodes of earlier steps that the last one reads, what neurons sent so many steps before: the call
    of those neurons in the last step, and the steps. gathered: sequences of what each step gave, and sums
    over the steps (these are `totals`), with the node of the last step. calls: of neurons, in the last step;
    results: what is read of each: its spikes (0), or its membranes. picked: nodes that take the last step of
    a sequence.
    """

    time_steps: int
    nodes: set[fx.Node] = field(default_factory=set)
    delayed: dict[fx.Node, tuple[fx.Node, int]] = field(default_factory=dict)
    gathered: dict[fx.Node, fx.Node] = field(default_factory=dict)
    results: dict[fx.Node, set[int]] = field(default_factory=dict)
    totals: set[fx.Node] = field(default_factory=set)
    picked: set[fx.Node] = field(default_factory=set)
    calls: set[fx.Node] = field(default_factory=set)


def plan_of(trace: SymbolicTrace, output: object, time_steps: int) -> Plan:
    """What becomes layers of a trace, so that `output` of it is computed. time_steps: T of the network."""
    if not trace.moments.calls:
        return Plan(time_steps, _all_needed(trace.graph, output))
    planner = Planner(trace.root, trace.moments, trace.results, time_steps)
    if isinstance(output, fx.Node):
        planner.check_calls()
        planner.need(output)
    return planner.plan


def _all_needed(graph: fx.Graph, output: object) -> set[fx.Node]:
    """What a node is computed from, and what nobody reads but may do something."""
    found: set[fx.Node] = set()
    pending = [node for node in graph.nodes if node is output or (not node.users and node.op != "output")]
    while pending:
        node = pending.pop()
        if node not in found:
            found.add(node)
            pending += node.all_input_nodes
    return found


class Planner:
    """Walks back from what forward returns. UnsupportedError names the user's line where steps differ."""

    def __init__(self, root: nn.Module, moments: Moments, results: Mapping[fx.Node, Any], steps: int) -> None:
        self._root = root
        self._moments = moments
        self._results = results
        self.plan = Plan(steps)
        self._last = steps - 1

    def check_calls(self) -> None:
        """Every module of neurons is called once in each time step."""
        for calls in self._moments.calls.values():
            if len(calls) != self.plan.time_steps:
                raise self._refuse(
                    calls[-1],
                    "one module of neurons must be called once in each of the "
                    f"{self.plan.time_steps} steps, not {len(calls)} times: it keeps the membranes of one "
                    f"layer; give each place its own{self._hint_of_time(len(calls))}",
                )

    def _hint_of_time(self, calls: int) -> str:
        """Where an input has no axis of time that is known, or neurons fire before they get their current."""
        if calls == self.plan.time_steps - 1 > 0:
            return (
                "; if forward computes spikes of a membrane before it adds the current of the time step, the "
                "first are always 0 and the last current has no effect: update the membrane first, then let "
                "it fire"
            )
        if self.plan.time_steps > 1:
            return ""
        return (
            "; if these are time steps, give events (batch, time, ...) or (time, batch, ...), and take "
            "x[:, t] or x[t] of them; of x[..., t], say --time-axis last"
        )

    def need(self, wanted: fx.Node) -> None:
        """Add everything that `wanted` is computed from."""
        pending = [wanted]
        while pending:
            node = pending.pop()
            if node not in self.plan.nodes and node not in self.plan.delayed:
                pending += self._add(node)

    def _add(self, node: fx.Node) -> Iterator[fx.Node]:
        """Add one node; what it is computed from."""
        moment = self._moments.moments.get(node)
        call = self._call_behind(node)
        if call is not None and self._moments.moments[call].step < self._last:
            self._delay(node, call)
            return
        self.plan.nodes.add(node)
        if node in self._moments.totals:
            self.plan.totals.add(node)
            yield self._of_total(node)
        elif node.target is torch.stack and self._is_sequence(node):
            yield self._of_stack(node)
        elif self._is_call(node):
            self.plan.calls.add(node)
            yield self._drive(node)
        else:
            if call is not None:
                self.plan.results.setdefault(call, set()).add(cast(int, node.args[1]))
            elif moment is not None and not self._reads_steps(node):
                self._pick(node, moment.step)
            yield from node.all_input_nodes

    def _reads_steps(self, node: fx.Node) -> bool:
        return any(read in self._moments.moments for read in node.all_input_nodes)

    def _pick(self, node: fx.Node, step: int) -> None:
        if step != self._last:
            raise self._refuse(node, f"step {step} of {self.plan.time_steps} must not be used alone")
        self.plan.picked.add(node)

    # ---- neurons -----------------------------------------------------------------------------------------

    def _is_call(self, node: fx.Node) -> bool:
        calls = self._moments.calls.get(str(node.target), ()) if node.op == "call_module" else ()
        return node in calls

    def _call_behind(self, node: fx.Node) -> fx.Node | None:
        """The call of neurons that the node is, or that it takes a result of."""
        if self._is_call(node):
            return node
        source: Any = node.args[0] if node.op == "call_function" and len(node.args) == 2 else None
        is_result = isinstance(source, fx.Node) and self._is_call(source) and isinstance(node.args[1], int)
        return source if is_result and self._gives_several(source) else None

    def _gives_several(self, call: object) -> bool:
        return isinstance(self._results.get(call), tuple) if isinstance(call, fx.Node) else False

    def _delay(self, node: fx.Node, call: fx.Node) -> None:
        if call is not node and node.args[1] != 0:
            raise self._refuse(node, "the membrane of an earlier step must not be used; use the spikes")
        steps = self._last - self._moments.moments[call].step
        last = self._moments.calls[str(call.target)][-1]
        self.plan.delayed[node] = (last, steps)
        self.plan.results.setdefault(last, set()).add(0)
        if last not in self.plan.nodes:
            self.need(last)

    def _drive(self, node: fx.Node) -> fx.Node:
        """What the neurons read in the last step, after a look at all steps."""
        calls = self._moments.calls[str(node.target)]
        known = foreign_neuron(self._root.get_submodule(str(node.target)))
        assert known is not None
        for step, call in enumerate(calls):
            self._check_states(known, calls, step)
            self._check_same(call, calls[-1], step)
        return _input_of(node)

    def _check_same(self, call: fx.Node, last: fx.Node, step: int) -> None:
        drive, wanted = _input_of(call), _input_of(last)
        if self._relative(drive, step) == self._relative(wanted, self._last):
            return
        if not same_with_zeros(self._root, self._moments, self._results, (drive, step), (wanted, self._last)):
            raise self._refuse(
                last, f"all time steps must compute the same, but {self._difference(call, step)}"
            )

    def _difference(self, call: fx.Node, step: int) -> str:
        """What step `step` gives to neurons that the last one does not."""
        nodes = _input_of(call), _input_of(self._moments.calls[str(call.target)][-1])
        early, late = map(_described, nodes)
        if early != late:
            found = f"step {step} gives it the result of {early}, and step {self._last} that of {late}"
            norms = all(isinstance(self._module(node), _BatchNorm) for node in nodes)
            return f"{found}; use one BatchNorm for all steps, not BatchNormTT" if norms else found
        is_picked = all(node.target is operator.getitem for node in nodes)
        return (
            f"steps {step} and {self._last} compute {early} from different values; of events take x[t] or "
            f"x[:, t], not x[..., t]{TRANSPOSED if is_picked else ''}"
        )

    def _module(self, node: fx.Node) -> nn.Module | None:
        return self._root.get_submodule(str(node.target)) if node.op == "call_module" else None

    def _relative(self, node: fx.Node, step: int) -> tuple[object, int]:
        """What it is, and how many steps it is away."""
        moment = self._moments.moments.get(node)
        if moment is None:
            return self._moments.whole[node], 0
        return ("at", moment.key), moment.step - step

    def _check_states(self, known: ForeignNeuron, calls: list[fx.Node], step: int) -> None:
        """Given states are those that the call before returned, and 0 in the first one."""
        call = calls[step]
        for position, (name, result) in enumerate(known.states, start=1):
            given = call.args[position] if len(call.args) > position else call.kwargs.get(name)
            if given is None:
                continue
            if step == 0 and self._is_nothing(given):
                continue
            is_own = (
                step > 0
                and isinstance(given, fx.Node)
                and given.args == (calls[step - 1], result)
                and given.op == "call_function"
            )
            if not is_own:
                what = (
                    "must start at 0" if step == 0 else "must get back the state it returned the step before"
                )
                raise self._refuse(call, f"{name} {what}; other states are not built")

    def _is_nothing(self, given: object) -> bool:
        """Whether a first state is 0, or empty."""
        if isinstance(given, fx.Node) and (given.op == "get_attr" or given.target in MADE_OF_ZEROS):
            given = self._results.get(given)
        return isinstance(given, torch.Tensor) and not bool(given.any())

    # ---- what comes after the steps ------------------------------------------------------------------------

    def _is_sequence(self, node: fx.Node) -> bool:
        """Whether a stack brings values of time steps together."""
        return self._reads_steps(node)

    def _of_stack(self, node: fx.Node) -> fx.Node:
        listed: list[Any] = list(cast(Any, node.args[0] if node.args else node.kwargs["tensors"]))
        axis = stacked_axis(node, self._results[node])
        if axis > 1 and not all(user in self._moments.moments for user in node.users):
            raise self._refuse(
                node, f"stack must put time in front (dim=0) or after the batch (dim=1), not at dim={axis}"
            )
        found = [self._moments.moments.get(item) for item in listed]
        keys = {moment.key if moment else None for moment in found}
        steps = [moment.step if moment else None for moment in found]
        if len(keys) != 1 or None in keys or steps != list(range(self.plan.time_steps)):
            raise self._refuse(
                node,
                f"stack must take the same value of all {self.plan.time_steps} time steps, in their order",
            )
        last: fx.Node = listed[-1]
        self.plan.gathered[node] = last
        return last

    def _of_total(self, node: fx.Node) -> fx.Node:
        total = self._moments.totals[node]
        if total.last != self._last:
            raise self._refuse(
                node, f"a sum over time must be of all {self.plan.time_steps} steps, not of {total.last + 1}"
            )
        moments = self._moments.moments
        (last,) = {
            read
            for read in node.all_input_nodes
            if read not in self._moments.totals and read in moments and moments[read].step == self._last
        }
        self.plan.gathered[node] = last
        return last

    def _refuse(self, node: fx.Node, reason: str) -> UnsupportedError:
        return UnsupportedError(f"{shown(place_of(node))}: {reason}{line_of(node)}.")


def _input_of(call: fx.Node) -> fx.Node:
    drive = call.args[0] if call.args else next(iter(call.kwargs.values()))
    if not isinstance(drive, fx.Node):
        raise UnsupportedError(f"{shown(place_of(call))}: it must read what is computed from the input.")
    return drive


def _described(node: fx.Node) -> str:
    name = str(node.target) if isinstance(node.target, str) else getattr(node.target, "__name__", "?")
    return f"{name.removeprefix('model.')}{line_of(node)}"

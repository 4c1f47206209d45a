"""An exported program as a module again: layers with their weights, neurons, and operations between them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from asn2fpga.errors import InputError, UnsupportedError
from asn2fpga.loader.exported.archive import damaged
from asn2fpga.loader.exported.layers import ADDMM, layer_of
from asn2fpga.loader.exported.neurons import LAYERED, Group, find_groups, neurons_of
from asn2fpga.loader.exported.operations import FILLED, OPERATIONS, name_of
from asn2fpga.loader.exported.program import Program, Ref, Shared, Step, mapped
from asn2fpga.loader.exported.run import compute, run_step
from asn2fpga.loader.exported.sizes import samples_of

INSTEAD = "build the code that it was exported from instead: my_model.py:Net --weights FILE"


@dataclass(frozen=True, eq=False)
class Action(Shared):
    """What forward does at a step: call the module at `path`, or run `step`."""

    step: Step
    path: str | None = None


class ExportedNetwork(nn.Module):
    """forward takes one tensor, and returns what the program does: a tensor, or a tuple."""

    def __init__(self, program: Program) -> None:
        super().__init__()
        self._program = program
        self.actions: list[Action] = []
        self._constants: dict[str, str] = {}

    def keep(self, name: str, value: Tensor) -> None:
        """A constant that steps read."""
        self._constants[name] = free_name(self, "constant")
        self.register_buffer(self._constants[name], value)

    def forward(self, x: Tensor) -> Any:
        values: dict[str, Any] = {name: getattr(self, own) for name, own in self._constants.items()}
        values[self._program.source] = x
        shapes = self._program.shapes
        samples = samples_of(shapes[self._program.source], x.shape)
        for action in self.actions:
            step = action.step
            if action.path is None:
                run_step(step, values, shapes, samples)
            else:
                values[step.results[0]] = self.get_submodule(action.path)(values[step.refs[0]])
        found = tuple(values.get(name) for name in self._program.outputs)
        return found if len(found) > 1 else found[0]


def build_network(path: Path, program: Program) -> nn.Module:
    """The module of a program. UnsupportedError naming a step that has no place in hardware."""
    return _Builder(path, program).build()


class _Builder:
    def __init__(self, path: Path, program: Program) -> None:
        self._path, self._program = path, program
        self._known: dict[str, Tensor] = dict(program.tensors)
        self._network = ExportedNetwork(program)
        self._layers: dict[Any, str] = {}

    def build(self) -> nn.Module:
        steps = [step for step in self._program.steps if not self._fold(step)]
        groups = find_groups(self._program, steps, self._known)
        by_path: dict[str, list[Group]] = defaultdict(list)
        for group in groups:
            by_path[group.path].append(group)
        boxes = {path: self._neurons(calls) for path, calls in by_path.items()}
        ends = {id(group.steps[-1]): (group, boxes[group.path]) for group in groups}
        inside = {id(step) for group in groups for step in group.steps}
        given = {self._program.source, *self._known}
        for step in steps:
            if id(step) in ends:
                group, place = ends[id(step)]
                call = Step("neurons", (Ref(group.drive),), {}, (group.spikes,), step.owners, step.line)
                self._network.actions.append(Action(call, place))
                given.add(group.spikes)
            elif id(step) not in inside and given.issuperset(step.refs):  # others read membranes
                self._network.actions.append(self._action(step))
                given.update(step.results)
        if given.isdisjoint(self._program.outputs):
            raise damaged(self._path, self._program.outputs[0])
        self._keep_constants()
        return self._network.eval()

    def _neurons(self, calls: list[Group]) -> str:
        found = neurons_of(calls, self._known, self._program)
        if found is None:
            raise self._refuse(
                calls[0].steps[0], f"'{calls[0].path[:60]}' does not compute the same in each call"
            )
        return self._place(calls[0].path, found)

    def _fold(self, step: Step) -> bool:
        """Whether the step does not depend on the input; its result is then a constant."""
        name = name_of(step.target)
        if name == "aten.copy_.default":
            raise self._refuse(step, "a buffer is changed, which would keep a state from call to call")
        if name not in OPERATIONS and name not in LAYERED:
            raise self._refuse(step, f"{step.target[:80]} is not supported in an exported program")
        if name not in FILLED and any(ref not in self._known for ref in step.refs):
            return False  # of the input, or of nothing: then the network says so
        if name in FILLED:
            step = Step(step.target, tuple(_without_refs(step.args)), step.keywords, step.results)
        try:
            args, keywords = mapped((step.args, dict(step.keywords)), lambda ref: self._known[ref.name])
            with torch.no_grad():
                result = self._compute(name, args, keywords)
        except Exception as error:  # code of the model: anything can happen
            raise self._refuse(
                step, f"{step.target[:80]} cannot be computed of constants ({error})"
            ) from error
        several = result if isinstance(result, tuple) else (result,)
        self._known.update(zip(step.results, several, strict=False))
        return True

    def _compute(self, name: str, args: Any, keywords: Any) -> Any:
        if name in LAYERED:
            first, others = _input_first(name, args)
            return layer_of(name, others, first.dim())(first)
        return compute(name, args, keywords)

    def _action(self, step: Step) -> Action:
        name = name_of(step.target)
        if name not in LAYERED:
            return Action(step)
        first, others = _input_first(name, step.args)
        weights = [ref for item in others for ref in ([item] if isinstance(item, Ref) else [])]
        if step.keywords or not isinstance(first, Ref) or any(ref.name not in self._known for ref in weights):
            raise self._refuse(step, f"{name} must read constant weights")
        call = Step(step.target, (first,), {}, step.results, step.owners, step.line)
        key = (name, others)
        if key not in self._layers:
            axes = len(self._program.shapes.get(first.name, ()))
            values = mapped(others, lambda ref: self._known[ref.name])
            try:
                layer = layer_of(name, values, axes)
            except UnsupportedError as error:
                raise self._refuse(step, str(error)) from None
            except Exception as error:  # hostile or damaged arguments: torch raises almost anything
                raise InputError(f"{self._path}: {name}{step.line} has arguments that do not fit.") from error
            self._layers[key] = self._place(
                step.owners[-1].path if step.owners else name.split(".")[1], layer
            )
        return Action(call, self._layers[key])

    def _place(self, path: str, module: nn.Module) -> str:
        """Add a module where it stood, or beside that; what it is then called."""
        parts = [part for part in path.split(".") if part][:16] or ["layer"]
        parent: nn.Module = self._network
        for part in parts[:-1]:
            inner = parent._modules.get(part)
            if type(inner) is not nn.Module:
                inner = nn.Module()
                part = free_name(parent, part)
                parent.add_module(part, inner)
            parent = inner
        name = free_name(parent, parts[-1])
        parent.add_module(name, module)
        return next(str(found) for found, part in self._network.named_modules() if part is module)

    def _keep_constants(self) -> None:
        needed = {name for action in self._network.actions for name in action.step.refs}
        for name in (*needed, *self._program.outputs):
            if name in self._known and name not in self._network._constants:
                self._network.keep(name, self._known[name])

    def _refuse(self, step: Step, reason: str) -> UnsupportedError:
        place = f"{step.owners[-1].path[:60]}: " if step.owners else ""
        return UnsupportedError(f"{self._path}: {place}{reason}{step.line}; {INSTEAD}.")


def _input_first(name: str, arguments: tuple[Any, ...]) -> tuple[Any, tuple[Any, ...]]:
    """The input of a layer, and its other arguments."""
    if name == ADDMM:
        bias, given, weight = arguments[:3]
        return given, (bias, weight)
    return arguments[0], tuple(arguments[1:])


def _without_refs(arguments: tuple[Any, ...]) -> Mapping[Any, Any] | tuple[Any, ...]:
    return tuple(None if isinstance(item, Ref | tuple) else item for item in arguments)


def free_name(parent: nn.Module, name: str) -> str:
    """A name that no part of the parent has, and no attribute."""
    wanted, number = name, 1
    while hasattr(parent, wanted):
        number += 1
        wanted = f"{name}_{number}"
    return wanted

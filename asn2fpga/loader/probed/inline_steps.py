"""Neurons that are operations of forward, run on currents: step by step, or as a module of all time steps."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, cast

import torch
from torch import Tensor, fx, nn

from asn2fpga.loader.probed.inline import CONVERSIONS, Layer, Operation
from asn2fpga.loader.symbolic_trace import SymbolicTrace


class Operations:
    """Computes nodes of a layer from the currents of its time steps. constants: tensors that it reads.

    parts: of several currents that enter in one step each, where they are not added up before.
    """

    def __init__(
        self, layer: Layer, constants: Mapping[fx.Node, Any], parts: Mapping[fx.Node, Tensor] | None = None
    ) -> None:
        self._layer, self._constants, self._parts = layer, constants, parts or {}
        self._entered = {drives[0]: step for step, drives in enumerate(layer.drives) if drives}
        self._currents: list[Tensor] = []
        self._known: dict[fx.Node, Any] = {}

    def sent(self, current: Tensor) -> Tensor:
        """What the neurons send in the next time step; zeros where nobody asks."""
        self._currents.append(current)
        asked = self._layer.spikes[len(self._currents) - 1]
        found: Tensor = self._value(asked[0]) if asked else torch.zeros_like(current)
        return found

    def _value(self, wanted: fx.Node) -> Any:
        pending = [wanted]
        while pending:
            node = pending[-1]
            missing = [read for read in self._layer.operations[node].reads if self._is_inner(read)]
            if missing:
                pending += missing
                continue
            if node not in self._known:
                self._known[node] = self._computed(self._layer.operations[node])
            pending.pop()
        return self._known[wanted]

    def _is_inner(self, read: fx.Node) -> bool:
        return read in self._layer.operations and read not in self._known

    def _computed(self, node: Operation) -> Any:
        given: Any = fx.node.map_arg((node.args, node.kwargs), lambda read: self._read(read, node.step))
        args, keywords = given
        if node.target in CONVERSIONS:
            return args[0].to(self._currents[0].dtype)
        if node.op == "call_method":
            return getattr(args[0], str(node.target))(*args[1:], **keywords)
        return cast(Any, node.target)(*args, **keywords)

    def _read(self, read: fx.Node, step: int) -> Any:
        if read in self._known:
            return self._known[read]
        if read.op == "get_attr":
            constant = self._constants.get(read)
            if isinstance(constant, Tensor) and constant.is_floating_point():
                return constant.to(self._currents[0].dtype)
            return constant
        if read in self._parts:
            return self._parts[read]
        entered = step if self._layer.is_static else self._entered.get(read)
        return torch.zeros_like(self._currents[0]) if entered is None else self._currents[entered]


class AllSteps(nn.Module):
    """(time, batch, ..) currents to spikes. text: what tells it from other layers."""

    def __init__(self, layer: Layer, trace: SymbolicTrace) -> None:
        super().__init__()
        self._layer = layer
        self._constants = constants_of(layer, trace)
        names = {node: f"%{index}" for index, node in enumerate(layer.operations)}
        inner = [
            f"{one.target} {fx.node.map_arg((one.args, one.kwargs), lambda read: names.get(read, '%x'))}"
            for one in layer.operations.values()
        ]
        numbers = [_numbers(value) for value in self._constants.values() if isinstance(value, Tensor)]
        self.text = f"{inner} {numbers}"

    def __deepcopy__(self, memo: dict[int, Any]) -> AllSteps:
        return self

    def double(self) -> AllSteps:
        """It computes in the type of what it gets."""
        return self

    def forward(self, x: Tensor) -> Tensor:
        operations = Operations(self._layer, self._constants)
        return torch.stack([operations.sent(current) for current in x])

    def of_parts(self, parts: Mapping[fx.Node, Tensor]) -> Tensor:
        """The same of currents that enter one by one."""
        operations = Operations(self._layer, self._constants, parts)
        return torch.stack([operations.sent(parts[drives[0]]) for drives in self._layer.drives])


def _numbers(values: Tensor) -> Any:
    """One number of equal ones, whatever the size of the layer."""
    if values.numel() and bool((values == values.reshape(-1)[0]).all()):
        return values.reshape(-1)[0].item()
    return hashlib.sha256(values.detach().double().contiguous().numpy().tobytes()).hexdigest()


def constants_of(layer: Layer, trace: SymbolicTrace) -> dict[fx.Node, Any]:
    """What its operations read that nothing of the input changes."""
    reads = (read for one in layer.operations.values() for read in one.reads)
    return {read: trace.results.get(read) for read in reads if read.op == "get_attr"}

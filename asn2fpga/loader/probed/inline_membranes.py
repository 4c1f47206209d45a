"""Leaky membranes that a loop of forward computes by operations and returns: out = 0.9 * out + fc(s).

They never fire. What such operations make of the currents is seen from single ones: a membrane keeps a share
of each for every time step that has passed.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, fx

from asn2fpga.loader.probed.inline import FIRING, Layer, Operation, connected, variable
from asn2fpga.loader.probed.inline_steps import Operations, constants_of
from asn2fpga.loader.symbolic_trace import SymbolicTrace

CLOSE = 1e-12


def find_membranes(trace: SymbolicTrace) -> Iterator[tuple[Layer, float, bool]]:
    """Such layers, whose `spikes` are their membranes where they are read; what they keep of a current in a
    time step; whether the rest to 1 is what they take of it.
    """
    for nodes in connected(trace):
        layer = _layer(nodes)
        found = None if layer is None else _leak(layer, trace)
        if layer is not None and found is not None:
            yield layer, *found


def _layer(nodes: list[fx.Node]) -> Layer | None:
    """Operations that several currents of one kind enter one after the other."""
    inside = set(nodes)
    drives = list(dict.fromkeys(read for node in nodes for read in variable(node) if read not in inside))
    kinds = {(drive.op, str(drive.target), str(drive.meta.get("line"))) for drive in drives}
    if len(drives) < 2 or len(kinds) != 1 or any(node.target in FIRING for node in nodes):
        return None
    steps = _steps(nodes, {drive: step for step, drive in enumerate(drives)})
    read = [node for node in nodes if not set(node.users) <= inside]
    membranes: list[list[fx.Node]] = [[] for _ in drives]
    for node in read:
        if steps[node] is None:
            return None
        membranes[steps[node] or 0].append(node)
    operations = {node: Operation.of(node, step or 0) for node, step in steps.items()}
    return Layer(membranes, [[drive] for drive in drives], operations) if read else None


def _steps(nodes: list[fx.Node], entered: dict[fx.Node, int]) -> dict[fx.Node, int | None]:
    """Of each node the last current that it depends on."""
    found: dict[fx.Node, int | None] = {}
    for node in nodes:
        reads = [entered.get(read, found.get(read)) for read in node.all_input_nodes]
        found[node] = max((step for step in reads if step is not None), default=None)
    return found


def _leak(layer: Layer, trace: SymbolicTrace) -> tuple[float, bool] | None:
    """What is kept of a current; None unless all membranes are leaky sums of what entered."""
    count = len(layer.drives)
    shape = trace.results[layer.drives[0][0]].shape
    random = torch.Generator().manual_seed(0)
    currents = [torch.randn(shape, generator=random, dtype=torch.float64) for _ in range(count)]
    found = _membranes(layer, trace, currents)
    last = max(step for step, value in enumerate(found) if value is not None)
    one, nothing = torch.ones_like(currents[0]), torch.zeros_like(currents[0])
    first, own = (
        _membranes(layer, trace, [one if step == at else nothing for step in range(count)])[last]
        for at in (0, last)
    )
    return _checked(found, currents, _number(first), _number(own), last) if last else None


def _number(values: Tensor | None) -> float | None:
    """The number that all of them are."""
    if values is None or not bool((values == values.reshape(-1)[0]).all()):
        return None
    return float(values.reshape(-1)[0])


def _checked(
    found: list[Tensor | None], currents: list[Tensor], kept: float | None, gain: float | None, last: int
) -> tuple[float, bool] | None:
    if kept is None or gain is None or gain <= 0 or not 0 < kept / gain < 1:
        return None
    exact = (kept / gain) ** (1.0 / last)
    for beta in (round(exact, 9), exact):
        is_rest = abs(gain - (1.0 - beta)) < CLOSE
        if (is_rest or abs(gain - 1.0) < CLOSE) and _agree(found, currents, beta, gain):
            return beta, is_rest
    return None


def _agree(found: list[Tensor | None], currents: list[Tensor], beta: float, gain: float) -> bool:
    membrane = torch.zeros_like(currents[0])
    for value, current in zip(found, currents, strict=True):
        membrane = beta * membrane + gain * current
        if value is not None and not torch.allclose(value, membrane, rtol=CLOSE, atol=len(currents) * CLOSE):
            return False
    return True


def _membranes(layer: Layer, trace: SymbolicTrace, currents: list[Tensor]) -> list[Tensor | None]:
    """Of each time step, where they are read."""
    operations = Operations(layer, constants_of(layer, trace))
    sent = [operations.sent(current) for current in currents]
    return [value if asked else None for value, asked in zip(sent, layer.spikes, strict=True)]

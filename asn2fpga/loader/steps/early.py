"""The first steps of a loop that reads what it computed before: there is nothing yet, which must be as
zeros."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, fx, nn

from asn2fpga.loader.steps.moments import Moments


def same_with_zeros(
    root: nn.Module,
    moments: Moments,
    results: Mapping[fx.Node, Any],
    early: tuple[fx.Node, int],
    late: tuple[fx.Node, int],
) -> bool:
    """Whether the early node gives what the late one would at that step, if all neurons had sent zeros before
    the first step. Both come with their step. That is computed on the example.
    """
    node, step = early
    found = _Replay(root, moments, results, late[1] - step).value(late[0])
    given = results.get(node)
    if not isinstance(found, Tensor) or not isinstance(given, Tensor) or found.shape != given.shape:
        return False
    return bool(torch.allclose(found, given, rtol=1e-6, atol=1e-9))


class _Replay:
    """Computes nodes `shift` steps earlier, from what neurons sent and what entered then."""

    def __init__(self, root: nn.Module, moments: Moments, results: Mapping[fx.Node, Any], shift: int) -> None:
        self._root = root
        self._moments = moments
        self._results = results
        self._shift = shift
        self._by_moment = {moment: node for node, moment in moments.moments.items()}
        self._known: dict[fx.Node, Any] = {}

    def value(self, node: fx.Node) -> Any:
        if node not in self._known:
            self._known[node] = self._compute(node)
        return self._known[node]

    def _compute(self, node: fx.Node) -> Any:
        moment = self._moments.moments.get(node)
        if moment is None:
            return self._results[node]
        if not self._is_computed(node):
            then = moment.step - self._shift
            if then < 0:
                return _zeros(self._results[node])
            earlier = self._by_moment.get(type(moment)(moment.key, then))
            return None if earlier is None else self._results[earlier]
        args, kwargs = fx.node.map_arg((node.args, node.kwargs), self.value)
        if node.op == "call_module":
            return self._root.get_submodule(str(node.target))(*args, **kwargs)
        if node.op == "call_method":
            return getattr(args[0], str(node.target))(*args[1:], **kwargs)
        return node.target(*args, **kwargs)  # type: ignore[operator]

    def _is_computed(self, node: fx.Node) -> bool:
        """Whether it is neither of neurons nor a step of the input."""
        calls = self._moments.calls.get(str(node.target), ()) if node.op == "call_module" else ()
        return node not in calls and any(read in self._moments.moments for read in node.all_input_nodes)


def _zeros(result: Any) -> Any:
    return tuple(map(_zeros, result)) if isinstance(result, tuple) else torch.zeros_like(result)

"""A torch module to the real-valued graph: torch.fx trace, then every step through a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, fx, nn

from asn2fpga.errors import Asn2FpgaError, InputError, UnsupportedError
from asn2fpga.graph.graph import Graph
from asn2fpga.loader.branches import join_sums
from asn2fpga.loader.builder import MODEL, GraphBuilder
from asn2fpga.loader.combined.combination import Combination
from asn2fpga.loader.combined.find import combined
from asn2fpga.loader.description import InputDescription
from asn2fpga.loader.egru import check_readers
from asn2fpga.loader.foreign.table import reset_states
from asn2fpga.loader.gates import hint_of_gates
from asn2fpga.loader.lowerer import Lowerer
from asn2fpga.loader.names import to_identifier
from asn2fpga.loader.symbolic_trace import SymbolicTrace, symbolic_trace
from asn2fpga.loader.time_axis import as_described
from asn2fpga.loader.wrappers import eval_copy
from asn2fpga.warning import BuildWarning


@dataclass(frozen=True, eq=False)
class Traced:
    """A module as a graph. warnings: what looks wrong in it; notes: what was left out without harm.

    output: which of the results of forward gives the scores.
    """

    graph: Graph
    warnings: tuple[BuildWarning, ...]
    notes: tuple[str, ...]
    output: int = 0


def trace(module: nn.Module, description: InputDescription, name: str) -> Traced:
    """The graph of `module` in eval mode; the module is not changed. Raises UnsupportedError, InputError."""
    module = as_described(eval_copy(module), description)
    x = description.random_input()
    found = symbolic_trace(module, x.clone(), batch_axis=description.batch_axis, calls=description.calls)
    builder, output = _lower(found, x, description)
    join_sums(builder)
    check_readers(builder)
    graph_name = to_identifier(name, fallback="network")
    return Traced(builder.graph(graph_name), tuple(builder.warnings), tuple(builder.notes), output)


def _lower(found: SymbolicTrace, x: Tensor, description: InputDescription) -> tuple[GraphBuilder, int]:
    """The layers of the result that was asked for, else of the first one that can be built; which it is."""
    results = _results(found.graph)
    asked = description.output
    if asked is not None and asked >= len(results):
        raise InputError(
            f"--output {asked}: forward must return more results than that, not {len(results)}; the first "
            "is 0."
        )
    failure: Asn2FpgaError | None = None
    for index in range(len(results)) if asked is None else [asked]:
        try:
            builder = _lower_in_parts(found, x, index, description)
        except UnsupportedError as error:
            failure = failure or error
            continue
        if len(results) > 1:
            builder.notes.append(
                f"{MODEL}: of the {len(results)} results of forward, number {index} gives the scores"
            )
        return builder, index
    assert failure is not None
    hint = hint_of_gates(found)
    if hint:
        raise UnsupportedError(f"{str(failure).removesuffix('.')}{hint}.") from failure
    raise failure


def _results(graph: fx.Graph) -> list[object]:
    """What forward returns, one by one."""
    last = next(reversed(graph.nodes))
    returned = last.args[0] if last.op == "output" else last
    if isinstance(returned, Mapping) and returned:
        return list(returned.values())
    return list(returned) if isinstance(returned, tuple | list) and returned else [returned]


def _lower_in_parts(
    found: SymbolicTrace, x: Tensor, index: int, description: InputDescription
) -> GraphBuilder:
    """As it is, else with its sums of parts as one step each."""
    try:
        return _lower_one(Lowerer(found, _results(found.graph)[index], description), found, x)
    except UnsupportedError as error:
        other = combined(found)
        if other is None:
            raise
        lowerer = Lowerer(other, _results(other.graph)[index], description)
        try:
            return _lower_one(lowerer, other, x)
        except UnsupportedError:
            if isinstance(lowerer.called, Combination):
                raise error from None
            raise


def _lower_one(lowerer: Lowerer, found: SymbolicTrace, x: Tensor) -> GraphBuilder:
    with torch.no_grad():
        reset_states(found.root)
        traced = lowerer.run(x.clone())
        if not found.is_whole or not _equal(traced, _run(found.root, x.clone()), found.is_unrolled):
            raise UnsupportedError(
                f"{MODEL}: forward must compute the same whenever it runs; "
                "do not change tensors in place, and do not use random numbers."
            )
    return lowerer.builder


def _equal(one: Any, other: Any, is_unrolled: bool) -> bool:
    """Whether two results of forward, tensors or tuples of some, are the same.

    is_unrolled: `one` was computed step by step, in another order, and has time in front.
    """
    if isinstance(one, Tensor) and isinstance(other, Tensor):
        if is_unrolled and one.shape != other.shape and other.dim() > 0:
            other = other.movedim(-1, 0)
        same = torch.equal(one, other)
        return same or (is_unrolled and one.shape == other.shape and torch.allclose(one, other, rtol=1e-4))
    if isinstance(one, tuple | list) and isinstance(other, tuple | list):
        pairs = zip(one, other, strict=False)
        return len(one) == len(other) and all(_equal(a, b, is_unrolled) for a, b in pairs)
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return list(one) == list(other) and all(_equal(one[key], other[key], is_unrolled) for key in one)
    return type(one) is type(other)


def _run(root: nn.Module, x: Tensor) -> Any:
    reset_states(root)
    try:
        return root(x)
    except Exception as error:  # code of the model: anything can happen
        kind, text = type(error).__name__, (str(error).splitlines() or [""])[0]
        raise InputError(
            f"{MODEL}: forward fails on an input of shape {tuple(x.shape)}: {kind}: {text}"
        ) from error

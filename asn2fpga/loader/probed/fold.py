"""Operations that are neurons are replaced, in a trace, by calls of a module that says what they compute."""

from __future__ import annotations

import operator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor, fx

from asn2fpga.errors import UnsupportedError
from asn2fpga.kinds.neurons.semantics import NeuronSemantics
from asn2fpga.loader.builder import MODEL
from asn2fpga.loader.probed.inline import Layer, find_layers
from asn2fpga.loader.probed.inline_membranes import find_membranes
from asn2fpga.loader.probed.inline_steps import AllSteps, Operations, constants_of
from asn2fpga.loader.probed.proof import Known, proven
from asn2fpga.loader.probed.refusal import INSTEAD, UnknownNeuronError
from asn2fpga.loader.probed.stand_in import StandInMembranes, StandInSteps
from asn2fpga.loader.probed.verify import taken_for
from asn2fpga.loader.steps.place import line_of, path_of
from asn2fpga.loader.symbolic_trace import SymbolicTrace

LATE = (
    "; its states are not 0 when the first input enters, as where a spike is computed before the current of "
    "the time step is added: update the current first, then the membrane, then let it fire"
)
TRIES = 4
"""Random currents on which several that enter together must act as their sum does."""


@dataclass
class Folded:
    """notes: what each layer of neurons was taken for; unknown: why others were not."""

    notes: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def fold(trace: SymbolicTrace, known: Known) -> Folded:
    """Replace all layers of neurons that can be, and membranes that never fire."""
    with torch.no_grad():
        return _fold(trace, known)


def _fold(trace: SymbolicTrace, known: Known) -> Folded:
    found = Folded()
    for layer in list(find_layers(trace)):
        try:
            found.notes.append(_folded(trace, layer, known))
        except UnsupportedError as error:
            found.unknown.append(str(error))
    _forget_unused(trace.graph)
    for layer, beta, is_rest in list(find_membranes(trace)):
        found.notes.append(_folded_membranes(trace, layer, beta, is_rest))
    _forget_unused(trace.graph)
    return found


def _folded_membranes(trace: SymbolicTrace, layer: Layer, beta: float, is_rest: bool) -> str:
    """Membranes that never fire; what is said of them."""
    semantics = NeuronSemantics(
        model="lif",
        levels=1,
        alpha=0.0,
        beta=beta,
        threshold=1.0,
        reset="none",
        fires=">",
        decay_input=is_rest,
    )
    name = _free_name(trace, layer, "membranes")
    end = next(node for nodes in reversed(layer.spikes) for node in nodes)
    constants = constants_of(layer, trace)
    module = StandInMembranes(lambda: Operations(layer, constants).sent, semantics)
    _replace(trace, layer, name, module)
    return (
        f"{name}: what forward computes{line_of(end)} is taken for membranes that never fire, leak {beta:g}"
    )


def _folded(trace: SymbolicTrace, layer: Layer, known: Known) -> str:
    """One layer; what it was taken for. Raises UnsupportedError."""
    end, name = layer.spikes[-1][0], _free_name(trace, layer, "spikes")
    where = f"{name}: what forward computes{line_of(end)} is"
    shape = (len(layer.spikes), *trace.results[end].shape)
    module = AllSteps(layer, trace)
    with torch.random.fork_rng(devices=[]):
        try:
            if not _adds_currents(layer, trace, shape):
                raise UnknownNeuronError("currents that enter it do not act as their sum does")
            layout, semantics, count = proven(known, module, shape)
            if layout.kind != "time axis" or layout.axis != 0:
                raise UnknownNeuronError("they keep nothing from step to step")
        except UnknownNeuronError as error:
            hint = LATE if _reads_before_it_is_driven(layer, trace) else ""
            raise UnsupportedError(f"{where} no neuron that is known: {error}{hint}; {INSTEAD}.") from None
    constants = constants_of(layer, trace)
    _replace(trace, layer, name, StandInSteps(lambda: Operations(layer, constants).sent, semantics))
    return f"{where} taken for {taken_for(semantics)}: the same spikes in {count:,} neuron-steps"


def _reads_before_it_is_driven(layer: Layer, trace: SymbolicTrace) -> bool:
    """Whether currents that nothing of the input changes, biases of a layer before, have entered before."""
    constants = [value for value in constants_of(layer, trace).values() if isinstance(value, Tensor)]
    return any(value.dim() > 1 and bool((value != value.reshape(-1)[0]).any()) for value in constants)


def _adds_currents(layer: Layer, trace: SymbolicTrace, shape: tuple[int, ...]) -> bool:
    """Whether the sum of what enters in a step does the same as its parts."""
    if all(len(drives) < 2 for drives in layer.drives):
        return True
    random = np.random.default_rng(0)
    for size in np.geomspace(0.3, 30.0, TRIES):
        parts = {
            drive: torch.from_numpy(random.normal(0.2, 1.0, shape[1:]) * size)
            for drives in layer.drives
            for drive in drives
        }
        module = AllSteps(layer, trace)
        totals = torch.stack(
            [torch.stack([parts[drive] for drive in drives]).sum(0) for drives in layer.drives]
        )
        if not torch.equal(module.of_parts(parts), module(totals)):
            return False
    return True


def _replace(trace: SymbolicTrace, layer: Layer, name: str, module: StandInSteps) -> None:
    """Calls of the module, one in each time step, in place of what it sends, or of its membranes."""
    trace.root.get_submodule(MODEL).add_module(name, module)
    before = layer.last
    for step, found in enumerate(layer.spikes):
        with trace.graph.inserting_before(found[0] if found else before):
            drives = layer.drives[0 if layer.is_static else step]
            current = _current(trace, drives)
            call = _noted(trace, trace.graph.call_module(f"{MODEL}.{name}", (current,)), drives[0])
            result: Any = trace.results[current]
            trace.results[call] = result
            if isinstance(module, StandInMembranes):
                trace.results[call] = (result, result)
                call = _noted(trace, trace.graph.call_function(operator.getitem, (call, 1)), drives[0])
        for node in found:
            trace.results[call] = trace.results[node]
            call.meta.update(node.meta)
            node.replace_all_uses_with(call)


def _noted(trace: SymbolicTrace, node: fx.Node, like: fx.Node) -> fx.Node:
    """With the line and the shape of another one."""
    node.meta.update({key: like.meta[key] for key in ("line", "shape") if key in like.meta})
    trace.results[node] = trace.results[like]
    return node


def _current(trace: SymbolicTrace, drives: list[fx.Node]) -> fx.Node:
    """The sum of what enters."""
    total, *others = drives
    for drive in others:
        found = _noted(trace, trace.graph.call_function(operator.add, (total, drive)), total)
        trace.results[found] = trace.results[total] + trace.results[drive]
        total = found
    return total


def _free_name(trace: SymbolicTrace, layer: Layer, what: str) -> str:
    """After the layer whose currents it reads: fc1_spikes."""
    drive = layer.drives[0][0]
    before = path_of(str(drive.target)).replace(".", "_") if drive.op == "call_module" else ""
    name = f"{before}_{what}" if before and before != MODEL else what
    taken = dict(trace.root.get_submodule(MODEL).named_children())
    count = 1
    while (f"{name}_{count}" if count > 1 else name) in taken:
        count += 1
    return f"{name}_{count}" if count > 1 else name


def _forget_unused(graph: fx.Graph) -> None:
    """Operations that nothing reads any more."""
    for node in reversed(graph.nodes):
        if node.op in ("call_function", "call_method") and not node.users:
            graph.erase_node(node)

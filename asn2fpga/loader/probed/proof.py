"""What was found of modules; those that are made of the same share it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor, nn

from asn2fpga.kinds.neurons.each import without_equal_axes
from asn2fpga.kinds.neurons.semantics import NeuronSemantics
from asn2fpga.loader.description import TRACE_BATCH
from asn2fpga.loader.probed.axes import find_layout
from asn2fpga.loader.probed.box import Box
from asn2fpga.loader.probed.identify import identify, identify_others
from asn2fpga.loader.probed.layout import Layout
from asn2fpga.loader.probed.refusal import UnknownNeuronError
from asn2fpga.loader.probed.verify import verify


@dataclass
class Known:
    """What was found of modules, by what they are made of, and by the shape of their input too."""

    semantics: dict[str, NeuronSemantics] = field(default_factory=dict)
    proven: dict[tuple[str, tuple[int, ...]], tuple[Layout, NeuronSemantics, int]] = field(
        default_factory=dict
    )


def proven(known: Known, module: nn.Module, shape: tuple[int, ...]) -> tuple[Layout, NeuronSemantics, int]:
    """How the module gets inputs of that shape, what it computes, and in how many neuron-steps that was seen.

    Raises UnknownNeuronError.
    """
    digest = _digest(module)
    key = (digest, shape)
    if key not in known.proven:
        layout = find_layout(module, shape, TRACE_BATCH)
        box = Box(module, layout)
        like = f"{digest} {layout.kind}"
        semantics, count = _found(box, known.semantics.get(like))
        if semantics.betas is None and semantics.thresholds is None:
            known.semantics[like] = semantics
        known.proven[key] = layout, without_equal_axes(semantics, layout.sample), count
    return known.proven[key]


def _found(box: Box, like: NeuronSemantics | None) -> tuple[NeuronSemantics, int]:
    """What the neurons compute, and in how many neuron-steps that was seen. like: of others of their kind."""
    if like is not None:
        return like, verify(box, like)
    try:
        semantics = identify(box)
        return semantics, verify(box, semantics)
    except UnknownNeuronError:
        if box.layout.kind == "stateless":
            raise
        other = identify_others(box)
        if other is None:
            raise
        return other, verify(box, other)


def _digest(module: nn.Module) -> str:
    """Of the class, the numbers and the options of a module: modules of equal ones do the same."""
    found = hashlib.sha256()
    for path, part in module.named_modules():
        found.update(f"{path} {type(part).__module__}.{type(part).__qualname__}".encode())
        for name, value in sorted(vars(part).items()):
            if not name.startswith("_"):
                found.update(f"{name}={_text(value)}".encode())
    for name, tensor in (*module.named_parameters(), *module.named_buffers()):
        found.update(f"{name} {tuple(tensor.shape)}".encode())
        found.update(tensor.detach().double().numpy().tobytes())
    return found.hexdigest()


def _text(value: Any) -> str:
    if isinstance(value, Tensor):
        return repr(value.detach().double().numpy().tobytes())
    if callable(value):
        return str(getattr(value, "__qualname__", id(value)))
    return repr(value)

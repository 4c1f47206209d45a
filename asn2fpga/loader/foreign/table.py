"""Every class of neurons of other frameworks that is known, by its full name."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from asn2fpga.errors import UnsupportedError
from asn2fpga.loader import encoders
from asn2fpga.loader.builder import shown
from asn2fpga.loader.foreign import snntorch, spikingjelly
from asn2fpga.loader.foreign.neuron import ForeignNeuron, full_name
from asn2fpga.loader.foreign.readouts import readout_lowering
from asn2fpga.loader.probed import stand_in

NEURONS: dict[str, ForeignNeuron] = {
    **snntorch.NEURONS,
    **spikingjelly.NEURONS,
    stand_in.STAND_IN: stand_in.NEURON,
    stand_in.CELL: stand_in.CELLS,
    **dict.fromkeys((stand_in.STEPS, stand_in.MEMBRANES, stand_in.INLINED), stand_in.IN_FORWARD),
}
PACKAGES = {
    snntorch.PACKAGE: snntorch.INSTEAD,
    spikingjelly.PACKAGE: spikingjelly.INSTEAD,
    spikingjelly.CELLS: spikingjelly.GATED,
    encoders.ENCODING: encoders.INSTEAD,
}
"""Packages of neurons and of encoders, with what to do about classes of theirs that are not in NEURONS."""


def foreign_neuron(module: nn.Module) -> ForeignNeuron | None:
    """What is known of the module's class; subclasses may compute anything."""
    return NEURONS.get(full_name(module))


def reset_states(module: nn.Module) -> None:
    """All neurons of other frameworks in it, and layers that remember, as before their first time step."""
    for part in module.modules():
        known = foreign_neuron(part)
        reset: Any = getattr(part, "reset", None)
        if known is not None:
            known.reset(part)
        elif full_name(part).startswith(spikingjelly.FRAMEWORK) and callable(reset):
            reset()


def way_out(module: nn.Module) -> str | None:
    """What to do about neurons of another framework that are not built; None for any other module."""
    if foreign_neuron(module) is not None or readout_lowering(module) is not None:
        return None
    return next((hint for package, hint in PACKAGES.items() if full_name(module).startswith(package)), None)


def foreign_neurons(module: nn.Module) -> list[tuple[str, nn.Module]]:
    """Path and module of those that are known, as nn.Module lists them."""
    return [(path, part) for path, part in module.named_modules() if foreign_neuron(part) is not None]


def keeps_time(module: nn.Module) -> bool:
    """Whether neurons that are known in it go from one time step to the next."""
    known = ((foreign_neuron(part), part) for part in module.modules())
    return any(one is not None and one.steps(part, (1,)) is not None for one, part in known)


def is_multi_step(module: nn.Module) -> bool:
    """Whether neurons in it take a sequence, (time, batch, ...), in one call."""
    known = ((foreign_neuron(part), part) for part in module.modules())
    return any(one is not None and one.is_sequence(part) for one, part in known)


def reads_time_last(module: nn.Module) -> bool:
    """Whether its neurons take sequences (batch, ..., time)."""
    return isinstance(module, stand_in.StandIn) and module.layout.is_time_last


def refuse_unknown_neurons(module: nn.Module, example: Any = None) -> None:
    """UnsupportedError for neurons of another framework that are not built.

    example: of an input, if there is one: those that forward does not call on it are left alone.
    """
    known = tuple(f"{path}." for path, _ in foreign_neurons(module))
    found = {
        path: part
        for path, part in module.named_modules()
        if way_out(part) is not None and not path.startswith(known)
    }
    unused = _unused(module, example, found) if found else set()
    for path, part in found.items():
        if path not in unused:
            hint = way_out(part)
            raise UnsupportedError(f"{shown(path)}: module {full_name(part)} is not supported; {hint}.")


def _unused(module: nn.Module, example: Any, parts: Mapping[str, nn.Module]) -> set[str]:
    """Those of the paths that forward does not call; none if it cannot be seen."""
    copied, called = copy.deepcopy(module).eval(), set[str]()
    if not isinstance(example, Tensor):
        return set()
    for path in parts:
        copied.get_submodule(path).register_forward_pre_hook(lambda *_, path=path: called.add(path))
    try:
        with torch.no_grad():
            copied(example)
    except Exception:  # code of the model: what fails is said where it is traced
        return set()
    return set(parts) - called

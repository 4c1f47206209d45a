"""Weights in a checkpoint, wherever a training script put them, and whatever it put before their names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from asn2fpga.errors import InputError
from asn2fpga.loader.inert import Inert

KEYS = ("state_dict", "model_state_dict", "model", "net")
PREFIXES = ("module.", "_orig_mod.", "model.", "net.")
MAX_PREFIXES = 3
SHOWN = 5
COUNTER = "num_batches_tracked"  # of BatchNorm: old files lack it, and nothing depends on it
NO_WEIGHTS = (COUNTER, "total_ops", "total_params", "n_averaged")
"""What a file may hold beside weights: counters of torch, and what profilers (thop) leave in modules."""
STATES = ("mem", "syn", "syn_exc", "syn_inh", "spk", "v", "i")
"""Of neurons, which start at rest whatever is in the file."""

Weights = Mapping[str, Tensor]


@dataclass(frozen=True)
class _Choice:
    """Weights of one dict, by the name they would have in the module: their names in the file."""

    weights: Weights
    names: dict[str, str]

    def fitting(self, wanted: Weights) -> list[str]:
        """Names in the module for which there are weights of the right shape."""
        return [
            name for name in self.names if name in wanted and self.tensor(name).shape == wanted[name].shape
        ]

    def tensor(self, name: str) -> Tensor:
        return self.weights[self.names[name]]


def find_module(content: Any) -> nn.Module | None:
    """A whole module in what was unpickled: itself, or under one of KEYS."""
    parts = [content, *(content.get(key) for key in KEYS)] if isinstance(content, Mapping) else [content]
    return next((part for part in parts if isinstance(part, nn.Module)), None)


def has_foreign_objects(content: Any) -> bool:
    """Whether an object of a foreign class stands where weights would."""
    parts = [content, *content.values()] if isinstance(content, Mapping) else [content]
    return any(isinstance(part, Inert) for part in parts)


def find_weights(content: Any) -> list[Weights]:
    """Every dict of tensors in a checkpoint: itself, those under KEYS, then others; two levels deep."""
    if isinstance(content, nn.Module):
        return [content.state_dict()]
    return [weights for weights in map(_weights, _mappings(content, 2)) if weights]


def _mappings(content: Any, levels: int) -> Iterator[Mapping[Any, Any]]:
    if not isinstance(content, Mapping):
        return
    yield content
    if levels:
        for key in (*KEYS, *(key for key in content if key not in KEYS)):
            yield from _mappings(content.get(key), levels - 1)


def _weights(mapping: Mapping[Any, Any]) -> Weights:
    return {
        key: value
        for key, value in mapping.items()
        if isinstance(key, str) and isinstance(value, Tensor) and _is_plain(value)
    }


def _is_plain(tensor: Tensor) -> bool:
    return tensor.layout == torch.strided and not tensor.is_quantized


def load_weights(module: nn.Module, found: list[Weights], where: str) -> None:
    """Put the weights that fit `module` best into it.

    Raises InputError naming what is missing, has another shape, or is not in the module; `where` starts the
    message.
    """
    wanted: Weights = module.state_dict()
    choices = [choice for weights in found for choice in _choices(weights)]
    best = max(choices, key=lambda choice: len(choice.fitting(wanted)))
    _check_complete(best, wanted, where)
    _check_all_used(best, module, wanted, where)
    module.load_state_dict({name: best.tensor(name) for name in best.fitting(wanted)}, strict=False)


def _choices(weights: Weights) -> Iterator[_Choice]:
    """The weights under their own names, and without up to MAX_PREFIXES of PREFIXES in front."""
    level = [{name: name for name in weights}]
    for _ in range(MAX_PREFIXES + 1):
        yield from (_Choice(weights, names) for names in level)
        level = [
            shorter
            for names in level
            for prefix in PREFIXES
            if (shorter := {n.removeprefix(prefix): own for n, own in names.items() if n.startswith(prefix)})
        ]


def _check_complete(choice: _Choice, wanted: Weights, where: str) -> None:
    missing = [name for name in wanted if name not in choice.names and not name.endswith(COUNTER)]
    if missing:
        others = [own for name, own in choice.names.items() if name not in wanted]
        raise InputError(
            f"{where}: the weights must fit the module that is built, but lack {_listed(missing)}; "
            f"the file holds {_listed(others or list(choice.weights))}"
            f"{', which it has not' if others else ''}."
        )
    fitting = choice.fitting(wanted)
    wrong = [
        f"{name} is {tuple(choice.tensor(name).shape)} in the file and {tuple(wanted[name].shape)} in the "
        "module"
        for name in wanted
        if name in choice.names and name not in fitting
    ]
    if wrong:
        raise InputError(
            f"{where}: the weights must fit the module that is built, not differ in shape: {_listed(wrong)}."
        )


def _check_all_used(choice: _Choice, module: nn.Module, wanted: Weights, where: str) -> None:
    """Weights that the module lacks are of another network than the one that is built."""
    used = {choice.names[name] for name in choice.fitting(wanted)}
    shorter = {own: name for name, own in choice.names.items()}
    extra = [
        own for own in choice.weights if own not in used and not _is_no_weight(module, shorter.get(own, own))
    ]
    if extra:
        them = "them" if len(extra) > 1 else "it"
        raise InputError(
            f"{where}: the weights must fit the module that is built, which has no {_listed(extra)}; build "
            f"the module that has {them}, or delete {them} from the file if only the training needed {them}."
        )


def _is_no_weight(module: nn.Module, name: str) -> bool:
    """Whether it is a counter, or a state of neurons that the module has, too."""
    path, _, last = name.rpartition(".")
    if last in NO_WEIGHTS:
        return True
    neurons = dict(module.named_modules()).get(path) if last in STATES else None
    return neurons is not None and getattr(neurons, "weight", None) is None


def _listed(names: list[str]) -> str:
    """The first of `names`, which come from a file, and how many more."""
    text = ", ".join("".join(filter(str.isprintable, name))[:80] for name in names[:SHOWN])
    return text + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")

"""Which modules may be neurons that a user wrote: small ones that turn tensors into spikes of equal shape."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

import numpy as np
import torch
from torch import Tensor, nn

from asn2fpga.graph.limits import MAX_LEVELS
from asn2fpga.loader.probed.box import fresh
from asn2fpga.loader.supported import is_known_module

INERT = (nn.Identity, nn.Dropout, nn.Dropout1d, nn.Dropout2d)
"""Known modules that neurons may hold."""
LEAST_VALUES = 4 * MAX_LEVELS
SCALES = (0.5, 2.0, 20.0)


class Recorded(Protocol):
    """A module by one of its paths, and the shapes of its inputs; fits: all its calls were of the kind."""

    path: str
    shapes: list[tuple[int, ...]]
    fits: bool

    @property
    def module(self) -> nn.Module:
        """The module itself."""

    def record(self, args: tuple[Any, ...], keywords: dict[str, Any], result: Any) -> None:
        """A call of it."""


Found = TypeVar("Found", bound=Recorded)


@dataclass
class Candidate:
    """A module by one of its paths, and the shapes of its inputs; fits: all its calls were of the kind."""

    path: str
    module: nn.Module
    shapes: list[tuple[int, ...]] = field(default_factory=list)
    fits: bool = True

    def record(self, args: tuple[Any, ...], keywords: dict[str, Any], result: Any) -> None:
        """A call of it."""
        x = args[0] if len(args) == 1 and not keywords else None
        if not isinstance(x, Tensor) or not isinstance(result, Tensor) or not self._is_alike(x, result):
            self.fits = False
        elif tuple(x.shape) not in self.shapes:
            self.shapes.append(tuple(x.shape))

    def _is_alike(self, x: Tensor, result: Tensor) -> bool:
        own = [*self.module.parameters(), *self.module.buffers()]
        few = all(tensor.numel() <= max(1, x.numel() // max(1, x.shape[0])) for tensor in own)
        floats = x.is_floating_point() and result.is_floating_point()
        return x.dim() > 0 and x.shape == result.shape and floats and few


def candidates(module: nn.Module, x: Tensor) -> list[Candidate]:
    """Those that `module` calls on `x`, outermost first as nn.Module lists them, but inside what is known."""
    fitting = (one for one in called(module, x, Candidate) if sends_spikes(one.module, one.shapes[0]))
    return list(outermost(fitting))


def called(module: nn.Module, x: Tensor, kind: Callable[[str, nn.Module], Found]) -> list[Found]:
    """Modules that may be neurons, as `kind`, whose calls all fit when `module` runs on `x`."""
    known = tuple(f"{path}." for path, part in module.named_modules() if path and is_known_module(part))
    found = [
        kind(path, part)
        for path, part in module.named_modules()
        if path and may_be_neurons(part) and not path.startswith(known)
    ]
    if not found:
        return []
    hooks = [one.module.register_forward_hook(_recorder(one), with_kwargs=True) for one in found]
    try:
        with torch.no_grad():
            module(x)
    except Exception:  # code of the model: what fails is said where it is traced
        return []
    finally:
        for hook in hooks:
            hook.remove()
    return [one for one in found if one.fits and one.shapes]


def _recorder(recorded: Recorded) -> Any:
    def record(module: nn.Module, args: Any, keywords: Any, result: Any) -> None:
        recorded.record(args, keywords, result)

    return record


def may_be_neurons(module: nn.Module) -> bool:
    """Whether a user wrote it, and it holds nothing that is known."""
    if type(module).__module__.startswith(("torch.nn.", "asn2fpga.")) or is_known_module(module):
        return False
    return all(isinstance(part, INERT) or not is_known_module(part) for part in module.modules())


def outermost(found: Iterable[Found]) -> Iterator[Found]:
    """Without those inside of others."""
    taken: list[str] = []
    for one in found:
        if not one.path.startswith(tuple(f"{path}." for path in taken)):
            taken.append(one.path)
            yield one


def sends_spikes(tried: nn.Module, shape: tuple[int, ...]) -> bool:
    """Whether it sends a few values, whatever it gets."""
    random, sent = np.random.default_rng(0), np.zeros(0)
    asked = 0
    try:
        module = fresh(tried)
        while asked < LEAST_VALUES:
            for scale in SCALES:
                drive = random.normal(0.5 * scale, scale, shape)
                with torch.no_grad():
                    sent = np.union1d(sent, module(torch.from_numpy(drive)).double().numpy())
                asked += drive.size
            if len(sent) > MAX_LEVELS + 1:
                return False
    except Exception:  # code of the model, which may not take float64
        return False
    return len(sent) > 1

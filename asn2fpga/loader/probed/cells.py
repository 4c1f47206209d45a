"""Neurons that users wrote which take their membrane and return it: `spk, mem = neuron(x, mem)`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from asn2fpga.loader.probed.candidate import called, outermost, sends_spikes


@dataclass
class Cell:
    """A module by one of its paths, and the shapes of its inputs.

    starts_at_none: its first call says that there is no membrane yet; fits: all its calls were of the kind.
    """

    path: str
    module: nn.Module
    shapes: list[tuple[int, ...]] = field(default_factory=list)
    starts_at_none: bool = False
    fits: bool = True

    def record(self, args: tuple[Any, ...], keywords: dict[str, Any], result: Any) -> None:
        """A call of it."""
        given = (*args, *keywords.values())
        x: Any = given[0] if given else None
        mem = given[1] if len(given) == 2 else None
        sent = result if isinstance(result, tuple) and len(result) == 2 else (None, None)
        is_pair = _is_float(x) and all(isinstance(one, Tensor) and one.shape == x.shape for one in sent)
        if len(given) > 2 or not is_pair or not (mem is None or isinstance(mem, Tensor)):
            self.fits = False
            return
        if not self.shapes:
            self.starts_at_none = mem is None
        if tuple(x.shape) not in self.shapes:
            self.shapes.append(tuple(x.shape))

    def kept(self) -> Kept:
        """The module as one that keeps its membrane."""
        return Kept(self.module, self.starts_at_none)


def _is_float(x: Any) -> bool:
    return isinstance(x, Tensor) and x.dim() > 0 and x.is_floating_point()


class Kept(nn.Module):
    """A cell that keeps its membrane from call to call, and sends its spikes alone."""

    def __init__(self, cell: nn.Module, starts_at_none: bool) -> None:
        super().__init__()
        self.cell, self.starts_at_none = cell, starts_at_none
        self._mem: Tensor | None = None

    def forward(self, x: Tensor) -> Tensor:
        mem = self._mem
        if mem is None and not self.starts_at_none:
            mem = torch.zeros_like(x)
        spikes, self._mem = self.cell(x, mem)
        found: Tensor = spikes.to(x.dtype)
        return found

    def reset(self) -> None:
        """As before the first call."""
        self._mem = None


def cells(module: nn.Module, x: Tensor) -> list[Cell]:
    """Those that `module` calls on `x`, outermost first as nn.Module lists them, but inside what is known."""
    fitting = called(module, x, Cell)
    return [one for one in outermost(fitting) if sends_spikes(one.kept(), one.shapes[0])]

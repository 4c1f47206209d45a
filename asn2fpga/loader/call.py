"""One step of a traced model: what is called, on what, where; run when its result is needed."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from torch import Tensor, fx, nn

from asn2fpga.errors import InputError, UnsupportedError
from asn2fpga.loader.builder import Value, shown
from asn2fpga.loader.failed_step import remedy

if TYPE_CHECKING:
    from asn2fpga.loader.views.view import View


@dataclass(frozen=True, eq=False)
class Operand:
    """A tensor of the model that a call reads: what it is, and the example's."""

    value: Value
    x: Tensor


@dataclass(frozen=True, eq=False)
class Call:
    """`place`: module path; `operands`: tensors of the model; `arguments`, `keywords`: all but these.

    seen: of operands that are given as they stand in their layer, the rearrangement in which the model has
    them.
    """

    place: str
    label: str
    node: fx.Node
    operands: tuple[Operand, ...]
    arguments: tuple[Any, ...]
    keywords: dict[str, Any]
    compute: Callable[[], Any]
    module: nn.Module | None = None
    x_is_first: bool = True
    seen: View | None = None

    @property
    def value(self) -> Value:
        """The first operand."""
        return self.operands[0].value

    @property
    def x(self) -> Tensor:
        """The example's tensor of the first operand."""
        return self.operands[0].x

    @property
    def reads_one(self) -> bool:
        """Whether all operands are one tensor."""
        return all(operand.x is self.x and operand.value == self.value for operand in self.operands)

    @property
    def where(self) -> str:
        """`place` as messages show it."""
        return shown(self.place)

    @functools.cached_property
    def result(self) -> Any:
        """What the call returns for the example input. Raises InputError if it fails."""
        try:
            return self.compute()
        except Exception as error:  # code of the model: anything can happen
            first_line = (str(error).splitlines() or [type(error).__name__])[0]
            raise InputError(
                f"{self.where}: {self.label} fails on the example input of shape "
                f"{tuple(self.x.shape)} {str(self.x.dtype).removeprefix('torch.')}: "
                f"{first_line}{self._hint()}"
            ) from error

    def _hint(self) -> str:
        if self.x.dtype.is_floating_point:
            return remedy(self.node)
        return "; cast it in forward (x.float()), or give a floating-point example_input"

    def refuse(self, reason: str) -> UnsupportedError:
        """The error that says why this call is not taken; `reason` completes 'must ..., not ...; hint.'"""
        return UnsupportedError(f"{self.where}: {reason}")

"""What stands for a tensor while forward is followed: it knows its shape and what was written into it."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor, fx

from asn2fpga.loader.in_place import Changed

FACTS = ("shape", "ndim", "dtype", "device", "layout", "is_cuda", "requires_grad", "names")


class TracedTensor(fx.Proxy):
    """A tensor of the traced model whose shape and type are known.

    changed: what was written into parts of it.
    """

    changed: Changed | None = None

    def __getattr__(self, name: str) -> Any:
        if name in FACTS and isinstance(self._value, Tensor):
            return getattr(self._value, name)
        if name.startswith("__"):  # protocols of Python and numpy: no tensor operation
            raise AttributeError(name)
        if name == "mT":
            return self.transpose(-2, -1)
        if isinstance(self._value, Tensor) and not callable(getattr(Tensor, name, None)):
            return self._known.create_proxy("call_function", getattr, (self, name), {})
        return super().__getattr__(name)

    def __len__(self) -> int:
        return len(self._value)

    def __iter__(self) -> Iterator[Any]:
        return (operator.getitem(self, index) for index in range(len(self)))

    def select(self, dim: int, index: int) -> Any:
        """x[index], x[:, index] .."""
        where = dim % len(self._value.shape)
        return operator.getitem(self, (*(slice(None),) * where, index) if where else index)

    def unbind(self, dim: int = 0) -> tuple[Any, ...]:
        """All of them."""
        return tuple(self.select(dim, index) for index in range(self._value.shape[dim]))

    def chunk(self, chunks: int, dim: int = 0) -> tuple[Any, ...]:
        """As many parts, all but the last of one size."""
        return self.split(-(-self._value.shape[dim] // chunks), dim)

    def split(self, split_size: int | list[int], dim: int = 0) -> tuple[Any, ...]:
        """Parts of a size, or of several."""
        sizes = [len(part) for part in torch.split(torch.arange(self._value.shape[dim]), split_size)]
        return self.split_with_sizes(sizes, dim)

    def tensor_split(self, sections: int | Sequence[int], dim: int = 0) -> tuple[Any, ...]:
        """Parts as equal as can be, or between indices."""
        sizes = [len(part) for part in torch.arange(self._value.shape[dim]).tensor_split(sections)]
        return self.split_with_sizes(sizes, dim)

    def split_with_sizes(self, split_sizes: Sequence[int], dim: int = 0) -> tuple[Any, ...]:
        """Parts of these sizes side by side, as slices."""
        ends = list(itertools.accumulate(split_sizes, initial=0))
        before = (slice(None),) * (dim % len(self._value.shape))
        return tuple(
            operator.getitem(self, (*before, slice(start, end))) for start, end in itertools.pairwise(ends)
        )

    def __setitem__(self, index: Any, value: Any) -> None:
        self._known.in_place.write(self, index, value)

    def __iadd__(self, other: Any) -> Any:
        return self._known.in_place.operator(operator.add, self, other)

    def __isub__(self, other: Any) -> Any:
        return self._known.in_place.operator(operator.sub, self, other)

    def __imul__(self, other: Any) -> Any:
        return self._known.in_place.operator(operator.mul, self, other)

    def __itruediv__(self, other: Any) -> Any:
        return self._known.in_place.operator(operator.truediv, self, other)

    def _refuse_numbers(self, *_: object) -> Any:
        return self._known.refuse_numbers()

    __bool__ = __int__ = __float__ = __index__ = __contains__ = _refuse_numbers

    @property
    def _known(self) -> Any:
        """The tracer."""
        return self.tracer

    @property
    def _value(self) -> Any:
        return self._known.results[self.node]

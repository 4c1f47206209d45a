"""Tensors that forward writes into: in a trace every change becomes a step that computes a new tensor.

`total += spikes`, `x.unsqueeze_(1)`, `out[input > 0] = 1.0` and `record[t] = spikes` compute nothing that
could not be written without changing a tensor. What reads the tensor afterwards reads the new one, under
whatever name; a change that would be seen through another tensor, a view, is refused.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import torch
from torch import Tensor, fx

VIEWS = frozenset(
    (
        *(operator.getitem, torch.flatten, torch.reshape, torch.transpose, torch.permute, torch.squeeze),
        *(torch.unsqueeze, torch.movedim, torch.swapaxes, torch.unflatten),
        *("view", "reshape", "flatten", "transpose", "permute", "squeeze", "unsqueeze", "expand", "detach"),
        *("movedim", "swapaxes", "swapdims", "unflatten", "narrow", "select", "t", "mT", "view_as"),
    )
)
"""Steps whose result may be the same memory as what they read."""
SAME_NUMBERS = ("unsqueeze_", "squeeze_", "detach_", "requires_grad_")
"""Methods that change a tensor, but not the numbers in it."""
MADE_ANEW: Mapping[str, Callable[..., Any]] = {
    "zero_": torch.zeros_like,
    "fill_": torch.full_like,
    "copy_": lambda _, source: source,
}
"""Methods that have no other one of the same name without the underscore."""
SETTING = "__setitem__"
ZEROS = (torch.zeros_like, torch.zeros, "new_zeros")


class Tracing(Protocol):
    """What is needed of a tracer."""

    results: dict[fx.Node, Any]
    in_place: InPlace

    def create_proxy(self, kind: str, target: Any, args: Any, kwargs: Any) -> Any:
        """One more step."""

    def refuse_writing(self) -> Any:
        """Stop because forward writes into a part of a tensor."""


@dataclass(eq=False)
class Changed:
    """What a tensor is by now: `now`, or its parts along `axis` as far as they were written.

    size: of parts, all that there are.
    """

    tracer: Tracing
    now: fx.Proxy | None = None
    axis: int = 0
    size: int = 0
    parts: dict[int, fx.Proxy] = field(default_factory=dict)

    def whole(self) -> fx.Proxy:
        """The tensor; refused where some of its parts were not written."""
        if self.parts:
            if sorted(self.parts) != list(range(self.size)):
                self.tracer.refuse_writing()
            listed = [self.parts[index] for index in range(self.size)]
            self.now, self.parts = torch.stack(listed, dim=self.axis), {}  # type: ignore[arg-type,assignment]
        assert self.now is not None
        return self.now

    def part(self, index: Any, dims: int) -> fx.Proxy | None:
        """One of the parts that were written, as x[t] takes it."""
        place = _one_part(index, dims)
        return self.parts.get(place[1]) if place is not None and place[0] == self.axis else None


class Written(Tensor):
    """A tensor of the user's that is no constant any more, since forward wrote something traced into it."""

    changed: Changed

    @classmethod
    def __torch_function__(
        cls, func: Any, types: Any, args: Any = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        if getattr(func, "__name__", "") in ("__get__", "size", "dim", "numel", "is_floating_point"):
            with torch._C.DisableTorchFunctionSubclass():
                return func(*args, **kwargs)
        if func is Tensor.__setitem__:
            return args[0].changed.tracer.in_place.write(*args)
        if func is Tensor.__getitem__:
            part = args[0].changed.part(args[1], args[0].dim())
            if part is not None:
                return part
        given: Any = fx.node.map_aggregate((tuple(args), dict(kwargs)), now)
        return fx.Proxy.__torch_function__(func, types, *given)


def now(value: Any) -> Any:
    """A tensor that forward wrote into as it is by now; anything else as it is."""
    return value.changed.whole() if isinstance(value, Written) else value


def written_constants(found: list[Tensor]) -> None:
    """Constants again, after a trace."""
    for tensor in found:
        del tensor.changed  # type: ignore[attr-defined]
        tensor.__class__ = Tensor


def is_in_place(method: Any) -> bool:
    """Whether a method changes the tensor that it is called on."""
    name = str(method)
    return name == SETTING or (name.endswith("_") and not name.startswith("_"))


def written_part(args: Any) -> Any:
    """Of x[t], what was written there; None if nothing was."""
    source, index = args
    changed = getattr(source, "changed", None) if isinstance(source, fx.Proxy) else None
    return None if changed is None else changed.part(index, len(source.shape))


class InPlace:
    """The changes in one trace. constants: tensors that are `Written` now."""

    def __init__(self, tracer: Tracing) -> None:
        self._tracer = tracer
        self.constants: list[Tensor] = []

    def write(self, target: Any, index: Any, value: Any) -> None:
        """target[index] = value."""
        if isinstance(index, fx.Proxy):
            self._replace(target, self._masked(target, index, value))
            return
        shape, place = self._shape(target), _one_part(index, len(self._shape(target)))
        rest = None if place is None else (*shape[: place[0]], *shape[place[0] + 1 :])
        is_part = isinstance(value, fx.Proxy) and tuple(self._tracer.results[value.node].shape) == rest
        changed = self._changed(target)
        if place is None or not is_part or (changed.parts and changed.axis != place[0]):
            self._tracer.refuse_writing()
        self._refuse_views(target)
        assert place is not None
        changed.axis, changed.size = place[0], shape[place[0]]
        changed.parts[place[1]] = value

    def method(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """x.add_(y) and the like: what x is then."""
        target, *others = args
        if name == SETTING:
            self.write(*args)
            return None
        if name not in SAME_NUMBERS:
            self._refuse_views(target)
        if name in MADE_ANEW:
            found = MADE_ANEW[name](self._value(target), *others)
        elif name == "requires_grad_":
            return target
        else:
            given = (self._value(target), *others)
            found = self._tracer.create_proxy("call_method", name.removesuffix("_"), given, kwargs)
        if not isinstance(found, fx.Proxy):
            self._tracer.refuse_writing()
        self._replace(target, found)
        return target if isinstance(target, fx.Proxy) else found

    def operator(self, compute: Callable[[Any, Any], Any], target: Any, other: Any) -> Any:
        """x += y and the like, of which other names of x see the result too, unless x is a view: then what
        forward gives is compared in the end.
        """
        found = compute(target, other)
        if not isinstance(found, fx.Proxy) or self._has_views(target):
            return found
        self._replace(target, found)
        return target

    def _masked(self, target: Any, mask: Any, value: Any) -> Any:
        """Elements that a mask of the same shape picks become one number."""
        chosen = self._tracer.results[mask.node]
        number = value.item() if isinstance(value, Tensor) and value.numel() == 1 else value
        is_mask = isinstance(chosen, Tensor) and chosen.dtype == torch.bool
        if not is_mask or tuple(chosen.shape) != self._shape(target) or not isinstance(number, int | float):
            self._tracer.refuse_writing()
        before = self._value(target)
        self._refuse_views(target)
        if self._is_zero(before):
            ones = mask.to(self._dtype(target))
            return ones if number == 1 else ones * number
        return torch.where(mask, float(number), before)

    def _is_zero(self, value: Any) -> bool:
        if isinstance(value, fx.Proxy):
            return value.node.target in ZEROS
        return isinstance(value, Tensor) and not bool(value.any())

    def _dtype(self, target: Any) -> torch.dtype:
        found: Tensor = self._tracer.results[target.node] if isinstance(target, fx.Proxy) else target
        return found.dtype

    def _shape(self, target: Any) -> tuple[int, ...]:
        found: Tensor = self._tracer.results[target.node] if isinstance(target, fx.Proxy) else target
        return tuple(found.shape)

    def _value(self, target: Any) -> Any:
        return now(target)

    def _changed(self, target: Any) -> Changed:
        """What is noted of a tensor."""
        if isinstance(target, Tensor) and not isinstance(target, Written):
            target.__class__ = Written
            target.changed = Changed(self._tracer)  # type: ignore[attr-defined]
            self.constants.append(target)
        elif not isinstance(target, Tensor) and target.changed is None:
            target.changed = Changed(self._tracer)
        found: Changed = target.changed
        return found

    def _replace(self, target: Any, found: Any) -> None:
        if isinstance(target, fx.Proxy):
            target.node = found.node
        else:
            changed = self._changed(target)
            changed.now, changed.parts = found, {}

    def _refuse_views(self, target: Any) -> None:
        """A change of memory that another tensor shows, too."""
        if isinstance(target, fx.Proxy) and self._has_views(target):
            self._tracer.refuse_writing()

    def _has_views(self, target: fx.Proxy) -> bool:
        return target.node.target in VIEWS or any(user.target in VIEWS for user in target.node.users)


def _one_part(index: Any, dims: int) -> tuple[int, int] | None:
    """The axis and the number of x[t], x[:, t], x[t, ...]; None for anything else."""
    indices = index if isinstance(index, tuple) else (index,)
    if Ellipsis in [one for one in indices if not isinstance(one, Tensor | fx.Proxy)]:
        where = indices.index(Ellipsis)
        missing = dims - len(indices) + 1
        indices = (*indices[:where], *(slice(None),) * missing, *indices[where + 1 :])
    numbers = [axis for axis, one in enumerate(indices) if type(one) is int]
    others = [one for one in indices if type(one) is not int]
    if len(numbers) != 1 or not all(isinstance(one, slice) and one == slice(None) for one in others):
        return None
    (axis,) = numbers
    number: int = indices[axis]
    return (axis, number) if number >= 0 else None

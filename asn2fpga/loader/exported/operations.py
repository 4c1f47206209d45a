"""The operations of ATen that exported programs of networks use, as functions of torch that forwards call.

Each runs on tensors; which of them become layers, the trace of the loader says, as for any forward.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from asn2fpga.loader.exported import spikingjelly

Operation = Callable[..., Any]


def _keep(x: Tensor, *_: Any, **__: Any) -> Tensor:
    return x


def _cast(x: Tensor, *given: Any, **named: Any) -> Tensor:
    """To a type of numbers; one float is as good as another, and stays what the network runs in."""
    dtype = next((one for one in (*given, *named.values()) if isinstance(one, torch.dtype)), x.dtype)
    if not dtype.is_floating_point:
        return x.to(dtype)
    return x if x.is_floating_point() else x.to(torch.get_default_dtype())


def _view(x: Tensor, sizes: Sequence[int]) -> Tensor:
    return x.reshape(tuple(sizes))


def _flatten(x: Tensor, first: int = 0, last: int = -1) -> Tensor:
    return x.flatten(first, last)


def _mean(x: Tensor, axes: Sequence[int] | None = None, keep: bool = False, **_: Any) -> Tensor:
    return _reduced(x.mean, axes, keep)


def _sum(x: Tensor, axes: Sequence[int] | None = None, keep: bool = False, **_: Any) -> Tensor:
    return _reduced(x.sum, axes, keep)


def _amax(x: Tensor, axes: Sequence[int] = (), keep: bool = False) -> Tensor:
    return _reduced(x.amax, axes, keep)


def _reduced(reduce: Any, axes: Sequence[int] | None, keep: bool) -> Tensor:
    """One axis as a number, as the loader reads it; none are all."""
    if not axes:
        found: Tensor = reduce()
        return found
    given = axes[0] if len(axes) == 1 else tuple(axes)
    found = reduce(given, keepdim=True) if keep else reduce(given)
    return found


def _max(x: Tensor, axis: int, keep: bool = False) -> Any:
    return torch.max(x, axis, keep) if keep else torch.max(x, axis)


def _select(x: Tensor, axis: int, index: int) -> Tensor:
    """x[index], x[:, index] .."""
    where = axis % x.dim()
    picked: tuple[Any, ...] = (*(slice(None),) * where, index)
    found: Tensor = x[index] if where == 0 else x[picked]
    return found


def _slice(
    x: Tensor, axis: int = 0, first: int | None = None, last: int | None = None, by: int = 1
) -> Tensor:
    size = x.shape[axis]
    whole = (first in (None, 0)) and (last is None or last >= size) and by == 1
    found: Tensor = x if whole else x[(*(slice(None),) * (axis % x.dim()), slice(first, last, by))]
    return found


def _repeat(x: Tensor, times: Sequence[int]) -> Tensor:
    return x.repeat(tuple(times))


def _permute(x: Tensor, axes: Sequence[int]) -> Tensor:
    return x.permute(tuple(axes))


def _turned(x: Tensor) -> Tensor:
    return x.transpose(0, 1) if x.dim() == 2 else x


def _stack(tensors: Sequence[Tensor], axis: int = 0) -> Tensor:
    return torch.stack(list(tensors), axis)


def _cat(tensors: Sequence[Tensor], axis: int = 0) -> Tensor:
    return torch.cat(list(tensors), axis)


def _squeeze(x: Tensor, axis: Any = None) -> Tensor:
    if axis is None:
        return x.squeeze()
    return x.squeeze(axis[0] if isinstance(axis, tuple) and len(axis) == 1 else axis)


def _unflatten(x: Tensor, axis: int, sizes: Sequence[int]) -> Tensor:
    found: Tensor = x.unflatten(axis, tuple(sizes))  # type: ignore[no-untyped-call]  # of torch
    return found


def _pool(pool: Operation) -> Operation:
    def run(x: Tensor, kernel: Sequence[int], stride: Sequence[int] = (), *others: Any) -> Any:
        return pool(x, _one(kernel), _one(stride) if stride else None, *map(_one, others))

    run.__name__ = pool.__name__
    return run


def _one(value: Any) -> Any:
    return tuple(value) if isinstance(value, list | tuple) else value


def _with_indices(x: Tensor, *options: Any) -> tuple[Tensor]:
    """The values alone: nothing in a network of spikes reads where they were."""
    return (_pool(functional.max_pool2d)(x, *options),)


def _adaptive_values(pool: Callable[..., Tensor]) -> Callable[..., tuple[Tensor]]:
    """Likewise of an adaptive max-pool."""
    return lambda x, size: (pool(x, _one(size)),)


def _dropout(x: Tensor, p: float, training: bool) -> Tensor:
    return functional.dropout(x, p, training)


def _softmax(x: Tensor, axis: int, *_: Any) -> Tensor:
    return torch.softmax(x, axis)


def _log_softmax(x: Tensor, axis: int, *_: Any) -> Tensor:
    return torch.log_softmax(x, axis)


def _clamp(x: Tensor, low: Any = None, high: Any = None) -> Tensor:
    return torch.clamp(x, low, high)


def _zeros(*_: Any, **__: Any) -> Tensor:
    """One number for all elements, whatever their shape: it is read element by element."""
    return torch.tensor(0.0)


def _ones(*_: Any, **__: Any) -> Tensor:
    return torch.tensor(1.0)


def _full(_: Any, value: float, *__: Any, **___: Any) -> Tensor:
    return torch.tensor(float(value))


def _interpolated(x: Tensor, sizes: Any, factors: Any = None, *_: Any) -> Tensor:
    if sizes is not None:
        return functional.interpolate(x, size=tuple(sizes), mode="nearest")
    return functional.interpolate(x, scale_factor=tuple(factors), mode="nearest")


def _same(x: Tensor, *_: Any, **__: Any) -> None:
    """A check of the exporter's."""


OPERATIONS: Mapping[str, Operation] = {
    **{f"aten.{name}": _keep for name in ("clone.default", "contiguous.default", "detach.default")},
    **{f"aten.{name}": _keep for name in ("alias.default", "detach_.default", "lift_fresh_copy.default")},
    "aten._assert_tensor_metadata.default": _same,
    **{f"aten.{name}": _cast for name in ("to.dtype", "to.dtype_layout", "_to_copy.default", "to.device")},
    **{f"aten.{name}": _cast for name in ("type_as.default", "to.other")},
    **{f"aten.{name}.default": _view for name in ("view", "reshape", "_unsafe_view", "view_copy")},
    "aten.flatten.using_ints": _flatten,
    "aten.unflatten.int": _unflatten,
    "aten.squeeze.default": _squeeze,
    "aten.squeeze.dim": _squeeze,
    "aten.squeeze.dims": _squeeze,
    "aten.unsqueeze.default": torch.unsqueeze,
    "aten.expand.default": lambda x, sizes, **_: x.expand(tuple(sizes)),
    "aten.repeat.default": _repeat,
    "aten.permute.default": _permute,
    "aten.transpose.int": torch.transpose,
    "aten.t.default": _turned,
    "aten.numpy_T.default": _turned,
    "aten.select.int": _select,
    "aten.slice.Tensor": _slice,
    "aten.unbind.int": lambda x, axis=0: tuple(_select(x, axis, index) for index in range(x.shape[axis])),
    "aten.stack.default": _stack,
    "aten.cat.default": _cat,
    "aten.mean.dim": _mean,
    "aten.mean.default": _mean,
    "aten.sum.dim_IntList": _sum,
    "aten.sum.default": _sum,
    "aten.amax.default": _amax,
    "aten.max.dim": _max,
    "aten.max_pool1d.default": _pool(functional.max_pool1d),
    "aten.max_pool2d.default": _pool(functional.max_pool2d),
    "aten.max_pool2d_with_indices.default": _with_indices,
    "aten.avg_pool1d.default": _pool(functional.avg_pool1d),
    "aten.avg_pool2d.default": _pool(functional.avg_pool2d),
    "aten.adaptive_avg_pool1d.default": lambda x, size: functional.adaptive_avg_pool1d(x, _one(size)),
    "aten.adaptive_avg_pool2d.default": lambda x, size: functional.adaptive_avg_pool2d(x, _one(size)),
    "aten._adaptive_avg_pool2d.default": lambda x, size: functional.adaptive_avg_pool2d(x, _one(size)),
    "aten.adaptive_max_pool1d.default": _adaptive_values(functional.adaptive_max_pool1d),
    "aten.adaptive_max_pool2d.default": _adaptive_values(functional.adaptive_max_pool2d),
    "aten.upsample_nearest2d.vec": _interpolated,
    "aten.dropout.default": _dropout,
    "aten.softmax.int": _softmax,
    "aten._softmax.default": _softmax,
    "aten.log_softmax.int": _log_softmax,
    "aten._log_softmax.default": _log_softmax,
    "aten.sigmoid.default": torch.sigmoid,
    "aten.add.Tensor": operator.add,
    "aten.add.Scalar": operator.add,
    "aten.add_.Tensor": operator.add,
    "aten.sub.Tensor": operator.sub,
    "aten.sub.Scalar": operator.sub,
    "aten.sub_.Tensor": operator.sub,
    "aten.rsub.Scalar": lambda x, c, *_: c - x,
    "aten.mul.Tensor": operator.mul,
    "aten.mul.Scalar": operator.mul,
    "aten.mul_.Tensor": operator.mul,
    "aten.div.Tensor": operator.truediv,
    "aten.div.Scalar": operator.truediv,
    "aten.neg.default": torch.neg,
    "aten.reciprocal.default": torch.reciprocal,
    "aten.clamp.default": _clamp,
    "aten.clamp.Tensor": _clamp,
    "aten.clamp_min.default": lambda x, low: torch.clamp(x, min=low),
    "aten.clamp_max.default": lambda x, high: torch.clamp(x, max=high),
    "aten.hardtanh.default": functional.hardtanh,
    **{
        f"aten.{name}.default": getattr(torch, name) for name in "round floor ceil trunc sign abs exp".split()
    },
    **{f"aten.{name}.default": getattr(torch, name) for name in "sqrt rsqrt tanh relu".split()},
    **{f"aten.{name}.default": getattr(functional, name) for name in "silu gelu elu selu leaky_relu".split()},
    **{
        f"aten.{name}.{kind}": getattr(operator, name)
        for name in "gt ge lt le eq ne".split()
        for kind in ("Tensor", "Scalar")
    },
    "aten.__and__.Tensor": operator.and_,
    "aten.logical_and.default": torch.logical_and,
    "aten.bitwise_and.Tensor": operator.and_,
    "aten.__or__.Tensor": operator.or_,
    "aten.logical_or.default": torch.logical_or,
    "aten.bitwise_not.default": torch.bitwise_not,
    "aten.logical_not.default": torch.logical_not,
    "aten.where.self": torch.where,
    "aten.where.ScalarOther": torch.where,
    "aten.where.ScalarSelf": torch.where,
    "aten.minimum.default": torch.minimum,
    "aten.maximum.default": torch.maximum,
    "aten.pow.Tensor_Scalar": torch.pow,
    "aten.zeros.default": _zeros,
    "aten.ones.default": _ones,
    "aten.full.default": _full,
    "aten.scalar_tensor.default": lambda value, *_, **__: torch.tensor(float(value)),
    "aten.zeros_like.default": _zeros,
    "aten.new_zeros.default": _zeros,
    "aten.ones_like.default": _ones,
    "aten.full_like.default": _full,
    "aten.sym_size.int": lambda x, axis: x.shape[axis],
    **spikingjelly.NEURONS,
    "_operator.add": operator.add,
    "_operator.sub": operator.sub,
    "_operator.mul": operator.mul,
    "_operator.floordiv": operator.floordiv,
}
SCALED = frozenset(("aten.add.Tensor", "aten.sub.Tensor", "aten.add.Scalar", "aten.sub.Scalar"))
"""Those whose second operand may be multiplied by `alpha`."""
SIZED = {  # those that state sizes of their result: where these stand in the arguments
    **{f"aten.{name}.default": 1 for name in ("view", "reshape", "_unsafe_view", "view_copy", "expand")},
    "aten.unflatten.int": 2,
}
FILLED = frozenset(
    f"aten.{name}.default" for name in "zeros ones full zeros_like ones_like full_like new_zeros".split()
)
"""Those whose result does not depend on the numbers that they read."""


def name_of(target: str) -> str:
    """As the tables call it: `aten.conv2d.default`."""
    return target.removeprefix("torch.ops.")

"""One step of an exported program, run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from asn2fpga.loader.exported.operations import OPERATIONS, SCALED, SIZED, name_of
from asn2fpga.loader.exported.program import Ref, Shape, Step, mapped
from asn2fpga.loader.exported.sizes import resized


def run_step(
    step: Step, values: dict[str, Any], shapes: Mapping[str, Shape], samples: tuple[int, int] | None
) -> None:
    """Add the results of the step to `values`. shapes, samples: as of `sizes`."""
    name = name_of(step.target)
    args, keywords = mapped((step.args, dict(step.keywords)), lambda ref: values[ref.name])
    place, first = SIZED.get(name), step.args[0] if step.args else None
    if place is not None and isinstance(first, Ref) and isinstance(args[place], tuple):
        exported = shapes.get(first.name, ())
        if name == "aten.expand.default":
            sizes = _expanded(args[place], exported)
        else:
            sizes = resized(args[place], exported, args[0].shape, samples)
        args = (*args[:place], sizes, *args[place + 1 :])
    result = compute(name, args, keywords)
    found = result if len(step.results) > 1 else result[:1] if isinstance(result, tuple) else (result,)
    values.update(zip(step.results, found, strict=False))


def _expanded(sizes: tuple[int, ...], exported: Shape) -> tuple[int, ...]:
    """-1 where an axis stays as it is."""
    new = len(sizes) - len(exported)
    return tuple(-1 if at >= new and exported[at - new] == size else size for at, size in enumerate(sizes))


def compute(name: str, args: Any, keywords: Any) -> Any:
    """What an operation gives; x + alpha * y with the product said."""
    if name in SCALED:
        factor = keywords.pop("alpha", args[2] if len(args) > 2 else 1)
        args = (args[0], args[1] if factor == 1 else args[1] * factor)
    return OPERATIONS[name](*args, **keywords)

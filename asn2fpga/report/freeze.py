"""A report of plain values as frozen dataclasses."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from functools import cache
from typing import Any, cast

from asn2fpga.report import content
from asn2fpga.report.record import EstimatedEnergy, MeasuredEnergy, Report, VivadoEnergy

ENERGIES = {"measured": MeasuredEnergy, "vivado": VivadoEnergy, "estimate": EstimatedEnergy}


def frozen(report: content.Report) -> Report:
    """The same report; lists are tuples, mappings cannot be changed."""
    return cast(Report, _frozen(Report, report))


def _frozen(hint: Any, value: Any) -> Any:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return None if value is None or value == {} else _frozen(_member(arguments, value), value)
    if origin is tuple:
        return tuple(_frozen(arguments[0], item) for item in value)
    if origin is Mapping:
        return types.MappingProxyType({key: _frozen(arguments[1], item) for key, item in value.items()})
    if dataclasses.is_dataclass(hint):
        hints = _hints(cast(type, hint))
        return cast(Any, hint)(**{name: _frozen(hints[name], item) for name, item in value.items()})
    return value


def _member(hints: tuple[Any, ...], value: Any) -> Any:
    """The one of a union that the value is of: an energy by its source, else the only one but None."""
    if isinstance(value, dict) and value.get("source") in ENERGIES and ENERGIES[value["source"]] in hints:
        return ENERGIES[value["source"]]
    return next(hint for hint in hints if hint is not types.NoneType)


@cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)

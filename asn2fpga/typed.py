"""Plain JSON values as values of a declared type; ValueError for anything that is not as it was written."""

from __future__ import annotations

import dataclasses
import math
import types
import typing
from collections.abc import Mapping, Sequence
from typing import Any

from asn2fpga.errors import shown


def typed(hint: Any, value: object, where: str = "value") -> Any:
    """`value` as `hint`: a dataclass, Literal, union, tuple[X, ...], list[X], dict[str, X] or a plain type.

    An int is taken for a float, a bool never for a number. Fields with a default may be left out. Of a
    TypedDict, only that it is a dict is checked.
    """
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if hint is Any:
        return value
    if origin in (typing.Union, types.UnionType):
        return _first_that_takes(arguments, value, where)
    if origin is typing.Literal:
        return value if type(value) is str and value in arguments else _refuse(hint, value, where)
    if origin in (list, tuple, Sequence):
        items = value if type(value) is tuple else _plain(list, value, where)
        made = [typed(arguments[0], item, f"{where}[{index}]") for index, item in enumerate(items)]
        return tuple(made) if origin is tuple else made
    if origin in (dict, Mapping):
        found = _plain(dict, value, where)
        return {key: typed(arguments[1], item, f"{where}.{key}") for key, item in found.items()}
    if dataclasses.is_dataclass(hint):
        return _dataclass(typing.cast(type, hint), _plain(dict, value, where), where)
    return _plain(dict if typing.is_typeddict(hint) else hint, value, where)


def _dataclass(kind: type, found: dict[str, Any], where: str) -> Any:
    hints = typing.get_type_hints(kind)
    unknown = sorted(found.keys() - hints.keys())
    if unknown:
        raise ValueError(f"{where} has a field {shown(unknown[0])}")
    missing = [
        field.name for field in dataclasses.fields(kind) if field.name not in found and _is_needed(field)
    ]
    if missing:
        raise ValueError(f"{where} lacks {missing[0]}")
    return kind(**{name: typed(hints[name], value, f"{where}.{name}") for name, value in found.items()})


def _is_needed(field: dataclasses.Field[Any]) -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def _first_that_takes(hints: tuple[Any, ...], value: object, where: str) -> Any:
    for hint in hints:
        try:
            return typed(hint, value, where)
        except ValueError:
            continue
    return _refuse(hints, value, where)


def _plain(kind: Any, value: object, where: str) -> Any:
    if kind is float:
        number = type(value) in (int, float) and math.isfinite(_as_float(value))
        return value if number else _refuse(kind, value, where)
    if kind is types.NoneType and value is None:
        return value
    return value if type(value) is kind else _refuse(kind, value, where)


def _as_float(value: Any) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _refuse(hint: Any, value: object, where: str) -> typing.NoReturn:
    raise ValueError(f"{where} must be {hint}, not {shown(value)}")

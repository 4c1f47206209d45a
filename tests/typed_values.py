"""Whether plain values are as their TypedDicts say: every key that must be there, no other, of its type."""

from __future__ import annotations

import types
import typing
from typing import Any


def differences(hint: Any, value: object, where: str = "value") -> list[str]:
    """Where `value` is not what the type says; an int is a float too."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if typing.is_typeddict(hint):
        return _of_keys(hint, value, where)
    if origin in (typing.Union, types.UnionType):
        found = [differences(choice, value, where) for choice in arguments]
        return [] if [] in found else [f"{where} is {value!r}", *min(found, key=len)]
    if origin is typing.Literal:
        return [] if value in arguments else [f"{where} is {value!r}"]
    if origin is list and isinstance(value, list):
        parts = [differences(arguments[0], item, f"{where}[{i}]") for i, item in enumerate(value)]
        return [line for lines in parts for line in lines]
    if origin is dict and isinstance(value, dict):
        parts = [differences(arguments[1], item, f"{where}[{key!r}]") for key, item in value.items()]
        return [line for lines in parts for line in lines]
    kinds = (int, float) if hint is float else (origin or hint,)
    is_one = isinstance(value, kinds) and (hint in (bool, object) or not isinstance(value, bool))
    return [] if is_one else [f"{where} is {value!r}"]


def _of_keys(hint: Any, value: object, where: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{where} is {value!r}"]
    hints = typing.get_type_hints(hint, include_extras=True)
    optional = {name for name, part in hints.items() if typing.get_origin(part) is typing.NotRequired}
    needed = hints.keys() - optional if hint.__total__ else set()
    found = [f"{where} lacks {key}" for key in sorted(needed - value.keys())]
    found += [f"{where} has {key}" for key in sorted(value.keys() - hints.keys())]
    for key in value.keys() & hints.keys():
        part = typing.get_args(hints[key])[0] if key in optional else hints[key]
        found += differences(part, value[key], f"{where}.{key}")
    return found

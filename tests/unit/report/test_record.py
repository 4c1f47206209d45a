"""The frozen report has the fields of report.json: no more, no less, of the same types."""

from __future__ import annotations

import dataclasses
import types
import typing
from typing import Any

import pytest

from asn2fpga.report import content, energy_content, record


def fields_of(kind: Any) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def pairs(plain: Any, frozen: Any) -> list[tuple[Any, Any]]:
    """TypedDicts with the dataclasses that stand for them, all that can be reached."""
    found: list[tuple[Any, Any]] = [(plain, frozen)]
    for name, hint in fields_of(plain).items():
        found += matched(hint, fields_of(frozen).get(name))
    return found


def matched(plain: Any, frozen: Any) -> list[tuple[Any, Any]]:
    if typing.is_typeddict(plain):
        kinds = [k for k in members(frozen) if dataclasses.is_dataclass(k)]
        kinds = [k for k in kinds if k.__name__ == plain.__name__] or kinds
        return [] if plain.__name__ == "NoFigures" else pairs(plain, kinds[0])
    origin, arguments = typing.get_origin(plain), typing.get_args(plain)
    if origin in (typing.Union, types.UnionType):
        return [pair for one in arguments for pair in matched(one, frozen)]
    if origin in (list, dict):
        inner = [m for m in members(frozen) if typing.get_args(m)]
        return matched(arguments[-1], typing.get_args(inner[0])[0 if origin is list else 1])
    return []


def members(hint: Any) -> tuple[Any, ...]:
    is_union = typing.get_origin(hint) in (typing.Union, types.UnionType)
    return typing.get_args(hint) if is_union else (hint,)


PAIRS = {plain.__name__: (plain, frozen) for plain, frozen in pairs(content.Report, record.Report)}


def test_all_parts_are_reached() -> None:
    assert {"CosimPart", "LayerPart", "TrialFigures", "BoardRunFigures", "MeasuredEnergy"} <= PAIRS.keys()
    assert energy_content.VivadoEnergy.__name__ in PAIRS


@pytest.mark.parametrize("name", PAIRS)
def test_fields_are_those_of_the_json(name: str) -> None:
    plain, frozen = PAIRS[name]
    wanted, found = fields_of(plain), fields_of(frozen)
    assert list(found) == sorted(wanted, key=list(found).index)
    assert set(found) == set(wanted)
    for field, hint in wanted.items():
        simple = {kind for kind in members(hint) if kind in (int, float, str, bool, type(None))}
        assert simple <= set(members(found[field])), field

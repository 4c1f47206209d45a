"""Plain values take their declared type, or are refused with the place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest

from asn2fpga.typed import typed


@dataclass(frozen=True)
class Inner:
    count: int
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outer:
    kind: Literal["a", "b"]
    ratio: float
    inner: Inner
    best: int | None = None
    table: dict[str, list[int]] = field(default_factory=dict)
    anything: Any = None


GOOD = {"kind": "a", "ratio": 1, "inner": {"count": 3, "names": ["x", "y"]}, "table": {"k": [1, 2]}}


def test_a_dataclass_in_a_dataclass() -> None:
    assert typed(Outer, GOOD) == Outer("a", 1, Inner(3, ("x", "y")), None, {"k": [1, 2]})
    assert typed(Outer, {**GOOD, "best": 4, "anything": [None]}).best == 4
    assert typed(Mapping[str, int], {"a": 1}) == {"a": 1}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "c"}, "value.kind must be typing.Literal['a', 'b'], not 'c'"),
        ({"kind": ["a"]}, "value.kind must be typing.Literal['a', 'b'], not ['a']"),
        ({"ratio": "1"}, "value.ratio must be <class 'float'>, not '1'"),
        ({"ratio": True}, "value.ratio must be <class 'float'>, not True"),
        ({"ratio": float("nan")}, "value.ratio must be <class 'float'>, not nan"),
        ({"ratio": 10**400}, "value.ratio must be <class 'float'>, not"),
        ({"inner": None}, "value.inner must be <class 'dict'>, not None"),
        ({"inner": {"count": 1.0}}, "value.inner.count must be <class 'int'>, not 1.0"),
        ({"inner": {}}, "value.inner lacks count"),
        ({"inner": {"count": 1, "names": "xy"}}, "value.inner.names must be <class 'list'>, not 'xy'"),
        ({"inner": {"count": 1, "names": [1]}}, "value.inner.names[0] must be <class 'str'>, not 1"),
        ({"best": "x"}, "value.best must be (<class 'int'>, <class 'NoneType'>), not 'x'"),
        ({"table": {"k": [None]}}, "value.table.k[0] must be <class 'int'>, not None"),
        ({"colour": 1}, "value has a field 'colour'"),
    ],
)
def test_what_has_another_type(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}"):
        typed(Outer, {**GOOD, **change})

"""Which of many parameters of a slow test are tried by `make test`; the others are by `make slow`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest


def often(values: Iterable[Any], is_often: Callable[[Any], bool]) -> list[Any]:
    """The values as parameters, those marked slow that are not tried every time. A tuple is of several."""
    marked = [_marked(value, () if is_often(value) else (pytest.mark.slow,)) for value in values]
    assert any(not parameter.marks for parameter in marked)
    return marked


def _marked(value: Any, marks: tuple[pytest.MarkDecorator, ...]) -> Any:
    return pytest.param(*value, marks=marks) if type(value) is tuple else pytest.param(value, marks=marks)

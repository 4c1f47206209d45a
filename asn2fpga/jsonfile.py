"""Strict reading of JSON that anyone may have changed: what could not be written again is refused."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any, NoReturn


def read_json(path: Path) -> Any:
    """The value in a file. OSError if it cannot be read; ValueError as `parse_json`."""
    return parse_json(path.read_bytes())


def parse_json(text: str | bytes) -> Any:
    """The value of a JSON text. ValueError for broken text, and for what JSON has no form for:

    infinite numbers, NaN, halves of characters, numbers of thousands of digits, nesting without end.
    """
    try:
        value = json.loads(text, parse_constant=_no_number, parse_float=_finite)
        json.dumps(value, ensure_ascii=False).encode()
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    return value


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number of JSON")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text[:20]} is too large")
    return value

"""JSON that anyone may have changed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from asn2fpga.jsonfile import parse_json, read_json


def test_what_json_can_say(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text('{"a": [1, -2.5e3, "\\u00e4", true, null]}')
    assert read_json(path) == {"a": [1, -2500.0, "ä", True, None]}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Expecting value: line 1 column 1 (char 0)"),
        ("{", "Expecting property name enclosed in double quotes"),
        ("NaN", "NaN is no number of JSON"),
        ("[-Infinity]", "-Infinity is no number of JSON"),
        ("1e999", "1e999 is too large"),
        ("[" * 100_000, "it is nested too deeply"),
        ("9" * 5000, "Exceeds the limit"),
        ('"\\ud800"', "'utf-8' codec can't encode character"),
        (b"\xff\xfe\xfd", "'utf-"),
    ],
    ids=["nothing", "broken", "NaN", "infinity", "large", "deep", "digits", "half a character", "no text"],
)
def test_what_it_cannot(text: str | bytes, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}"):
        parse_json(text)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_json(tmp_path / "x.json")

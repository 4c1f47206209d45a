"""From docstrings, plain text with `code`, examples and `name: meaning`, to the markup that Sphinx reads."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby
from textwrap import dedent
from typing import Any

from sphinx.application import Sphinx

MEANING = re.compile(r"(\w[\w., ]{0,40}): (?=\S)")
CODE = re.compile(r"`([^`]+)`")


def setup(app: Sphinx) -> dict[str, Any]:
    """As Sphinx asks of an extension."""
    app.connect("autodoc-process-docstring", convert)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def convert(app: Sphinx, what: str, name: str, thing: object, options: object, lines: list[str]) -> None:
    """Replace the lines of a docstring by the same in reStructuredText."""
    lines[:] = rest_of(lines)


def rest_of(lines: Iterable[str]) -> list[str]:
    """Paragraph by paragraph: an indented one is code, one with meanings a list, else text."""
    found: list[str] = []
    for is_blank, group in groupby(lines, key=lambda line: not line.strip()):
        if not is_blank:
            found += [*_paragraph(list(group)), ""]
    return found


def _paragraph(lines: list[str]) -> list[str]:
    if all(line.startswith("    ") for line in lines):
        code = dedent("\n".join(lines)).splitlines()
        return ["::", "", *(f"    {line}" for line in code)]
    raises = next(
        (number for number, line in enumerate(lines) if number and line.startswith("Raises ")), None
    )
    if raises is not None:
        return [*_paragraph(lines[:raises]), "", *_paragraph(lines[raises:])]
    items: list[str] = []
    for line in lines:
        meaning = MEANING.match(line)
        if meaning:
            items.append(f"- ``{meaning[1]}``: {_inline(line[meaning.end() :])}")
        elif any(item.startswith("- ") for item in items):
            items.append(f"  {_inline(line.strip())}")
        else:
            items.append(_inline(line.strip()))
    first = next((number for number, item in enumerate(items) if item.startswith("- ")), 0)
    return [*items[:first], "", *items[first:]] if first else items


def _inline(text: str) -> str:
    """Code in double quotes of reStructuredText; what it would take for markup is escaped."""
    parts = CODE.split(text)
    return "".join(
        f"``{part}``" if number % 2 else re.sub(r"([*|\\]|_(?!\w))", r"\\\1", part)
        for number, part in enumerate(parts)
    )
